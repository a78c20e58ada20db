"""From a decided failure to MQTT and back, on a real mosquitto: outages included."""

import logging
from pathlib import Path

import pytest

from monitor.broker import EmbeddedBroker
from monitor.clock import ManualClock, SystemClock
from monitor.history import Outgoing
from monitor.incidents.life import NOBODY_LISTENS
from monitor.mqtt import Link, Message
from monitor.publisher import Publisher
from monitor.records import (
    Incident,
    JobState,
    PauseOutcome,
    PauseProgress,
    PauseResult,
    PauseStep,
    PersonCommand,
    PersonCommandKind,
    PrinterReport,
    State,
)
from monitor.records.load import LoadState
from monitor.wire import (
    PrinterState,
    SiteLoad,
    Topics,
    decode_event,
    decode_incident,
    decode_load,
    decode_pause,
    decode_state,
    encode_pause_progress,
    encode_pause_result,
    encode_person_command,
    encode_report,
)
from tests.brokers import Mosquitto
from tests.mqtt.office import BASE, Office, office
from tests.mqtt.support import Heard, deliver, listening, running
from tests.support import wait_until

TOPICS = Topics(BASE, "paris")


def an_agent(link: Link, heard: Heard) -> Link:
    """Answer every pause that was not heard before with paused, as an agent does."""
    seen: set[str] = set()

    def on_pause(message: Message) -> None:
        heard(message)
        command = decode_pause(message.payload)
        if command.id not in seen:
            seen.add(command.id)
            result = PauseResult(command.id, command.printer, PauseOutcome.PAUSED, 130)
            link.publish(TOPICS.pause_result(command.printer), encode_pause_result(result))

    link.subscribe(TOPICS.pause("+"), on_pause)
    return link


def opened(here: Office) -> Incident:
    """Return the open incident."""
    incident = here.incidents.open_incident("p1")
    assert incident is not None
    return incident


def test_a_failure_reaches_the_agent_and_its_answer_comes_back(mosquitto_broker: Mosquitto, tmp_path: Path) -> None:
    """Pause, incident, event and evidence are published; the answer makes the incident paused; nothing waits."""
    heard = Heard()
    agent = an_agent(Link(mosquitto_broker.endpoint, "agent"), heard)
    with (
        running(agent),
        listening(mosquitto_broker.endpoint, TOPICS.leaf("p1", "+")) as everything,
        office(mosquitto_broker.endpoint, tmp_path / "vigie.db") as here,
    ):
        assert here.link.wait_connected(10)
        incident = here.fail()
        assert wait_until(lambda: "pause.confirmed" in here.story(incident))
        assert wait_until(lambda: here.publisher.waiting == 0 and not here.history.unsent())
        assert 1 == len(heard.messages)
        assert "paused" == decode_incident(everything.on(TOPICS.incident("p1"))[-1].payload).status
        assert b"\xff\xd8 a picture" == everything.on(TOPICS.evidence("p1"))[0].payload
        kinds = [decode_event(message.payload).kind.value for message in everything.on(TOPICS.event("p1"))]
        assert ["incident.opened", "pause.sent", "pause.confirmed"] == kinds


def test_what_is_retained_waits_for_whoever_comes_and_what_is_not_does_not(
    mosquitto_broker: Mosquitto, tmp_path: Path
) -> None:
    """Status, state, incident and evidence are retained, pause and event never; closing clears the incident."""
    with office(mosquitto_broker.endpoint, tmp_path / "vigie.db") as here:
        assert here.link.wait_connected(10)
        here.publisher.state("paris", PrinterState("p1", State.FAILING, 1.0, 0.9, 2.0, "x"))
        here.fail()
        assert wait_until(lambda: opened(here).detail == NOBODY_LISTENS and here.publisher.waiting == 0)
        with listening(mosquitto_broker.endpoint, f"{BASE}/#") as later:
            assert later.wait(4)
            leaves = {message.topic.removeprefix(f"{BASE}/paris/") for message in later.messages}
            assert {"status", "p1/state", "p1/incident", "p1/evidence"} == leaves
            assert all(message.retain for message in later.messages)
        here.incidents.person(PersonCommand("p1", PersonCommandKind.FALSE_ALARM, "Léa", here.clock.now()))
        assert wait_until(lambda: here.publisher.waiting == 0)
        with listening(mosquitto_broker.endpoint, f"{BASE}/#") as later:
            assert later.wait(3)
            assert [] == later.on(TOPICS.incident("p1"))


