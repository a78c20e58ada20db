"""The SDCP adapter against a simulated printer: its name, its refusals, and what its codes mean."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.control import SdcpControl
from monitor.errors import PrinterRejected, PrinterUnreachable
from monitor.printers.sdcp import Sdcp, parse_status
from monitor.records import JobState, PauseCommand, PausedBy
from tests.printers.simulated_sdcp import BOARD, SimulatedSdcp
from tests.support import wait_until

COMMAND = PauseCommand("id", "site", "p1", "incident", 0.0, 60.0, "spaghetti")


@pytest.fixture
def printer() -> Iterator[SimulatedSdcp]:
    """Yield a simulated printer that prints."""
    printer = SimulatedSdcp()
    printer.start()
    yield printer
    printer.stop()


def adapter_of(printer: SimulatedSdcp, mainboard_id: str = "", answer_s: float = 3.0) -> Sdcp:
    """Return an adapter of the printer."""
    control = SdcpControl(type="sdcp", host="127.0.0.1", port=printer.port, mainboard_id=mainboard_id)
    return Sdcp(control, (2.0, answer_s))


@pytest.fixture
def adapter(printer: SimulatedSdcp) -> Iterator[Sdcp]:
    """Yield its adapter, which does not know the printer's name yet."""
    adapter = adapter_of(printer)
    yield adapter
    adapter.close()


def test_its_name_is_learnt_and_orders_carry_it(printer: SimulatedSdcp, adapter: Sdcp) -> None:
    """Also when it is paused at first, and keeps its attributes to itself."""
    printer.does(JobState.PAUSED)
    assert JobState.PAUSED is adapter.state().state
    adapter.resume()
    assert BOARD == printer.boards[-1]


@pytest.mark.parametrize("state", [JobState.IDLE, JobState.PAUSED, JobState.PAUSING, JobState.ERROR])
def test_a_printer_that_does_not_print_gets_no_order(printer: SimulatedSdcp, adapter: Sdcp, state: JobState) -> None:
    """What its firmware would make of one is not known."""
    adapter.state()
    printer.does(state)
    adapter.pause(COMMAND)
    assert [] == printer.orders


def test_the_name_of_the_file_is_used_from_the_start(printer: SimulatedSdcp) -> None:
    """Nothing is left to be learnt."""
    adapter = adapter_of(printer, "0123abcd")
    adapter.pause(COMMAND)
    assert {"0123abcd"} == set(printer.boards)
    adapter.close()


def test_a_printer_without_a_name_cannot_be_paused(printer: SimulatedSdcp, adapter: Sdcp) -> None:
    """That is known before a print fails, and says what to write."""
    printer.tells_board = False
    adapter.state()
    assert "write mainboard_id" in adapter.can_pause().why
    with pytest.raises(PrinterRejected, match="write mainboard_id"):
        adapter.pause(COMMAND)
    assert [] == printer.orders


def test_a_printer_that_takes_no_orders_cannot_be_paused(printer: SimulatedSdcp, adapter: Sdcp) -> None:
    """Its attributes say what it can do."""
    printer.capabilities = ["VIDEO_STREAM"]
    adapter.state()
    assert "PRINT_CONTROL" in adapter.can_pause().why


@pytest.mark.parametrize(
    ("ack", "error", "said"),
    [(1, PrinterUnreachable, "too busy to pause"), (2, PrinterRejected, r"refuses to pause \(Ack 2\).*display")],
)
def test_an_order_that_is_refused_is_told(
    printer: SimulatedSdcp, adapter: Sdcp, ack: int, error: type[Exception], said: str
) -> None:
    """A busy printer is worth another try; anything else a person has to look at."""
    printer.ack = ack
    with pytest.raises(error, match=said):
        adapter.pause(COMMAND)


def test_the_answer_to_an_order_is_found_among_other_messages(printer: SimulatedSdcp, adapter: Sdcp) -> None:
    """A refusal behind a status is a refusal."""
    printer.is_chatty, printer.ack = True, 2
    with pytest.raises(PrinterRejected, match="refuses to pause"):
        adapter.pause(COMMAND)


