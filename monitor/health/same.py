"""Whether two pictures of one camera show the same thing, but for the sensor's noise."""

from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

Sample = NDArray[np.uint8]  # [h, w, 3] BGR, the whole view, about 80 wide

MOST_IN_A_PIXEL = 8
"""Levels. A sample's pixel is the mean of 256 of a 720p picture: noise of 5 levels leaves 0.3 of it, a thing as small
as a nozzle's tip that has moved changes it by dozens."""

MOST_IN_THE_MEAN = 1.0
"""Levels. Light that flickers, and a camera's exposure at work, stay below; a cloud before the sun does not."""


def shows_the_same(sample: Sample, other: Sample) -> bool:
    """Tell whether two samples, uint8 [h, w, 3], differ by no more than noise; those of different sizes never are."""
    if sample.shape != other.shape:
        return False
    difference: NDArray[Any] = cv2.absdiff(sample, other)
    return bool(
        cv2.norm(difference, cv2.NORM_INF) <= MOST_IN_A_PIXEL
        and cv2.norm(difference, cv2.NORM_L1) <= MOST_IN_THE_MEAN * difference.size
    )
