"""What shows the same is not scored again, for a while, when nothing speaks for a failure."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from monitor.health import shows_the_same
from monitor.last_looks import SAME_FOR_S, LastLooks
from monitor.looking import Inspection, Looker
from monitor.records import Health, Observation
from tests.inspection.pictures import Pixels, frame, scene

SAMPLE: Pixels = scene(1, 80, 45)


def scored(at: float, score: float = 0.2, digest: int = 1) -> Inspection:
    """Return an inspection of a picture that was scored."""
    seen = Observation("p1", at, Health.OK, score)
    return Inspection(frame(b"", "p1", at), seen, None, digest=digest, sample=SAMPLE)


def same(at: float, digest: int = 2) -> Inspection:
    """Return an inspection of a picture that shows what the last scored one showed."""
    return Inspection(frame(b"", "p1", at), Observation("p1", at, Health.OK), None, digest=digest, is_same=True)


def test_the_same_picture_has_the_score_of_the_one_before() -> None:
    """With a time of its own."""
    looks = LastLooks()
    looks.settled(scored(1.0, 0.4))
    seen = looks.settled(same(2.0)).observation
    assert (0.4, 2.0, Health.OK) == (seen.score, seen.taken_at, seen.health)
    assert seen.is_trusted


def test_only_a_calm_printers_picture_may_go_unscored_and_only_for_a_while() -> None:
    """A suspicion wants every picture scored; what comes slowly is found at the end of the time."""
    looks = LastLooks()
    looks.settled(scored(1.0))
    assert looks.errand(frame(b"", "p1", 2.0), may_stand_still=True).last_scored is SAMPLE
    assert looks.errand(frame(b"", "p1", 2.0), may_stand_still=False).last_scored is None
    assert looks.errand(frame(b"", "p1", 1.0 + SAME_FOR_S), may_stand_still=True).last_scored is None
    assert looks.errand(frame(b"", "p2", 2.0), may_stand_still=True).last_scored is None


def test_pictures_that_show_the_same_do_not_stretch_the_time() -> None:
    """It counts from the last picture that was scored."""
    looks = LastLooks()
    looks.settled(scored(1.0))
    for at in (2.0, 3.0, 4.0, 5.0):
        looks.settled(same(at))
    assert looks.errand(frame(b"", "p1", 6.5), may_stand_still=True).last_scored is None


def test_a_frozen_camera_has_no_score_however_it_was_found() -> None:
    """The same bytes for half a minute; a renewed camera begins anew."""
    looks = LastLooks()
    looks.settled(scored(0.0))
    seen = looks.settled(same(31.0, digest=1)).observation
    assert (Health.FROZEN, None) == (seen.health, seen.score)
    looks.renew("p1", None)
    assert Health.OK is looks.settled(scored(32.0)).observation.health


@given(st.integers(0, 2**32 - 1), st.floats(0, 6))
def test_a_sensors_noise_shows_the_same(seed: int, sigma: float) -> None:
    """Noise of a 720p picture, of which a sample's pixel is the mean of 256."""
    noise = np.random.default_rng(seed).normal(0, sigma / 16, SAMPLE.shape)
    noisy = np.clip(np.rint(SAMPLE + noise), 0, 255).astype(np.uint8)
    assert shows_the_same(SAMPLE, noisy)


@given(st.integers(0, 42), st.integers(0, 77), st.booleans())
def test_a_thing_as_small_as_a_nozzle_shows_something_else(row: int, column: int, is_dark: bool) -> None:
    """Two pixels of the sample, wherever it comes."""
    other = SAMPLE.copy()
    place = other[row : row + 2, column : column + 2]
    place[:] = np.where(place > 127, place - 60, place + 60)
    assert not shows_the_same(SAMPLE, other)
    assert not shows_the_same(SAMPLE, np.clip(SAMPLE.astype(int) + (-9 if is_dark else 9), 0, 255).astype(np.uint8))


def test_a_looker_without_a_detector_still_sees_what_is_the_same() -> None:
    """Pictures of different sizes never are."""
    assert not shows_the_same(SAMPLE, SAMPLE[:-1])
    assert [] == Looker(None, {}).look([])
