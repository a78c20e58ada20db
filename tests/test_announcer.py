"""What MQTT is told about a printer's state."""

from monitor.announcer import REFRESH_S, Announcer
from monitor.board import Board
from monitor.clock import ManualClock
from monitor.records import JobState, PrinterReport, State
from monitor.wire import PrinterState
from tests.farms import a_farm


def test_a_state_is_told_on_change_and_refreshed_now_and_then() -> None:
    """Neither a flood of equal messages nor a state that grows stale."""
    clock = ManualClock()
    board = Board(a_farm(), 0.5, clock.now())
    told: list[tuple[str, PrinterState]] = []
    announcer = Announcer(board, lambda site, state: told.append((site, state)), clock)
    announcer.tell()
    announcer.tell()
    board.reported(PrinterReport("p01", JobState.IDLE, clock.now(), can_pause=False))
    announcer.tell()
    clock.advance(REFRESH_S)
    announcer.tell()
    assert [State.BLIND, State.IDLE, State.IDLE] == [state.state for _, state in told]
    assert {"s"} == {site for site, _ in told}
