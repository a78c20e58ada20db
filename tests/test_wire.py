"""The MQTT contract: every record survives the wire, and nothing else gets in."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor import wire
from monitor.errors import BadPayload
from monitor.records import (
    CommonCause,
    Event,
    Incident,
    PauseCommand,
    PauseOutcome,
    PauseProgress,
    PauseResult,
    PersonCommand,
    PrinterReport,
)
from monitor.wire import PrinterState, TopicParts, Topics

Codec = tuple[type, Callable[[Any], bytes], Callable[[bytes], Any]]

CODECS: list[Codec] = [
    (PauseCommand, wire.encode_pause, wire.decode_pause),
    (PauseResult, wire.encode_pause_result, wire.decode_pause_result),
    (PauseProgress, wire.encode_pause_progress, wire.decode_pause_progress),
    (PrinterReport, wire.encode_report, wire.decode_report),
    (Event, wire.encode_event, wire.decode_event),
    (Incident, wire.encode_incident, wire.decode_incident),
    (PrinterState, wire.encode_state, wire.decode_state),
    (PersonCommand, wire.encode_person_command, wire.decode_person_command),
]
DECODERS = [decode for _, _, decode in CODECS]

st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))

IDENTIFIERS = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,20}", fullmatch=True)


@given(st.data(), st.sampled_from(CODECS))
def test_every_record_survives_the_wire(data: st.DataObject, codec: Codec) -> None:
    """Encoding and decoding gives an equal record, whatever is in it."""
    kind, encode, decode = codec
    record = data.draw(st.from_type(kind))
    assert record == decode(encode(record))


@given(st.binary(max_size=200), st.sampled_from(DECODERS))
def test_garbage_is_a_bad_payload_and_nothing_else(payload: bytes, decode: Callable[[bytes], object]) -> None:
    """Whatever bytes arrive, no other exception leaves the decoder."""
    with pytest.raises(BadPayload):
        decode(payload)


JSON_VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(JSON_VALUES, st.sampled_from(CODECS), st.data())
def test_a_wrong_value_in_a_right_payload_raises_nothing_but_bad_payload(
    value: object, codec: Codec, data: st.DataObject
) -> None:
    """Any key replaced by any JSON: either a record of the right type comes out, or BadPayload."""
    kind, encode, decode = codec
    body = json.loads(encode(data.draw(st.from_type(kind))))
    body[data.draw(st.sampled_from(sorted(body)))] = value
    with suppress(BadPayload):
        assert isinstance(decode(json.dumps(body).encode()), kind)


@pytest.mark.parametrize(
    ("payload", "reason"),
    [
        (b'{"schema":2}', "schema 2, this version reads up to 1"),
        (b'{"schema":true}', "schema True"),
        (b"[]", "a JSON object is expected, not list"),
        (b"null", "a JSON object is expected, not NoneType"),
        (b"[" * 10_000, "not JSON"),
        (b" " * 70_000, "70000 bytes, at most 65536"),
        (b'{"id":"1","printer":"p","result":"maybe","ms":1}', "result: Input should be 'paused'"),
        (b'{"id":1,"printer":"p","result":"paused","ms":1}', "id: Input should be a valid string"),
        (b'{"id":"1","printer":"p","result":"paused"}', "ms: Field required"),
    ],
)
def test_a_bad_payload_says_what_is_wrong(payload: bytes, reason: str) -> None:
    """The message names the key and the fault."""
    with pytest.raises(BadPayload, match=r"pause/result payload") as caught:
        wire.decode_pause_result(payload)
    assert reason in str(caught.value)


@pytest.mark.parametrize(("kept", "read"), [("60 of 60 printers of room Hall", CommonCause()), ("", None)])
@given(data=st.data())
def test_an_incident_whose_cause_was_a_sentence_is_still_read(
    data: st.DataObject, kept: str, read: CommonCause | None
) -> None:
    """So histories have it; that it was held for something stays known, and nothing else changes."""
    incident = data.draw(st.from_type(Incident))
    body = json.loads(wire.encode_incident(incident)) | {"cause": kept}
    assert replace(incident, cause=read) == wire.decode_incident(json.dumps(body).encode())


def test_keys_of_the_future_are_ignored() -> None:
    """A newer Vigie may add keys; a payload written by hand may leave the schema out."""
    payload = b'{"id":"1","printer":"p","result":"paused","ms":1,"colour":"green"}'
    assert PauseResult("1", "p", PauseOutcome.PAUSED, 1) == wire.decode_pause_result(payload)


@given(IDENTIFIERS, IDENTIFIERS, st.sampled_from(["vigie", "aphp/vigie"]), st.sampled_from(["pause", "pause/result"]))
def test_topics_are_taken_apart_as_they_were_built(site: str, printer: str, base: str, leaf: str) -> None:
    """Every topic of every printer gives site, printer and leaf back, also to an agent of all sites."""
    topic = Topics(base, site).leaf(printer, leaf)
    assert TopicParts(site, printer, leaf) == Topics(base, "+").parse(topic)


def test_the_sites_status_has_no_printer() -> None:
    """The will's topic is of a site, not of a printer."""
    topics = Topics("vigie", "paris")
    assert TopicParts("paris", "", "status") == topics.parse(topics.status)


@pytest.mark.parametrize(
    "topic",
    [
        *("", "vigie", "vigie/", "vigie/paris", "vigie/paris/p1", "vigie//p1/pause", "other/paris/p1/pause"),
        *("vigie/paris/+/pause", "vigie/#", "vigiex/paris/p1/pause", "vigie/paris/p1/"),
    ],
)
def test_other_topics_are_nothing(topic: str) -> None:
    """Too short, another base, an empty level, a wildcard: None, no guess."""
    assert Topics("vigie", "paris").parse(topic) is None


@given(st.text(max_size=40))
def test_no_topic_name_breaks_the_parser(topic: str) -> None:
    """Any text gives parts without empty names, or None."""
    parts = Topics("vigie", "paris").parse("vigie/" + topic)
    assert parts is None or (parts.site and parts.leaf)
