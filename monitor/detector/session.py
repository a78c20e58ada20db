"""One onnxruntime session on one thread; onnxruntime is imported nowhere else.

One single-thread session a core gives about twice the images of one session on all cores, so a worker owns a
:class:`Detector` of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as ort_state

from monitor.assets import asset
from monitor.config import model as config
from monitor.detector.boxes import find_boxes
from monitor.detector.description import ModelInfo, read_model
from monitor.errors import DetectorError, ModelMismatch
from monitor.records import Box, FailureClass

SHIPPED_MODEL = "models/detector.onnx"
OUTPUTS = ("failure", "classes", "maps")
PROVIDERS: Mapping[str, str] = MappingProxyType(
    {
        "cpu": "CPUExecutionProvider",
        "cuda": "CUDAExecutionProvider",
        "tensorrt": "TensorrtExecutionProvider",
        "openvino": "OpenVINOExecutionProvider",
        "rocm": "ROCMExecutionProvider",
        "directml": "DmlExecutionProvider",
        "coreml": "CoreMLExecutionProvider",
    }
)
PICTURES_A_RUN: Mapping[str, int] = MappingProxyType({"cpu": 1})
"""Providers that are not here take a whole batch at once. On a CPU that saves nothing (a run of eight costs 4.4 ms a
picture, a run of one 4.2) and holds the activations of all: 73 MB a session after mixed batches, against 7."""

_ONLY_ERRORS = 3  # onnxruntime's severity; what matters is raised
_ORT_ERRORS = (  # they have no common base but Exception
    ort_state.EPFail,
    ort_state.EngineError,
    ort_state.Fail,
    ort_state.InvalidArgument,
    ort_state.InvalidGraph,
    ort_state.InvalidProtobuf,
    ort_state.NotImplemented,
    ort_state.RuntimeException,
    RuntimeError,
    ValueError,
)


@dataclass(frozen=True, slots=True)
class Detection:
    """What the model says about one picture. Untrained classes are left out of ``classes`` and ``boxes``."""

    score: float  # probability that a print failure is visible
    classes: Mapping[FailureClass, float]
    boxes: tuple[Box, ...]  # in fractions of the input


class Detector:
    """A loaded model. Not shared between threads: each worker loads its own."""

    def __init__(self, info: ModelInfo, session: ort.InferenceSession, pictures_a_run: int | None = None) -> None:
        """``pictures_a_run``: larger batches are cut into runs of so many; None: never."""
        self.info = info
        self._session = session
        self._pictures_a_run = pictures_a_run
        self._channels = tuple(name if name in info.trained else None for name in info.classes)

    @classmethod
    def load(cls, settings: config.Detector) -> "Detector":
        """Load the configured model, or the shipped one.

        Raises :class:`ModelMissing` or :class:`ModelMismatch` for the files, :class:`DetectorError` when the
        execution provider is not available here; there is no silent way back to the CPU.
        """
        info, data = read_model(Path(settings.model) if settings.model else asset(SHIPPED_MODEL))
        session = _open_session(info, data, PROVIDERS[settings.provider])
        _check_contract(info, session)
        detector = cls(info, session, PICTURES_A_RUN.get(settings.provider))
        detector._run(np.zeros((1, info.height, info.width, 3), np.uint8))  # its memory and its faults come here
        return detector

    def infer(self, batch: NDArray[np.uint8]) -> list[Detection]:
        """Run the model on ``batch``, uint8 [N, H, W, 3] BGR, and return one detection a picture, in order.

        Raises :class:`DetectorError` when the model fails or answers with something that is no number.
        """
        step = self._pictures_a_run or len(batch)
        return [one for start in range(0, len(batch), step) for one in self._detections(batch[start : start + step])]

    def _detections(self, batch: NDArray[np.uint8]) -> list[Detection]:
        failure, classes, maps = self._run(batch)
        if not (np.isfinite(failure).all() and np.isfinite(classes).all()):
            raise DetectorError(f"{self.info.path} answered with NaN or infinity; do not trust this model")
        return [self._detection(*row) for row in zip(failure, classes, maps, strict=True)]

    def _run(self, batch: NDArray[np.uint8]) -> tuple[NDArray[np.float32], ...]:
        """Return the outputs, in the order of ``OUTPUTS``."""
        try:
            return tuple(self._session.run(OUTPUTS, {self.info.input_name: batch}))
        except _ORT_ERRORS as exc:
            raise DetectorError(f"{self.info.path} failed on a batch of shape {batch.shape}: {exc}") from exc

    def _detection(self, failure: float, classes: Sequence[float], maps: NDArray[np.float32]) -> Detection:
        known = {name: float(p) for name, p in zip(self._channels, classes, strict=True) if name is not None}
        boxes = find_boxes(maps, self._channels, self.info.box_threshold)
        return Detection(float(failure), MappingProxyType(known), boxes)


def _open_session(info: ModelInfo, data: bytes, provider: str) -> ort.InferenceSession:
    available = ort.get_available_providers()
    if provider not in available:
        raise DetectorError(
            f"detector.provider: {provider} is not available in this onnxruntime; available: {', '.join(available)}. "
            "Choose another one in cameras.yaml or install the onnxruntime package made for it"
        )
    options = ort.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = _ONLY_ERRORS
    options.enable_mem_pattern = provider != PROVIDERS["cpu"]  # one block for a whole run: 5 MB a session, no faster
    try:
        session = ort.InferenceSession(data, options, providers=[provider])
    except _ORT_ERRORS as exc:
        raise ModelMismatch(f"onnxruntime cannot load {info.path}: {exc}") from exc
    if session.get_providers()[0] != provider:
        raise DetectorError(
            f"detector.provider: {provider} could not be started (driver or libraries missing?); "
            "we do not fall back to the CPU in silence: repair it, or set detector.provider: cpu"
        )
    session.disable_fallback()
    return session


def _check_contract(info: ModelInfo, session: ort.InferenceSession) -> None:
    """Compare what the session takes and gives with what the description promises."""
    inputs = session.get_inputs()
    if len(inputs) != 1 or inputs[0].name != info.input_name or inputs[0].type != "tensor(uint8)":
        found = [f"{i.name} of {i.type}" for i in inputs]
        raise ModelMismatch(f"{info.path} takes {found}, its description says {info.input_name} of tensor(uint8)")
    if not _fits(inputs[0].shape, (info.height, info.width, 3)):
        raise ModelMismatch(
            f"{info.path} takes the shape {inputs[0].shape}, its description says "
            f"[any, {info.height}, {info.width}, 3]; the first must be free, for batches"
        )
    outputs = {o.name: list(o.shape) for o in session.get_outputs()}
    if missing := [name for name in OUTPUTS if name not in outputs]:
        raise ModelMismatch(f"{info.path} lacks the outputs {missing}; it has {sorted(outputs)}")
    for name in ("classes", "maps"):
        channels = outputs[name][1] if len(outputs[name]) > 1 else None
        if isinstance(channels, int) and channels != len(info.classes):
            raise ModelMismatch(f"{info.path}: {name} has {channels} channels for {len(info.classes)} classes")


def _fits(shape: Sequence[int | str | None], wanted: tuple[int, int, int]) -> bool:
    """Whether a batch of ``wanted`` pictures can go in; a dimension that is not a number is free."""
    if len(shape) != 4 or isinstance(shape[0], int):
        return False
    return all(not isinstance(d, int) or d == w for d, w in zip(shape[1:], wanted, strict=True))
