"""Decoding: right size, right place, and a clear refusal of everything that is no whole picture."""

import struct
from contextlib import suppress

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.config.model import Region
from monitor.decode import Picture, decode, encode_tile
from monitor.errors import BadFrame
from tests.capture.pictures import with_exif_thumbnail, without_huffman_tables
from tests.inspection.pictures import Pixels, jpeg, plain, scene

SIZE = (48, 64)


def quarters(width: int = 640, height: int = 480) -> Pixels:
    """Four greys: 10 top left, 90 top right, 170 bottom left, 250 bottom right."""
    image = plain(10, width, height)
    image[: height // 2, width // 2 :] = 90
    image[height // 2 :, : width // 2] = 170
    image[height // 2 :, width // 2 :] = 250
    return image


def corners(image: Pixels) -> list[int]:
    """Greys near the four corners, top left, top right, bottom left, bottom right, to the nearest ten."""
    h, w = image.shape[:2]
    return [round(image[y, x, 0] / 10) * 10 for y in (h // 8, h - h // 8) for x in (w // 8, w - w // 8)]


@pytest.mark.parametrize("size", [(1920, 1080), (1280, 720), (640, 480), (320, 240), (64, 48), (37, 501), (1, 1)])
def test_input_has_the_detectors_size_whatever_the_cameras(size: tuple[int, int]) -> None:
    """Every camera size is stretched to exactly H x W x 3 bytes."""
    picture = decode(jpeg(plain(100, *size)), SIZE)
    assert (48, 64, 3) == picture.input.shape
    assert np.uint8 == picture.input.dtype


def test_scaled_decode_shows_what_a_full_decode_shows() -> None:
    """Decoding at a reduced scale differs from decoding in full and averaging by a few levels at most."""
    data = jpeg(cv2.GaussianBlur(scene(1, 1280, 720), (0, 0), 6).astype(np.uint8))
    whole = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    assert whole is not None
    full = cv2.resize(whole, (64, 48), interpolation=cv2.INTER_AREA)
    difference = np.abs(decode(data, SIZE).input.astype(int) - full.astype(int))
    assert difference.mean() < 2


@pytest.mark.parametrize(
    ("rotate", "expected"),
    [(0, [10, 90, 170, 250]), (90, [170, 10, 250, 90]), (180, [250, 170, 90, 10]), (270, [90, 250, 10, 170])],
)
def test_rotation_is_clockwise(rotate: int, expected: list[int]) -> None:
    """Input, tile and sample are all turned."""
    picture = decode(jpeg(quarters()), SIZE, rotate)
    for view in (picture.input, picture.tile, picture.sample):
        assert expected == corners(view)


def test_region_is_cut_after_the_rotation_and_leaves_the_tile_whole() -> None:
    """The region speaks of the picture as people see it."""
    picture = decode(jpeg(quarters()), SIZE, rotate=90, region=Region(x=0.0, y=0.5, width=0.5, height=0.5))
    assert [250] * 4 == corners(picture.input)
    assert [170, 10, 250, 90] == corners(picture.tile)


def test_small_region_of_a_large_picture_keeps_its_detail() -> None:
    """The decoder's scale is chosen for the region: stripes of two pixels in a small region stay stripes."""
    image = plain(0, 1280, 720)
    image[:, ::4] = image[:, 1::4] = 255
    whole = decode(jpeg(image), SIZE).input
    part = decode(jpeg(image), SIZE, region=Region(x=0.5, y=0.5, width=0.05, height=0.1)).input
    assert part.std() > 80
    assert whole.std() < 10


def test_region_outlives_a_picture_of_one_pixel() -> None:
    """There is always at least one pixel to look at."""
    region = Region(x=0.9, y=0.9, width=0.05, height=0.05)
    assert (48, 64, 3) == decode(jpeg(plain(9, 1, 1)), SIZE, region=region).input.shape


def test_writes_into_the_row_of_a_batch() -> None:
    """``out`` receives the input; its neighbours stay untouched."""
    batch = np.zeros((3, *SIZE, 3), np.uint8)
    picture = decode(jpeg(plain(200)), SIZE, out=batch[1])
    assert np.shares_memory(batch, picture.input)
    assert [0, 200, 0] == [int(row.mean().round()) for row in batch]


def test_picture_of_the_inputs_own_size_also_lands_in_the_batch() -> None:
    """Nothing to resize is no reason not to copy."""
    batch = np.zeros((1, *SIZE, 3), np.uint8)
    decode(jpeg(plain(200, 64, 48)), SIZE, out=batch[0])
    assert 200 == round(float(batch.mean()))


def test_tile_is_320_wide_and_a_jpeg_once_encoded() -> None:
    """The wall's tile keeps the proportions of the whole view."""
    picture = decode(jpeg(plain(50, 1280, 720)), SIZE)
    encoded = cv2.imdecode(np.frombuffer(encode_tile(picture.tile), np.uint8), cv2.IMREAD_COLOR)
    assert encoded is not None
    assert (180, 320, 3) == encoded.shape


def test_exif_orientation_is_obeyed() -> None:
    """A phone's or spyglass's turned picture is seen as a browser shows it."""
    entry = struct.pack(">HHIHH", 0x0112, 3, 1, 6, 0)  # orientation, one SHORT: turn by 90 degrees
    tiff = b"MM\x00\x2a\x00\x00\x00\x08\x00\x01" + entry + bytes(4)
    data = jpeg(quarters())
    exif = b"Exif\x00\x00" + tiff
    turned = data[:2] + b"\xff\xe1" + (len(exif) + 2).to_bytes(2) + exif + data[2:]
    assert [170, 10, 250, 90] == corners(decode(turned, SIZE).input)


@pytest.mark.parametrize("suffix", [".png", ".webp"])
@pytest.mark.parametrize("size", [(640, 480), (70, 33)])
def test_png_and_webp_are_pictures_too(suffix: str, size: tuple[int, int]) -> None:
    """Snapshot servers and collections of pictures use them."""
    data = cv2.imencode(suffix, quarters(*size))[1].tobytes()
    assert [10, 90, 170, 250] == corners(decode(data, SIZE).input)


@pytest.mark.parametrize("quality", [30, 101])
def test_lossy_and_lossless_webp_tell_their_size(quality: int) -> None:
    """Both kinds of WebP are measured before they are decoded."""
    data = cv2.imencode(".webp", quarters(300, 200), [cv2.IMWRITE_WEBP_QUALITY, quality])[1].tobytes()
    assert [10, 90, 170, 250] == corners(decode(data, SIZE).input)


def test_grey_and_progressive_jpegs_are_decoded() -> None:
    """Night cameras send grey, web servers progressive."""
    grey = cv2.imencode(".jpg", quarters()[..., 0])[1].tobytes()
    progressive = jpeg(quarters(), cv2.IMWRITE_JPEG_PROGRESSIVE, 1)
    for data in (grey, progressive):
        assert [10, 90, 170, 250] == corners(decode(data, SIZE).input)


def test_avi1_frames_without_huffman_tables_are_decoded() -> None:
    """Some USB cameras leave the standard tables out."""
    assert [10, 90, 170, 250] == corners(decode(without_huffman_tables(jpeg(quarters())), SIZE).input)


def test_padding_after_the_end_is_no_fault() -> None:
    """Some cameras fill up their buffers."""
    assert [10, 90, 170, 250] == corners(decode(jpeg(quarters()) + bytes(500), SIZE).input)


@pytest.mark.parametrize("size", [(1280, 720), (640, 480), (333, 501), (300, 200), (80, 60), (37, 11)])
def test_the_sample_is_the_tile_made_small(size: tuple[int, int]) -> None:
    """Whatever the shortest way there is, it is within a level of averaging."""
    picture = decode(jpeg(scene(6, *size)), SIZE)
    height, width = picture.sample.shape[:2]
    averaged = cv2.resize(picture.tile, (width, height), interpolation=cv2.INTER_AREA)
    assert min(80, size[0]) == width
    assert np.abs(averaged.astype(int) - picture.sample).max() <= 1


@pytest.mark.parametrize(
    "data",
    [
        jpeg(quarters()),
        jpeg(quarters()) + bytes(500),
        with_exif_thumbnail(jpeg(quarters()), jpeg(plain(3))),
        cv2.imencode(".png", quarters())[1].tobytes(),
        cv2.imencode(".webp", quarters())[1].tobytes(),
        b"\r\n <!DOCTYPE html><html>",
        b"GIF89a......",
        b"RIFF\x00\x00\x00\x00AVI LIST",
        jpeg(quarters())[:-2],
        jpeg(quarters())[:100],
        b"",
    ],
)
def test_a_part_of_shared_memory_is_decoded_like_bytes(data: bytes) -> None:
    """Same pixels, same digest, same words, from the middle of a larger block."""
    part = memoryview(b"before" + data + b"\xff\xd9 after")[6 : 6 + len(data)]
    assert told(data) == told(part)


def told(data: bytes | memoryview) -> tuple[object, ...] | str:
    """Return what comes of a picture, as something to compare."""
    try:
        picture = decode(data, SIZE)
    except BadFrame as exc:
        return str(exc)
    return picture.digest, picture.is_cut_off, picture.input.tobytes(), picture.sample.tobytes()


@pytest.mark.parametrize("part", [0.3, 0.6, 0.99])
def test_truncated_jpeg_is_a_bad_frame(part: float) -> None:
    """Half a picture filled up with grey must never reach the detector."""
    data = jpeg(scene())
    with pytest.raises(BadFrame, match="truncated JPEG"):
        decode(data[: int(len(data) * part)], SIZE)


def test_the_end_of_an_exif_thumbnail_is_not_the_end_of_the_picture() -> None:
    """A truncated picture whose thumbnail is whole is truncated."""
    data = with_exif_thumbnail(jpeg(scene()), jpeg(plain(3)))
    decode(data, SIZE)
    with pytest.raises(BadFrame, match="truncated JPEG"):
        decode(data[:-2], SIZE)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "no bytes"),
        (b"\r\n <!DOCTYPE html><html>", "HTML"),
        (b'{"error": "busy"}', "JSON"),
        (b"GIF89a......", "GIF"),
        (b"\x00\x00\x00\x18ftypmp42", "MP4"),
        (b"RIFF\x00\x00\x00\x00AVI LIST", "52 49 46 46"),
    ],
)
def test_what_is_no_picture_is_named(data: bytes, words: str) -> None:
    """The message tells what the camera's address really answers."""
    with pytest.raises(BadFrame, match=words):
        decode(data, SIZE)


def test_decompression_bomb_is_refused_unopened() -> None:
    """A few bytes that promise 20,000 x 20,000 pixels are not believed."""
    data = jpeg(plain(1))
    at = data.index(b"\xff\xc0") + 5
    bomb = data[:at] + struct.pack(">HH", 20_000, 20_000) + data[at + 4 :]
    with pytest.raises(BadFrame, match=r"20000 x 20000.*limit"):
        decode(bomb, SIZE)
    png = bytearray(cv2.imencode(".png", plain(1))[1].tobytes())
    png[16:24] = struct.pack(">II", 20_000, 20_000)
    with pytest.raises(BadFrame, match="limit"):
        decode(bytes(png), SIZE)


def test_digest_sees_pixels_and_not_headers() -> None:
    """A time stamp in a header does not hide that the picture is the same; one other pixel does."""
    image = scene()
    data = jpeg(image)
    stamped = data[:2] + b"\xff\xfe\x00\x0a12:34:56" + data[2:]
    image[240, 320] = 255 - image[240, 320]
    digests = [decode(d, SIZE).digest for d in (data, stamped, jpeg(image))]
    assert digests[0] == digests[1] != digests[2]


@given(st.integers(0, 1023), st.binary(max_size=40))
def test_damage_gives_a_picture_or_a_bad_frame(at: int, junk: bytes) -> None:
    """Whatever a broken line does to the bytes, nothing else comes out."""
    data = jpeg(plain(77))
    at %= len(data)
    with suppress(BadFrame):
        assert isinstance(decode(data[:at] + junk + data[at + len(junk) :], SIZE), Picture)


@given(st.binary(max_size=64), st.sampled_from([b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"RIFF1234WEBPVP8 "]))
def test_random_bytes_are_a_bad_frame(tail: bytes, head: bytes) -> None:
    """No random bytes raise anything but BadFrame."""
    with pytest.raises(BadFrame):
        decode(head + tail, SIZE)
