"""The contract for machines: the page says the same, and a running farm keeps to it."""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from ruamel.yaml import YAML

from monitor.asyncapi import CHANNELS, document
from monitor.clock import SystemClock
from monitor.ids import uuid7
from monitor.mqtt import Link, Message
from monitor.records import PersonCommand, PersonCommandKind
from monitor.wire import Topics, encode_person_command
from tests.brokers import Mosquitto
from tests.support import wait_until
from tests.system.running import running_vigie

DOCS = Path(__file__).resolve().parents[2] / "docs"
BASE, SITE = "vigie", "hospital"

Traffic = dict[str, list[tuple[str, bytes]]]  # by leaf: topic, payload


def written() -> dict[str, Any]:
    """Return the document that is in the repository."""
    found: dict[str, Any] = YAML(typ="safe").load((DOCS / "asyncapi.yaml").read_text())
    return found


def test_the_document_is_the_one_that_the_code_speaks() -> None:
    """Written anew by ``make docs`` whenever a record changes."""
    assert json.loads(json.dumps(document())) == written()


def test_it_says_the_same_as_the_page_for_people() -> None:
    """The same topics, senders and retained flags as the table of docs/mqtt.md, in the same order."""
    rows = re.findall(r"^\| `(/[^`]+)` \| (\w+) \| ([^|]+) \|", (DOCS / "mqtt.md").read_text(), re.MULTILINE)
    listed = [(f"{{base}}/{{site}}{topic}", sender, "yes" in kept or "while" in kept) for topic, sender, kept in rows]
    assert listed == [(channel.address, channel.sender, channel.retained) for channel in CHANNELS]


@pytest.fixture(scope="module")
def traffic(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Traffic]:
    """Yield all that a farm of two simulated printers said on a real mosquitto, from its start to its end."""
    folder = tmp_path_factory.mktemp("asyncapi")
    broker = Mosquitto(folder)
    broker.start()
    heard: Traffic = defaultdict(list)
    ear = Link(broker.endpoint, f"ear-{uuid7(0.0)}")
    ear.subscribe(f"{BASE}/{SITE}/#", lambda message: _keep(heard, message))
    ear.start()
    assert ear.wait_connected(10)
    printers = [{"id": name, "camera": "simulated", "control": "simulated"} for name in ("p1", "p2")]
    farm = {
        "mqtt": {"host": "127.0.0.1", "port": broker.endpoint.port},
        "home_assistant": {"pictures_every_s": 1},
        "simulation": {"first_failure_after_s": 2, "failure_every_s": 80_000},
        "sites": [{"id": SITE, "rooms": [{"id": "hall", "printers": printers}]}],
    }
    try:
        with running_vigie(farm, folder):
            assert wait_until(lambda: any(b'"paused"' in payload for _, payload in heard["pause/result"]), 90)
            printer = json.loads(heard["pause/result"][0][1])["printer"]
            for kind in (PersonCommandKind.ACKNOWLEDGE, PersonCommandKind.RESUME):
                wish = PersonCommand(printer, kind, "the night watch", SystemClock().now())
                ear.publish(Topics(BASE, SITE).command(printer), encode_person_command(wish))
            assert wait_until(lambda: any(not payload for _, payload in heard["incident"]), 30), dict(heard)
        assert wait_until(lambda: heard["status"][-1][1] == b"offline")
        yield heard
    finally:
        ear.stop()
        broker.stop()


def _keep(heard: Traffic, message: Message) -> None:
    parts = Topics(BASE, SITE).parse(message.topic)
    assert parts is not None, message.topic
    heard[parts.leaf].append((message.topic, message.payload))


@pytest.mark.parametrize("channel", CHANNELS, ids=lambda channel: channel.name)
def test_a_running_farm_says_nothing_else(traffic: Traffic, channel: Any) -> None:
    """Every topic was used, and every payload on it is what the document says."""
    message = written()["components"]["messages"][channel.name]
    said = traffic[channel.leaf or "status"]
    assert said, f"nothing was said on {channel.address}"
    for topic, payload in said:
        assert f"{BASE}/{SITE}/" == topic[: len(f"{BASE}/{SITE}/")]
        assert [] == faults(message, payload), payload[:500]


def test_there_is_no_topic_that_the_document_does_not_know(traffic: Traffic) -> None:
    """What a farm says below its site is all in the contract."""
    assert set() == traffic.keys() - {channel.leaf or "status" for channel in CHANNELS}


def test_the_document_would_notice_another_payload() -> None:
    """A word that is in no enumeration, a missing key and a number for a text are faults."""
    message = written()["components"]["messages"]["pauseResult"]
    good = {"schema": 1, "id": "a", "printer": "p1", "result": "paused", "ms": 130, "detail": ""}
    assert [] == faults(message, json.dumps(good).encode())
    for bad in ({"result": "done"}, {"id": 7}, {"schema": 2}):
        assert faults(message, json.dumps(good | bad).encode())
    assert faults(message, b'{"schema": 1}')
    assert faults(message, b"not JSON")


def faults(message: dict[str, Any], payload: bytes) -> list[str]:
    """Return what is wrong with a payload by a message of the document."""
    kind = message.get("contentType", "application/json")
    if kind == "image/jpeg":
        return [] if payload.startswith(b"\xff\xd8") else ["no JPEG"]
    try:
        body = payload.decode() if kind == "text/plain" or not payload else json.loads(payload)
    except ValueError as exc:
        return [str(exc)]
    validator = Draft202012Validator({**message["payload"], "components": written()["components"]})
    return [error.message for error in validator.iter_errors(body)]
