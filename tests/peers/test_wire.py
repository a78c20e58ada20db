"""What peers say survives the line, and nothing else gets in."""

import json
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.errors import BadPayload, NewerPayload
from monitor.peers import wire
from monitor.peers.records import EvidenceAsk, Farm, Look, PageAsk, PeerTile, Pulse, Views, WishAnswer
from monitor.peers.wire import EVIDENCE_BYTES, TILE_BYTES, PeerTopic, PeerTopics
from monitor.records.journal import JournalKind, JournalRow, Page
from tests.test_wire import IDENTIFIERS, JSON_VALUES

Codec = tuple[type, Callable[[Any], bytes], Callable[[bytes], Any]]

CODECS: list[Codec] = [
    (Pulse, wire.encode_pulse, wire.decode_pulse),
    (Farm, wire.encode_farm, wire.decode_farm),
    (Views, wire.encode_views, wire.decode_views),
    (WishAnswer, wire.encode_answer, wire.decode_answer),
    (Look, wire.encode_look, wire.decode_look),
]
NAMES = st.from_regex(r"[A-Za-z0-9._-]{1,64}", fullmatch=True)
BODIES = st.dictionaries(
    st.text(max_size=8), JSON_VALUES.filter(lambda v: "inf" not in repr(v) and "nan" not in repr(v))
)


@st.composite
def pages(draw: st.DrawFn) -> Page:
    """Return a page as a peer makes it: numbers rise, and some are left out."""
    after = draw(st.integers(0, 2**52))
    steps = draw(st.lists(st.tuples(st.integers(1, 1000), st.sampled_from(JournalKind), NAMES, BODIES), max_size=5))
    rows, seq = [], after
    for step, kind, name, body in steps:
        seq += step
        rows.append(JournalRow(seq, kind, name, json.dumps(body, ensure_ascii=False, separators=(",", ":"))))
    upto = seq + draw(st.integers(0, 1000))
    return Page(draw(NAMES), after, upto, upto + draw(st.integers(0, 1000)), tuple(rows), draw(NAMES))


@given(st.data(), st.sampled_from(CODECS))
def test_every_record_survives_the_line(data: st.DataObject, codec: Codec) -> None:
    """Encoding and decoding gives an equal record, whatever is in it, and whatever was left out of it."""
    kind, encode, decode = codec
    record = data.draw(st.from_type(kind))
    assert record == decode(encode(record))


@given(NAMES, NAMES, st.integers(0, 2**60))
def test_every_question_survives_the_line(name: str, history: str, after: int) -> None:
    """They name what can stand in a topic."""
    assert PageAsk(name, history, after) == wire.decode_page_ask(wire.encode_page_ask(PageAsk(name, history, after)))
    assert EvidenceAsk(name) == wire.decode_evidence_ask(wire.encode_evidence_ask(EvidenceAsk(name)))


@given(pages())
def test_a_page_survives_the_line_with_the_bodies_of_its_rows(page: Page) -> None:
    """They stand in it as JSON, not as text of it."""
    read = wire.decode_page(wire.encode_page(page))
    assert [json.loads(row.body) for row in page.rows] == [json.loads(row.body) for row in read.rows]
    assert [(row.seq, row.kind, row.id) for row in page.rows] == [(row.seq, row.kind, row.id) for row in read.rows]
    assert (page.id, page.history, page.after, page.upto, page.head) == (
        read.id,
        read.history,
        read.after,
        read.upto,
        read.head,
    )


@pytest.mark.parametrize(
    ("after", "numbers", "upto", "head"),
    [(5, (5,), 6, 6), (0, (2, 1), 3, 3), (0, (1, 2), 1, 3), (0, (1,), 4, 3), (7, (), 6, 9)],
)
def test_a_page_whose_numbers_do_not_rise_is_none(after: int, numbers: tuple[int, ...], upto: int, head: int) -> None:
    """Whoever took it would leave something out."""
    rows = tuple(JournalRow(seq, JournalKind.EVENT, "e", "{}") for seq in numbers)
    with pytest.raises(BadPayload, match="do not rise"):
        wire.decode_page(wire.encode_page(Page("h", after, upto, head, rows)))


@given(st.floats(0.0, 1e11, exclude_max=True), st.binary(max_size=100))
def test_a_tile_survives_the_line(taken_at: float, rest: bytes) -> None:
    """To the last bit of its time."""
    tile = PeerTile(taken_at, b"\xff\xd8" + rest)
    assert tile == wire.decode_tile(wire.encode_tile(tile))


