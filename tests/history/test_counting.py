"""What the history got since a start, counted for a monitoring system."""

from pathlib import Path

from monitor.history import Change, History, TallyKeeper
from monitor.records import Event, EventKind, FailureClass
from monitor.records.tally import BUCKETS_S
from tests.history.test_history import opened, running


def happens(history: History, number: int, kind: EventKind, at: float) -> None:
    """Let something happen in the number-th incident."""
    event = Event(f"{kind}-{number}-{at}", "paris", "p1", at, kind, f"id-{number:04}")
    assert history.commit(Change(events=(event,)))


def test_only_what_happens_after_the_start_is_counted_and_once(tmp_path: Path) -> None:
    """The past of earlier starts belongs to the monitoring system; asking twice counts nothing twice."""
    with running(tmp_path / "vigie.db") as history:
        history.commit(opened(1))
        keeper = TallyKeeper(history.reader)
        assert {} == keeper.tally().events
        history.commit(opened(2))
        happens(history, 2, EventKind.FALSE_ALARM, 1005.0)
        for _ in range(2):
            found = keeper.tally()
            assert {EventKind.INCIDENT_OPENED: 1, EventKind.FALSE_ALARM: 1} == found.events
            assert {FailureClass.SPAGHETTI: 1} == found.incidents


def test_a_proof_is_counted_by_the_time_from_its_order(tmp_path: Path) -> None:
    """The newest order before it counts; a proof without an order at the broker has no time."""
    with running(tmp_path / "vigie.db") as history:
        keeper = TallyKeeper(history.reader)
        history.commit(opened(1))
        for kind, at in (
            (EventKind.PAUSE_SENT, 1001.0),
            (EventKind.PAUSE_FAILED, 1031.0),
            (EventKind.PAUSE_SENT, 1040.0),
            (EventKind.PAUSE_CONFIRMED, 1041.5),
        ):
            happens(history, 1, kind, at)
        history.commit(opened(2))
        happens(history, 2, EventKind.PAUSE_CONFIRMED, 1050.0)
        found = keeper.tally()
        assert 2 == found.events[EventKind.PAUSE_CONFIRMED]
        assert [BUCKETS_S.index(2.0)] == [place for place, count in enumerate(found.proof_s) if count]
        assert 1.5 == found.proof_sum_s
