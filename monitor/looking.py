"""What is asked of one picture, what came of it, and who looks: decode, image health, detector, tile.

Who looks keeps nothing about any camera, so it does not matter which worker a picture goes to, nor in which process it
is; what a camera looked like before comes with each errand.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from monitor.config.model import PrinterSettings, Region
from monitor.decode import Picture, decode, encode_tile
from monitor.decode.hiding import hide
from monitor.detector import Detection, Detector
from monitor.errors import BadFrame
from monitor.health import Limits, judge_picture, shows_the_same
from monitor.learning import LearnedTable
from monitor.memory import Memory
from monitor.records import Box, Frame, Health, Observation
from monitor.second_look import is_worth_it, look_again

Pixels = NDArray[np.uint8]

_WHOLE_VIEW = PrinterSettings()
_UNSCORED_SIZE = (240, 320)  # height, width of the pictures that nobody scores
_LIMITS = Limits()


@dataclass(frozen=True, slots=True, eq=False)
class Errand:
    """One picture to be looked at, and what is wanted of it.

    ``wants_sample``: its small version is wanted, to compare the next picture with. ``last_scored`` [h, w, 3]: that of
    the camera's last scored picture; a picture that shows the same is not scored again. None: it is scored whatever it
    shows.
    """

    frame: Frame
    memory: Memory | None = None
    wants_tile: bool = True
    wants_features: bool = True
    wants_sample: bool = True
    last_scored: Pixels | None = None


@dataclass(frozen=True, slots=True)
class Inspection:
    """One frame, and what it showed. Tile, features and sample are None where they are not wanted, or not to be had.

    ``digest`` is of the encoded pixels. ``features`` [M, h, w] are what a memory of the camera is made of.
    ``sample`` [h, w, 3] is the picture's small version. ``is_same``: it shows what the last
    scored one showed, so it has no score of its own.
    """

    frame: Frame
    observation: Observation
    tile_jpeg: bytes | None
    is_picture: bool = True  # False: it could not be decoded
    digest: int = 0
    is_same: bool = False
    features: NDArray[np.float32] | None = field(default=None, compare=False)
    sample: Pixels | None = field(default=None, compare=False)


class Looks(Protocol):
    """Somebody who looks at pictures: in this process, or in another one."""

    def look(self, errands: Sequence[Errand]) -> list[Inspection]:
        """Return one inspection an errand, in order. Raises :class:`DetectorError` when the model itself fails."""


class Looker:
    """Looks at pictures on one thread, with a detector and a batch buffer of its own.

    ``settings`` gives rotation, region and mask by printer id; a printer that is not in it is seen whole.
    ``detector``: None when there is none to be had; pictures are then checked and shown, but not scored.
    ``score_unhealthy``: also score pictures that cannot be trusted. A monitor must not (a score of a dark picture is
    noise); who measures the detector wants every picture's score. ``learned``: what people's verdicts have taught each
    camera, as it is at the moment of each picture.
    """

    def __init__(
        self,
        detector: Detector | None,
        settings: Mapping[str, PrinterSettings],
        *,
        batch_size: int = 8,
        score_unhealthy: bool = False,
        learned: LearnedTable | None = None,
    ) -> None:
        self._detector = detector
        self._settings = settings
        self._score_unhealthy = score_unhealthy
        self._learned = learned or LearnedTable()
        self._size = (detector.info.height, detector.info.width) if detector else _UNSCORED_SIZE
        self._batch = np.empty((batch_size, *self._size, 3), np.uint8)

    @property
    def detector(self) -> Detector | None:
        """What scores the pictures."""
        return self._detector

    def look(self, errands: Sequence[Errand]) -> list[Inspection]:
        """Return one inspection an errand, in order. A bad frame gives an UNREADABLE one and spoils nothing else.

        Raises :class:`DetectorError` when the model itself fails.
        """
        step = len(self._batch)
        batches = [errands[start : start + step] for start in range(0, len(errands), step)]
        return [inspection for batch in batches for inspection in self._look_at_batch(batch)]

    def _look_at_batch(self, errands: Sequence[Errand]) -> list[Inspection]:
        inspections: list[Inspection] = []
        scored: list[int] = []  # places in inspections, in the order of the batch's rows
        for errand in errands:
            inspection = self._first_look(errand, row=len(scored))
            if self._is_to_be_scored(inspection):
                scored.append(len(inspections))
            inspections.append(inspection)
        if scored and self._detector is not None:
            self._score(self._detector, [errands[place] for place in scored], scored, inspections)
        return inspections

    def _is_to_be_scored(self, inspection: Inspection) -> bool:
        is_healthy = inspection.observation.health is Health.OK
        return not inspection.is_same and (is_healthy or (self._score_unhealthy and inspection.is_picture))

    def _score(
        self, detector: Detector, errands: Sequence[Errand], places: Sequence[int], inspections: list[Inspection]
    ) -> None:
        remembered = [errand.memory for errand in errands]
        detections = detector.infer(self._batch[: len(places)], remembered)
        for row, (place, errand, detection) in enumerate(zip(places, errands, detections, strict=True)):
            seen = self._with_detection(inspections[place], detection, wants_features=errand.wants_features)
            inspections[place] = self._looked_again(detector, seen, self._batch[row], errand.memory)

    def _first_look(self, errand: Errand, row: int) -> Inspection:
        """Decode into a row of the batch and judge the picture's health."""
        frame = errand.frame
        view = self._settings.get(frame.printer, _WHOLE_VIEW)
        try:
            picture = decode(frame.jpeg, self._size, view.rotate, view.region, out=self._batch[row])
        except BadFrame as exc:
            unreadable = Observation(frame.printer, frame.taken_at, Health.UNREADABLE, detail=str(exc))
            return Inspection(frame, unreadable, None, is_picture=False)
        hide(self._batch[row], view.mask, view.region)
        health, detail = _health(picture)
        last = errand.last_scored
        return Inspection(
            frame,
            Observation(frame.printer, frame.taken_at, health, detail=detail),
            encode_tile(picture.tile) if errand.wants_tile else None,
            digest=picture.digest,
            is_same=health is Health.OK and last is not None and shows_the_same(picture.sample, last),
            sample=picture.sample if errand.wants_sample else None,
        )

    def _with_detection(self, inspection: Inspection, detection: Detection, *, wants_features: bool) -> Inspection:
        region = self._settings.get(inspection.frame.printer, _WHOLE_VIEW).region
        observation = replace(
            inspection.observation,
            score=detection.score,
            classes=detection.classes,
            boxes=tuple(_in_whole_view(box, region) for box in detection.boxes),
        )
        return replace(inspection, observation=observation, features=detection.features if wants_features else None)

    def _looked_again(
        self, detector: Detector, inspection: Inspection, pixels: Pixels, memory: Memory | None
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


def _health(picture: Picture) -> tuple[Health, str]:
    if picture.is_cut_off:
        return Health.UNREADABLE, "the lower part of the JPEG is missing; check the camera's connection"
    return judge_picture(picture.sample, _LIMITS), ""


def _in_whole_view(box: Box, region: Region) -> Box:
    """Map a box from fractions of the region to fractions of the whole turned picture."""
    return replace(
        box,
        x=region.x + box.x * region.width,
        y=region.y + box.y * region.height,
        width=box.width * region.width,
        height=box.height * region.height,
    )
