"""A micro-batch of frames across cameras to what they show: decode, image health, detector, tile."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from types import MappingProxyType

import numpy as np
from numpy.typing import NDArray

from monitor.config.model import Camera, FilesCamera, PrinterSettings, Region, SnapshotCamera
from monitor.decode import Picture, decode, encode_tile
from monitor.decode.hiding import hide
from monitor.detector import Detection, Detector
from monitor.errors import BadFrame
from monitor.health import HealthCheck, Limits
from monitor.learning import LearnedTable
from monitor.memory import Memory
from monitor.records import Box, Frame, Health, Observation
from monitor.second_look import is_worth_it, look_again

Memories = Mapping[str, Memory | None]
NOTHING_REMEMBERED: Memories = MappingProxyType({})

_WHOLE_VIEW = PrinterSettings()
_UNSCORED_SIZE = (240, 320)  # height, width of the pictures that nobody scores


@dataclass(frozen=True, slots=True)
class Inspection:
    """One frame, what it showed, and its tile for the wall (None when it could not be decoded).

    ``features`` [M, h, w] are what a memory of the camera is made of, where the model has one and scored the frame.
    """

    frame: Frame
    observation: Observation
    tile_jpeg: bytes | None
    features: NDArray[np.float32] | None = field(default=None, compare=False)


class HealthChecks:
    """Every camera's :class:`HealthCheck`, shared by all workers.

    The table is thread-safe. A check itself is not locked: the scheduler never has two frames of one camera
    inspected at the same time, so at any time at most one worker uses it. ``limits`` by printer id; see
    :func:`limits_for`.
    """

    def __init__(self, limits: Mapping[str, Limits] | None = None) -> None:
        self._limits = dict(limits or {})
        self._checks: dict[str, HealthCheck] = {}
        self._lock = threading.Lock()

    def renew(self, printer: str, limits: Limits | None) -> None:
        """Forget what a printer's pictures were like, and go by other limits; None: it is not there any more."""
        with self._lock:
            self._checks.pop(printer, None)
            if limits is None:
                self._limits.pop(printer, None)
            else:
                self._limits[printer] = limits

    def of(self, printer: str) -> HealthCheck:
        """Return the printer's check, made on first use."""
        with self._lock:
            if printer not in self._checks:
                self._checks[printer] = HealthCheck(self._limits.get(printer))
            return self._checks[printer]


def limits_for(camera: Camera) -> Limits:
    """Return the limits for a camera: one that is slow on purpose may show the same picture for three of its steps."""
    usual = Limits()
    match camera:
        case SnapshotCamera(every_s=every_s):
            return replace(usual, frozen_after_s=max(usual.frozen_after_s, 3 * every_s))
        case FilesCamera(frames_per_s=frames_per_s):
            return replace(usual, frozen_after_s=max(usual.frozen_after_s, 3 / frames_per_s))
        case _:
            return usual


