"""How urgently a printer asks for a person."""

from dataclasses import replace

from monitor.board import PrinterView
from monitor.judge import Phase
from monitor.records import Health, IncidentStatus, JobState, Standing, State
from monitor.records.belonging import Belonging, Belongs
from monitor.wall.attention import Attention, Level, PrinterWarning, Rank, attention
from tests.wall.farm import Farm


def _asks(farm: Farm, printer: str) -> Attention:
    return attention(farm.board.view(printer), farm.config.printer(printer))


def test_a_healthy_printer_asks_for_nobody() -> None:
    """A printer that prints well, and can be paused, stays calm in its place."""
    farm = Farm()
    farm.print_on()
    assert Attention(Level.CALM, Rank.CALM, False, ()) == _asks(farm, "p01")


def test_urgency_falls_from_a_failed_pause_to_a_pause_in_hand() -> None:
    """A pause that failed first, then failing, asking, pausing, paused by Vigie, held, suspect, blind, warnings."""
    farm = Farm(11, uncontrolled=["p07"])
    farm.print_on()
    farm.fails("p01", IncidentStatus.PAUSE_FAILED)
    farm.fails("p02", IncidentStatus.OPEN)
    farm.fails("p03", IncidentStatus.PAUSING)
    farm.fails("p04", IncidentStatus.PAUSED)
    farm.sees("p05", Phase.SUSPECT, 0.6)
    farm.sees("p06", Phase.BLIND, None, Health.DARK)
    farm.fails("p08", IncidentStatus.PAUSED, acknowledged_by="Marie")
    farm.fails("p10", IncidentStatus.ASKING)
    farm.fails("p11", IncidentStatus.HELD)
    ordered = ("p01", "p02", "p10", "p03", "p04", "p11", "p05", "p06", "p07", "p08", "p09")
    ranks = [_asks(farm, printer).rank for printer in ordered]
    assert list(Rank) == ranks


def test_an_acknowledged_failure_stays_large_but_needs_nobody_else() -> None:
    """Somebody is on the way: the wall still shows it first, the bar no longer calls."""
    farm = Farm()
    farm.print_on()
    farm.fails("p01", IncidentStatus.PAUSE_FAILED, acknowledged_by="Marie")
    asks = _asks(farm, "p01")
    assert (Level.ALARM, False) == (asks.level, asks.needs_person)


def test_unknown_is_never_fine() -> None:
    """A printer that was never heard from, is offline, or refuses pauses while it prints, is to be looked at."""
    farm = Farm(3)
    for printer in farm.printers:
        farm.sees(printer)
    farm.says("p02", JobState.OFFLINE)
    farm.says("p03", JobState.PRINTING, can_pause=False)
    warnings = [str(*_asks(farm, printer).warnings) for printer in farm.printers]
    assert ["printer-unknown", "printer-offline", "cannot-pause"] == warnings
    assert [Level.LOOK] * 3 == [_asks(farm, printer).level for printer in farm.printers]


def test_a_question_about_a_camera_leaves_its_printer_calm() -> None:
    """Nothing is proven: a mark, no warning, and /health tells of it by itself."""
    farm = Farm()
    farm.print_on()
    farm.board.belongs("p01", Belonging(Belongs.ASKED, "p02"), farm.clock.now())
    assert Attention(Level.CALM, Rank.CALM, False, ()) == _asks(farm, "p01")
    client = farm.app.test_client()
    tile = client.get("/api/printers/p01").get_json()["printer"]
    assert ("asked", "p02") == (tile["belongs"], tile["perhaps_shows"])
    health = client.get("/health").get_json()
    assert ("ok", "") == (health["status"], health["belonging_problem"])
    assert "p01 (p02?)" in health["belonging_question"]


def test_a_camera_that_shows_another_printer_is_to_be_looked_at() -> None:
    """Whatever else is wrong is said first; the other printer is named, and /health says it of the whole farm."""
    farm = Farm()
    farm.print_on()
    farm.board.belongs("p01", Belonging(Belongs.DOES_NOT, "p02"), farm.clock.now())
    asks = _asks(farm, "p01")
    assert (Level.LOOK, False, (PrinterWarning.OTHER_PRINTER,)) == (asks.level, asks.needs_person, asks.warnings)
    client = farm.app.test_client()
    assert "p02" == client.get("/api/printers/p01").get_json()["printer"]["perhaps_shows"]
    assert "p01 (perhaps p02)" in client.get("/health").get_json()["belonging_problem"]


def test_a_muted_printer_calls_nobody() -> None:
    """Somebody asked for silence, and gets it."""
    farm = Farm()
    farm.print_on()
    farm.says("p01", JobState.OFFLINE)
    farm.board.muted("p01", farm.clock.now() + 60, farm.clock.now())
    assert Level.CALM is _asks(farm, "p01").level


def test_before_the_first_picture_a_printer_is_blind_and_to_be_looked_at() -> None:
    """A camera that has given nothing yet is not watched, and the wall does not pretend."""
    farm = Farm()
    view: PrinterView = farm.board.view("p01")
    assert Rank.BLIND is attention(view, farm.config.printer("p01")).rank


def test_what_is_held_is_to_be_looked_at_and_calls_for_somebody() -> None:
    """Sixty dark pictures are no sixty alarms; but somebody must switch the light on."""
    farm = Farm()
    farm.print_on()
    farm.fails("p01", IncidentStatus.HELD)
    asks = _asks(farm, "p01")
    assert (Level.LOOK, True) == (asks.level, asks.needs_person)


def test_a_failure_that_somebody_let_go_on_calls_nobody_again() -> None:
    """It stays in sight, after all that is open."""
    farm = Farm()
    farm.print_on()
    farm.sees("p01", Phase.FAILING, 0.93)
    assert _asks(farm, "p01").needs_person
    farm.board.stand(Standing("p01", let_print_job=""), farm.clock.now())
    asks = _asks(farm, "p01")
    assert (Level.LOOK, Rank.IN_HAND, False) == (asks.level, asks.rank, asks.needs_person)


def test_a_printer_of_which_its_site_has_said_nothing_asks_for_nobody_but_its_open_incident_does() -> None:
    """At a hub the line of its site is what is to be looked at; an alarm that was known stays one."""
    farm = Farm(2)
    farm.print_on()
    farm.fails("p02", IncidentStatus.OPEN)
    for view in farm.board.snapshot().printers:
        farm.board.told(replace(view, is_known=False, state=State.FAILING), 0.0)
    assert [Level.CALM, Level.ALARM] == [_asks(farm, printer).level for printer in farm.printers]
