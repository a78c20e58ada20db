"""A farm in which several people speak about what was decided."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from monitor.clock import ManualClock
from monitor.history import History
from monitor.incidents import Incidents
from monitor.incidents.pictures import StoredPicture
from monitor.records import (
    Answer,
    Incident,
    Learned,
    PausedBy,
    PauseOutcome,
    PauseResult,
    PersonCommand,
    PersonCommandKind,
    VerdictKind,
)
from monitor.wire import decode_person_command
from tests.incidents.support import SITES, Farm, RecordingOutbox

Kind = PersonCommandKind


class Album:
    """Pictures that a test has stored."""

    def __init__(self) -> None:
        self.pictures: dict[float, bytes] = {}
        self.kept: list[float] = []

    def find(self, printer: str, taken_at: float) -> StoredPicture | None:
        """Return a picture of p1."""
        jpeg = self.pictures.get(taken_at) if printer == "p1" else None
        return StoredPicture(taken_at, jpeg, 0.4) if jpeg else None

    def keep(self, printer: str, picture: StoredPicture) -> None:
        """Note that it was labelled."""
        assert "p1" == printer
        self.kept.append(picture.taken_at)


class Ward(Farm):
    """A farm in which several people speak."""

    def __init__(self, path: Path, clock: ManualClock | None = None) -> None:
        self.clock = clock or ManualClock()
        self.history = History(path, retry_s=0.05)
        self.outbox = RecordingOutbox()
        self.album = Album()
        self.learned: list[Learned] = []
        self.view = "here"
        self.told, self.stood = [], []
        self.incidents = Incidents(
            self.history, self.outbox, SITES, self.clock, 60.0, self.told.append, self.stood.append,
            pictures=self.album, view_of=lambda _: self.view, on_learned=self.learned.append,
        )  # fmt: skip

    def hear(self, kind: Kind, by: str = "Léa", **more: object) -> Answer:
        """Let somebody speak, a moment later."""
        self.clock.advance(0.5)
        command = PersonCommand("p1", kind, by, self.clock.now())
        return self.incidents.person(replace(command, **more))  # type: ignore[arg-type]  # the keys are fields

    def pause(self, by: PausedBy = PausedBy.VIGIE) -> Incident:
        """Fail, and be seen paused."""
        incident = self.fail()
        order = self.outbox.pauses()[-1]
        self.incidents.pause_result(PauseResult(order.id, "p1", PauseOutcome.PAUSED, 100, paused_by=by))
        self.clock.advance(1.0)
        return incident

    def resumes(self) -> list[PersonCommand]:
        """Return the wishes to resume that went to the agent."""
        return [decode_person_command(m.payload) for m in self.outbox.sent if m.leaf == "command"]

    def verdicts(self) -> list[tuple[VerdictKind, str, bool]]:
        """Return kind, person, and whether it stands, as the history has them, oldest first."""
        found = reversed(self.history.reader.verdicts("p1"))
        return [(v.kind, v.by, v.withdrawn_at is None) for v in found]


@contextmanager
def ward(path: Path, clock: ManualClock | None = None) -> Iterator[Ward]:
    """A ward that runs."""
    here = Ward(path, clock)
    here.history.start()
    try:
        here.incidents.start()
        yield here
    finally:
        here.history.stop()
