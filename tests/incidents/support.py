"""A farm of two printers, its history, and an outbox that a test reads."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from monitor.clock import ManualClock
from monitor.config.model import NoControl, Printer, PrinterSettings, SnapshotCamera
from monitor.history import History, Outgoing
from monitor.incidents import Incidents
from monitor.mqtt import Delivery, DeliveryOutcome
from monitor.records import (
    Action,
    Box,
    EventKind,
    FailureClass,
    Health,
    Hold,
    Incident,
    JobState,
    Observation,
    PauseCommand,
    PauseOutcome,
    PauseProgress,
    PauseResult,
    PauseStep,
    PersonCommand,
    PersonCommandKind,
    PrinterReport,
    Standing,
)
from monitor.wire import decode_pause

SITES = {"p1": "paris", "p2": "paris"}
SEEN = (Box(FailureClass.SPAGHETTI, 0.4, 0.5, 0.2, 0.1, 0.95),)
DELIVERED = Delivery(DeliveryOutcome.DELIVERED)


class PowerCut(Exception):
    """The process ends after it has written, and before it has sent."""


class RecordingOutbox:
    """Keeps every message until the test acknowledges it."""

    def __init__(self) -> None:
        self.sent: list[Outgoing] = []
        self.waiting: list[Outgoing] = []
        self.is_cut = False  # the next message to be sent finds no power

    def send(self, messages: Iterable[Outgoing]) -> None:
        """Keep them."""
        new = list(messages)
        if new and self.is_cut:
            raise PowerCut
        self.sent += new
        self.waiting += new

    def pending(self, pause: str) -> bool:
        """Whether a pause was not acknowledged yet."""
        return any(message.pause == pause for message in self.waiting)

    def withdraw(self, pause: str) -> None:
        """Send it no more."""
        self.waiting = [message for message in self.waiting if message.pause != pause]

    def tick(self) -> None:
        """Nothing is refused here."""

    def pauses(self) -> list[PauseCommand]:
        """Return every pause command that went out, repetitions included."""
        return [decode_pause(message.payload) for message in self.sent if message.leaf == "pause"]

    def leaves(self) -> list[str]:
        """Return the topics' leaves in the order of sending."""
        return [message.leaf for message in self.sent]


class Farm:
    """Incidents with everything around them that a test wants to see."""

    def __init__(self, path: Path, clock: ManualClock | None = None) -> None:
        self.clock = clock or ManualClock()
        self.history = History(path, retry_s=0.05)
        self.outbox = RecordingOutbox()
        self.told: list[Incident] = []
        self.stood: list[Standing] = []
        self.incidents = Incidents(
            self.history, self.outbox, SITES, self.clock, 60.0, self.told.append, self.stood.append
        )

    def fail(
        self,
        printer: str = "p1",
        action: Action = Action.PAUSE,
        hold: Hold | None = None,
        job: str | None = None,
    ) -> Incident:
        """Decide a failure."""
        return self.incidents.failed(
            a_printer(printer, action),
            an_observation(printer, self.clock.now()),
            b"jpeg",
            "ab",
            {"t": 0.5},
            self.clock.now(),
            hold,
            job,
        )

    def acknowledge(self, outcome: DeliveryOutcome = DeliveryOutcome.DELIVERED) -> None:
        """Let the broker take everything that waits."""
        waiting, self.outbox.waiting = self.outbox.waiting, []
        for message in waiting:
            self.incidents.delivered(message, Delivery(outcome))

    def answer(self, outcome: PauseOutcome, detail: str = "", printer: str = "p1") -> None:
        """Let the agent answer the newest pause of the printer."""
        command = [pause for pause in self.outbox.pauses() if pause.printer == printer][-1]
        self.incidents.pause_result(PauseResult(command.id, printer, outcome, 120, detail))

    def progress(self, step: PauseStep, printer: str = "p1") -> None:
        """Let the agent tell how far it has come with the newest pause of the printer."""
        command = [pause for pause in self.outbox.pauses() if pause.printer == printer][-1]
        self.incidents.pause_progress(PauseProgress(command.id, printer, step, self.clock.now()))

    def report(self, state: JobState, printer: str = "p1", job: str | None = None) -> None:
        """Let the printer say what it does, now."""
        self.incidents.reported(PrinterReport(printer, state, self.clock.now(), can_pause=True, job=job))

    def recover(self, printer: str = "p1") -> None:
        """Let the pictures look healthy again."""
        self.incidents.happened(a_printer(printer), EventKind.RECOVERED, self.clock.now())

    def say(self, kind: PersonCommandKind, minutes: float | None = None, printer: str = "p1") -> None:
        """Let Léa decide."""
        self.incidents.person(PersonCommand(printer, kind, "Léa", self.clock.now(), minutes))

    def wait(self, seconds: float) -> None:
        """Let time pass, second by second, as the pipeline does."""
        for _ in range(int(seconds)):
            self.incidents.tick(self.clock.advance(1.0))

    def story(self, incident: Incident) -> list[str]:
        """Return the kinds of what happened, as the history has it."""
        return [event.kind.value for event in self.history.reader.events(incident.id)]

    def last(self, incident: Incident) -> Incident:
        """Return the incident as the history has it."""
        return next(found for found in self.history.reader.incidents() if found.id == incident.id)


@contextmanager
def farm(path: Path, clock: ManualClock | None = None) -> Iterator[Farm]:
    """Start a farm on a database file and stop it in the end."""
    there = Farm(path, clock)
    there.history.start()
    there.incidents.start()
    try:
        yield there
    finally:
        there.history.stop()


def a_printer(printer: str = "p1", action: Action = Action.PAUSE) -> Printer:
    """Return a printer of the farm."""
    return Printer(
        id=printer,
        name=printer.upper(),
        site="paris",
        room="ward",
        camera=SnapshotCamera(type="snapshot", url="http://camera.example/"),
        control=NoControl(type="none"),
        settings=PrinterSettings(on_failure=action),
    )


def an_observation(printer: str, at: float) -> Observation:
    """Return what a failing print looks like."""
    classes = {FailureClass.SPAGHETTI: 0.9, FailureClass.BLOB: 0.2}
    return Observation(printer, at, Health.OK, 0.92, classes, SEEN)
