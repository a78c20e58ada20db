"""What one picture, by itself, says about being trustworthy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from monitor.records import Health

Luma = NDArray[np.uint8]  # [h, w]


@dataclass(frozen=True, slots=True)
class Limits:
    """When a picture is not trusted."""

    frozen_after_s: float = 30.0
    dark_below: float = 24.0


def judge_picture(luma: Luma, limits: Limits) -> Health:
    """Judge one picture by its grey version [h, w]."""
    if np.percentile(luma, 95) < limits.dark_below:
        return Health.DARK
    return Health.OK
