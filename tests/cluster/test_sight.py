"""monitor/cluster/sight.py: when a watch is not believed any more."""

from monitor.cluster.rows import DrainRow
from monitor.cluster.sight import UNANSWERED_S, UNSEEN_S, Sight
from monitor.cluster.store import REFUSED, UNKNOWN, Answer, Outcome, Write

WRITE = Write(DrainRow("a", True, "x/1"), 7, 0.0)
WRITTEN = Answer(Outcome.WRITTEN, 8)


def test_what_was_written_has_to_come_back() -> None:
    """Within two seconds, or two from the beginning of the watch."""
    sight = Sight()
    sight.begin(0.0)
    sight.answered(WRITE, WRITTEN, 1.0)
    assert not sight.is_blind(1.0 + UNSEEN_S)
    assert sight.is_blind(1.1 + UNSEEN_S)
    sight.begin(5.0)
    assert not sight.is_blind(5.0 + UNSEEN_S)
    sight.saw(8)
    assert not sight.is_blind(50.0)


def test_what_refuses_a_write_has_to_be_seen() -> None:
    """Then the next write builds on it; as long as the same one is refused, it was not."""
    sight = Sight()
    sight.begin(0.0)
    sight.answered(WRITE, REFUSED, 1.0)
    sight.answered(WRITE, REFUSED, 2.0)
    assert not sight.is_blind(1.0 + UNSEEN_S)
    assert sight.is_blind(1.1 + UNSEEN_S)
    sight.answered(WRITE, WRITTEN, 3.2)
    sight.saw(8)
    assert not sight.is_blind(50.0)


def test_writes_have_to_be_answered() -> None:
    """Or it is looked whether the bucket is there."""
    sight = Sight()
    sight.begin(0.0)
    sight.answered(WRITE, UNKNOWN, 1.0)
    sight.answered(WRITE, UNKNOWN, 2.0)
    assert not sight.is_blind(1.0 + UNANSWERED_S)
    assert sight.is_blind(1.1 + UNANSWERED_S)
    sight.answered(WRITE, REFUSED, 6.0)
    assert not sight.is_blind(6.0 + UNSEEN_S)


def test_revisions_that_begin_anew_are_waited_for_anew() -> None:
    """Another bucket counts from one."""
    sight = Sight()
    sight.saw(100)
    sight.forget()
    sight.begin(0.0)
    sight.answered(WRITE, WRITTEN, 1.0)
    assert sight.is_blind(1.1 + UNSEEN_S)