def test_a_broker_killed_while_a_failure_is_decided_delivers_the_pause_once(
    mosquitto_broker: Mosquitto, tmp_path: Path
) -> None:
    """SIGKILL, failure, restart: the pause arrives, once, and the printer is seen paused."""
    heard = Heard()
    agent = an_agent(Link(mosquitto_broker.endpoint, "agent", keep_session=True), heard)
    with running(agent), office(mosquitto_broker.endpoint, tmp_path / "vigie.db") as here:
        assert here.link.wait_connected(10)
        mosquitto_broker.kill()
        incident = here.fail()
        assert wait_until(lambda: not here.link.connected and not agent.connected)
        here.incidents.tick(here.clock.now() + 15.0)  # half a minute of outage, without waiting for it
        here.incidents.tick(here.clock.now() + 30.0)
        assert [] == heard.messages
        mosquitto_broker.start()
        assert wait_until(lambda: "pause.confirmed" in here.story(incident), 30)
        assert wait_until(lambda: here.publisher.waiting == 0)
        assert 1 == len(heard.messages)


def test_an_order_that_expired_during_the_outage_is_dropped(mosquitto_broker: Mosquitto, tmp_path: Path) -> None:
    """Two minutes of outage: no late pause, but people know that it failed, and the rest is sent."""
    clock = ManualClock(SystemClock().now())
    with office(mosquitto_broker.endpoint, tmp_path / "vigie.db", clock) as here:
        assert here.link.wait_connected(10)
        mosquitto_broker.kill()
        assert wait_until(lambda: not here.link.connected)
        incident = here.fail()
        here.incidents.tick(clock.advance(120.0))
        mosquitto_broker.start()
        with listening(mosquitto_broker.endpoint, TOPICS.leaf("p1", "#")) as heard:
            assert wait_until(lambda: here.publisher.waiting == 0, 30)
            assert wait_until(lambda: not here.history.unsent())
            assert ["incident.opened", "pause.failed"] == here.story(incident)
            assert [] == heard.on(TOPICS.pause("p1"))


def test_a_pause_that_a_person_refused_during_the_outage_is_never_sent(
    mosquitto_broker: Mosquitto, tmp_path: Path
) -> None:
    """It leaves the outbox when the no is written; what is told about the incident is sent."""
    with office(mosquitto_broker.endpoint, tmp_path / "vigie.db") as here:
        assert here.link.wait_connected(10)
        mosquitto_broker.kill()
        assert wait_until(lambda: not here.link.connected)
        here.fail()
        here.incidents.person(PersonCommand("p1", PersonCommandKind.LET_PRINT, "Léa", here.clock.now()))
        mosquitto_broker.start()
        with listening(mosquitto_broker.endpoint, TOPICS.leaf("p1", "#")) as heard:
            assert wait_until(lambda: here.publisher.waiting == 0 and not here.history.unsent(), 30)
            assert [] == heard.on(TOPICS.pause("p1"))


def test_each_step_of_the_agent_is_heard_and_so_is_silence(mosquitto_broker: Mosquitto, tmp_path: Path) -> None:
    """A real broker says at once that nobody took the order; an agent that comes back tells how far it is."""
    with office(mosquitto_broker.endpoint, tmp_path / "vigie.db") as here:
        assert here.link.wait_connected(10)
        here.fail()
        assert wait_until(lambda: opened(here).detail == NOBODY_LISTENS)
        incident = opened(here)
        assert incident.pause_id is not None
        with running(Link(mosquitto_broker.endpoint, "agent")) as agent:
            for step in PauseStep:
                told = PauseProgress(incident.pause_id, "p1", step, here.clock.now())
                deliver(agent, TOPICS.pause_progress("p1"), encode_pause_progress(told))
        steps = ["pause.accepted", "pause.ordered", "pause.pausing"]
        assert wait_until(lambda: ["incident.opened", "pause.sent", *steps] == here.story(incident.id))
        assert NOBODY_LISTENS != opened(here).detail


def test_a_crash_between_writing_and_sending_loses_nothing(mosquitto_broker: Mosquitto, tmp_path: Path) -> None:
    """A run that never reached its broker leaves the messages to the next run, which sends them."""
    path = tmp_path / "vigie.db"
    heard = Heard()
    mosquitto_broker.kill()
    with office(mosquitto_broker.endpoint, path) as crashed:
        incident = crashed.fail()
    mosquitto_broker.start()
    agent = an_agent(Link(mosquitto_broker.endpoint, "agent"), heard)
    with running(agent), office(mosquitto_broker.endpoint, path) as here:
        assert wait_until(lambda: "pause.confirmed" in here.story(incident))
        assert 1 == len(heard.messages)


