"""What goes wrong, drawn onto a part that is being printed, each vertex labelled with its class.

Every failure has a seed and a growth in 0..1: the same seed at a larger growth is the same failure later.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from models.train.arrays import Rng
from models.train.scenes.flaws import draw_blob, draw_layer_shift, draw_stringing, draw_under_extrusion, draw_warping
from models.train.scenes.loose import draw_detached
from models.train.scenes.mesh import Mesh
from models.train.scenes.site import Site
from models.train.scenes.strands import draw_spaghetti


def draw_failure(kind: str, seed: int, site: Site, growth: float) -> Mesh:
    """The part with its failure of class `kind` (see classes.py) at `growth` in 0..1."""
    return _PAINTERS[kind](np.random.default_rng(seed), site, float(np.clip(growth, 0, 1)))


_PAINTERS: dict[str, Callable[[Rng, Site, float], Mesh]] = {
    "spaghetti": draw_spaghetti,
    "detached": draw_detached,
    "blob": draw_blob,
    "stringing": draw_stringing,
    "warping": draw_warping,
    "layer_shift": draw_layer_shift,
    "under_extrusion": draw_under_extrusion,
}
