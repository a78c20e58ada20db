"""The multipart parser against everything that camera servers are known to send."""

import itertools
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.capture.multipart import MultipartParser
from tests.capture.pictures import part, picture, stream, truncated, with_exif_thumbnail, without_huffman_tables

PICTURES = [picture(seed) for seed in range(4)]


def parse(data: bytes, chunk: int = 1000) -> list[bytes]:
    """Feed the stream in pieces of ``chunk`` bytes."""
    parser = MultipartParser()
    return [frame for at in range(0, len(data), chunk) for frame in parser.feed(data[at : at + chunk])]


@pytest.mark.parametrize("length", [-1, None, 0, 10, 3_000, 10**8, 10**11])
@pytest.mark.parametrize("chunk", [1, 7, 100_000])
def test_every_picture_arrives_whatever_the_content_length_says(length: int | None, chunk: int) -> None:
    """A right, absent, zero, short, long or absurd Content-Length costs no picture."""
    assert PICTURES == parse(stream(PICTURES, length=length), chunk)


@pytest.mark.parametrize("boundary", ["--already-there", "frame", "-", "123456789000000000000987654321", ""])
def test_boundaries_do_not_matter(boundary: str) -> None:
    """Any boundary works, also one with dashes of its own, one too short, or none."""
    assert PICTURES == parse(stream(PICTURES, boundary))


def test_a_doubled_boundary_costs_no_picture() -> None:
    """Some servers write the boundary twice between two parts."""
    doubled = b"".join(b"--boundarydonotcross\r\n" + part(data) for data in PICTURES)
    assert PICTURES == parse(doubled)


def test_a_stream_may_begin_without_a_boundary() -> None:
    """The first part's headers, or its picture, may come at once."""
    assert PICTURES == parse(stream(PICTURES).removeprefix(b"--boundarydonotcross\r\n"))
    assert PICTURES == parse(PICTURES[0] + stream(PICTURES[1:]))


def test_pictures_may_follow_each_other_with_nothing_between() -> None:
    """Bare concatenated JPEGs are cut apart by their own markers."""
    assert PICTURES == parse(b"".join(PICTURES))


@pytest.mark.parametrize("length", [-1, None])
def test_a_thumbnail_is_not_mistaken_for_the_picture(length: int | None) -> None:
    """SOI and EOI inside an EXIF segment neither begin nor end a picture."""
    pictures = [with_exif_thumbnail(data, picture(9, 32, 24)) for data in PICTURES]
    assert pictures == parse(stream(pictures, length=length))


@pytest.mark.parametrize("length", [-1, None])
def test_huffman_tables_that_avi1_frames_lack_are_added(length: int | None) -> None:
    """An AVI1 frame comes out as a standard JPEG; these were coded with the standard tables."""
    frames = parse(stream([without_huffman_tables(data) for data in PICTURES], length=length))
    assert len(PICTURES) == len(frames)
    assert all(frame.endswith(data[-300:]) for frame, data in zip(frames, PICTURES, strict=True))
    assert all(frame.count(b"\xff\xc4") == 4 for frame in frames)


@pytest.mark.parametrize("length", [-1, None, len(PICTURES[1])])
@pytest.mark.parametrize("tail", [0, 1, 200])
def test_a_truncated_picture_is_dropped_and_counted_and_the_next_one_is_whole(length: int | None, tail: int) -> None:
    """Whether the Content-Length tells of the cut or not, only the cut picture is lost."""
    cut = truncated(PICTURES[1]) + PICTURES[3][400 : 400 + tail].replace(b"\xff", b"\x00")
    parser = MultipartParser()
    frames = parser.feed(part(PICTURES[0]) + part(cut, length=length) + part(PICTURES[2]) + part(PICTURES[3]))
    assert frames == [PICTURES[0], PICTURES[2], PICTURES[3]]
    assert 1 == parser.dropped


def test_a_camera_that_cuts_every_picture_off_is_counted_and_needs_no_memory() -> None:
    """Each start of image ends the cut picture before it, although no end of image ever comes."""
    parser = MultipartParser()
    assert [] == parser.feed(part(truncated(PICTURES[0])) * 10)
    assert 9 == parser.dropped


def test_a_picture_cut_off_within_its_thumbnail_is_dropped() -> None:
    """The thumbnail's end of image does not save a picture that ends inside its own headers."""
    cut = with_exif_thumbnail(PICTURES[0], picture(9, 32, 24))[:700]
    frames = parse(part(cut) + stream(PICTURES))
    assert frames[-1:] == PICTURES[-1:]
    assert set(frames) <= set(PICTURES)


def test_padding_after_the_picture_is_cut_off() -> None:
    """Zeros that pad a picture, counted in its length or not, do not become part of it."""
    padded = [data + bytes(40) for data in PICTURES]
    assert PICTURES == parse(stream(padded))
    assert PICTURES == parse(stream(padded, length=None))


