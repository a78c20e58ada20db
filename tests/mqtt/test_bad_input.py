"""Whoever may publish may publish anything: at every entrance it is ignored, told and counted, and work goes on.

A topic with + or # in it does not come through: the broker ends the connection of who publishes it (MQTT 5, 3.3.2.1).
"""

import json
import logging
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import wire
from monitor.agent import Agent
from monitor.agent.intake import Ignored
from monitor.clock import SystemClock
from monitor.errors import BadPayload
from monitor.ignored import LINES
from monitor.mqtt import Link
from monitor.records import JobState, PauseOutcome, PersonCommand, PersonCommandKind, PrinterReport
from monitor.wire import Topics, encode_person_command, encode_report
from tests.agent.farms import farm
from tests.agent.mqtt_printer import CONTROL, MqttPrinter
from tests.brokers import Mosquitto
from tests.mqtt.office import Office, office
from tests.mqtt.support import deliver, running
from tests.pause_desk import PauseDesk
from tests.support import wait_until

NOW = SystemClock().now()
PATH = "../../etc/passwd"
GOOD: Mapping[str, dict[str, Any]] = {
    "pause": {
        "schema": 1, "id": "1", "site": "site", "printer": "p1", "incident": "2", "issued_at": NOW,
        "expires_at": NOW + 3600, "reason": "spaghetti",
    },
    "pause/result": {"schema": 1, "id": "1", "printer": "p1", "result": "paused", "ms": 130},
    "pause/progress": {"schema": 1, "id": "1", "printer": "p1", "step": "ordered", "at": NOW},
    "printer": {"schema": 1, "printer": "p1", "state": "idle", "reported_at": NOW, "can_pause": True},
    "command": {"schema": 1, "printer": "p1", "kind": "resume", "by": "x", "at": NOW},
}  # fmt: skip
ODD_LEVELS = ("..", "p1 ", "P1", "p1%2B", "$p1", "p1\u202e", "imprimante-é", "x" * 5_000)


def bad_payloads(leaf: str) -> list[bytes]:
    """Return what is no payload of a topic, each for a reason of its own."""
    good = GOOD[leaf]
    body = json.dumps(good).encode()
    number = next(key for key in ("at", "issued_at", "reported_at", "ms") if key in good)
    return [
        b"\xff\xfe" + body,
        body[:-1],
        b"{" * 20_000,
        b'{"a":' * 20_000 + b"1" + b"}" * 20_000,
        b'[{"printer":"p1"}]',
        b'"p1"',
        b"NaN",
        body.replace(b'"p1"', b'"\\ud800"'),
        body.replace(b'"schema": 1', b'"schema": 99'),
        json.dumps({**good, number: float("nan")}).encode(),
        json.dumps({**good, number: "now"}).encode(),
        json.dumps({**good, number: None}).encode(),
        json.dumps({**good, number: 0}).replace(f'"{number}": 0', f'"{number}": 1e999').encode(),
        json.dumps({key: value for key, value in good.items() if key != "printer"}).encode(),
        json.dumps({**good, "printer": ["p1"]}).encode(),
        json.dumps({**good, "more": "x" * 70_000}).encode(),
    ]


def wrong_printers(leaf: str) -> list[bytes]:
    """Return payloads that name another printer than their topic."""
    return [json.dumps({**GOOD[leaf], "printer": name}).encode() for name in (PATH, "p2", "+", "p1\n", "")]


