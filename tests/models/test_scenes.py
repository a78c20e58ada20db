"""The scene factory: the same seed draws the same picture, and the mask marks what differs."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np
import pytest

moderngl = pytest.importorskip("moderngl", reason="moderngl is not installed (pip install vigie[train])")

from models.train.scenes import textures  # noqa: E402
from models.train.scenes.disturbances import DISTURBANCES, disturbed  # noqa: E402
from models.train.scenes.fittings import CHANCES  # noqa: E402
from models.train.scenes.plates import random_part  # noqa: E402 - needs moderngl
from models.train.scenes.scene import Scene, Studio, Trouble  # noqa: E402


@pytest.fixture(scope="module")
def studio() -> Iterator[Any]:
    try:
        made = Studio((160, 120))
    except Exception as fault:  # noqa: BLE001 - every driver fails in its own way
        pytest.skip(f"no OpenGL by EGL here (apt: libegl1 libgl1-mesa-dri): {fault}")
    yield made
    made.close()


def test_a_seed_draws_the_same_picture_twice(studio: Studio) -> None:
    """A shard is named by its seed, so that seed must be all that it depends on."""
    scenes = [Scene.random(np.random.default_rng(5)) for _ in range(2)]
    first, second = (studio.shoot(scene, scene.moment)[0].picture for scene in scenes)
    assert np.array_equal(first, second)


def test_a_healthy_picture_has_an_empty_mask(studio: Studio) -> None:
    """Nothing that belongs in the picture is labelled."""
    scene = Scene.random(np.random.default_rng(6))
    assert 0 == studio.shoot(scene, scene.moment)[0].labels.max()


def test_a_failing_twin_differs_where_its_mask_says_so(studio: Studio) -> None:
    """The mask is exact: what it marks was not in the healthy picture."""
    scene = Scene.random(np.random.default_rng(7))
    scene = replace(scene, webcam=replace(scene.webcam, noise=0.0))
    moment = replace(scene.moment, empty=False)
    healthy, gain = studio.shoot(scene, moment)
    failing, _ = studio.shoot(scene, moment, Trouble("spaghetti", 3), gain)
    marked = failing.labels > 0
    change = np.abs(healthy.picture.astype(int) - failing.picture.astype(int)).mean(2)
    assert marked.any()
    assert change[marked].mean() > 5 * change[~marked].mean()


@pytest.mark.parametrize("seed", range(8))
def test_a_part_grows_only_upwards(seed: int) -> None:
    """What is printed at one height is still there at the next."""
    rng = np.random.default_rng(seed)
    part = random_part(rng, np.zeros(2, np.float32), 2.0, 5.0, np.ones(3, np.float32), 0.2)
    heights = [part.build(share * part.height).vertices()[:, 2].max() for share in (0.3, 0.6, 1.0)]
    assert sorted(heights) == heights
    assert heights[-1] <= part.height + 0.5


@pytest.mark.parametrize("kind", DISTURBANCES)
def test_a_disturbance_changes_the_picture_and_marks_nothing(studio: Studio, kind: str) -> None:
    """It is seen, and it is no failure."""
    scene = Scene.random(np.random.default_rng(8))
    moment = replace(scene.moment, empty=False, hand=False)
    calm = studio.shoot(scene, moment)[0].picture.astype(int)
    name, other, later = disturbed(np.random.default_rng(1), scene, moment, kind)
    shot, _ = studio.shoot(other, replace(later, noise_seed=moment.noise_seed))
    assert kind == name
    assert 0 == shot.labels.max()
    assert np.abs(shot.picture - calm).mean() > 1


def test_a_disturbance_is_the_same_for_the_same_seed(studio: Studio) -> None:
    """A film is named by its seed, too."""
    scene = Scene.random(np.random.default_rng(9))
    pictures = []
    for _ in range(2):
        kind, other, moment = disturbed(np.random.default_rng(2), scene, scene.moment)
        assert kind in DISTURBANCES
        pictures.append(studio.shoot(other, moment)[0].picture)
    assert np.array_equal(pictures[0], pictures[1])


def test_a_visitor_leaves_the_mask_of_a_failure_alone(studio: Studio) -> None:
    """A hand may hide part of a failure; what it shows is no class of its own."""
    scene = Scene.random(np.random.default_rng(7))
    _, other, moment = disturbed(np.random.default_rng(1), scene, replace(scene.moment, empty=False), "hand")
    labels = studio.shoot(other, moment, Trouble("spaghetti", 3))[0].labels
    assert {0, 1} >= set(np.unique(labels))


def test_fittings_are_part_of_the_picture_and_no_failure(studio: Studio) -> None:
    """Heaps of purged filament and docked heads are labelled with nothing."""
    scene = Scene.random(np.random.default_rng(7))
    fitted = replace(scene, printer=replace(scene.printer, fittings=tuple(CHANCES)))
    bare = replace(scene, printer=replace(scene.printer, fittings=()))
    shots = [studio.shoot(s, s.moment)[0] for s in (fitted, bare)]
    assert 0 == shots[0].labels.max()
    assert np.abs(shots[0].picture.astype(int) - shots[1].picture).mean() > 1


@pytest.mark.parametrize("kind", textures.BED_COLOURS)
def test_every_kind_of_bed_has_a_texture(kind: str) -> None:
    """sRGB in 0..1, whatever was drawn on it."""
    texture = textures.bed(np.random.default_rng(3), kind, 128)
    assert (128, 128, 3) == texture.shape
    assert 0 <= texture.min() <= texture.max() <= 1
