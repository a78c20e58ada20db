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
    """What each of so many pictures weighs in the end, the oldest first [pictures].

    Each weighs ``1 - least_gain`` of the next, as in the monitor's memory of pictures at regular gaps: the first few
    count almost alike, and in the long run one comes in with ``least_gain``.
    """
    faded = (1 - least_gain) ** np.arange(pictures)[::-1]
    return (faded / faded.sum()).astype(np.float32)


def memories(shares: Array, features: Array) -> tuple[Array, Array]:
    """Mean and spread, each [n, ...], of pictures [P, ...] that weigh ``shares`` [n, P]; rows of them sum to 1."""
    flat = features.reshape(len(features), -1)
    mean = shares @ flat
    variance = (shares @ flat**2 - mean**2).clip(1e-6)  # a root has no slope at zero
    shape = (len(shares), *features.shape[1:])
    return mean.reshape(shape), (variance**0.5).reshape(shape)