def test_a_broker_that_forgot_everything_is_told_again(mosquitto_broker: Mosquitto, tmp_path: Path) -> None:
    """Status, state and the open incident are retained again, in a broker that came back empty."""
    with office(mosquitto_broker.endpoint, tmp_path / "vigie.db") as here:
        assert here.link.wait_connected(10)
        here.publisher.state("paris", PrinterState("p1", State.PAUSING, 1.0, 0.9, 2.0, "x"))
        incident = here.fail()
        assert wait_until(lambda: here.publisher.waiting == 0)
        mosquitto_broker.kill()
        mosquitto_broker.forget()
        assert wait_until(lambda: not here.link.connected)
        mosquitto_broker.start()
        with listening(mosquitto_broker.endpoint, f"{BASE}/#") as heard:
            assert heard.wait(3, 30)
            assert {TOPICS.status, TOPICS.state("p1"), TOPICS.incident("p1")} == {m.topic for m in heard.messages}
            assert incident == decode_incident(heard.on(TOPICS.incident("p1"))[0].payload).id


def test_states_are_told_again_after_an_outage(mosquitto_broker: Mosquitto, tmp_path: Path) -> None:
    """The newest state of each printer is retained once the broker is back; older ones are not repeated."""
    with office(mosquitto_broker.endpoint, tmp_path / "vigie.db") as here:
        assert here.link.wait_connected(10)
        mosquitto_broker.kill()
        assert wait_until(lambda: not here.link.connected)
        for state in (State.WATCHING, State.SUSPECT):
            here.publisher.state("paris", PrinterState("p1", state, 1.0, 0.4, 2.0, None))
        mosquitto_broker.start()
        with listening(mosquitto_broker.endpoint, TOPICS.state("p1")) as heard:
            assert heard.wait(1, 30)
            assert [State.SUSPECT] == [decode_state(message.payload).state for message in heard.messages]


def test_the_load_of_a_site_is_retained_and_told_again_after_an_outage(
    mosquitto_broker: Mosquitto, tmp_path: Path
) -> None:
    """The newest one, also to a broker that has forgotten everything."""
    with office(mosquitto_broker.endpoint, tmp_path / "vigie.db") as here:
        assert here.link.wait_connected(10)
        mosquitto_broker.kill()
        assert wait_until(lambda: not here.link.connected)
        for load in (SiteLoad("paris", LoadState.TOO_MANY, 5.0, 10.0, 1.0), SiteLoad("paris", LoadState.NORMAL)):
            here.publisher.load(load)
        mosquitto_broker.start()
        with listening(mosquitto_broker.endpoint, TOPICS.load) as heard:
            assert heard.wait(1, 30)
            assert [LoadState.NORMAL] == [decode_load(message.payload).state for message in heard.messages]


@pytest.mark.parametrize(
    ("reason", "topic", "payload", "retain"),
    [
        ("retained", TOPICS.command("p1"), b'{"printer":"p1","kind":"false_alarm","by":"x","at":1}', True),
        ("unknown printer", TOPICS.pause_result("p9"), b"{}", False),
        ("unknown printer", "vigie/paris/../command", b"{}", False),
        ("bad payload", TOPICS.command("p1"), b"acknowledge", False),
        ("bad payload", TOPICS.printer("p1"), b"x" * 70_000, False),
        ("wrong printer", TOPICS.command("p1"), b'{"printer":"p2","kind":"pause","by":"x","at":1}', False),
    ],
)
def test_what_is_not_of_the_contract_is_ignored_and_counted(
    mosquitto_broker: Mosquitto,
    tmp_path: Path,
    caplog: pytest.LogCaptureFixture,
    reason: str,
    topic: str,
    payload: bytes,
    *,
    retain: bool,
) -> None:
    """One clear log line, a counter, and nothing happens to anybody."""
    with running(Link(mosquitto_broker.endpoint, "somebody")) as somebody:
        if retain:
            deliver(somebody, topic, payload, retain=True)
        with office(mosquitto_broker.endpoint, tmp_path / "vigie.db") as here, caplog.at_level(logging.WARNING):
            assert here.link.wait_connected(10)
            if not retain:
                deliver(somebody, topic, payload)
            assert wait_until(lambda: f"ignored: {reason}" in caplog.text)
            assert 1 == here.inbound.ignored[reason]


