"""Open cases change hands between monitors: nothing is begun twice, closed or forgotten by that."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from monitor.clock import ManualClock
from monitor.history import Change, History
from monitor.incidents import Incidents
from monitor.incidents.adopting import GONE_ON_ELSEWHERE, Inheritance
from monitor.incidents.handing import NEVER_KEPT
from monitor.owning import Alone
from monitor.records import (
    Answer,
    Incident,
    IncidentStatus,
    PauseOutcome,
    PersonCommand,
    PersonCommandKind,
    Standing,
)
from monitor.wire import decode_incident
from tests.incidents.support import SITES, Farm, RecordingOutbox

UNSENT = "this node could not be certain"


class Shared(Alone):
    """Printers are shared: ours at an epoch that a test sets."""

    is_shared = True
    node = "north"
    unsent = UNSENT

    def __init__(self) -> None:
        self.now = 7
        self.changes: list[Change] = []

    def epoch(self, printer: str) -> int:
        """Return what the test has set."""
        del printer
        return self.now

    def act(self, command: PersonCommand, take: Callable[[PersonCommand], Answer]) -> Answer:
        """Do it."""
        return take(command)

    def keep(self, change: Change) -> None:
        """Note it."""
        self.changes.append(change)


class SharedFarm(Farm):
    """A farm of which others may own printers."""

    def __init__(self, path: Path, clock: ManualClock) -> None:
        self.clock, self.history = clock, History(path, retry_s=0.05)
        self.outbox, self.owning = RecordingOutbox(), Shared()
        self.told, self.stood = [], []
        self.incidents = Incidents(
            self.history, self.outbox, SITES, clock, 60.0, self.told.append, self.stood.append, owning=self.owning
        )

    def adopt(self, inheritance: Inheritance | None = None, printer: str = "p1") -> Incident | None:
        """Have a printer from now on."""
        return self.incidents.adopt("paris", printer, inheritance, self.clock.now())

    def left(self, printer: str = "p1") -> Inheritance:
        """Return what the next owner finds, as a shelf would keep it."""
        incident, progress = None, ""
        standing = Standing(printer)
        for change in self.owning.changes:
            if change.incident is not None and change.incident.printer == printer:
                is_over = change.incident.status is IncidentStatus.CLOSED
                incident, progress = None if is_over else change.incident, change.progress
            for one in change.standing:
                standing = one if one.printer == printer else standing
        return Inheritance(incident, progress, standing)


@contextmanager
def shared(path: Path, clock: ManualClock) -> Iterator[SharedFarm]:
    """Run one on a database file."""
    there = SharedFarm(path, clock)
    there.history.start()
    there.incidents.start()
    try:
        yield there
    finally:
        there.history.stop()


def test_an_incident_goes_on_at_the_next_owner_with_the_same_order(tmp_path: Path) -> None:
    """At the new epoch, with a life of its own; it is sent at once, and its answer ends it."""
    clock = ManualClock(1_000.0)
    with shared(tmp_path / "north.db", clock) as north, shared(tmp_path / "south.db", clock) as south:
        north.adopt()
        opened = north.fail()
        assert (7, 7) == (opened.epoch, north.outbox.pauses()[0].epoch)
        clock.advance(20.0)
        south.owning.now = 8
        went_on = south.adopt(north.left())
        assert went_on is not None
        assert (opened.id, 8) == (went_on.id, went_on.epoch)
        south.wait(1)
        before, after = north.outbox.pauses()[0], south.outbox.pauses()[0]
        assert (before.id, 8, 1_020.0, 1_080.0) == (after.id, after.epoch, after.issued_at, after.expires_at)
        south.answer(PauseOutcome.PAUSED)
        assert IncidentStatus.PAUSED is south.last(opened).status
        assert south.fail().id == opened.id


def test_who_lets_go_closes_nothing_and_goes_on_with_what_comes_back(tmp_path: Path) -> None:
    """Neither people nor the broker hear anything; what has become of it meanwhile holds."""
    clock = ManualClock(1_000.0)
    with shared(tmp_path / "north.db", clock) as north:
        north.adopt()
        opened = north.fail()
        said = len(north.outbox.sent)
        north.incidents.disown("p1", clock.now(), was_kept=True)
        assert north.incidents.open_incident("p1") is None
        assert said == len(north.outbox.sent)
        assert [None] == [one.closed_at for one in north.history.reader.incidents()]
        kept = north.left()
        north.owning.now = 9
        again = north.adopt(kept)
        assert again is not None
        assert (opened.id, 9) == (again.id, again.epoch)
        north.incidents.disown("p1", clock.now(), was_kept=True)
        assert north.adopt(Inheritance(None, "", Standing("p1"))) is None
        north.history.commit(Change())  # what was noted before is written
        assert (IncidentStatus.CLOSED, GONE_ON_ELSEWHERE) == (north.last(opened).status, north.last(opened).detail)


def test_what_the_next_owner_never_knew_ends_here(tmp_path: Path) -> None:
    """It was decided, and could not be kept: nobody else has it, and nothing of it was sent."""
    clock = ManualClock(1_000.0)
    with shared(tmp_path / "north.db", clock) as north:
        north.adopt()
        opened = north.fail()
        north.incidents.disown("p1", clock.now(), was_kept=False)
        north.history.commit(Change())
        assert (IncidentStatus.CLOSED, NEVER_KEPT) == (north.last(opened).status, north.last(opened).detail)


def test_after_a_restart_nothing_is_ours_until_it_is_given(tmp_path: Path) -> None:
    """Then events that were not told are told; what was to be retained or done is said anew, by what holds now."""
    clock = ManualClock(1_000.0)
    with shared(tmp_path / "north.db", clock) as before:
        before.adopt()
        opened = before.fail()
        before.say(PersonCommandKind.MUTE, 30.0)
        kept = before.left()
    clock.advance(5.0)
    with shared(tmp_path / "north.db", clock) as after:
        assert ([], None) == (after.outbox.sent, after.incidents.open_incident("p1"))
        after.owning.now = 8
        assert opened.id == after.adopt(kept).id  # type: ignore[union-attr]
        assert {"event", "incident"} == set(after.outbox.leaves())
        assert 8 == decode_incident(after.outbox.sent[-1].payload).epoch
        assert after.incidents.standing("p1").muted_until is not None
        assert 0 == len([message for message in after.history.unsent() if message.leaf == "evidence"])


def test_where_nobody_has_kept_anything_our_own_history_holds(tmp_path: Path) -> None:
    """So a monitor that was alone becomes the first node of a cluster without losing what is open."""
    clock = ManualClock(1_000.0)
    with shared(tmp_path / "north.db", clock) as before:
        before.adopt()
        opened = before.fail()
    with shared(tmp_path / "north.db", clock) as after:
        assert opened.id == after.adopt(None).id  # type: ignore[union-attr]


def test_no_incident_is_said_again_where_none_is_open(tmp_path: Path) -> None:
    """The last owner may have died before it had the broker forget."""
    with shared(tmp_path / "south.db", ManualClock(1_000.0)) as south:
        south.adopt(Inheritance(None, "", Standing("p1", armed=False)))
        assert [("incident", b"", True)] == [(m.leaf, m.payload, m.retain) for m in south.outbox.sent]
        assert not south.incidents.standing("p1").armed
        assert not south.stood[-1].armed


def test_why_an_order_was_not_sent_is_told_to_people(tmp_path: Path) -> None:
    """It is written and never acknowledged: its time is over."""
    with shared(tmp_path / "north.db", ManualClock(1_000.0)) as north:
        north.adopt()
        opened = north.fail()
        north.wait(61)
        assert (IncidentStatus.PAUSE_FAILED, UNSENT) == (north.last(opened).status, north.last(opened).detail)


def test_a_clock_that_is_minutes_behind_loses_no_order(tmp_path: Path) -> None:
    """The next owner's clock says that the order has long expired, or is of the future: it orders by its own."""
    for ahead_s in (-300.0, 300.0):
        clock, other = ManualClock(10_000.0), ManualClock(10_000.0 + ahead_s)
        folder = tmp_path / str(ahead_s)
        folder.mkdir()
        with shared(folder / "north.db", clock) as north, shared(folder / "south.db", other) as south:
            north.adopt()
            north.fail()
            south.owning.now = 8
            south.adopt(north.left())
            south.wait(1)
            assert 10_060.0 + ahead_s == south.outbox.pauses()[0].expires_at