@pytest.mark.parametrize(
    "payload",
    [
        b"",
        b"\0" * 8,
        b"\0" * 8 + b"<html>",
        b"\x7f\xf8" + b"\0" * 6 + b"\xff\xd8",  # not a number
        b"\0" * 8 + b"\xff\xd8" * TILE_BYTES,
    ],
)
def test_a_tile_without_a_time_or_a_picture_or_too_long_is_none(payload: bytes) -> None:
    """The line is thin, and the wall shows pictures."""
    with pytest.raises(BadPayload):
        wire.decode_tile(payload)


DECODERS = [decode for _, _, decode in CODECS] + [
    wire.decode_page,
    wire.decode_page_ask,
    wire.decode_evidence_ask,
    wire.decode_wish,
    wire.decode_tile,
]


@given(st.binary(max_size=200), st.sampled_from(DECODERS))
def test_garbage_is_a_bad_payload_and_nothing_else(payload: bytes, decode: Callable[[bytes], object]) -> None:
    """Whatever bytes arrive, no other exception leaves the decoder."""
    with pytest.raises(BadPayload):
        decode(payload)


@given(JSON_VALUES, st.data())
def test_a_wrong_value_in_a_page_raises_nothing_but_bad_payload(value: object, data: st.DataObject) -> None:
    """Any key replaced by any JSON, of the page or of a row."""
    body = json.loads(wire.encode_page(data.draw(pages())))
    place = data.draw(st.sampled_from([body, *body["rows"]]))
    place[data.draw(st.sampled_from(sorted(place)))] = value
    with suppress(BadPayload):
        assert isinstance(wire.decode_page(json.dumps(body).encode()), Page)


@pytest.mark.parametrize("name", ["", "a/b", "+", "#", "x" * 65, "a b"])
def test_a_name_that_cannot_stand_in_a_topic_is_refused(name: str) -> None:
    """An answer goes to a topic that the question names."""
    with pytest.raises(BadPayload, match="1 to 64 letters"):
        wire.decode_evidence_ask(wire.encode_evidence_ask(EvidenceAsk(name)))
    with pytest.raises(BadPayload, match="1 to 64 letters"):
        wire.decode_page_ask(wire.encode_page_ask(PageAsk(name, "", 0)))


def test_a_later_contract_is_told_apart_from_nonsense() -> None:
    """The remedy is another one: update here."""
    with pytest.raises(NewerPayload, match="schema 2, this version reads up to 1: update Vigie here"):
        wire.decode_pulse(b'{"schema":2,"peer":"lille"}')


@given(st.sampled_from(["vigie", "a/b"]), IDENTIFIERS, IDENTIFIERS)
def test_a_topic_is_taken_apart_as_it_was_built(base: str, peer: str, which: str) -> None:
    """By those who listen to all peers."""
    topics, reader = PeerTopics(base, peer), PeerTopics(base, "+")
    built = {
        topics.pulse: PeerTopic(peer, "pulse"),
        topics.farm: PeerTopic(peer, "farm"),
        topics.views: PeerTopic(peer, "views"),
        topics.page: PeerTopic(peer, "page"),
        topics.answer: PeerTopic(peer, "answer"),
        topics.tile(which): PeerTopic(peer, "tile", which),
        topics.evidence(which): PeerTopic(peer, "evidence", which),
    }
    for topic, parts in built.items():
        assert parts == reader.parse(topic)
    for topic in (
        topics.ask_page,
        f"{base}/x/status",
        f"{base}-peers/{peer}",
        f"{base}-peers/{peer}/tile",
        f"{base}-peers//pulse",
    ):
        assert reader.parse(topic) is None


def test_what_is_told_and_what_is_asked_lie_apart() -> None:
    """So a bridge can be given the one outwards and the other inwards, and nothing runs in a circle."""
    topics = PeerTopics("vigie", "lille")
    told = [topics.pulse, topics.farm, topics.views, topics.page, topics.answer, topics.tile("p"), topics.evidence("i")]
    asked = [topics.ask_page, topics.ask_evidence, topics.ask_look, topics.ask_views, topics.ask_command]
    assert {"vigie-peers/lille"} == {"/".join(topic.split("/")[:2]) for topic in told}
    assert {"vigie-asks/lille"} == {"/".join(topic.split("/")[:2]) for topic in asked}
    assert EVIDENCE_BYTES <= 64_000
