"""The fast way of judging a picture says of every picture what the plain way says."""

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from monitor.decode import decode
from monitor.health import Limits, judge_picture
from monitor.records import Health
from tests.inspection.health_oracle import judge_plainly
from tests.inspection.pictures import Pixels, jpeg, pixels, plain, scene
from tests.support import require_real_images

LIMITS = Limits()
# The levels at which rules change their mind, and their neighbours.
TELLING = st.sampled_from([0, 2, 3, 7, 8, 9, 15, 16, 29, 31, 32, 33, 128, 131, 143, 144, 247, 249, 250, 251, 255])
COLOURS = st.tuples(TELLING, TELLING, TELLING)
SIZES = st.tuples(st.integers(1, 14), st.integers(1, 17))


@st.composite
def near_the_limits(draw: st.DrawFn) -> Pixels:
    """One colour and some pixels of others: as flat, as dark, as white as the limits ask, or not quite."""
    height, width = draw(SIZES)
    flat = np.empty((height * width, 3), np.uint8)
    flat[:] = draw(COLOURS)
    for share in (0.02, 0.05, 0.15, 0.5):
        odd = round(share * len(flat)) + draw(st.integers(-1, 1))
        if odd > 0 and draw(st.booleans()):
            at = draw(st.integers(0, len(flat) - 1))
            flat[at : at + odd] = draw(COLOURS)
    return flat.reshape(height, width, 3)


@given(near_the_limits())
def test_pictures_at_the_limits_are_judged_as_plainly(sample: Pixels) -> None:
    """Every limit is met exactly, and missed by one."""
    assert judge_plainly(sample, LIMITS) is judge_picture(sample, LIMITS)


@given(SIZES.flatmap(lambda size: arrays(np.uint8, (*size, 3))))
def test_any_pixels_are_judged_as_plainly(sample: Pixels) -> None:
    """Down to one pixel, which has no neighbours."""
    assert judge_plainly(sample, LIMITS) is judge_picture(sample, LIMITS)


@given(near_the_limits(), TELLING, TELLING, st.sampled_from([0.0, 0.1, 0.5, 0.85, 1.0]))
def test_other_limits_are_obeyed_as_plainly(sample: Pixels, dark: int, structure: int, share: float) -> None:
    """The numbers are the limits', not the code's."""
    limits = Limits(dark_below=dark + 0.5, structure_below=structure + 0.5, flat_share=share, white_share=share)
    assert judge_plainly(sample, limits) is judge_picture(sample, limits)


def gradient(size: tuple[int, int] = (45, 80)) -> Pixels:
    """A wall in soft light."""
    shades = np.add.outer(np.linspace(40, 90, size[0]), np.linspace(0, 60, size[1]))
    return pixels(np.repeat(shades[..., None], 3, axis=2))


def noise(low: int, high: int) -> Pixels:
    """Even noise between two levels."""
    return np.random.default_rng(3).integers(low, high, (60, 80, 3), np.uint8)


def written(background: int, ink: int) -> Pixels:
    """Letters on one colour."""
    image = plain(background, 80, 60)
    cv2.putText(image, "off", (10, 30), cv2.FONT_HERSHEY_PLAIN, 1.0, (ink, ink, ink), 1)
    return image


@pytest.mark.parametrize(
    ("expected", "sample"),
    [
        (Health.OK, scene(1, 80, 60)),
        (Health.OK, noise(60, 90)),
        (Health.BLOCKED, gradient()),
        (Health.BLOCKED, plain(128, 80, 60)),
        (Health.DARK, plain(0, 80, 60)),
        (Health.DARK, noise(0, 30)),
        (Health.DARK, written(0, 255)),
        (Health.PLACEHOLDER, written(128, 255)),
        (Health.PLACEHOLDER, written(255, 0)),
        (Health.OVER_EXPOSED, plain(255, 80, 60)),
        (Health.OVER_EXPOSED, noise(250, 256)),
    ],
)
def test_every_verdict_is_reached_both_ways(expected: Health, sample: Pixels) -> None:
    """Two ways that agree on OK alone would prove little."""
    assert (expected, expected) == (judge_plainly(sample, LIMITS), judge_picture(sample, LIMITS))


def test_real_pictures_in_any_light_are_judged_as_plainly() -> None:
    """From black through their own light to burnt out, sharp and blurred."""
    spoil: tuple[Callable[[Pixels], Pixels], ...] = (
        *[lambda image, gain=gain: pixels(image.astype(np.float64) * gain) for gain in (0.1, 0.2, 0.3, 1, 2, 4, 8)],
        *[lambda image, sigma=sigma: pixels(cv2.GaussianBlur(image, (0, 0), sigma)) for sigma in (3, 8, 20)],
    )
    files = sorted((require_real_images() / "dev").rglob("*.jpg"))[::12]
    samples = [decode(file.read_bytes(), (96, 128)).sample for file in files]
    for sample in [spoiled(sample) for sample in samples for spoiled in spoil]:
        assert judge_plainly(sample, LIMITS) is judge_picture(sample, LIMITS)


def test_a_picture_is_judged_the_same_as_its_jpeg() -> None:
    """The sample is what decoding makes of it, whatever the memory it lies in looks like."""
    sample = decode(jpeg(scene(4, 1280, 720)), (96, 128), rotate=90).sample
    assert judge_plainly(sample, LIMITS) is judge_picture(sample, LIMITS)
