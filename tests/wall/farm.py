"""A farm told by hand: a real board, a real configuration, drawn pictures. For the tests of the wall."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import cv2
import numpy as np

from monitor.board import Board
from monitor.calibration import Calibration
from monitor.clock import Clock, ManualClock
from monitor.config.live import LiveConfig
from monitor.config.model import (
    Config,
    FilesCamera,
    NoControl,
    Printer,
    PrinterSettings,
    Room,
    SimulatedControl,
    Site,
)
from monitor.errors import VigieError
from monitor.ids import uuid7
from monitor.judge import Judgement, Phase
from monitor.learning import learned
from monitor.records import (
    Action,
    Answer,
    Box,
    Event,
    EventKind,
    FailureClass,
    Frame,
    Health,
    Incident,
    IncidentStatus,
    JobState,
    Learned,
    Observation,
    PersonCommand,
    PersonCommandKind,
    PrinterReport,
    Verdict,
)
from monitor.wall import HealthReport, MemoryIncidents, Services, create_app
from tests.wall.contract import CheckedClient

SEEN = (Box(FailureClass.SPAGHETTI, 0.3, 0.4, 0.3, 0.35, 0.93),)
JOBS = ("visor-holder-v3", "headband-x4", "valve-bracket", "door-opener", "mask-clip-x12")


def picture(text: str, hue: int = 20, size: tuple[int, int] = (320, 240)) -> bytes:
    """Return a JPEG: a bed, a part upon it, a text. ``hue`` is OpenCV's, 0 to 179."""
    width, height = size
    hsv = np.zeros((height, width, 3), np.uint8)
    hsv[...] = (hue, 60, 70)
    hsv[int(height * 0.7) :] = (hue, 40, 110)
    image = cv2.cvtColor(hsv, cv2.COLOR_HSV2BGR)
    part = (int(width * 0.35), int(height * 0.4)), (int(width * 0.6), int(height * 0.75))
    cv2.rectangle(image, *part, (90, 160, 220), -1)
    cv2.putText(image, text, (10, int(height * 0.3)), cv2.FONT_HERSHEY_SIMPLEX, height / 300, (235, 235, 235), 2)
    return cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, 80])[1].tobytes()