def told(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Return the lines about ignored messages."""
    return [record.getMessage() for record in caplog.records if record.name == "monitor.ignored"]


def still_works(here: Office, somebody: Link, topics: Topics) -> bool:
    """Tell whether the next good message is heard: an incident is acknowledged."""
    incident = here.fail()
    wish = PersonCommand("p1", PersonCommandKind.ACKNOWLEDGE, "Léa", here.clock.now())
    deliver(somebody, topics.command("p1"), encode_person_command(wish))
    return wait_until(lambda: "acknowledged" in here.story(incident))


@pytest.mark.parametrize("leaf", ["pause/result", "pause/progress", "printer", "command"])
def test_the_monitor_ignores_it_and_works_on(
    mosquitto_broker: Mosquitto, tmp_path: Path, caplog: pytest.LogCaptureFixture, leaf: str
) -> None:
    """Each bad payload, wrong printer and odd topic is counted for its reason; nothing fails inside."""
    topics = Topics("vigie", "paris")
    with (
        running(Link(mosquitto_broker.endpoint, "somebody")) as somebody,
        office(mosquitto_broker.endpoint, tmp_path / "vigie.db") as here,
        caplog.at_level(logging.WARNING),
    ):
        assert here.link.wait_connected(10)
        expected = {
            "bad payload": [(topics.leaf("p1", leaf), payload) for payload in bad_payloads(leaf)],
            "wrong printer": [(topics.leaf("p1", leaf), payload) for payload in wrong_printers(leaf)],
            "unknown printer": [(topics.leaf(level, leaf), json.dumps(GOOD[leaf]).encode()) for level in ODD_LEVELS],
        }
        for topic, payload in (message for messages in expected.values() for message in messages):
            deliver(somebody, topic, payload)
        deliver(somebody, topics.leaf(PATH, leaf), json.dumps(GOOD[leaf]).encode())  # more levels: nobody listens
        counts = {reason: len(messages) for reason, messages in expected.items()}
        assert wait_until(lambda: counts == here.inbound.ignored), (counts, here.inbound.ignored)
        assert 0 == here.link.handler_errors
        assert all(f"ignored: {reason}" in "\n".join(told(caplog)) for reason in counts)
        assert all("\n" not in line and len(line) < 600 for line in told(caplog))
        assert still_works(here, somebody, topics)


def test_a_wish_of_another_time_is_ignored_and_one_that_comes_twice_counts_once(
    mosquitto_broker: Mosquitto, tmp_path: Path
) -> None:
    """Retained, replayed hours later, or dated tomorrow so that it would never be too old."""
    topics = Topics("vigie", "paris")
    with (
        running(Link(mosquitto_broker.endpoint, "somebody")) as somebody,
        office(mosquitto_broker.endpoint, tmp_path / "vigie.db") as here,
    ):
        assert here.link.wait_connected(10)
        incident, now = here.fail(), here.clock.now()
        for at in (now - 3600, now + 86_400, 1e308, -1e308):
            wish = PersonCommand("p1", PersonCommandKind.FALSE_ALARM, "x", at)
            deliver(somebody, topics.command("p1"), encode_person_command(wish))
        late = PersonCommand("p1", PersonCommandKind.FALSE_ALARM, "x", now - 20.0, expires_at=now - 10.0)
        deliver(somebody, topics.command("p1"), encode_person_command(late))
        again = encode_person_command(PersonCommand("p1", PersonCommandKind.ACKNOWLEDGE, "x", now))
        deliver(somebody, topics.command("p1"), again)
        deliver(somebody, topics.command("p1"), again)
        assert still_works(here, somebody, topics)
        assert {"wrong time": 5} == here.inbound.ignored
        assert 1 == here.story(incident).count("acknowledged")
        assert "false_alarm" not in here.story(incident)


def test_a_report_that_is_dated_ahead_is_of_now(mosquitto_broker: Mosquitto, tmp_path: Path) -> None:
    """A printer's computer whose clock is a year ahead is heard, and does not date the farm with it."""
    topics, heard = Topics("vigie", "paris"), list[PrinterReport]()
    with (
        running(Link(mosquitto_broker.endpoint, "somebody")) as somebody,
        office(mosquitto_broker.endpoint, tmp_path / "vigie.db", on_report=heard.append) as here,
    ):
        assert here.link.wait_connected(10)
        for at in (1e308, 5.0):
            deliver(
                somebody, topics.printer("p1"), encode_report(PrinterReport("p1", JobState.IDLE, at, can_pause=True))
            )
        assert wait_until(lambda: 2 == len(heard))
        assert [True, True] == [report.reported_at <= here.clock.now() for report in heard]
        assert 5.0 == heard[1].reported_at


def test_a_flood_is_counted_and_told_in_a_few_lines(
    mosquitto_broker: Mosquitto, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """Two thousand bad messages make eight lines, and the next good one is heard."""
    topics = Topics("vigie", "paris")
    with (
        running(Link(mosquitto_broker.endpoint, "somebody")) as somebody,
        office(mosquitto_broker.endpoint, tmp_path / "vigie.db") as here,
        caplog.at_level(logging.WARNING),
    ):
        assert here.link.wait_connected(10)
        for number in range(2_000):
            somebody.publish(topics.command("p1"), b"nonsense", qos=0)
            if number % 100 == 0:
                deliver(somebody, "elsewhere", b"")  # no faster than the broker takes them
        assert wait_until(lambda: 2_000 == here.inbound.ignored["bad payload"], 30), here.inbound.ignored
        assert LINES + 3 == len(told(caplog))
        assert still_works(here, somebody, topics)


@pytest.mark.parametrize("leaf", ["pause", "command"])
def test_the_agent_ignores_it_and_works_on(
    mosquitto_broker: Mosquitto, caplog: pytest.LogCaptureFixture, leaf: str
) -> None:
    """No printer hears of it; the next good order pauses its printer."""
    endpoint, clock = mosquitto_broker.endpoint, SystemClock()
    printer, desk = MqttPrinter(endpoint, "p1"), PauseDesk(endpoint, clock)
    agent = Agent(farm({"p1": CONTROL}), endpoint, clock, "agent")
    expected = {
        Ignored.BAD_PAYLOAD: [("p1", payload) for payload in bad_payloads(leaf)],
        Ignored.WRONG_PRINTER: [("p1", payload) for payload in wrong_printers(leaf)],
        Ignored.UNKNOWN_PRINTER: [(level, json.dumps(GOOD[leaf]).encode()) for level in ODD_LEVELS],
    }
    printer.start()
    desk.start()
    retained = desk.topics.leaf("p1", leaf), json.dumps(GOOD[leaf]).encode()
    deliver(desk.link, *retained, retain=True)
    agent.start()
    try:
        with caplog.at_level(logging.WARNING):
            assert wait_until(lambda: agent.ignored[Ignored.RETAINED] == 1)
            for level, payload in (message for messages in expected.values() for message in messages):
                deliver(desk.link, desk.topics.leaf(level, leaf), payload)
            counts = {Ignored.RETAINED: 1} | {reason: len(messages) for reason, messages in expected.items()}
            assert wait_until(lambda: counts == agent.ignored), (counts, agent.ignored)
        assert all("\n" not in line and len(line) < 600 for line in told(caplog))
        assert [] == printer.orders
        assert PauseOutcome.PAUSED is desk.pause("p1").outcome
        assert 1 == printer.pauses
    finally:
        agent.stop()
        desk.stop()
        printer.stop()


Codec = tuple[Callable[[Any], bytes], Callable[[bytes], Any]]
CODECS: Mapping[str, Codec] = {
    "pause": (wire.encode_pause, wire.decode_pause),
    "pause/result": (wire.encode_pause_result, wire.decode_pause_result),
    "pause/progress": (wire.encode_pause_progress, wire.decode_pause_progress),
    "printer": (wire.encode_report, wire.decode_report),
    "command": (wire.encode_person_command, wire.decode_person_command),
}


@given(st.sampled_from(sorted(GOOD)), st.integers(0, 200), st.integers(0, 20), st.binary(max_size=6))
def test_a_damaged_payload_is_a_record_or_a_bad_payload(leaf: str, where: int, cut: int, instead: bytes) -> None:
    """Any bytes in place of some others: no other exception, and what comes in can be sent on and kept."""
    encode, decode = CODECS[leaf]
    body = json.dumps(GOOD[leaf]).encode()
    damaged = body[:where] + instead + body[where + cut :]
    with suppress(BadPayload):
        record = decode(damaged)
        assert record == decode(encode(record))
