"""One onnxruntime session on one thread; onnxruntime is imported nowhere else.

Where cameras.yaml names a pool, a server runs the network, and this session while that is away.

One single-thread session a core gives about twice the images of one session on all cores, so a worker owns a
:class:`Detector` of its own.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray
from onnxruntime.capi import onnxruntime_pybind11_state as ort_state

from monitor.config import model as config
from monitor.detector.boxes import find_boxes
from monitor.detector.contract import FEATURES, KNOWN, MEMORY, OUTPUTS, Session, check_contract, check_features
from monitor.detector.description import ModelInfo, read_model
from monitor.errors import DetectorError, ModelMismatch
from monitor.memory import Memory
from monitor.records import Box, FailureClass
from monitor.records.pooling import PoolState

if TYPE_CHECKING:
    from monitor.detector.pooled import PooledSession

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
"""Providers that are not here take a whole batch at once. On a CPU that saves nothing (the file in bytes costs 1.85 ms
a picture in runs of eight, 1.86 in runs of one) and holds the activations of all: 31 MB a session, against 15."""

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
    features: NDArray[np.float32] | None = field(default=None, compare=False)  # [M, h, w], of a model with a memory


class Detector:
    """A loaded model. Not shared between threads: each worker loads its own."""

    def __init__(self, info: ModelInfo, session: Session, pictures_a_run: int | None = None) -> None:
        """``pictures_a_run``: larger batches are cut into runs of so many; None: never.

        Raises :class:`ModelMismatch` when the session is not what ``info`` describes.
        """
        self.info = info
        self._session = session
        self._pictures_a_run = pictures_a_run
        self._channels = tuple(name if name in info.trained else None for name in info.classes)
        self._memory_shape = check_contract(info, session)
        self._outputs = (*OUTPUTS, FEATURES) if self._memory_shape else OUTPUTS
        self._cells = np.empty((0, *(self._memory_shape or ())), np.float32)  # grows to the largest run
        self._pool: PooledSession | None = None

    @classmethod
    def load(cls, settings: config.Detector) -> "Detector":
        """Load the configured model, or the shipped one of the configured precision.

        Raises :class:`ModelMissing` or :class:`ModelMismatch` for the files, :class:`DetectorError` when the
        execution provider is not available here; there is no silent way back to the CPU or to
        the other precision.
        """
        info, data = read_model(settings.path)
        session = open_session(info, data, PROVIDERS[settings.provider])
        at_once = PICTURES_A_RUN.get(settings.provider)
        if settings.pool is None:
            detector = cls(info, session, at_once)
        else:
            from monitor.detector.pooled import PooledSession  # noqa: PLC0415  # loaded only where there is a pool

            pool = PooledSession(info, session, settings.pool, at_once)
            detector = cls(info, pool)
            detector._pool = pool
        detector._warm_up()
        return detector

    def infer(self, batch: NDArray[np.uint8], memories: Sequence[Memory | None] = ()) -> list[Detection]:
        """Run the model on ``batch``, uint8 [N, H, W, 3] BGR, and return one detection a picture, in order.

        ``memories`` are the cameras', one a picture, or none at all; a model without a memory does not look at them.
        Raises :class:`DetectorError` when the model fails or answers with something that is no number.
        """
        step = self._pictures_a_run or len(batch)
        runs = [slice(start, start + step) for start in range(0, len(batch), step)]
        return [one for run in runs for one in self._detections(batch[run], memories[run])]

    @property
    def pool(self) -> PoolState | None:
        """How it stands with the server that runs the model; None where there is none. From any thread."""
        return self._pool.state if self._pool is not None else None

    def close(self) -> None:
        """Hang up on that server; the next batch dials again."""
        if self._pool is not None:
            self._pool.close()

    def _warm_up(self) -> None:
        """Run once, so that the session's memory and its faults come at the start."""
        outputs = self._run(self._inputs(np.zeros((1, self.info.height, self.info.width, 3), np.uint8), ()))
        if self._memory_shape:
            check_features(self.info, self._memory_shape, outputs[-1].shape)

    def _detections(self, batch: NDArray[np.uint8], memories: Sequence[Memory | None]) -> list[Detection]:
        failure, classes, maps, *more = self._run(self._inputs(batch, memories))
        if not all(np.isfinite(part).all() for part in (failure, classes, *more)):
            raise DetectorError(f"{self.info.path} answered with NaN or infinity; do not trust this model")
        features = more[0] if more else [None] * len(batch)
        return [self._detection(*row) for row in zip(failure, classes, maps, features, strict=True)]

    def _inputs(self, batch: NDArray[np.uint8], memories: Sequence[Memory | None]) -> Mapping[str, NDArray[Any]]:
        if self._memory_shape is None:
            return {self.info.input_name: batch}
        count = len(batch)
        if len(self._cells) < count:
            self._cells = np.empty((count, *self._memory_shape), np.float32)
        known = np.zeros(count, np.float32)
        self._cells[:count] = 0
        for row, memory in enumerate(memories):
            if memory is not None:
                self._cells[row], known[row] = memory.cells, memory.known
        return {self.info.input_name: batch, MEMORY: self._cells[:count], KNOWN: known}

    def _run(self, inputs: Mapping[str, NDArray[Any]]) -> tuple[NDArray[np.float32], ...]:
        """Return the outputs, in the order of ``self._outputs``."""
        try:
            return tuple(self._session.run(self._outputs, inputs))
        except _ORT_ERRORS as exc:
            shapes = ", ".join(f"{name} {values.shape}" for name, values in inputs.items())
            raise DetectorError(f"{self.info.path} failed on {shapes}: {exc}") from exc

    def _detection(
        self,
        failure: float,
        classes: Sequence[float],
        maps: NDArray[np.float32],
        features: NDArray[np.float32] | None,
    ) -> Detection:
        known = {name: float(p) for name, p in zip(self._channels, classes, strict=True) if name is not None}
        boxes = find_boxes(maps, self._channels, self.info.box_threshold)
        return Detection(float(failure), MappingProxyType(known), boxes, features)


def open_session(info: ModelInfo, data: bytes, provider: str) -> ort.InferenceSession:
    """Open a session on one thread. Raises DetectorError where the provider is not to be had, or ModelMismatch."""
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