def config(
    count: int,
    names: Sequence[str] = (),
    uncontrolled: Sequence[str] = (),
    rooms: Sequence[str] = ("cochin/hall", "cochin/attic"),
) -> Config:
    """Return a farm of ``count`` printers p01, p02 ... shared out among rooms, which are given as site/room."""
    share = -(-count // len(rooms))  # rounded up
    printers = tuple(_printer(i, rooms[i // share], names, uncontrolled) for i in range(count))
    by_site: dict[str, list[Room]] = {}
    for site, _, room in (path.partition("/") for path in rooms):
        by_site.setdefault(site, []).append(Room(id=room, name=room.capitalize()))
    sites = tuple(Site(id=site, name=site.capitalize(), rooms=tuple(of)) for site, of in by_site.items())
    return Config(sites=sites, printers=printers)


def _printer(i: int, where: str, names: Sequence[str], uncontrolled: Sequence[str]) -> Printer:
    name = f"p{i + 1:02d}"
    site, _, room = where.partition("/")
    return Printer(
        id=name,
        name=names[i] if i < len(names) else name,
        site=site,
        room=room,
        camera=FilesCamera(type="files", path="."),
        control=NoControl(type="none") if name in uncontrolled else SimulatedControl(type="simulated"),
        settings=PrinterSettings(),
    )


class ToldVerdicts:
    """Verdicts that a test has told, and what follows from them by the rule."""

    def __init__(self) -> None:
        self.said: list[Verdict] = []

    def verdicts(self, printer: str) -> Sequence[Verdict]:
        """Return what was said."""
        return [verdict for verdict in self.said if verdict.printer == printer]

    def learned(self, printer: str) -> Learned:
        """Return what the rule makes of it."""
        return learned(printer, self.verdicts(printer), max((v.at for v in self.said), default=0.0))

    def forget(self, printer: str, by: str) -> int:
        """Withdraw all of it."""
        count = len(self.verdicts(printer))
        self.said = [replace(v, withdrawn_by=by, withdrawn_at=v.at) if v.printer == printer else v for v in self.said]
        return count


class Farm:
    """Printers that do what they are told, and an application that shows them."""

    def __init__(
        self,
        count: int = 3,
        clock: Clock | None = None,
        incidents: Any = None,
        calibration: Calibration | None = None,
        **more: Sequence[str],
    ) -> None:
        self.config = config(count, **more)
        self.live = LiveConfig(self.config)
        self.clock = clock or ManualClock()
        self.board = Board(self.config, threshold=0.5, started_at=self.clock.now(), calibration=calibration)
        self.incidents = MemoryIncidents()
        self.health = HealthReport(broker_connected=True)
        self.commands: list[PersonCommand] = []
        self.refusal: VigieError | None = None
        self.answer: Answer | None = None
        self.verdicts = ToldVerdicts()
        self.open: dict[str, Incident] = {}
        self._numbers: dict[str, int] = {}
        self.services = Services(
            self.board,
            incidents or self.incidents,
            self.live,
            self.clock,
            self._act,
            lambda: self.health,
            learning=self.verdicts,
        )
        self.app = create_app(self.services)
        self.app.test_client_class = CheckedClient

    @property
    def printers(self) -> list[str]:
        """The ids of all printers."""
        return [printer.id for printer in self.config.printers]

    def _act(self, command: PersonCommand) -> Answer | None:
        if self.refusal is not None:
            raise self.refusal
        self.commands.append(command)
        if command.kind is PersonCommandKind.ACKNOWLEDGE and command.printer in self.open:
            self.changes(command.printer, acknowledged_by=command.by)
        return self.answer

    def passes(self, seconds: float) -> None:
        """Let time pass; only on a clock that is moved by hand."""
        assert isinstance(self.clock, ManualClock)
        self.clock.advance(seconds)

    def print_on(self, *printers: str, phase: Phase = Phase.WATCHING) -> None:
        """Let printers print, each with a first picture; all of them when none is named."""
        for i, printer in enumerate(printers or self.printers):
            job, progress = JOBS[i % len(JOBS)], (i * 37 % 97) / 100
            self.says(printer, JobState.PRINTING, job=job, progress=progress)
            self.sees(printer, phase, score=0.03)

    def says(self, printer: str, state: JobState, can_pause: bool = True, **more: object) -> None:
        """Let a printer report its state."""
        report = PrinterReport(printer, state, self.clock.now(), can_pause)
        self.board.reported(replace(report, **more))  # type: ignore[arg-type]  # the keys are fields

    def sees(
        self,
        printer: str,
        phase: Phase = Phase.WATCHING,
        score: float | None = 0.03,
        health: Health = Health.OK,
        jpeg: bytes | None = None,
    ) -> None:
        """Let a picture of a printer be inspected."""
        now, number = self.clock.now(), self._numbers.get(printer, 0) + 1
        self._numbers[printer] = number
        jpeg = jpeg or picture(f"{printer} #{number}", hue=number * 17 % 180)
        boxes = SEEN if phase in (Phase.SUSPECT, Phase.FAILING) else ()
        self.board.inspected(
            Observation(printer, now, health, score, boxes=boxes),
            Judgement(phase, now, 0.0, score, health),
            Frame(printer, jpeg, now, number, 1),
            jpeg,
        )

    def fails(self, printer: str, status: IncidentStatus = IncidentStatus.OPEN, **more: object) -> Incident:
        """Let a print fail, and the incident be in a given state."""
        now = self.clock.now()
        self.sees(printer, Phase.FAILING, score=0.93)
        frame = self.board.picture(printer)
        incident = Incident(
            id=uuid7(now), site="cochin", printer=printer, opened_at=now, failure_class=FailureClass.SPAGHETTI,
            score=0.93, boxes=SEEN, model_sha256="5e" * 32, parameters={"threshold": 0.5}, action=Action.PAUSE,
            status=status,
        )  # fmt: skip
        self.open[printer] = incident
        self.incidents.keep(incident, frame.jpeg if frame else None)
        self.happened(printer, EventKind.INCIDENT_OPENED)
        return self.changes(printer, **more)

    def changes(self, printer: str, **changes: object) -> Incident:
        """Let the open incident of a printer change."""
        incident = replace(self.open[printer], **changes)  # type: ignore[arg-type]  # the keys are fields
        self.open[printer] = incident
        self.incidents.keep(incident)
        self.board.incident(incident, self.clock.now())
        return incident

    def happened(self, printer: str, kind: EventKind, after_s: float = 0.0, detail: str = "") -> None:
        """Let something happen in the open incident of a printer."""
        incident = self.open[printer]
        at = incident.opened_at + after_s
        self.incidents.happened(Event(uuid7(at), "cochin", printer, at, kind, incident.id, detail))
