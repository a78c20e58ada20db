"""How much moves between two small pictures, and what is left out of account."""

import numpy as np
import pytest

from monitor.belonging import Handling, Motion, MotionMeter
from monitor.belonging.motion import LASTS, PAIR_EVERY_S, PAIR_WITHIN_S, Sample

BED: Sample = np.tile(np.linspace(40, 160, 80, dtype=np.uint8)[None, :, None], (45, 1, 3))


def with_head(x: int) -> Sample:
    """Return the bed with a print head of 6 x 6 pixels before it."""
    picture = BED.copy()
    picture[20:26, x : x + 6] = 230
    return picture


def noisy(seed: int) -> Sample:
    """Return the bed as a sensor sees it whose noise is still there in the small picture."""
    noise = np.random.default_rng(seed).normal(0, 2.0, BED.shape)
    return np.clip(BED + noise, 0, 255).astype(np.uint8)


def seen(*pictures: Sample) -> Motion:
    """Return what a meter says of pictures that come one after the other."""
    meter = MotionMeter()
    for number, picture in enumerate(pictures):
        meter.see(picture, number + 1, number * PAIR_EVERY_S)
    return meter.motion


def test_a_print_head_that_stands_elsewhere_has_moved() -> None:
    """Two of three pairs."""
    assert Motion(moved=2, still=1) == seen(with_head(10), with_head(40), with_head(12), with_head(12))


def test_noise_a_clock_and_a_cloud_move_nothing() -> None:
    """The digits of a clock cover a pixel or two of the small picture; a cloud takes light from all of it."""
    clock = BED.copy()
    clock[44, 70:72] = 250
    assert Motion(still=3) == seen(noisy(1), noisy(2), clock, BED - 20)


def test_when_the_light_is_switched_nothing_is_said() -> None:
    """Most of the picture differs, and not by the same."""
    assert Motion(unclear=1) == seen(BED, (BED // 3))


def test_a_camera_that_sends_the_same_picture_says_nothing() -> None:
    """It has stopped, whatever its printer does."""
    meter = MotionMeter()
    for at in (0.0, 10.0, 20.0):
        meter.see(BED, 7, at)
    assert Motion() == meter.motion


def test_pictures_far_apart_and_pictures_that_nobody_trusts_are_not_compared() -> None:
    """What happened between them is not known."""
    meter = MotionMeter()
    meter.see(with_head(10), 1, 0.0)
    meter.see(with_head(40), 2, PAIR_WITHIN_S + 1)
    meter.lose()
    meter.see(with_head(10), 3, PAIR_WITHIN_S + 11)
    assert Motion() == meter.motion


def test_it_is_asked_for_a_picture_every_few_seconds_only() -> None:
    """So that what it costs does not depend on how often printers are looked at."""
    meter = MotionMeter()
    meter.see(BED, 1, 100.0)
    assert not meter.is_due(100.0 + PAIR_EVERY_S - 0.1)
    assert meter.is_due(100.0 + PAIR_EVERY_S)


@pytest.mark.parametrize(
    ("motion", "says"),
    [
        (Motion(moved=6), True),
        (Motion(moved=4, still=2), True),
        (Motion(moved=1, still=5), False),  # somebody walked by
        (Motion(moved=3, still=3), None),  # a print whose moves are hardly seen
        (Motion(unclear=2, still=4), None),
        (Motion(), None),
    ],
)
def test_half_a_minute_moves_when_most_of_it_does(motion: Motion, says: bool | None) -> None:
    """Or is still, or is left out of account."""
    assert says is motion.since(Motion())
    before = Motion(5, 5, 5)
    after = Motion(5 + motion.moved, 5 + motion.still, 5 + motion.unclear)
    assert says is after.since(before)


ELSEWHERE: Sample = np.ascontiguousarray(BED[:, ::-1])
"""Another view: most of it differs, and not by the same."""


def handled(*pictures: Sample | None, pause_s: float = PAIR_EVERY_S) -> Handling:
    """Return what has happened to a camera with these pictures; None is one that nobody can trust."""
    meter, at = MotionMeter(), 0.0
    for number, picture in enumerate(pictures):
        at += pause_s
        if picture is None:
            meter.lose()
        else:
            meter.see(picture, number + 1, at)
    return meter.handling


def test_a_camera_that_shows_something_else_for_half_a_minute_was_moved() -> None:
    """At once, or behind a hand; once, however long it goes on."""
    moved = [noisy(seed)[:, ::-1].copy() for seed in range(3 * LASTS)]
    assert Handling(changed=1) == handled(BED, noisy(1), *moved)
    assert Handling(changed=1) == handled(BED, None, None, *moved)
    assert Handling() == handled(BED, noisy(1), *moved[: LASTS - 1])


def test_what_comes_back_was_not_moved() -> None:
    """A bed that moves before the camera, a hand, a light that blinks, a print head."""
    assert Handling() == handled(*(BED if number % 3 else ELSEWHERE for number in range(5 * LASTS)))
    assert Handling() == handled(BED, None, noisy(1), *(with_head(x) for x in range(5, 40)))


def test_a_camera_that_was_away_for_minutes_was_lost_and_one_that_came_back_other_was_moved() -> None:
    """With the same view it may be another camera of the same make; a short while says nothing."""
    away = PAIR_WITHIN_S + 1
    assert Handling(lost=1) == handled(BED, noisy(1), pause_s=away)
    assert Handling(lost=2) == handled(BED, None, noisy(1), noisy(2), pause_s=away)
    assert Handling(changed=1) == handled(BED, *[ELSEWHERE] * LASTS, pause_s=away)
    assert Handling() == handled(BED, noisy(1), pause_s=PAIR_WITHIN_S)
