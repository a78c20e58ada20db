"""The wall of any node shows the whole farm, and what is asked for there is done by the node that has the printer."""

from monitor.board import PrinterView
from monitor.clock import SystemClock
from monitor.records import IncidentStatus, PersonCommandKind, Reception, State
from tests.sharing.household import PRINTERS, Household
from tests.sharing.test_living import by_lea
from tests.support import wait_until


def view(household: Household, node: str, printer: str) -> PrinterView:
    """Return what a node's wall shows of a printer."""
    return household.apps[node].board.view(printer)


def both(household: Household) -> None:
    """Begin with two nodes; south has m3, north the others."""
    household.cluster.move("m3", "south")
    household.begin("north")
    household.begin("south")
    assert household.watches("south", "m3")
    assert household.prints("north", "south")


def test_the_wall_of_any_node_shows_the_whole(household: Household) -> None:
    """States, pictures' ages, incidents with all that the owner's history says of them, and tiles for who looks."""
    both(household)
    south, since = household.apps["south"], SystemClock().now()
    assert wait_until(lambda: all((view(household, "south", p).frame_taken_at or 0.0) > since for p in PRINTERS))
    assert {State.WATCHING} == {view(household, "south", printer).state for printer in PRINTERS}
    household.fail("m1")
    assert wait_until(lambda: State.PAUSED is view(household, "south", "m1").state)
    shown = view(household, "south", "m1").incident
    owned = household.open_at("north", "m1")
    assert owned is not None
    assert wait_until(lambda: view(household, "south", "m1").incident is not None)
    assert wait_until(lambda: State.PAUSED is view(household, "south", "m1").state)  # it was being paused when it came
    shown = view(household, "south", "m1").incident
    assert shown is not None
    assert (owned.id, IncidentStatus.PAUSED) == (shown.id, shown.status)
    assert household.open_at("south", "m1") is None
    south._tiles.look(["m2"])
    assert wait_until(lambda: south.board.tile("m2") is not None)


def test_what_is_asked_for_at_one_node_is_done_by_the_owner(household: Household) -> None:
    """It travels as a command with an answer, which says what the owner has said."""
    both(household)
    south = household.apps["south"]
    assert wait_until(lambda: view(household, "south", "m1").state is State.WATCHING)
    assert Reception.TAKEN is south.act(by_lea("m1", PersonCommandKind.MUTE, 30)).reception
    assert view(household, "north", "m1").muted_until is not None
    assert wait_until(lambda: State.MUTED is view(household, "south", "m1").state)
    assert Reception.KNOWN is south.act(by_lea("m1", PersonCommandKind.ARM)).reception
    household.cluster.move("m1", "")
    answer = south.act(by_lea("m1", PersonCommandKind.MUTE, 0))
    assert (Reception.REFUSED, "no node has this printer at present: try again in a moment") == (
        answer.reception,
        answer.detail,
    )


def test_the_past_of_a_printer_comes_along(household: Household) -> None:
    """What another node's history says is in each one's, once, also after the printer has moved."""
    both(household)
    household.fail("m1")
    assert wait_until(lambda: "paused" == household.floor.state("m1"))
    reader = household.apps["south"].history.reader
    assert wait_until(lambda: 1 == len(reader.incidents("m1", 5)))
    assert wait_until(lambda: reader.evidence(reader.incidents("m1", 5)[0].id) is not None)
    incident = reader.incidents("m1", 5)[0].id
    household.cluster.move("m1", "south")
    assert household.watches("south", "m1", "m3")
    assert wait_until(lambda: 2 == reader.incidents("m1", 5)[0].epoch)
    assert [incident] == [one.id for one in reader.incidents("m1", 5)]
    north = household.apps["north"].history.reader
    assert wait_until(lambda: [2] == [one.epoch for one in north.incidents("m1", 5)])


def test_of_a_printer_that_nobody_watches_nothing_is_known(household: Household) -> None:
    """That is shown, everywhere, and ends when somebody has it."""
    both(household)
    assert wait_until(lambda: view(household, "south", "m1").state is State.WATCHING)
    household.cluster.move("m1", "")
    for node in ("north", "south"):
        assert wait_until(lambda node=node: not view(household, node, "m1").is_known)  # type: ignore[misc]
        assert State.BLIND is view(household, node, "m1").state
    household.cluster.move("m1", "south")
    for node in ("north", "south"):
        assert wait_until(lambda node=node: view(household, node, "m1").state is State.WATCHING)  # type: ignore[misc]
        assert view(household, node, "m1").is_known


def test_since_when_nothing_is_known_is_said(household: Household) -> None:
    """Not since when it was watched."""
    both(household)
    assert wait_until(lambda: view(household, "south", "m1").state is State.WATCHING)
    left_at = SystemClock().now()
    household.cluster.move("m1", "")
    assert wait_until(lambda: not view(household, "south", "m1").is_known)
    assert left_at <= view(household, "south", "m1").since
