"""The two failures that stop a printer: labelled from the start, above the bed, the same for a seed, and growing."""

import numpy as np
import pytest

from models.train.arrays import Floats, f32
from models.train.scenes.failures import draw_failure
from models.train.scenes.forms import Loft
from models.train.scenes.groups import Group
from models.train.scenes.loose import COURSES, Course, draw_loose, fall_off
from models.train.scenes.mesh import Mesh
from models.train.scenes.site import Site, label_of
from models.train.scenes.strands import MESSES, Mess, draw_mess

GROWTHS = (0.02, 0.4, 1.0)
HALF_BED = 11.0


def site(several: bool = False) -> Site:
    """A red cylinder, 4 cm high, or three of them, and the nozzle above."""
    rng, red = np.random.default_rng(1), f32([0.8, 0.1, 0.1])
    middles = [f32([x, 1]) for x in ((-4, 0, 4) if several else (0,))]
    parts = [Loft.random(rng, middle, 1.5, 5.0, red, 0.3, "round") for middle in middles]
    part = Group(tuple(parts)) if several else parts[0]
    return Site(part, 4.0, f32([0, 1]), 1.5, f32([0.5, 1.2, 4.1]), red, 0.3, (2 * HALF_BED, 2 * HALF_BED), intact=True)


def mess_at(mess: Mess, growth: float, seed: int = 4) -> Mesh:
    mesh = Mesh()
    draw_mess(np.random.default_rng(seed), mesh, site(), growth, mess, 0.5, "spaghetti")
    return mesh


def loose_at(course: Course, growth: float, seed: int = 4) -> Mesh:
    there = site()
    return draw_loose(np.random.default_rng(seed), there.part, there, course, growth)


def above_the_bed(vertices: Floats) -> Floats:
    """Those that are within the bed's outline [k, 14]."""
    return f32(vertices[(np.abs(vertices[:, :2]) < HALF_BED).all(1)])


@pytest.mark.parametrize("growth", GROWTHS)
@pytest.mark.parametrize("mess", MESSES, ids=lambda mess: mess.shape.__name__)
def test_every_mess_lies_on_the_bed_and_is_labelled(mess: Mess, growth: float) -> None:
    """A mess is seen by its label from its first strand on, and no strand goes through the bed."""
    v = mess_at(mess, growth).vertices()
    assert {label_of("spaghetti")} == set(v[:, 12].astype(int))
    assert np.isfinite(v).all()
    assert above_the_bed(v)[:, 2].min() > -0.1


@pytest.mark.parametrize("mess", MESSES, ids=lambda mess: mess.shape.__name__)
def test_a_mess_grows(mess: Mess) -> None:
    """The same seed at a larger growth is the same mess, with more strands."""
    counts = [len(mess_at(mess, growth).vertices()) for growth in GROWTHS]
    assert sorted(counts) == counts
    whole, early = mess_at(mess, 1.0).vertices(), mess_at(mess, 0.5).vertices()
    first = len(early) // 3
    assert np.array_equal(whole[:first], early[:first])


@pytest.mark.parametrize("growth", GROWTHS)
@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("course", COURSES, ids=lambda course: course.__name__)
def test_every_loose_part_is_labelled_and_not_below_the_bed(course: Course, seed: int, growth: float) -> None:
    """It may hang in the air or lie beside the bed, but not stick in it."""
    v = loose_at(course, growth, seed).vertices()
    loose = v[v[:, 12] == label_of("detached")]
    assert len(loose) > 0
    assert np.isfinite(v).all()
    if course is not fall_off:
        assert loose[:, 2].min() > -0.01


@pytest.mark.parametrize("course", COURSES, ids=lambda course: course.__name__)
def test_a_loose_part_goes_farther_from_its_place(course: Course) -> None:
    """Just visible at first, plain to see later."""
    stands = site().part.build(4.0).vertices()
    moves = []
    for growth in GROWTHS:
        v = loose_at(course, growth).vertices()
        loose = v[v[:, 12] == label_of("detached")]
        moves.append(
            float(np.abs(np.ptp(loose[:, :3], 0) - np.ptp(stands[:, :3], 0)).sum())
            + float(np.linalg.norm(loose[:, :3].mean(0) - stands[:, :3].mean(0)))
        )
    assert moves[0] > 0.02
    assert moves[0] < moves[-1]


@pytest.mark.parametrize("kind", ["spaghetti", "detached"])
@pytest.mark.parametrize("seed", range(6))
def test_a_seed_draws_the_same_failure_twice(kind: str, seed: int) -> None:
    """Shards and films are named by their seeds."""
    first, second = (draw_failure(kind, seed, site(several=True), 0.7).vertices() for _ in range(2))
    assert np.array_equal(first, second)


@pytest.mark.parametrize("seed", range(6))
def test_the_nozzle_keeps_laying_a_strand(seed: int) -> None:
    """A failing printer prints on: one strand of the mess begins at the nozzle."""
    v = draw_failure("spaghetti", seed, site(), 0.3).vertices()
    strands = v[v[:, 12] == label_of("spaghetti"), :3]
    assert np.linalg.norm(strands - site().nozzle, axis=1).min() < 0.1


def test_of_several_parts_some_may_stay() -> None:
    """One of many comes off: the others stand where they stood, without a label."""
    shares = [
        float((draw_failure("detached", seed, site(several=True), 0.1).vertices()[:, 12] > 0).mean())
        for seed in range(8)
    ]
    assert min(shares) < 0.5
    assert min(shares) > 0