def test_a_length_in_front_of_a_message_is_skipped(printer: SimulatedSdcp, adapter: Sdcp) -> None:
    """Some firmware writes one."""
    printer.prefix = "348"
    assert JobState.PRINTING is adapter.state().state


def test_a_status_from_before_the_question_is_no_answer(printer: SimulatedSdcp, adapter: Sdcp) -> None:
    """It tells what was, and a pause is proven by what is."""
    adapter.state()
    printer.push(printer.message("status", Status={"PrintInfo": {"Status": 6}}))
    printer.settle()
    assert JobState.PRINTING is adapter.state().state


def test_a_printer_that_acknowledges_and_tells_nothing_is_unknown(printer: SimulatedSdcp) -> None:
    """What it said earlier does not count."""
    adapter = adapter_of(printer, answer_s=0.3)
    adapter.state()
    printer.status = dict  # type: ignore[method-assign] # an empty status
    assert JobState.UNKNOWN is adapter.state().state
    adapter.close()


def test_a_printer_that_has_restarted_is_connected_anew(printer: SimulatedSdcp, adapter: Sdcp) -> None:
    """The old connection is gone, which is noticed before or while asking."""
    adapter.state()
    printer.drop()
    assert wait_until(lambda: prints(adapter))


def prints(adapter: Sdcp) -> bool:
    """Ask, and tell whether it prints."""
    try:
        return adapter.state().state is JobState.PRINTING
    except PrinterUnreachable:
        return False


@pytest.mark.parametrize(
    ("code", "machine", "state"),
    [
        (0, [0], JobState.IDLE),
        (1, [1], JobState.PRINTING),
        (1, [9], JobState.IDLE),
        (5, [1], JobState.PAUSING),
        (6, [1], JobState.PAUSED),
        (7, [1], JobState.PRINTING),
        (8, [0], JobState.IDLE),
        (9, [0], JobState.IDLE),
        (12, [1], JobState.PRINTING),
        (13, [1], JobState.PRINTING),
        (14, [0], JobState.ERROR),
        (16, [1], JobState.PRINTING),
        (16, None, JobState.PRINTING),
        (20, [0], JobState.IDLE),
        (26, [1], JobState.UNKNOWN),
        (99, [1], JobState.UNKNOWN),
        ("6", [1], JobState.UNKNOWN),
        (True, [1], JobState.UNKNOWN),
        (None, [1], JobState.UNKNOWN),
    ],
)
def test_its_codes_become_states(code: object, machine: object, state: JobState) -> None:
    """Heating and homing belong to a print only while a task runs; what is not understood says so."""
    reading = parse_status({"CurrentStatus": machine, "PrintInfo": {"Status": code}})
    assert state is reading.state
    assert (state is JobState.UNKNOWN) == bool(reading.detail)


def test_a_pause_with_an_error_is_the_printers_own() -> None:
    """Without one, a person or an order may have paused it: it does not tell."""
    told = parse_status({"PrintInfo": {"Status": 6, "ErrorStatusReason": 3}})
    assert (PausedBy.PRINTER, "error 3") == (told.paused_by, told.detail)
    assert PausedBy.UNKNOWN is parse_status({"PrintInfo": {"Status": 6, "ErrorNumber": 0}}).paused_by


def test_progress_is_read_from_ticks_where_there_is_no_percentage() -> None:
    """Older firmware sends none."""
    assert 0.25 == parse_status({"PrintInfo": {"CurrentTicks": 25.0, "TotalTicks": 100}}).progress


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
KEYS = ("Status", "ErrorNumber", "Progress", "CurrentTicks", "TotalTicks", "Filename")


@given(st.fixed_dictionaries({}, optional=dict.fromkeys(KEYS, json_values)), json_values)
def test_any_json_is_read_without_an_exception(task: dict[str, Any], machine: object) -> None:
    """The progress stays a fraction."""
    progress = parse_status({"CurrentStatus": machine, "PrintInfo": task}).progress
    assert progress is None or 0.0 <= progress <= 1.0
