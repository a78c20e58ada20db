"""What MQTT is told about a printer's state."""

from monitor.announcer import REFRESH_S, Announcer
from monitor.board import Board
from monitor.clock import ManualClock
from monitor.config.model import Config, FilesCamera, NoControl, Printer, PrinterSettings, Room, Site
from monitor.records import JobState, PrinterReport, State
from monitor.wire import PrinterState


def farm() -> Config:
    printer = Printer(
        id="p01",
        name="P 01",
        site="s",
        room="r",
        camera=FilesCamera(type="files", path="."),
        control=NoControl(type="none"),
        settings=PrinterSettings(),
    )
    site = Site(id="s", name="S", rooms=(Room(id="r", name="R"),))
    return Config(sites=(site,), printers=(printer,))


def test_a_state_is_told_on_change_and_refreshed_now_and_then() -> None:
    """Neither a flood of equal messages nor a state that grows stale."""
    clock = ManualClock()
    board = Board(farm(), 0.5, clock.now())
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
