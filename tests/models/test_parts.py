"""Every form builds at every height, upright and whole; every flaw shows on the part that it spoils."""

import numpy as np
import pytest

pytest.importorskip("cv2", reason="OpenCV is not installed (pip install vigie[train])")

from models.train.scenes.flaws import (
    draw_blob,
    draw_layer_shift,
    draw_stringing,
    draw_under_extrusion,
    draw_warping,
)
from models.train.scenes.forms import Part
from models.train.scenes.groups import Banded, Group, Zitty
from models.train.scenes.plates import FORMS, random_part
from models.train.scenes.site import Site

CENTRE, COLOUR, BED = np.array([1.0, -0.5], np.float32), np.array([0.8, 0.3, 0.2], np.float32), 22.0
FLAWS = [draw_blob, draw_stringing, draw_warping, draw_layer_shift, draw_under_extrusion]


def _site(seed: int, intact: bool = False) -> Site:
    part = random_part(np.random.default_rng(seed), CENTRE, 2.5, 4.0, COLOUR, 0.3)
    height = 0.7 * part.height
    return Site(part, height, CENTRE, 2.5, np.array([1, 0, height + 0.02], np.float32), COLOUR, 0.3, intact=intact)


def _decorated(part: Part) -> list[Part]:
    rng = np.random.default_rng(1)
    return [Banded.random(rng, part, COLOUR), Zitty(part, 3, 80), Group((part, part))]


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__qualname__)
@pytest.mark.parametrize("share", [0.05, 0.5, 1.0])
def test_a_form_builds_at_any_height(form: object, share: float) -> None:
    """Vertices are finite and on the bed, normals of length 1, triangles within the mesh."""
    for seed in range(6):
        part = form(np.random.default_rng(seed), CENTRE, 2.5, 4.0, COLOUR, 0.3)  # type: ignore[operator]
        for made in [part, *_decorated(part)]:
            mesh = made.build(share * made.height)
            v = mesh.vertices()
            assert np.isfinite(v).all()
            assert np.abs(v[:, :2]).max() < BED / 2
            assert v[:, 2].min() > -0.35
            assert v[:, 2].max() <= share * made.height + 0.35
            np.testing.assert_allclose(1, np.linalg.norm(v[:, 3:6], axis=1), atol=1e-3)
            assert mesh.triangles().max() < len(v)
            assert 0 == v[:, 12].max()


@pytest.mark.parametrize("form", FORMS, ids=lambda form: form.__qualname__)
def test_a_seed_makes_the_same_part_twice(form: object) -> None:
    """A healthy picture and its failing twin show one part."""
    first, second = (form(np.random.default_rng(4), CENTRE, 2.5, 4.0, COLOUR, 0.3) for _ in range(2))  # type: ignore[operator]
    assert np.array_equal(first.build(2.0).vertices(), second.build(2.0).vertices())


@pytest.mark.parametrize("flaw", FLAWS, ids=lambda flaw: flaw.__name__)
@pytest.mark.parametrize("intact", [False, True])
def test_a_flaw_is_marked_and_grows(flaw: object, intact: bool) -> None:
    """Whole it marks vertices, and small it marks less of the same picture."""
    small, whole = (
        np.array([_marked(flaw, _site(seed, intact), seed, growth) for seed in range(12)]) for growth in (0.2, 1)
    )
    assert (whole > 0).all()
    assert (small <= 1.25 * whole).all()  # a lower part may have more rows of vertices a cm
    assert small.sum() < 0.95 * whole.sum()


def _marked(flaw: object, site: Site, seed: int, growth: float) -> float:
    """How many vertices are marked, times how far they reach in cm: a blob swells, and other flaws spread."""
    v = flaw(np.random.default_rng(seed), site, growth).vertices()  # type: ignore[operator]
    assert np.isfinite(v).all()
    np.testing.assert_allclose(1, np.linalg.norm(v[:, 3:6], axis=1), atol=1e-3)
    struck = v[v[:, 12] > 0, :3]
    return float(len(struck) * np.linalg.norm(np.ptp(struck, axis=0))) if len(struck) else 0.0
