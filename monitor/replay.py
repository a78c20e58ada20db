"""A recording's way through the same inspector and judge as the monitor's.

A recording plays in simulated time: frame ``n`` was taken ``n / F`` seconds after the first, however fast this machine
is, and as in the monitor a frame is inspected every ``inspect_every_s`` seconds. A URL plays in real time.
"""

from collections.abc import Iterator
from dataclasses import dataclass

from monitor.capture.open import open_source
from monitor.clock import Clock
from monitor.config.model import Camera, FilesCamera, NoControl, Printer, PrinterSettings
from monitor.detector import Detector
from monitor.inspector import Inspector
from monitor.judge import Phase
from monitor.looking import Inspection
from monitor.pipeline.watch import Watch
from monitor.records import EventKind, Frame

NAME = "replay"


@dataclass(frozen=True, slots=True)
class Line:
    """One event of the replay."""

    event: str
    time_s: float
    frame: int
    score: float | None  # relative to the camera, as the judge takes it


class Replay:
    """One recording's way through the inspector and the judge."""

    def __init__(self, detector: Detector, settings: PrinterSettings, clock: Clock) -> None:
        self._clock = clock
        self._every_s = settings.inspect_every_s
        printer = Printer(
            id=NAME, name=NAME, site=NAME, room=NAME, camera=FilesCamera(type="files", path="."),
            control=NoControl(type="none"), settings=settings,
        )  # fmt: skip
        self._started_at = clock.now()
        self._inspector = Inspector(detector, {NAME: settings}, batch_size=1)
        self._watch = Watch(printer, detector.info.threshold, self._started_at, detector.info.healthy)
        self.frames = self.inspected = self.trusted = 0
        self.failed_at_s: float | None = None
        self.phase = Phase.BLIND

    def lines(self, camera: Camera) -> Iterator[Line]:
        """Play the camera to its end and yield what happens."""
        source = open_source(camera, self._clock)
        due_at = self._started_at
        try:
            for jpeg in source.frames():
                self.frames += 1
                now = self._clock.now()
                if now + 1e-6 >= due_at:
                    due_at = max(due_at + self._every_s, now - self._every_s)
                    yield from self._inspect(Frame(NAME, jpeg, now, self.frames, 1))
        finally:
            source.close()

    @property
    def time_s(self) -> float:
        """Seconds since the first frame."""
        return self._clock.now() - self._started_at

    @property
    def verdict(self) -> str:
        """``failed`` once a failure was decided; ``blind`` when no picture could be trusted; else ``healthy``."""
        if self.failed_at_s is not None:
            return "failed"
        return "healthy" if self.trusted else "blind"

    def _inspect(self, frame: Frame) -> Iterator[Line]:
        memories = {NAME: self._watch.remembered(frame.taken_at)}
        inspection: Inspection = self._inspector.inspect([frame], memories)[0]
        self.inspected += 1
        self.trusted += inspection.observation.is_trusted
        verdict = self._watch.observe(inspection.observation, inspection.features)
        self.phase = verdict.judgement.phase
        at_s = frame.taken_at - self._started_at
        kinds = [*verdict.events, *([EventKind.INCIDENT_OPENED] if verdict.opens_incident else [])]
        for kind in kinds:
            yield Line(kind.value, round(at_s, 3), frame.number, verdict.judgement.score)
        if verdict.opens_incident and self.failed_at_s is None:
            self.failed_at_s = at_s
