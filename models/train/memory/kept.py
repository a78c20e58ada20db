"""The frozen network's features of all cameras as they lie on disk, for those who only read them.

A folder holds `seen.f16`, the features [S, deep, h, w] of S pictures one after the other, and `facts.npz`, what is
known about each of them.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

SEEN, FACTS = "seen.f16", "facts.npz"


@dataclass(frozen=True)
class Features:
    """S pictures. A camera's are next to each other; another version of the same camera counts as another camera."""

    seen: NDArray[np.float16]  # [S, deep, h, w]
    cells: NDArray[np.int8]  # targets [S, 1 + C, h, w]: 1, 0, or -1 for not known
    failure: NDArray[np.int8]  # [S]
    classes: NDArray[np.int8]  # [S, C]
    camera: NDArray[np.int32]  # [S]
    role: NDArray[np.int8]  # index in ROLES [S]
    kind: NDArray[np.int8]  # index in CLASSES, or -1 [S]
    visible: NDArray[np.float32]  # [S]
    real: NDArray[np.bool_]  # [S]


def read_features(folder: Path) -> Features:
    """What write_features left. Raises FileNotFoundError when it was stopped before its end."""
    with np.load(folder / FACTS) as facts:
        columns = {name: facts[name] for name in facts.files}
    count, _, rows, cells = columns["cells"].shape
    seen = np.memmap(folder / SEEN, np.float16, "r").reshape(count, -1, rows, cells)
    return Features(seen, **columns)
