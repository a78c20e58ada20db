"""The array types of this package, and one short way to make them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

# Docstrings give shapes and dtypes: OpenCV's stubs only know "some array".
Floats = NDArray[Any]  # float32
Picture = NDArray[Any]  # uint8: BGR [H, W, 3], or labels [H, W]
Rng = np.random.Generator


def f32(values: ArrayLike) -> Floats:
    """Anything as an array of float32."""
    return np.asarray(values, np.float32)
