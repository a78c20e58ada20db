"""The detector: an ONNX model with its description, run by onnxruntime."""

from monitor.detector.boxes import find_boxes
from monitor.detector.description import ModelInfo, read_model
from monitor.detector.session import PROVIDERS, Detection, Detector

__all__ = ["PROVIDERS", "Detection", "Detector", "ModelInfo", "find_boxes", "read_model"]
