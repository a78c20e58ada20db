"""What Klipper's status means; tests/stacks pauses a real one."""

import threading
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.model import MoonrakerControl
from monitor.errors import PrinterRejected, PrinterUnreachable
from monitor.mqtt import Link
from monitor.printers.klipper import parse_status
from monitor.printers.moonraker import Moonraker
from monitor.printers.moonraker_rpc import MoonrakerRpc
from monitor.records import JobState, PauseCommand, PausedBy
from tests.brokers import Mosquitto
from tests.printers.simulated_moonraker import SimulatedMoonraker
from tests.support import PATIENCE_S, wait_until

COMMAND = PauseCommand("0190", "paris", "p1", "0189", 0.0, 60.0, "spaghetti")
PAUSE, CLEAR = "printer.print.pause", "printer.gcode.script"


@pytest.fixture
def link(mosquitto_broker: Mosquitto) -> Iterator[Link]:
    """Yield the agent's link."""
    link = Link(mosquitto_broker.endpoint, "agent")
    link.start()
    assert link.wait_connected(10)
    yield link
    link.stop()


@pytest.fixture
def server(mosquitto_broker: Mosquitto) -> Iterator[SimulatedMoonraker]:
    """Yield a simulated Moonraker whose Klipper prints."""
    server = SimulatedMoonraker(mosquitto_broker.endpoint, "k1")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def adapter(server: SimulatedMoonraker, link: Link) -> Moonraker:
    """Return its adapter."""
    return Moonraker(MoonrakerControl(type="moonraker", instance=server.instance), link, lambda: None)


@pytest.mark.parametrize("state", ["standby", "complete", "cancelled", "error", "paused"])
def test_a_klipper_that_does_not_print_is_never_ordered_to_pause(
    server: SimulatedMoonraker, adapter: Moonraker, state: str
) -> None:
    """It would set is_paused, and the next job could not be paused any more."""
    server.status["print_stats"]["state"] = state
    adapter.pause(COMMAND)
    assert PAUSE not in server.methods()


def test_a_pause_left_behind_is_cleared_before_the_pause(server: SimulatedMoonraker, adapter: Moonraker) -> None:
    """Klipper answers "already paused" otherwise, and prints on."""
    server.status["pause_resume"]["is_paused"] = True
    adapter.pause(COMMAND)
    assert [CLEAR, PAUSE] == [method for method in server.methods() if method in (CLEAR, PAUSE)]


def test_a_pause_that_came_after_the_job_had_ended_is_cleared(server: SimulatedMoonraker, adapter: Moonraker) -> None:
    """The job ended between the look and the order: is_paused must not stay set."""
    server.keeps_waiting.add(PAUSE)
    adapter.pause(COMMAND)
    server.status["print_stats"]["state"] = "complete"
    server.status["pause_resume"]["is_paused"] = True
    assert JobState.IDLE is adapter.state().state
    assert CLEAR == server.methods()[-1]


def test_a_pause_that_klipper_has_not_answered_is_not_sent_again(
    server: SimulatedMoonraker, adapter: Moonraker
) -> None:
    """It waits for a long move or for the heating: PAUSE is a macro, and would lift and retract once more."""
    server.keeps_waiting.add(PAUSE)
    for _ in range(3):
        adapter.pause(COMMAND)
        adapter.state()
    assert 1 == server.methods().count(PAUSE)


def test_a_pause_that_a_dying_moonraker_has_forgotten_is_sent_again(
    server: SimulatedMoonraker, adapter: Moonraker, mosquitto_broker: Mosquitto
) -> None:
    """Its will says that nobody answers any more; that is told, and the next order goes out."""
    server.keeps_waiting.add(PAUSE)
    adapter.pause(COMMAND)
    server.go_offline()
    reborn = SimulatedMoonraker(mosquitto_broker.endpoint, server.instance)
    reborn.start()
    try:
        assert wait_until(lambda: says_it_went_offline(adapter))
        adapter.pause(COMMAND)
        assert 1 == reborn.methods().count(PAUSE)
    finally:
        reborn.stop()


