"""What waits for the archive's writer."""

from monitor.archive.batch import KeepFrame
from monitor.archive.inbox import WAITING_BYTES, Inbox
from monitor.records import KeptFor
from tests.archive.support import T0


def test_the_writer_is_called_before_there_is_no_room() -> None:
    """A hundred printers of one room may fail together: their pictures need not wait for the next round."""
    calls: list[int] = []
    inbox = Inbox(lambda: calls.append(1))
    for number in range(3):
        inbox.offer(KeepFrame("p01", T0 + number, KeptFor.SUSPICION, 0.9, b"x" * (WAITING_BYTES // 4)))
        assert (number == 2) == bool(calls)
    assert 3 == len(inbox.take()[1])
    inbox.offer(KeepFrame("p01", T0 + 4, KeptFor.SUSPICION, 0.9, b"x" * (WAITING_BYTES // 4)))
    assert 1 == len(calls)
    assert 0 == inbox.lost_frames