def test_people_and_printers_are_heard(mosquitto_broker: Mosquitto, tmp_path: Path) -> None:
    """A command and a report over MQTT do what they do at the wall."""
    with (
        running(Link(mosquitto_broker.endpoint, "somebody")) as somebody,
        office(mosquitto_broker.endpoint, tmp_path / "vigie.db") as here,
    ):
        assert here.link.wait_connected(10)
        incident = here.fail()
        said = PersonCommand("p1", PersonCommandKind.ACKNOWLEDGE, "Léa", here.clock.now())
        deliver(somebody, TOPICS.command("p1"), encode_person_command(said))
        assert wait_until(lambda: "acknowledged" in here.story(incident))
        ended = PrinterReport("p1", JobState.IDLE, here.clock.now() + 1.0, can_pause=True)
        deliver(somebody, TOPICS.printer("p1"), encode_report(ended), retain=True)
        assert wait_until(lambda: "incident.closed" in here.story(incident))


def test_the_embedded_broker_carries_it_too(tmp_path: Path) -> None:
    """On MQTT 3.1.1 the same failure is paused and proven."""
    broker = EmbeddedBroker()
    endpoint = broker.start()
    heard = Heard()
    try:
        with running(an_agent(Link(endpoint, "agent"), heard)), office(endpoint, tmp_path / "vigie.db") as here:
            assert here.link.wait_connected(10)
            incident = here.fail(jpeg=b"x" * 200_000)
            assert wait_until(lambda: "pause.confirmed" in here.story(incident))
            assert wait_until(lambda: here.publisher.waiting == 0)
            assert 1 == len(heard.messages)
    finally:
        broker.stop()


def test_nothing_is_sent_of_a_printer_that_may_not_be_ours(mosquitto_broker: Mosquitto) -> None:
    """It waits, states too, and goes out in order when it may; what was dropped is never sent."""
    allowed: set[str] = set()
    link = Link(mosquitto_broker.endpoint, "vigie-paris")
    publisher = Publisher({"paris": link}, BASE, SystemClock(), lambda *_: None, allowed.__contains__)
    with listening(mosquitto_broker.endpoint, "vigie/#") as heard, running(link):
        publisher.send([Outgoing(f"e{number}", "paris", "p1", "event", b"%d" % number) for number in range(3)])
        publisher.send([Outgoing("e9", "paris", "p2", "event", b"9")])
        publisher.state("paris", PrinterState("p1", State.WATCHING, 1.0, None, None, None, epoch=2))
        assert ["e9"] == [message.id for message in publisher.drop("p2")]
        allowed |= {"p1", "p2"}
        publisher.go_on("p1")
        publisher.go_on("p2")
        assert wait_until(lambda: 4 == len(heard.messages))
        publisher.send([Outgoing("last", "paris", "p2", "event", b"last")])
        assert wait_until(lambda: 5 == len(heard.messages))
    events = [message.payload for message in heard.messages if message.topic.endswith("/event")]
    assert [b"0", b"1", b"2", b"last"] == events


def test_what_is_retained_is_said_again_when_somebody_has_spoken_out_of_turn(mosquitto_broker: Mosquitto) -> None:
    """State and open incident; none is none."""
    link = Link(mosquitto_broker.endpoint, "vigie-paris")
    publisher = Publisher({"paris": link}, BASE, SystemClock(), lambda *_: None)
    with listening(mosquitto_broker.endpoint, "vigie/#") as heard, running(link):
        publisher.state("paris", PrinterState("p1", State.PAUSING, 1.0, None, None, "0189", epoch=2))
        publisher.send([Outgoing("i", "paris", "p1", "incident", b"open", retain=True)])
        assert wait_until(lambda: 2 == len(heard.messages) and publisher.waiting == 0)
        publisher.say_again("paris", "p1")
        publisher.say_again("paris", "p2")
        assert wait_until(lambda: 5 == len(heard.messages))
    said = sorted((message.topic, message.payload) for message in heard.messages[2:])
    assert [("vigie/paris/p1/incident", b"open"), ("vigie/paris/p2/incident", b"")] == [
        one for one in said if one[0].endswith("incident")
    ]