def test_an_order_that_no_broker_acknowledged_does_not_arrive_later(link: Link, mosquitto_broker: Mosquitto) -> None:
    """The broker hung when it was ordered, and died: what Klipper prints afterwards is another matter."""
    server = SimulatedMoonraker(mosquitto_broker.endpoint, "k1", keep_session=True)
    server.start()
    rpc = MoonrakerRpc(link, server.instance)
    try:
        mosquitto_broker.freeze()
        for order in (PAUSE, "printer.print.resume"):
            with pytest.raises(PrinterUnreachable, match="did not acknowledge"):
                rpc.send(order, {})
        mosquitto_broker.restart()
        assert link.wait_connected(20)
        assert wait_until(lambda: answers(rpc))
        assert {"server.info"} == set(server.methods())
        rpc.ask(PAUSE, {})
        assert 1 == server.methods().count(PAUSE)
    finally:
        server.stop()


def answers(rpc: MoonrakerRpc) -> bool:
    """Whether it hears us, and we it."""
    try:
        rpc.ask("server.info", {})
    except PrinterUnreachable:
        return False
    return True


def says_it_went_offline(adapter: Moonraker) -> bool:
    """Whether the lost order was told."""
    try:
        adapter.state()
    except PrinterUnreachable as exc:
        return "went offline before it answered" in str(exc)
    return False


SENSOR = "filament_switch_sensor runout"


@pytest.mark.parametrize(
    ("sensor", "is_ours", "paused_by"),
    [
        ({"enabled": True, "filament_detected": False}, False, PausedBy.PRINTER),
        ({"enabled": True, "filament_detected": True}, False, PausedBy.UNKNOWN),
        ({"enabled": False, "filament_detected": False}, False, PausedBy.UNKNOWN),
        ({"enabled": True, "filament_detected": False}, True, PausedBy.UNKNOWN),
    ],
)
def test_a_print_that_stops_without_filament_was_paused_by_the_printer(
    server: SimulatedMoonraker, adapter: Moonraker, sensor: dict[str, bool], is_ours: bool, paused_by: PausedBy
) -> None:
    """Klipper does not say who paused; its sensor does, unless a pause of ours was on its way. No more is claimed."""
    server.status[SENSOR] = {"enabled": True, "filament_detected": True}
    adapter.can_pause()
    adapter.state()
    if is_ours:
        adapter.pause(COMMAND)
    server.status[SENSOR] = dict(sensor)
    server.status["print_stats"]["state"] = "paused"
    assert paused_by is adapter.state().paused_by
    server.status[SENSOR]["filament_detected"] = False
    assert paused_by is adapter.state().paused_by, "somebody takes the filament out later"


def test_a_pause_of_before_we_looked_has_no_known_cause(server: SimulatedMoonraker, adapter: Moonraker) -> None:
    """The filament may have been taken out after it."""
    server.status |= {SENSOR: {"enabled": True, "filament_detected": False}, "print_stats": {"state": "paused"}}
    adapter.can_pause()
    assert PausedBy.UNKNOWN is adapter.state().paused_by


def test_a_pause_that_began_unseen_has_no_known_cause(server: SimulatedMoonraker, adapter: Moonraker) -> None:
    """Klipper was away in between: somebody may have paused it and taken the filament out."""
    server.status[SENSOR] = {"enabled": True, "filament_detected": True}
    adapter.can_pause()
    adapter.state()
    server.refusals["printer.objects.query"] = (503, "Klippy Host not connected")
    with pytest.raises(PrinterUnreachable):
        adapter.state()
    del server.refusals["printer.objects.query"]
    server.status |= {SENSOR: {"enabled": True, "filament_detected": False}, "print_stats": {"state": "paused"}}
    assert PausedBy.UNKNOWN is adapter.state().paused_by


