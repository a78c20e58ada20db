"""What a camera's recent healthy pictures were like, per cell: an exponential running mean and spread of features.

The monitor takes picture after picture with a gain g: mean += g (f - mean), variance = (1 - g) (variance + g (f - mean
before)^2), spread = sqrt(variance); Finch, "Incremental calculation of weighted mean and variance", 2009, section 9.
What that comes to is the weighted mean and variance of all pictures, which is how it is computed here: at once, on
NumPy's arrays or PyTorch's.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from models.train.arrays import Floats

Array = Any  # of NumPy or PyTorch


def weights(pictures: int, least_gain: float) -> Floats:
    """What each of so many pictures weighs in the end [pictures]. The n-th had the gain 1 / n as it came, as in a
    plain mean, but never less than ``least_gain``.
    """
    gains = np.maximum(1 / np.arange(1, pictures + 1), least_gain)
    kept = np.cumprod((1 - gains)[::-1])[::-1]  # by all from this one on
    return (gains * np.append(kept[1:], 1)).astype(np.float32)


def memories(shares: Array, features: Array) -> tuple[Array, Array]:
    """Mean and spread, each [n, ...], of pictures [P, ...] that weigh ``shares`` [n, P]; rows of them sum to 1."""
    flat = features.reshape(len(features), -1)
    mean = shares @ flat
    variance = (shares @ flat**2 - mean**2).clip(1e-6)  # a root has no slope at zero
    shape = (len(shares), *features.shape[1:])
    return mean.reshape(shape), (variance**0.5).reshape(shape)