class Inspector:
    """Inspects frames on one thread; each worker owns one, with a detector and a batch buffer of its own.

    ``settings`` gives rotation and region by printer id; a printer that is not in it is seen whole.
    ``detector``: None when there is none to be had; pictures are then checked and shown, but not scored.
    ``score_unhealthy``: also score pictures that cannot be trusted. A monitor must not (a score of a dark picture is
    noise); who measures the detector wants every picture's score. ``learned``: what people's verdicts have taught each
    camera, as it is at the moment of each picture.
    """

    def __init__(
        self,
        detector: Detector | None,
        settings: Mapping[str, PrinterSettings],
        checks: HealthChecks,
        *,
        batch_size: int = 8,
        score_unhealthy: bool = False,
        learned: LearnedTable | None = None,
    ) -> None:
        self._detector = detector
        self._settings = settings
        self._checks = checks
        self._score_unhealthy = score_unhealthy
        self._learned = learned or LearnedTable()
        self._size = (detector.info.height, detector.info.width) if detector else _UNSCORED_SIZE
        self._batch = np.empty((batch_size, *self._size, 3), np.uint8)

    def inspect(self, frames: Sequence[Frame], memories: Memories = NOTHING_REMEMBERED) -> list[Inspection]:
        """Return one inspection a frame, in order. A bad frame gives an UNREADABLE one and spoils nothing else.

        ``memories`` by printer id: a printer that is not in it is one never seen.
        Raises :class:`DetectorError` when the model itself fails.
        """
        step = len(self._batch)
        batches = [frames[start : start + step] for start in range(0, len(frames), step)]
        return [inspection for batch in batches for inspection in self._inspect_batch(batch, memories)]

    def _inspect_batch(self, frames: Sequence[Frame], memories: Memories) -> list[Inspection]:
        inspections: list[Inspection] = []
        scored: list[int] = []  # places in inspections, in the order of the batch's rows
        for frame in frames:
            inspection = self._look(frame, row=len(scored))
            is_decoded = inspection.tile_jpeg is not None
            if inspection.observation.health is Health.OK or (self._score_unhealthy and is_decoded):
                scored.append(len(inspections))
            inspections.append(inspection)
        if scored and self._detector is not None:
            remembered = [memories.get(inspections[place].frame.printer) for place in scored]
            detections = self._detector.infer(self._batch[: len(scored)], remembered)
            for row, (place, detection) in enumerate(zip(scored, detections, strict=True)):
                seen = self._with_detection(inspections[place], detection)
                inspections[place] = self._looked_again(self._detector, seen, self._batch[row], remembered[row])
        return inspections

    def _look(self, frame: Frame, row: int) -> Inspection:
        """Decode into a row of the batch and judge the picture's health."""
        view = self._settings.get(frame.printer, _WHOLE_VIEW)
        try:
            picture = decode(frame.jpeg, self._size, view.rotate, view.region, out=self._batch[row])
        except BadFrame as exc:
            unreadable = Observation(frame.printer, frame.taken_at, Health.UNREADABLE, detail=str(exc))
            return Inspection(frame, unreadable, None)
        hide(self._batch[row], view.mask, view.region)
        health, detail = self._health(frame, picture)
        observation = Observation(frame.printer, frame.taken_at, health, detail=detail)
        return Inspection(frame, observation, encode_tile(picture.tile))

    def _health(self, frame: Frame, picture: Picture) -> tuple[Health, str]:
        if picture.is_cut_off:
            return Health.UNREADABLE, "the lower part of the JPEG is missing; check the camera's connection"
        return self._checks.of(frame.printer).check(picture.digest, picture.sample, frame.taken_at), ""

    def _with_detection(self, inspection: Inspection, detection: Detection) -> Inspection:
        region = self._settings.get(inspection.frame.printer, _WHOLE_VIEW).region
        observation = replace(
            inspection.observation,
            score=detection.score,
            classes=detection.classes,
            boxes=tuple(_in_whole_view(box, region) for box in detection.boxes),
        )
        return replace(inspection, observation=observation, features=detection.features)

    def _looked_again(
        self, detector: Detector, inspection: Inspection, pixels: NDArray[np.uint8], memory: Memory | None
    ) -> Inspection:
        """Apply what the camera has learned from verdicts; most pictures need no second look."""
        seen = inspection.observation
        learned = self._learned.of(seen.printer)
        if learned.threshold_shift:
            seen = replace(seen, threshold_shift=learned.threshold_shift)
        settings = self._settings.get(seen.printer, _WHOLE_VIEW)
        threshold = settings.threshold or detector.info.threshold
        if seen.score is not None and is_worth_it(seen.score, threshold, learned, detector.info.healthy):
            again = look_again(detector, pixels, seen.boxes, learned, settings, memory)
            seen = replace(seen, second_look=again)
        return inspection if seen is inspection.observation else replace(inspection, observation=seen)


def _in_whole_view(box: Box, region: Region) -> Box:
    """Map a box from fractions of the region to fractions of the whole turned picture."""
    return replace(
        box,
        x=region.x + box.x * region.width,
        y=region.y + box.y * region.height,
        width=box.width * region.width,
        height=box.height * region.height,
    )
