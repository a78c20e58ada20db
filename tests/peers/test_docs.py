"""docs/mqtt.md and docs/asyncapi.yaml say what peers say."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from monitor.asyncapi import PEER_CHANNELS, Tree
from monitor.clock import SystemClock
from monitor.history import Change
from monitor.mqtt import Message
from monitor.peers import wire
from monitor.peers.records import PROBLEM_LENGTH, PROBLEMS
from monitor.peers.wire import PeerTopics
from monitor.records import Event, EventKind, Reception
from tests.brokers import Mosquitto
from tests.history.telling import verdict
from tests.history.test_history import opened
from tests.inspection.pictures import jpeg, scene
from tests.mqtt.test_asyncapi import faults, written
from tests.peers.asker import Asker
from tests.peers.site import command, site

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "mqtt.md").read_text(encoding="utf-8")
PEERS = PAGE.split("\n## Peers\n")[1].split("\n## ")[0]
SECTIONS = {part.split("\n", 1)[0]: part for part in PEERS.split("\n### ")[1:]}

Codec = tuple[Callable[[bytes], Any], Callable[[Any], bytes]]
CODECS: dict[str, tuple[Codec, ...]] = {
    "pulse": ((wire.decode_pulse, wire.encode_pulse),),
    "farm": ((wire.decode_farm, wire.encode_farm),),
    "views": ((wire.decode_views, wire.encode_views),),
    "page": ((wire.decode_page, wire.encode_page),),
    "questions": (
        (wire.decode_page_ask, wire.encode_page_ask),
        (wire.decode_evidence_ask, wire.encode_evidence_ask),
        (wire.decode_look, wire.encode_look),
    ),
    "answer": ((wire.decode_answer, wire.encode_answer),),
}


@pytest.mark.parametrize("name", CODECS)
def test_the_payload_printed_for_a_topic_is_the_one_that_is_sent(name: str) -> None:
    """Decoded and encoded again, it is the same JSON with the same keys in the same order."""
    printed = re.search(r"```json\n(.*?)\n```", SECTIONS[name], re.DOTALL)
    assert printed is not None
    lines = printed[1].splitlines()
    assert len(CODECS[name]) == len(lines)
    for line, (decode, encode) in zip(lines, CODECS[name], strict=True):
        sent = json.loads(encode(decode(line.encode())))
        assert json.loads(line) == sent
        assert list(json.loads(line)) == list(sent)


def test_the_table_has_the_topics_of_the_code_and_no_others() -> None:
    """In the order of the document for machines, with the same senders."""
    rows = re.findall(r"^\| `({base}-[^`]+)` \| (\w+) \| ([^|]+) \| (\d) \|", PEERS, re.MULTILINE)
    listed = [(topic, sender, kept == "yes", int(qos)) for topic, sender, kept, qos in rows]
    assert listed == [(c.address, c.sender, c.retained, c.qos) for c in PEER_CHANNELS]
    topics = PeerTopics("{base}", "{peer}")
    told = [topics.pulse, topics.farm, topics.views, topics.tile("{printer}"), topics.page]
    asked = [topics.ask_page, topics.ask_evidence, topics.ask_look, topics.ask_views, topics.ask_command]
    assert [*told, topics.evidence("{incident}"), topics.answer, *asked] == [c.address for c in PEER_CHANNELS]


@pytest.mark.parametrize("word", [one.value for one in Reception])
def test_every_answer_is_explained(word: str) -> None:
    """No word travels that the page does not name."""
    assert f"`{word}`" in SECTIONS["answer"]


def test_the_bounds_that_the_page_names_are_those_of_the_code() -> None:
    """In kilobytes, as people say it."""
    for size in (wire.VIEWS_BYTES, wire.TILE_BYTES, wire.PAGE_BYTES, wire.EVIDENCE_BYTES):
        assert f" {size // 1000} kB at most" in PEERS
    assert (8, 200) == (PROBLEMS, PROBLEM_LENGTH)


def test_a_peer_and_who_asks_it_say_nothing_else(mosquitto_broker: Mosquitto, tmp_path: Path) -> None:
    """Every topic was used, and every payload is what the document for machines says."""
    now = SystemClock().now()
    with Asker(mosquitto_broker.endpoint, "lille") as asker:
        asker.link.subscribe("vigie-asks/#", asker.heard.append)
        with site(mosquitto_broker, tmp_path) as here:
            picture = jpeg(scene())
            here.history.commit(Change(opened(1).incident, "", picture, verdicts=(verdict(1),)))
            here.history.commit(Change(events=(Event("e1", "s", "p1", now, EventKind.CAMERA_BLIND),)))
            for printer in ("p1", "p2", "p3"):
                here.hall.look(printer)
                here.hall.report(printer, progress=0.5)
            asker.look("p1", at=now)
            asker.link.publish(asker.topics.ask_views, b"{}", qos=0)
            asker.page("q1", "", 0)
            asker.evidence("id-0001")
            asker.evidence("id-0009")
            asker.command(command())
            for topic in (asker.topics.tile("p1"), asker.topics.views, asker.topics.pulse, asker.topics.ask_views):
                assert asker.hears(topic)
    by_name = {channel.name: _of(channel.tree, channel.leaf, asker.heard) for channel in PEER_CHANNELS}
    assert sorted(message.topic for message in asker.heard) == sorted(
        m.topic for said in by_name.values() for m in said
    )
    for name, said in by_name.items():
        assert said, name
        for message in said:
            assert [] == _faults(name, message.payload), message.payload[:500]


def _of(tree: Tree, leaf: str, heard: list[Message]) -> list[Message]:
    head = f"vigie-{tree.value}s/lille/{leaf.partition('{')[0]}"
    return [message for message in heard if message.topic == head or ("{" in leaf and message.topic.startswith(head))]


def _faults(name: str, payload: bytes) -> list[str]:
    if name in ("peerTile", "peerEvidence"):
        jpeg_at = 8 if name == "peerTile" else 0
        return [] if not payload or payload[jpeg_at:].startswith(b"\xff\xd8") else ["no JPEG"]
    return faults(written()["components"]["messages"][name], payload)
