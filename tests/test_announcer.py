"""What MQTT is told about a printer's state, and about the load."""

from dataclasses import replace

from monitor.announcer import REFRESH_S, Announcer, load_teller
from monitor.board import Board
from monitor.clock import ManualClock
from monitor.records import JobState, PrinterReport, State
from monitor.records.load import Load, LoadState, Overload
from monitor.wire import PrinterState, SiteLoad
from tests.farms import a_farm


class Machine:
    """A load that the test changes, of sites that come and go, and what was published of it."""

    def __init__(self) -> None:
        self.load = Load()
        self.links: dict[str, object] = {"paris": object()}


class Published:
    """Keeps what was published."""

    def __init__(self) -> None:
        self.loads: list[SiteLoad] = []

    def load(self, load: SiteLoad) -> None:
        """Keep it."""
        self.loads.append(load)


def test_a_load_is_told_to_every_site_when_it_changes() -> None:
    """Once each; a site that comes hears how it stands."""
    machine, published = Machine(), Published()
    tell = load_teller(machine, machine, published)
    tell()
    tell()
    machine.load = Load(overload=Overload(5.0, 2.3, 1.0, 90))
    tell()
    machine.links["lille"] = object()
    tell()
    slowed = SiteLoad("paris", LoadState.SLOWED, 5.0, 2.3, 1.0)
    assert [SiteLoad("paris", LoadState.NORMAL), slowed, replace(slowed, site="lille")] == published.loads


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


def test_the_load_names_the_node_that_has_it() -> None:
    """Where several monitors share the printers of a site."""
    machine, published = Machine(), Published()
    load_teller(machine, machine, published, "north")()
    assert {"north"} == {load.node for load in published.loads}