def test_a_length_that_proved_wrong_is_believed_again_only_after_it_was_right() -> None:
    """One wrong Content-Length in the middle costs nothing."""
    mixed = part(PICTURES[0]) + part(PICTURES[1], length=len(PICTURES[1]) - 20) + stream(PICTURES[2:])
    assert PICTURES == parse(mixed)


def test_a_complete_picture_is_handed_out_at_once() -> None:
    """No byte of the next part is needed, with a length or without: ESP32-CAM writes its boundary in front."""
    for length in (-1, None):
        parser = MultipartParser()
        for data in PICTURES:
            assert parser.feed(part(data, length=length).removesuffix(b"\r\n")) == [data]


def test_a_part_of_100_megabytes_needs_no_memory() -> None:
    """A picture beyond the limit is dropped and counted; the next one is whole."""
    start, megabyte = part(PICTURES[0], length=10**8).removesuffix(PICTURES[0][-60:] + b"\r\n"), bytes(2**20)
    parser = MultipartParser(max_bytes=2**20)
    tracemalloc.start()
    try:
        frames = parser.feed(start)
        for _ in range(100):
            frames += parser.feed(megabyte)
        frames += parser.feed(stream(PICTURES))
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert PICTURES == frames
    assert 1 == parser.dropped
    assert peak < 8 * 2**20


def test_an_html_page_holds_no_picture() -> None:
    """Text is skipped, and a picture after it is found."""
    page = b"<html><body>Camera offline. Content-Length: 99</body></html>" * 1000
    assert [] == parse(page)
    assert PICTURES == parse(page + stream(PICTURES))


STREAMS = st.lists(
    st.one_of(
        st.sampled_from(PICTURES[:2]).map(part),
        st.sampled_from(PICTURES[:2]).map(lambda data: part(data, length=None)),
        st.sampled_from(PICTURES[:2]).map(lambda data: part(truncated(data))),
        st.integers(0, 5000).map(lambda length: part(PICTURES[2], length=length)),
        st.just(with_exif_thumbnail(PICTURES[0], PICTURES[1])),
        st.binary(max_size=60),
        st.sampled_from([b"\xff\xd8\xff", b"\xff\xd9", b"\xff\xd8\xff\xe0\xff\xff", b"\r\n--x\r\n", bytes(4000)]),
    ),
    max_size=8,
).map(b"".join)


@settings(deadline=None)  # a busy machine is no failure
@given(data=STREAMS, cuts=st.lists(st.integers(0, 20_000), max_size=20))
def test_it_does_not_matter_how_a_stream_is_cut(data: bytes, cuts: list[int]) -> None:
    """Any chunking of any stream, broken ones too, gives the same pictures and the same count of dropped ones."""
    whole, pieces = MultipartParser(max_bytes=6000), MultipartParser(max_bytes=6000)
    expected = whole.feed(data)
    edges = [0, *sorted(min(cut, len(data)) for cut in cuts), len(data)]
    frames = [frame for a, b in itertools.pairwise(edges) for frame in pieces.feed(data[a:b])]
    assert expected == frames
    assert pieces.dropped == whole.dropped


@settings(deadline=None)  # a busy machine is no failure
@given(data=STREAMS, chunk=st.integers(1, 3000))
def test_whoever_reads_what_is_missing_gets_the_same_pictures(data: bytes, chunk: int) -> None:
    """The rest of a picture whose length is known, else whatever comes: as a reader of the socket does."""
    whole, follower = MultipartParser(max_bytes=6000), MultipartParser(max_bytes=6000)
    expected, frames, at = whole.feed(data), [], 0
    while at < len(data):
        size = follower.missing or chunk
        frames += follower.feed(data[at : at + size])
        at += size
    assert expected == frames
    assert follower.dropped == whole.dropped


def test_the_rest_of_a_picture_is_known_once_a_length_was_true() -> None:
    """Not for the first picture, not between two, and not after a length that was wrong."""
    parser = MultipartParser()
    begun = part(PICTURES[1]).index(PICTURES[1]) + 100
    parser.feed(part(PICTURES[0])[:begun])
    assert 0 == parser.missing
    parser.feed(part(PICTURES[0])[begun:])
    assert (0, True) == (parser.missing, parser.trusts_lengths)
    parser.feed(part(PICTURES[1])[:begun])
    assert len(PICTURES[1]) - 100 == parser.missing
    assert PICTURES[1:2] == parser.feed(PICTURES[1][100:])
    parser.feed(part(PICTURES[2], length=len(PICTURES[2]) - 70) + part(PICTURES[3])[:begun])
    assert (0, False) == (parser.missing, parser.trusts_lengths)


@settings(deadline=None)  # a busy machine is no failure
@given(chunks=st.lists(st.binary(max_size=200), max_size=30))
def test_garbage_is_survived(chunks: list[bytes]) -> None:
    """No bytes make the parser raise, and a picture after them is found unless they swallow it as their own."""
    parser = MultipartParser(max_bytes=4096)
    for chunk in chunks:
        parser.feed(chunk)
    frames = parser.feed(bytes(4096) + b"\r\n" + stream(PICTURES))
    assert frames[-1] == PICTURES[-1]