def test_a_refused_pause_is_told_in_klippers_words(server: SimulatedMoonraker, adapter: Moonraker) -> None:
    """For example when its configuration has no [pause_resume]."""
    server.refusals[PAUSE] = (400, "Unknown command: PAUSE")
    with pytest.raises(PrinterRejected, match="Unknown command: PAUSE"):
        adapter.pause(COMMAND)


def test_a_klipper_that_is_away_is_unreachable(server: SimulatedMoonraker, adapter: Moonraker) -> None:
    """Moonraker answers in its place."""
    server.refusals["printer.objects.query"] = (503, "Klippy Host not connected")
    with pytest.raises(PrinterUnreachable, match="Klippy Host not connected"):
        adapter.state()


def test_a_moonraker_that_has_gone_is_unreachable_at_once(
    server: SimulatedMoonraker, mosquitto_broker: Mosquitto
) -> None:
    """The broker says that nobody listens, and Moonraker's will says why; both without waiting for an answer."""
    link, hint = Link(mosquitto_broker.endpoint, "late-agent"), threading.Event()
    adapter = Moonraker(MoonrakerControl(type="moonraker", instance=server.instance), link, hint.set)
    link.start()
    try:
        server.go_offline()
        assert hint.wait(PATIENCE_S)
        with pytest.raises(PrinterUnreachable, match=r"k1 is offline, says its will; .*nobody listens"):
            adapter.state()
    finally:
        link.stop()


def test_a_klipper_without_pause_resume_cannot_be_paused(server: SimulatedMoonraker, adapter: Moonraker) -> None:
    """That is known before a print fails."""
    assert adapter.can_pause().can_pause
    del server.status["pause_resume"]
    assert "[pause_resume]" in adapter.can_pause().why


def test_a_klipper_with_a_faulty_configuration_says_so(server: SimulatedMoonraker, adapter: Moonraker) -> None:
    """It has loaded no [pause_resume] then; but that is not what is wrong."""
    server.status = {"webhooks": {"state": "error", "state_message": "Option 'pin' is missing"}}
    assert "Option 'pin' is missing" in adapter.can_pause().why


def test_each_request_has_a_number_of_its_own(server: SimulatedMoonraker, adapter: Moonraker) -> None:
    """Moonraker refuses a repeated mqtt_timestamp, and everybody's answers share one topic."""
    adapter.state()
    adapter.state()
    assert 2 == len({request["id"] for request in server.requests})
    assert all(request["id"] == request["params"]["mqtt_timestamp"] for request in server.requests)


def test_an_answer_that_never_comes_is_unreachable(server: SimulatedMoonraker, link: Link) -> None:
    """Moonraker hangs: the agent does not."""
    server.keeps_waiting.add("server.info")
    with pytest.raises(PrinterUnreachable, match="does not answer"):
        MoonrakerRpc(link, server.instance).ask("server.info", {}, timeout_s=0.1)


@pytest.mark.parametrize(
    ("klipper", "job", "state"),
    [
        ("ready", "printing", JobState.PRINTING),
        ("ready", "paused", JobState.PAUSED),
        ("ready", "standby", JobState.IDLE),
        ("ready", "error", JobState.ERROR),
        ("ready", "levitating", JobState.UNKNOWN),
        ("shutdown", "printing", JobState.ERROR),
        ("error", "standby", JobState.ERROR),
        ("startup", "standby", JobState.OFFLINE),
    ],
)
def test_klippers_words_become_states(klipper: str, job: str, state: JobState) -> None:
    """After a shutdown print_stats still says "printing": Klipper's own state comes first."""
    assert state is parse_status({"webhooks": {"state": klipper}, "print_stats": {"state": job}}).state


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)


@given(st.dictionaries(st.sampled_from(["webhooks", "print_stats", "pause_resume", "virtual_sdcard"]), json_values))
def test_any_status_is_read_without_an_exception(status: dict[str, object]) -> None:
    """Klipper forks answer in their own ways."""
    assert isinstance(parse_status(status).state, JobState)
