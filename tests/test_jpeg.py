"""The walk along a JPEG's markers."""

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor import jpeg
from monitor.errors import BadFrame
from tests.capture.pictures import picture, truncated, with_exif_thumbnail, without_huffman_tables


def test_the_size_is_read_from_the_frame_header() -> None:
    """Width comes first, and the thumbnail's size does not count."""
    assert (64, 48) == jpeg.dimensions(picture(0, 64, 48))
    assert (64, 48) == jpeg.dimensions(with_exif_thumbnail(picture(0, 64, 48), picture(1, 32, 24)))


def test_a_cut_picture_is_not_complete() -> None:
    """Neither when it ends in its scan, nor in its headers, nor when only its thumbnail is whole."""
    whole = with_exif_thumbnail(picture(0), picture(1, 32, 24))
    assert jpeg.is_complete(whole)
    assert not jpeg.is_complete(truncated(whole))
    assert not jpeg.is_complete(whole[:700])
    assert not jpeg.is_complete(b"<html>")
    assert not jpeg.is_complete(b"")


def test_pictures_that_begin_alike_are_told_apart_by_their_end() -> None:
    """The headers are read once; what follows is looked at each time, and other headers are read anew."""
    pictures = jpeg.WholePictures()
    whole, other, bare = picture(0), picture(1, 32, 24), without_huffman_tables(picture(2))
    assert whole is pictures.whole(whole)
    assert None is pictures.whole(truncated(whole))
    assert whole is pictures.whole(whole)
    assert other is pictures.whole(other)
    assert None is pictures.whole(whole[:20])
    assert None is pictures.whole(b"<html>")
    assert jpeg.with_huffman_tables(bare) == pictures.whole(bare) == pictures.whole(bare)
    assert whole is pictures.whole(whole)


@settings(deadline=None)
@given(data=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 4000)), max_size=12))
def test_what_was_seen_before_changes_no_answer(data: list[tuple[int, int]]) -> None:
    """However the pictures come, each is judged as by somebody who has seen none."""
    pictures = jpeg.WholePictures()
    for number, end in data:
        cut = picture(number, 64 - 16 * (number % 2), 48)[:end]
        assert jpeg.WholePictures().whole(cut) == pictures.whole(cut)


def test_missing_huffman_tables_are_the_standard_ones() -> None:
    """A frame without tables decodes to the same pixels once they are inserted; others stay as they are."""
    whole = picture(3)
    repaired = jpeg.with_huffman_tables(without_huffman_tables(whole))
    expected, pixels = (cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR) for data in (whole, repaired))
    assert expected is not None
    assert pixels is not None
    assert np.array_equal(expected, pixels)
    assert jpeg.with_huffman_tables(whole) is whole


def test_a_size_that_is_not_there_is_an_error() -> None:
    """The reader of an unfinished header gets an error, not zeros."""
    with pytest.raises(BadFrame, match="size"):
        jpeg.dimensions(picture(0)[:20])


@settings(deadline=None)  # a busy machine is no failure
@given(data=st.binary(max_size=300), at=st.integers(0, 300))
def test_more_bytes_never_change_an_answer(data: bytes, at: int) -> None:
    """Broken stays broken and known stays known; no bytes raise anything but BadFrame."""
    whole = picture(0)[:at] + data
    answers: list[object] = []
    for end in range(0, len(whole), 7):
        try:
            answers.append(jpeg.read_headers(whole[:end]))
        except BadFrame as error:
            answers.append(str(error))
    known = [answer for answer in answers if answer is not None]
    assert len(set(known)) <= 1
    assert answers == [None] * (len(answers) - len(known)) + known
