"""The detector: an ONNX model with its description, run by onnxruntime."""

from monitor.detector.boxes import find_boxes
from monitor.detector.description import ModelInfo, read_model
from monitor.detector.session import Detection, Detector

__all__ = ["Detection", "Detector", "ModelInfo", "find_boxes", "read_model"]
