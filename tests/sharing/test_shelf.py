"""What is kept for the next owner is kept before anything of it is sent."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.clock import ManualClock
from monitor.cluster.records import Case, Moves
from monitor.cluster.scripted import ScriptedCluster
from monitor.errors import BadPayload, StorageDamaged
from monitor.history import Change
from monitor.incidents.adopting import Inheritance
from monitor.incidents.case import Case as IncidentCase
from monitor.incidents.progress import from_text, to_text
from monitor.records import Action, Event, EventKind, FailureClass, Incident, IncidentStatus, Notice, Standing
from monitor.sharing.estate import changed, concerned, inherited, notices_of
from monitor.sharing.shelf import Shelf
from tests.support import wait_until

MUTED = Standing("p1", muted_until=99.0)
INCIDENT = Incident(
    "0189", "s", "p1", 1.0, FailureClass.BLOB, 0.9, (), "", {}, Action.PAUSE, IncidentStatus.OPEN, epoch=1
)


class Kept:
    """A shelf of one node that owns p1 at epoch 1."""

    def __init__(self) -> None:
        self.cluster = ScriptedCluster({"p1": "north"})
        self.evidence_s, self.went_on = 0.0, threading.Semaphore(0)
        self.shelf = Shelf(self.cluster.node("north"), ManualClock(50.0))
        self.shelf.start(lambda _: self.evidence_s, lambda _: self.went_on.release())

    def standing(self) -> str | None:
        """Return what of people's decisions is kept."""
        kept = self.cluster.kept("p1")
        return kept.standing if kept is not None else None


@contextmanager
def kept() -> Iterator[Kept]:
    """Run one."""
    there = Kept()
    try:
        there.shelf.begin("p1", 1, None)
        assert there.shelf.wait("p1", 10.0)
        yield there
    finally:
        there.shelf.stop()


def test_what_is_written_is_kept_and_then_goes_on() -> None:
    """Until then it is not kept; what is of nobody we have is not kept at all."""
    with kept() as there:
        assert there.went_on.acquire(timeout=10)
        there.cluster.cut_off("north")
        there.shelf.keep(Change(standing=(MUTED, Standing("p2"))))
        assert not there.shelf.is_kept("p1")
        assert wait_until(lambda: "cut off" in there.shelf.problem)
        there.cluster.reach("north")
        assert there.went_on.acquire(timeout=10)
        assert there.shelf.is_kept("p1")
        assert "99.0" in (there.standing() or "")
        assert wait_until(lambda: there.shelf.problem == "")
        assert not there.shelf.is_kept("p2")


def test_what_another_node_has_is_given_up() -> None:
    """It is not tried for ever, and it is never safe."""
    with kept() as there:
        there.cluster.steal("p1", "south")
        there.shelf.keep(Change(standing=(MUTED,)))
        assert not there.shelf.wait("p1", 0.2)
        assert there.standing() is None


def test_the_last_word_is_kept_with_the_evidence_as_it_is_then() -> None:
    """While the printer is being handed over; afterwards nobody takes it."""
    with kept() as there:
        said: list[bool] = []

        def leave(moves: Moves) -> None:
            if moves.lost:
                said.append(there.shelf.end("p1"))

        there.cluster.node("north").on_change(leave)
        there.evidence_s = 4.5
        there.cluster.move("p1", "south")
        last = there.cluster.kept("p1")
        assert last is not None
        assert ([True], 4.5, 50.0) == (said, last.evidence_s, last.at)


def test_a_turn_of_the_judge_is_kept_too() -> None:
    """A suspicion is known to the next owner, other events are not worth it."""
    suspected = Event("e", "s", "p1", 1.0, EventKind.SUSPECTED)
    assert {"p1"} == concerned(Change(events=(suspected,)))
    assert set() == concerned(Change(events=(Event("e", "s", "p1", 1.0, EventKind.CAMERA_BLIND),)))
    assert {"p1", "p9"} == concerned(Change(incident=INCIDENT, standing=(Standing("p9"),)))
    with kept() as there:
        there.evidence_s = 3.0
        there.shelf.keep(Change(events=(suspected,)))
        assert wait_until(lambda: 3.0 == (there.cluster.kept("p1") or Case("p1", 1)).evidence_s)


@given(
    st.sampled_from(IncidentStatus),
    st.booleans(),
    st.none() | st.floats(0.0, 2e9),
    st.none() | st.text(max_size=8),
    st.text(max_size=20),
)
def test_what_is_kept_is_what_the_next_owner_inherits(
    status: IncidentStatus, armed: bool, muted_until: float | None, let_print: str | None, progress: str
) -> None:
    """Whatever it is; what is closed is not gone on with."""
    incident, standing = replace(INCIDENT, status=status), Standing("p1", armed, muted_until, let_print)
    got = inherited(changed(Case("p1", 1), Change(incident, progress, standing=(standing,))))
    is_over = status is IncidentStatus.CLOSED
    assert Inheritance(None if is_over else incident, progress, standing) == got


def test_what_cannot_be_read_is_told() -> None:
    """A newer version has kept it, or somebody has changed it: nothing is begun on a guess."""
    with pytest.raises(BadPayload, match="schema 9"):
        inherited(Case("p1", 1, '{"schema":9}'))
    with pytest.raises(StorageDamaged, match="what people decided"):
        inherited(Case("p1", 1, standing="[]"))
    assert inherited(None) is None


def test_who_was_told_comes_along() -> None:
    """Of the incident that is open; the next owner tells nobody twice."""
    told, other = Notice("n1", "0189", "paused", "lea", 1.0, sent_at=2.0), Notice("n2", "0177", "paused", "lea", 1.0)
    progress = to_text(IncidentCase(INCIDENT))
    with kept() as there:
        there.shelf.keep(Change(incident=INCIDENT, progress=progress))
        there.shelf.keep(Change(notices=(told, other)))
        assert there.shelf.wait("p1", 10.0)
        case = there.cluster.kept("p1")
        assert [told] == notices_of(case)
        found = inherited(case)
        assert found is not None
        assert IncidentCase(INCIDENT) == from_text(INCIDENT, found.progress)
        there.shelf.end("p1")
        there.shelf.begin("p1", 1, case)
        assert there.shelf.wait("p1", 10.0)
        assert [told] == notices_of(there.cluster.kept("p1"))
        there.shelf.keep(Change(incident=replace(INCIDENT, id="0199"), progress=progress))
        assert there.shelf.wait("p1", 10.0)
        assert [] == notices_of(there.cluster.kept("p1"))
    with pytest.raises(StorageDamaged, match="who was told"):
        notices_of(Case("p1", 1, "{}", "[]"))
