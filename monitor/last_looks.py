"""What each camera showed last: whether it is frozen, and whether a new picture is worth the network. Pure.

An idle printer's camera sends the same picture for hours, but for the sensor's noise. Such a picture is decoded and its
health is judged; the network would say what it has said before, so it is not asked.
"""

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from monitor.belonging import Handling, Motion, MotionMeter
from monitor.config.model import Camera, FilesCamera, SnapshotCamera
from monitor.health import HealthCheck, Limits
from monitor.looking import Errand, Inspection, Pixels
from monitor.memory import Memory
from monitor.records import Frame, Health, Observation

SAME_FOR_S = 5.0
"""How long a score may speak for pictures that show the same. What comes so slowly that no picture of that time differs
from the first is scored at the end of it."""


@dataclass(slots=True)
class _Camera:
    check: HealthCheck
    scored: Observation | None = None
    sample: Pixels | None = field(default=None, repr=False)
    meter: MotionMeter = field(default_factory=MotionMeter)


class LastLooks:
    """Every camera's last look. The table is thread-safe; one camera's pictures come one after the other.

    ``limits`` by printer id; see :func:`limits_for`. ``keeps_scores``: a frozen picture keeps its score, for those who
    measure the detector.
    """

    def __init__(self, limits: Mapping[str, Limits] | None = None, *, keeps_scores: bool = False) -> None:
        self._limits = dict(limits or {})
        self._keeps_scores = keeps_scores
        self._cameras: dict[str, _Camera] = {}
        self._lock = threading.Lock()

    def renew(self, printer: str, limits: Limits | None) -> None:
        """Forget what a printer's pictures were like, and go by other limits; None: it is not there any more."""
        with self._lock:
            self._cameras.pop(printer, None)
            if limits is None:
                self._limits.pop(printer, None)
            else:
                self._limits[printer] = limits

    def errand(
        self,
        frame: Frame,
        memory: Memory | None = None,
        *,
        wants_tile: bool = True,
        wants_features: bool = True,
        may_stand_still: bool = False,
    ) -> Errand:
        """Return what is asked of a frame. ``may_stand_still``: a picture that shows the same need not be scored."""
        camera = self._of(frame.printer)
        is_recent = camera.scored is not None and 0.0 <= frame.taken_at - camera.scored.taken_at < SAME_FOR_S
        last = camera.sample if may_stand_still and is_recent else None
        wants_sample = may_stand_still or camera.meter.is_due(frame.taken_at)
        return Errand(frame, memory, wants_tile, wants_features, wants_sample, last)

    def motions(self) -> Mapping[str, Motion]:
        """Return how much has moved in each camera's pictures since it was last renewed."""
        with self._lock:
            return {printer: camera.meter.motion for printer, camera in self._cameras.items()}

    def handlings(self) -> Mapping[str, Handling]:
        """Return how often each camera was lost or moved since it was last renewed."""
        with self._lock:
            return {printer: camera.meter.handling for printer, camera in self._cameras.items()}

    def settled(self, inspection: Inspection) -> Inspection:
        """Return an inspection as it stands among the camera's others, and remember it."""
        seen = inspection.observation
        camera = self._of(seen.printer)
        if not inspection.is_picture or seen.health is Health.UNREADABLE:
            return inspection
        health = camera.check.check(inspection.digest, seen.health, seen.taken_at)
        if health is not Health.OK:
            camera.meter.lose()
        elif inspection.sample is not None:
            camera.meter.see(inspection.sample, inspection.digest, seen.taken_at)
        if inspection.is_same and camera.scored is not None:
            seen = replace(camera.scored, taken_at=seen.taken_at)
        elif seen.score is not None:
            camera.scored, camera.sample = seen, inspection.sample
        if health is Health.FROZEN:
            seen = replace(seen, health=health) if self._keeps_scores else _unscored(seen, health)
        return inspection if seen is inspection.observation else replace(inspection, observation=seen)

    def _of(self, printer: str) -> _Camera:
        with self._lock:
            if printer not in self._cameras:
                self._cameras[printer] = _Camera(HealthCheck(self._limits.get(printer)))
            return self._cameras[printer]


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


def _unscored(seen: Observation, health: Health) -> Observation:
    """Nobody may go by the score of a picture that cannot be trusted."""
    return Observation(seen.printer, seen.taken_at, health, detail=seen.detail)
