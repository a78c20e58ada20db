"""The Creality adapter against a simulated K1: changes, heartbeats, and what its numbers mean."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.control import CrealityControl
from monitor.errors import PrinterUnreachable
from monitor.printers.creality import Creality, parse_told
from monitor.records import JobState, PauseCommand, PausedBy
from tests.printers.simulated_creality import SimulatedCreality
from tests.support import wait_until

COMMAND = PauseCommand("id", "site", "p1", "incident", 0.0, 60.0, "spaghetti")


@pytest.fixture
def printer() -> Iterator[SimulatedCreality]:
    """Yield a simulated K1 that prints."""
    printer = SimulatedCreality()
    printer.start()
    yield printer
    printer.stop()


def adapter_of(printer: SimulatedCreality, answer_s: float = 3.0) -> Creality:
    """Return an adapter of the printer."""
    return Creality(CrealityControl(type="creality", host="127.0.0.1", port=printer.port), (2.0, answer_s))


@pytest.fixture
def adapter(printer: SimulatedCreality) -> Iterator[Creality]:
    """Yield its adapter."""
    adapter = adapter_of(printer)
    yield adapter
    adapter.close()


def test_what_changes_is_laid_over_what_was_told(printer: SimulatedCreality, adapter: Creality) -> None:
    """A change names its own keys only; the job was told at the beginning."""
    adapter.state()
    printer.does(JobState.PAUSED)
    assert wait_until(lambda: adapter.state().state is JobState.PAUSED)
    assert "visor.gcode" == adapter.state().job


@pytest.mark.parametrize("state", [JobState.IDLE, JobState.PAUSED, JobState.PAUSING, JobState.ERROR])
def test_a_printer_that_does_not_print_gets_no_order(
    printer: SimulatedCreality, adapter: Creality, state: JobState
) -> None:
    """A pause of the idle Klipper inside would spoil the next one."""
    printer.does(state)
    adapter.pause(COMMAND)
    assert [] == printer.orders


def test_a_heartbeat_is_answered(printer: SimulatedCreality, adapter: Creality) -> None:
    """A printer that hears nothing may close the connection."""
    adapter.state()
    printer.push({"ModeCode": "heart_beat"})
    assert wait_until(lambda: adapter.state().state is JobState.PRINTING and ["ok"] == printer.texts)


def test_what_was_told_before_a_restart_is_forgotten(printer: SimulatedCreality) -> None:
    """The job of yesterday may be gone; and a printer that tells no state cannot be paused."""
    adapter = adapter_of(printer, answer_s=0.3)
    adapter.state()
    assert adapter.can_pause().can_pause
    printer.all = {"model": "K1C"}
    printer.drop()
    assert wait_until(lambda: is_unknown(adapter))
    assert "does not tell its state" in adapter.can_pause().why
    adapter.close()


def is_unknown(adapter: Creality) -> bool:
    """Ask, and tell whether the printer answers without saying what it does."""
    try:
        return adapter.state().state is JobState.UNKNOWN
    except PrinterUnreachable:
        return False


@pytest.mark.parametrize(
    ("code", "state"),
    [
        (0, JobState.IDLE),
        (1, JobState.PRINTING),
        ("1", JobState.PRINTING),
        (2, JobState.IDLE),
        (3, JobState.ERROR),
        (4, JobState.IDLE),
        (5, JobState.PAUSED),
        (6, JobState.PAUSING),
        (7, JobState.PRINTING),
        (8, JobState.PRINTING),
        (9, JobState.UNKNOWN),
        ("printing", JobState.UNKNOWN),
        (True, JobState.UNKNOWN),
        (5.5, JobState.UNKNOWN),
        (None, JobState.UNKNOWN),
    ],
)
def test_its_numbers_become_states(code: object, state: JobState) -> None:
    """Some come as text; what is not understood is unknown, and the reading says so."""
    reading = parse_told({"state": code})
    assert (state, state is JobState.UNKNOWN) == (reading.state, bool(reading.detail))


def test_a_pause_with_an_error_is_the_printers_own() -> None:
    """Without one, a person or an order may have paused it: it does not tell."""
    told = parse_told({"state": 5, "err": {"errcode": 2105, "key": 0}})
    assert (PausedBy.PRINTER, "error 2105") == (told.paused_by, told.detail)
    assert PausedBy.UNKNOWN is parse_told({"state": 5, "err": {"errcode": 0}}).paused_by


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.integers().map(str),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
KEYS = ("state", "err", "printProgress", "dProgress", "printFileName")


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, json_values)))
def test_any_json_is_read_without_an_exception(told: dict[str, Any]) -> None:
    """The progress stays a fraction."""
    progress = parse_told(told).progress
    assert progress is None or 0.0 <= progress <= 1.0
