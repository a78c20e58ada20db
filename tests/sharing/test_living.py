"""Printers come and go between monitors while they run, and nothing ends by that."""

from monitor.clock import SystemClock
from monitor.records import IncidentStatus, PersonCommand, PersonCommandKind, Reception, State
from monitor.wire import OFFLINE, ONLINE, PrinterState, encode_state
from tests.sharing.household import PRINTERS, Household
from tests.support import wait_until


def by_lea(printer: str, kind: PersonCommandKind, minutes: float | None = None) -> PersonCommand:
    """Return what Léa says now."""
    return PersonCommand(printer, kind, "Léa", SystemClock().now(), minutes)


def test_each_node_watches_what_it_owns(household: Household) -> None:
    """And shows all printers of the list; a printer that moves is told of by its new owner, with the new epoch."""
    household.begin("north")
    household.begin("south")
    assert household.watches("north", *PRINTERS)
    assert 2 == household.cluster.move("m2", "south")
    assert household.watches("south", "m2")
    assert household.watches("north", "m1", "m3")
    assert wait_until(lambda: [2] == [state.epoch for state in household.said("m2")][-1:])
    assert wait_until(lambda: {1} == {state.epoch for state in household.said("m1")})
    assert list(PRINTERS) == [view.id for view in household.apps["south"].board.snapshot().printers]
    household.cluster.move("m2", "north")
    assert household.watches("north", *PRINTERS)
    assert household.watches("south")


def test_a_failure_is_paused_once_and_its_incident_goes_on_elsewhere(household: Household) -> None:
    """With the same incident and order, at the new epoch; the former owner neither closes nor clears anything."""
    household.begin("north")
    household.begin("south")
    assert household.watches("north", *PRINTERS)
    assert household.prints("north")
    household.fail("m1")
    assert wait_until(lambda: "paused" == household.floor.state("m1"))
    before = household.open_at("north", "m1")
    assert before is not None
    assert wait_until(lambda: household.open_at("north", "m1").status is IncidentStatus.PAUSED)  # type: ignore[union-attr]
    household.cluster.move("m1", "south")
    assert household.watches("south", "m1")
    after = household.open_at("south", "m1")
    assert after is not None
    assert (before.id, before.pause_id, 2) == (after.id, after.pause_id, after.epoch)
    assert household.open_at("north", "m1") is None
    assert wait_until(lambda: household.said("m1")[-1].incident == before.id and household.said("m1")[-1].epoch == 2)
    assert 1 == household.floor.printers["m1"].pauses
    assert [None] == [i.closed_at for i in household.apps["north"].history.reader.incidents("m1", 5)]


def test_who_takes_over_in_the_middle_orders_the_same_pause(household: Household) -> None:
    """The agent is away when the order's sender is frozen: it finds the next owner's, with the same id."""
    household.begin("north")
    household.begin("south")
    assert household.watches("north", *PRINTERS)
    assert household.prints("north", "south")
    household.stop_agent()
    household.fail("m1")
    assert wait_until(lambda: bool(household.pauses_of("m1")))
    household.cluster.steal("m1", "south")  # north does not know yet
    assert household.watches("south", "m1")
    assert wait_until(lambda: 2 in {pause.epoch for pause in household.pauses_of("m1")})
    assert 1 == len({pause.id for pause in household.pauses_of("m1")})
    household.start_agent()
    assert wait_until(lambda: household.open_at("south", "m1").status is IncidentStatus.PAUSED)  # type: ignore[union-attr]
    assert 1 == household.floor.printers["m1"].pauses


def test_a_node_that_is_cut_off_sends_nothing_and_people_are_told(household: Household) -> None:
    """The failure is seen, the order is written, and it stays here; when the time is over it has failed."""
    household.begin("north")
    assert household.watches("north", *PRINTERS)
    assert household.prints("north")
    household.cluster.cut_off("north")
    household.fail("m1")
    assert wait_until(lambda: household.open_at("north", "m1") is not None)
    assert wait_until(lambda: household.open_at("north", "m1").status is IncidentStatus.PAUSE_FAILED)  # type: ignore[union-attr]
    failed = household.open_at("north", "m1")
    assert failed is not None
    assert "could not be certain" in failed.detail
    assert "cut off" in household.lives["north"].problem
    assert household.lives["north"].is_cut_off
    assert [] == household.pauses_of("m1")
    assert [] == household.incidents
    household.cluster.reach("north")
    assert wait_until(lambda: [IncidentStatus.PAUSE_FAILED] == [i.status for i in household.incidents][-1:])
    assert "" == household.lives["north"].problem
    assert 0 == household.floor.printers["m1"].pauses


