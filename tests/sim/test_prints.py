"""The rendered prints: every frame by its number, and clear words when something is missing."""

import shutil
from pathlib import Path

import av
import numpy as np
import pytest

from monitor.errors import ConfigError
from monitor.sim.prints import Clip, Print, load_prints
from monitor.sim.prints.frames import FrameStore
from tests.sim.conftest import HEALTHY_FRAMES, HEIGHT, STARTS_AT, WIDTH


def test_a_frame_is_found_by_its_number_in_any_order(prints: tuple[Print, ...]) -> None:
    """Across keyframes, forwards and backwards, the right picture comes, uint8 [height, width, 3]."""
    clip = prints[0].healthy
    with av.open(str(clip.path)) as container:
        film = [frame.to_ndarray(format="bgr24") for frame in container.decode(video=0)]
    assert HEALTHY_FRAMES == len(film)
    for number in (0, 39, 15, 16, 17, 3, 38, 0):
        picture = clip.frame(number)
        assert (HEIGHT, WIDTH, 3) == picture.shape
        assert 1.0 > np.abs(film[number].astype(int) - picture).mean()
    assert clip.frame(17).mean() > clip.frame(16).mean() + 2


def test_frames_are_read_only_and_kept_within_bounds(prints: tuple[Print, ...]) -> None:
    """Frames are shared, so nobody may draw on them; the store forgets the oldest."""
    store = FrameStore(capacity=8)
    clip = Clip(prints[0].healthy.path, HEALTHY_FRAMES, store)
    for number in range(0, HEALTHY_FRAMES, 3):
        assert not clip.frame(number).flags.writeable
    assert 8 >= store.kept


def test_a_frame_that_is_not_there_is_an_error(prints: tuple[Print, ...]) -> None:
    """Numbers outside the clip are a programming error, a clip that is too short a broken installation."""
    clip = prints[0].healthy
    with pytest.raises(IndexError, match="frames 0 to 39, not 40"):
        clip.frame(40)
    with pytest.raises(ConfigError, match=r"has no frame 60; prints\.json says that it has"):
        Clip(clip.path, 100).frame(60)


def test_the_failing_clip_takes_over_at_its_share_of_the_print(prints: tuple[Print, ...]) -> None:
    """A print without a failing clip never fails."""
    assert STARTS_AT / 39 == prints[0].fails_at
    assert 1.0 == prints[1].fails_at


def test_missing_prints_are_named(prints_folder: Path, tmp_path: Path) -> None:
    """No index, a broken index and a missing clip each say what to do."""
    with pytest.raises(ConfigError, match=r"prints\.json: the simulated prints cannot be read .*install vigie again"):
        load_prints(tmp_path)
    (tmp_path / "prints.json").write_text('[{"name": "x"}]')
    with pytest.raises(ConfigError, match="cannot be read"):
        load_prints(tmp_path)
    shutil.copy(prints_folder / "prints.json", tmp_path)
    with pytest.raises(ConfigError, match=r"healthy\.mp4, failing\.mp4.* missing"):
        load_prints(tmp_path)
    (tmp_path / "healthy.mp4").write_bytes(b"no video")
    with pytest.raises(ConfigError, match=r"healthy\.mp4: cannot be decoded"):
        Clip(tmp_path / "healthy.mp4", 2).frame(0)


@pytest.mark.parametrize("made", load_prints(), ids=lambda made: made.name)
def test_the_shipped_prints_are_whole(made: Print) -> None:
    """Each clip has its last frame, and both clips of a print are of one size."""
    last = made.healthy.frame(made.healthy.frames - 1)
    assert (480, 3) == (last.shape[0], last.shape[2])
    if made.failure:
        assert last.shape == made.failure.clip.frame(made.failure.clip.frames - 1).shape
        assert 0 < made.failure.starts_at < made.healthy.frames
        assert 0 <= made.failure.visible_at < made.failure.clip.frames


def test_some_shipped_prints_fail_and_some_do_not() -> None:
    """The demo needs both."""
    assert {True, False} == {made.failure is not None for made in load_prints()}
