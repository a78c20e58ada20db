"""What decides a training run: stages, rates, and what a teacher sees."""

from dataclasses import replace

import cv2
import numpy as np
import pytest

from models.train import config
from models.train.augment import Augmentation
from models.train.heldout_pair import table
from models.train.paired import changes
from models.train.sizes import RENDERED, rounded
from models.train.statistics import Scored

TRAINING = config.load().training
SMALL, LARGE = (96, 128), (144, 192)


def test_each_cycle_has_its_own_highest_rate() -> None:
    """Up to the step where the next one begins."""
    starts = (0, *TRAINING.cycles[:-1])
    assert [(rate, rate) for rate in TRAINING.rates] == [
        (TRAINING.rate(start), TRAINING.rate(end - 1)) for start, end in zip(starts, TRAINING.cycles, strict=True)
    ]


def test_the_last_steps_are_taken_at_the_served_size() -> None:
    """Or the network meets that size in service first."""
    network, last = config.load().network, TRAINING.stage(TRAINING.steps - 1)
    assert (network.height, network.width) == (last.height, last.width)
    sizes = [size for stage in TRAINING.stages for size in ((stage.height, stage.width), stage.teacher) if size]
    assert all(side % 16 == 0 for size in sizes for side in size)


@pytest.mark.parametrize("seed", range(8))
def test_the_teacher_sees_the_same_part_of_the_picture(seed: int) -> None:
    """Shrunk, its picture is nearly the pupil's, but for the grain."""
    rough = np.random.default_rng(seed).integers(0, 256, (9, 12, 3), dtype=np.uint8)
    source = cv2.resize(rough, (640, 480), interpolation=cv2.INTER_CUBIC)
    drawn = replace(Augmentation.draw(np.random.default_rng(seed), *SMALL), noise=0.0, jpeg=0)
    larger = drawn.at(*LARGE).picture(source)
    assert (*LARGE, 3) == larger.shape
    shrunk = cv2.resize(larger, SMALL[::-1], interpolation=cv2.INTER_AREA).astype(float)
    assert np.abs(shrunk - drawn.picture(source)).mean() < 4


def test_a_stage_says_how_narrow_its_crops_are() -> None:
    """The logarithm of the part that is shown, in each direction."""
    crops = [Augmentation.draw(np.random.default_rng(seed), *SMALL, (-0.1, 0.0)).crop for seed in range(50)]
    shown = [np.log(abs(np.linalg.det(crop[:, :2]))) / 2 for crop in crops]
    assert -0.1 - 1e-3 <= min(shown)
    assert max(shown) <= 1e-3


def test_a_loss_of_another_network_stands_out() -> None:
    """In bold; a figure that is the same does not."""
    failing = np.array([False, True] * 30)
    names = np.repeat(np.arange(30), 2).astype(str)
    good = Scored(np.where(failing, 0.9, 0.1), failing, names)
    bad = Scored(np.where(failing, 0.1, 0.9), failing, names)
    same, worse = (table(rounded({"films": changes(good, other, RENDERED)})).splitlines()[-2] for other in (good, bad))
    assert same.endswith("| 1.000 (1.000 to 1.000) | +0.000 (+0.000 to +0.000) |")
    assert worse.endswith("| **-1.000 (-1.000 to -1.000)** |")
