"""Recordings as a camera."""

from itertools import islice
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from monitor import jpeg
from monitor.capture.files import FilesSource
from monitor.clock import ManualClock
from monitor.errors import BadFrame, CameraUnreachable
from tests.capture.pictures import picture, truncated


def play(path: Path, clock: ManualClock | None = None, frames_per_s: float = 2.0, *, loop: bool = False) -> FilesSource:
    """Return a source on a clock that waits for nobody."""
    return FilesSource(path, frames_per_s, clock or ManualClock(), loop=loop)


def test_a_folder_is_played_in_natural_order_at_the_rate_asked_for(tmp_path: Path) -> None:
    """frame9 comes before frame10, half a second apart; what is no image is ignored."""
    for number in (10, 9, 1):
        (tmp_path / f"frame{number}.JPG").write_bytes(picture(number))
    (tmp_path / "notes.txt").write_text("not an image")
    clock = ManualClock(0)
    seen = [(clock.now(), frame) for frame in play(tmp_path, clock).frames()]
    assert [(0.0, picture(1)), (0.5, picture(9)), (1.0, picture(10))] == seen


def test_a_loop_begins_again_until_it_is_closed(tmp_path: Path) -> None:
    """Also with a single image."""
    path = tmp_path / "one.jpg"
    path.write_bytes(picture(0))
    camera = play(path, loop=True)
    frames = camera.frames()
    assert [picture(0)] * 5 == list(islice(frames, 5))
    camera.close()
    assert [] == list(frames)


def test_other_formats_become_jpegs(tmp_path: Path) -> None:
    """A PNG is encoded once."""
    cv2.imwrite(str(tmp_path / "a.png"), np.full((48, 64, 3), 99, np.uint8))
    (frame,) = play(tmp_path).frames()
    assert jpeg.is_complete(frame)
    assert (64, 48) == jpeg.dimensions(frame)


def test_a_video_is_played_frame_by_frame(tmp_path: Path) -> None:
    """At the rate asked for, whatever it was recorded at."""
    path = tmp_path / "clip.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("libx264", rate=30)
        stream.width, stream.height = 160, 120
        for index in range(6):
            image = np.full((120, 160, 3), index * 30, np.uint8)
            container.mux(stream.encode(av.VideoFrame.from_ndarray(image, format="bgr24")))
        container.mux(stream.encode(None))
    clock = ManualClock(0)
    seen = [(clock.now(), jpeg.dimensions(frame)) for frame in play(path, clock).frames()]
    assert [(index * 0.5, (160, 120)) for index in range(6)] == seen


def test_broken_files_are_left_out_and_counted(tmp_path: Path) -> None:
    """A recording is not lost for one bad picture."""
    (tmp_path / "1.jpg").write_bytes(truncated(picture(1)))
    (tmp_path / "2.png").write_bytes(b"no png")
    (tmp_path / "3.jpg").write_bytes(picture(3))
    camera = play(tmp_path)
    assert [picture(3)] == list(camera.frames())
    assert 2 == camera.dropped


def test_a_path_without_any_picture_is_told(tmp_path: Path) -> None:
    """Missing, empty, broken, not a video: each names the path and the remedy."""
    (tmp_path / "empty").mkdir()
    (tmp_path / "broken").mkdir()
    (tmp_path / "broken" / "1.jpg").write_bytes(b"")
    (tmp_path / "text.mp4").write_text("no video at all")
    for name, kind, words in (
        ("absent", CameraUnreachable, "cannot be read .No such file or directory.: check path"),
        ("absent.jpg", CameraUnreachable, "cannot be read .No such file or directory.: check path"),
        ("text.mp4/1.jpg", CameraUnreachable, "cannot be read .Not a directory.: check path"),
        ("empty", BadFrame, "holds no images"),
        ("broken", BadFrame, "no picture that can be decoded"),
        ("text.mp4", BadFrame, "convert it with ffmpeg"),
    ):
        with pytest.raises(kind, match=words) as caught:
            list(play(tmp_path / name, loop=True).frames())
        assert str(tmp_path / name) in str(caught.value)
