"""What holds for every adapter that was tried with a simulator only: Duet, SDCP, Creality, and requests by template."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from monitor.config.control import CrealityControl, DuetControl, HttpControl, SdcpControl
from monitor.errors import PrinterUnreachable
from monitor.printers.adapter import CAN_PAUSE, Adapter, Reading
from monitor.printers.creality import Creality
from monitor.printers.duet import Duet
from monitor.printers.handshake import Handshake, Move, Step
from monitor.printers.sdcp import Sdcp
from monitor.printers.webhook import Webhook
from monitor.records import JobState, PauseCommand, PauseOutcome
from tests.brokers import free_port
from tests.printers.simulated_creality import SimulatedCreality
from tests.printers.simulated_duet import SimulatedDuet
from tests.printers.simulated_sdcp import SimulatedSdcp
from tests.printers.simulated_webhook import SimulatedWebhook
from tests.support import wait_until

COMMAND = PauseCommand("0190", "paris", "p1", "0189", 0.0, 60.0, "spaghetti")
PATIENT, HASTY = (2.0, 3.0), (0.5, 0.2)  # to connect, to answer
Timeout = tuple[float, float]


def duet(printer: SimulatedDuet, timeout_s: Timeout) -> Adapter:
    """Return the adapter of a simulated Duet."""
    return Duet(DuetControl(type="duet", url=printer.url), timeout_s)


def sdcp(printer: SimulatedSdcp, timeout_s: Timeout) -> Adapter:
    """Return the adapter of a simulated SDCP printer."""
    return Sdcp(SdcpControl(type="sdcp", host="127.0.0.1", port=printer.port), timeout_s)


def creality(printer: SimulatedCreality, timeout_s: Timeout) -> Adapter:
    """Return the adapter of a simulated Creality printer."""
    return Creality(CrealityControl(type="creality", host="127.0.0.1", port=printer.port), timeout_s)


def webhook(printer: SimulatedWebhook, timeout_s: Timeout) -> Adapter:
    """Return the adapter of a simulated server."""
    return Webhook(printer.control(), "p1", "paris", timeout_s)


KINDS: list[tuple[Callable[[], Any], Callable[[Any, Timeout], Adapter]]] = [
    (SimulatedDuet, duet),
    (SimulatedSdcp, sdcp),
    (SimulatedCreality, creality),
    (SimulatedWebhook, webhook),
]


@dataclass
class Pair:
    """A simulated printer and its adapters."""

    printer: Any
    adapter: Adapter
    hasty: Adapter


@pytest.fixture(params=KINDS, ids=lambda kind: kind[1].__name__)
def pair(request: pytest.FixtureRequest) -> Iterator[Pair]:
    """Yield a printer of each kind; it prints."""
    make, open_adapter = request.param
    printer = make()
    printer.start()
    pair = Pair(printer, open_adapter(printer, PATIENT), open_adapter(printer, HASTY))
    yield pair
    pair.adapter.close()
    pair.hasty.close()
    printer.stop()


def prove(adapter: Adapter) -> tuple[Step, list[JobState]]:
    """Carry out a handshake, as the agent does; return its end and the states that were read."""
    handshake, states = Handshake(0.0, 60.0), []
    for beat in range(20):
        reading = adapter.state()
        states.append(reading.state)
        step = handshake.read(reading, beat * 0.2)
        if step.move is Move.ORDER:
            handshake.ordering(beat * 0.2)
            adapter.pause(COMMAND)
            handshake.ordered(beat * 0.2)
        if step.outcome is not None:
            return step, states
    pytest.fail(f"no end after {states}")


def test_a_pause_is_ordered_once_and_read_back(pair: Pair) -> None:
    """It prints, is about to pause, and is paused: only the last one is the proof."""
    step, states = prove(pair.adapter)
    assert PauseOutcome.PAUSED is step.outcome
    assert [JobState.PRINTING, JobState.PAUSING, JobState.PAUSED] == list(dict.fromkeys(states))
    assert ["pause"] == pair.printer.orders


@pytest.mark.parametrize(
    ("state", "outcome"),
    [
        (JobState.IDLE, PauseOutcome.NOT_PRINTING),
        (JobState.ERROR, PauseOutcome.NOT_PRINTING),
        (JobState.PAUSED, PauseOutcome.ALREADY_PAUSED),
    ],
)
def test_a_printer_that_does_not_print_gets_no_order(pair: Pair, state: JobState, outcome: PauseOutcome) -> None:
    """Idle, broken down, or paused by somebody before us."""
    pair.printer.does(state)
    step, _ = prove(pair.adapter)
    assert (outcome, []) == (step.outcome, pair.printer.orders)


def test_a_paused_printer_goes_on_when_a_person_wants_it(pair: Pair) -> None:
    """The resume reaches it, and it prints."""
    pair.printer.does(JobState.PAUSED)
    pair.adapter.resume()
    assert wait_until(lambda: pair.adapter.state().state is JobState.PRINTING)
    assert ["resume"] == pair.printer.orders


def test_the_job_and_its_progress_are_read(pair: Pair) -> None:
    """The file's name without its folder; the progress as a fraction."""
    assert Reading(JobState.PRINTING, "visor.gcode", 0.25) == pair.adapter.state()


def test_whether_it_can_be_paused_is_known_before(pair: Pair) -> None:
    """It lets us in and tells what it does."""
    pair.adapter.state()
    assert CAN_PAUSE == pair.adapter.can_pause()


def test_an_answer_that_never_comes_is_waited_for_within_bounds(pair: Pair) -> None:
    """It takes the question and says nothing, as a machine that swaps does."""
    pair.printer.is_mute.set()
    with pytest.raises(PrinterUnreachable, match=r"127\.0\.0\.1:\d+.* (timed out|does not answer within 0\.2 s)"):
        pair.hasty.state()


@pytest.mark.parametrize(
    "control",
    [
        DuetControl(type="duet", url=f"http://127.0.0.1:{free_port()}"),
        SdcpControl(type="sdcp", host="127.0.0.1", port=free_port()),
        CrealityControl(type="creality", host="127.0.0.1", port=free_port()),
        HttpControl(type="http", pause_url="http://x", state_url=f"http://127.0.0.1:{free_port()}/"),
    ],
    ids=lambda control: control.type,
)
def test_a_printer_that_is_switched_off_is_unreachable(control: Any) -> None:
    """Nobody listens at its port; closing what was never open is no error."""
    match control:
        case DuetControl():
            adapter: Adapter = Duet(control)
        case SdcpControl():
            adapter = Sdcp(control)
        case CrealityControl():
            adapter = Creality(control)
        case _:
            adapter = Webhook(control, "p1", "paris")
    with pytest.raises(PrinterUnreachable, match=r"127\.0\.0\.1:\d+.* connection refused"):
        adapter.state()
    adapter.close()
