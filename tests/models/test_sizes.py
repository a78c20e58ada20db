"""How a smaller input is measured: memories of held-out films, and the tables."""

import numpy as np

from models.train.heldout_films import shares
from models.train.paired import changes
from models.train.sizes import REAL, rounded, tables
from models.train.statistics import Scored


def test_no_picture_is_in_the_memory_that_judges_it() -> None:
    """Of three pictures from before, two are left for each of them; the later one is compared with all."""
    found = shares(np.array([True, True, True, False]), 0.1)
    assert [2, 2, 2, 3] == (found > 0).sum(1).tolist()
    assert not found.diagonal().any()
    assert not found[:, 3].any()
    assert np.allclose(1.0, found.sum(1))


def test_a_loss_that_can_be_told_stands_out() -> None:
    """In bold; what may be chance does not."""
    failing = np.array([False, True] * 30)
    names = np.repeat(np.arange(30), 2).astype(str)
    good = Scored(np.where(failing, 0.9, 0.1), failing, names)
    bad = Scored(np.where(failing, 0.1, 0.9), failing, names)
    sizes = [
        {
            "height": height,
            "width": 464,
            "multiply_adds": 559e6,
            "cpu_ms": 1.96,
            "figures": rounded({"fixed cameras": changes(good, other, REAL)}),
        }
        for height, other in ((352, good), (320, good), (288, bad))
    ]
    shipped, smaller, smallest = tables({"sizes": sizes}).splitlines()[-3:]
    assert "| 1.000 (1.000 to 1.000) |" in shipped
    assert "| 1.000: +0.000 (+0.000 to +0.000) |" in smaller
    assert "| **0.000: -1.000 (-1.000 to -1.000)** |" in smallest
