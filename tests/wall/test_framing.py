"""The framing of the stream: what is put in comes out, however the bytes are chopped."""

import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.wall.feed.framing import Kind, Parser, TileMessage, frame, parse_tile, states_message, tile_message

MESSAGES = st.lists(st.tuples(st.integers(0, 255), st.binary(max_size=300)), max_size=8)


@given(MESSAGES, st.lists(st.integers(1, 50), min_size=1, max_size=20))
def test_messages_survive_any_chopping(messages: list[tuple[int, bytes]], sizes: list[int]) -> None:
    """Every message comes out once, in order, wherever the network cut the bytes."""
    stream, parser = b"".join(frame(kind, body) for kind, body in messages), Parser()
    found: list[tuple[int, bytes]] = []
    while stream:
        for size in sizes:
            found += parser.feed(stream[:size])
            stream = stream[size:]
    assert messages == found


@given(st.from_regex(r"[a-z0-9][a-z0-9_-]{0,62}", fullmatch=True), st.floats(0, 4e9), st.binary(max_size=200))
def test_a_tile_comes_back_as_it_went(printer: str, taken_at: float, jpeg: bytes) -> None:
    """Printer, time and picture of a tile are read back unchanged."""
    ((kind, body),) = Parser().feed(tile_message(printer, taken_at, jpeg))
    assert Kind.TILE == kind
    assert TileMessage(printer, taken_at, jpeg) == parse_tile(body)


def test_states_are_json_in_utf_8() -> None:
    """A states message carries its JSON with letters as they are."""
    ((kind, body),) = Parser().feed(states_message({"name": "Étage 2"}))
    assert Kind.STATES == kind
    assert '{"name":"Étage 2"}' == body.decode()


def test_a_length_beyond_reason_is_refused() -> None:
    """Bytes that are no such stream are noticed at once, not after waiting for gigabytes."""
    with pytest.raises(ValueError, match="not a stream of the wall"):
        list(Parser().feed(struct.pack(">IB", 0xFFFFFFFF, Kind.TILE)))


@pytest.mark.parametrize("body", [b"", b"\x03p0", b"\x03p01" + b"\x00" * 7])
def test_a_tile_that_is_too_short_is_refused(body: bytes) -> None:
    """A tile without room for its head is an error, not a picture."""
    with pytest.raises(ValueError, match="shorter than its head"):
        parse_tile(body)