def test_what_was_decided_by_who_had_lost_the_printer_is_not_sent_and_the_next_owner_decides(
    household: Household,
) -> None:
    """One pause, by the one who owns it; the other's incident is closed where it is, unheard of by anybody."""
    household.begin("north")
    household.begin("south")
    assert household.watches("north", *PRINTERS)
    assert household.prints("north", "south")
    household.cluster.cut_off("north")
    household.fail("m1")
    assert wait_until(lambda: household.open_at("north", "m1") is not None)
    mine = household.open_at("north", "m1")
    assert mine is not None
    household.cluster.move("m1", "south", in_order=False)
    assert wait_until(lambda: "paused" == household.floor.state("m1"))
    assert wait_until(lambda: household.open_at("south", "m1") is not None)
    assert [2] == sorted({pause.epoch for pause in household.pauses_of("m1")})
    reader = household.apps["north"].history.reader
    assert wait_until(lambda: reader.incident(mine.id).status is IncidentStatus.CLOSED)  # type: ignore[union-attr]
    assert mine.id != household.open_at("south", "m1").id  # type: ignore[union-attr]
    assert 1 == household.floor.printers["m1"].pauses


def test_a_mute_is_seen_by_the_next_owner(household: Household) -> None:
    """And so is its end; shadow mode comes along, too."""
    north, south = household.begin("north"), household.begin("south")
    assert household.watches("north", *PRINTERS)
    assert Reception.TAKEN is north.act(by_lea("m1", PersonCommandKind.MUTE, 30)).reception
    assert Reception.TAKEN is north.act(by_lea("m1", PersonCommandKind.DISARM)).reception
    household.cluster.move("m1", "south", in_order=False)
    assert household.watches("south", "m1")
    assert wait_until(lambda: State.MUTED is south.board.view("m1").state)
    assert not south.board.view("m1").armed
    assert Reception.TAKEN is south.act(by_lea("m1", PersonCommandKind.MUTE, 0)).reception
    household.cluster.move("m1", "north", in_order=False)
    assert household.watches("north", *PRINTERS)
    assert wait_until(lambda: north.board.view("m1").muted_until is None)
    assert not north.board.view("m1").armed


def test_a_suspicion_goes_on_with_the_next_owner(household: Household) -> None:
    """What the last owner's pictures spoke for is where the next one's judge begins."""
    north, south = household.begin("north"), household.begin("south")
    assert household.watches("north", *PRINTERS)
    household.cluster.cut_off("north")  # it cannot act: the suspicion grows to its full
    household.fail("m1")
    assert wait_until(lambda: north.board.view("m1").evidence_s == 1.0)
    household.cluster.reach("north")
    household.heal("m1")
    assert wait_until(lambda: 0.0 < (household.cluster.kept("m1") or north).evidence_s)  # type: ignore[union-attr]
    kept = household.cluster.kept("m1")
    assert kept is not None
    household.cluster.move("m1", "south", in_order=False)
    assert wait_until(lambda: south.board.view("m1").evidence_s > 0.0)


def test_a_node_that_comes_back_goes_on_with_what_is_its_own(household: Household) -> None:
    """After a restart it begins with nothing, is given its printers, and finds its incident with the same order."""
    household.begin("north")
    assert household.watches("north", *PRINTERS)
    assert household.prints("north")
    household.fail("m2")
    assert wait_until(lambda: "paused" == household.floor.state("m2"))
    before = household.open_at("north", "m2")
    household.end("north")
    household.begin("north")
    assert household.watches("north", *PRINTERS)
    after = household.open_at("north", "m2")
    assert before is not None
    assert after is not None
    assert (before.id, before.pause_id) == (after.id, after.pause_id)
    assert 1 == household.floor.printers["m2"].pauses


def test_who_speaks_with_an_old_epoch_is_corrected(household: Household) -> None:
    """The owner says its own again at once, and counts what it heard; a node that dies takes no site offline."""
    app = household.begin("north")
    assert household.watches("north", *PRINTERS)
    assert wait_until(lambda: bool(household.said("m1")))
    household.cluster.move("m1", "south")
    household.cluster.move("m1", "north")
    assert wait_until(lambda: 3 == household.said("m1")[-1].epoch)
    old = PrinterState("m1", State.PAUSED, 1.0, None, None, "0189", epoch=1)
    household.publish(household.topics.state("m1"), encode_state(old))
    assert wait_until(lambda: 1 == household.lives["north"].ignored["old epoch"])
    assert wait_until(lambda: (3, None) == (household.said("m1")[-1].epoch, household.said("m1")[-1].incident))
    household.publish(household.topics.status, OFFLINE)
    assert wait_until(lambda: [OFFLINE, ONLINE] == household.statuses[-2:])
    assert app.board.view("m1").incident is None
