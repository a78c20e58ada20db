"""Which simulated printer fails when: decided by the seed alone."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.config.model import Simulation
from monitor.sim.plan import Course, choose_prints, plan_farm
from monitor.sim.player import Player
from monitor.sim.prints import Print

SIMULATIONS = st.builds(
    Simulation,
    seed=st.integers(-5, 10_000),
    first_failure_after_s=st.floats(1, 5000),
    failure_every_s=st.floats(10, 5000),
    print_lasts_s=st.floats(20, 5000),
)


def farm(prints: tuple[Print, ...], simulation: Simulation, printers: int = 6) -> dict[str, Course]:
    """Plan a farm whose printers print the prints in turn."""
    return plan_farm(choose_prints([(f"p{n}", "") for n in range(printers)], prints), simulation)


def begins(course: Course, jobs: int = 400) -> list[float]:
    """Return the seconds after the start when a course's failures begin, if nobody interferes."""
    times = [job * course.cycle_s + course.fails_after_s - course.offset_s for job in range(jobs) if course.fails(job)]
    return [time for time in times if time >= -1e-6]


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(simulation=SIMULATIONS)
def test_the_first_failure_comes_when_it_is_planned(simulation: Simulation, prints: tuple[Print, ...]) -> None:
    """Exactly one printer begins to fail at first_failure_after_s, and none before."""
    courses = farm(prints, simulation).values()
    first = sorted(min(times) for course in courses if (times := begins(course)))
    assert simulation.first_failure_after_s == pytest.approx(first[0], abs=1e-6)
    assert all(0 <= course.offset_s < course.cycle_s + 1e-6 for course in courses)


def test_the_same_seed_gives_the_same_failures(prints: tuple[Print, ...]) -> None:
    """And another seed gives others."""
    one, same, other = (
        [begins(course) for course in farm(prints, Simulation(seed=seed)).values()] for seed in (1, 1, 2)
    )
    assert one == same
    assert one != other


def test_failures_come_as_often_as_asked_in_the_mean(prints: tuple[Print, ...]) -> None:
    """Over 400 jobs a printer, within a tenth."""
    simulation = Simulation(failure_every_s=1000)
    courses = farm(prints, simulation, printers=12).values()
    count = sum(len(begins(course)) for course in courses)
    seconds = 400 * (simulation.print_lasts_s + 20)
    assert 1000 == pytest.approx(seconds / count, rel=0.1)


def test_only_prints_with_a_failing_clip_fail(prints: tuple[Print, ...]) -> None:
    """A farm without any has no failures at all."""
    courses = farm(prints[1:], Simulation())
    assert [] == [time for course in courses.values() for time in begins(course)]


def test_a_printer_prints_what_the_file_names(prints: tuple[Print, ...]) -> None:
    """Or what its place gives."""
    chosen = choose_prints([("a", ""), ("b", "cube"), ("c", "")], prints)
    assert ["cube", "cube", "cube"] == [made.name for made in chosen.values()]


def test_a_player_follows_its_course(prints: tuple[Print, ...]) -> None:
    """The failure that the plan announces is the one that the camera shows."""
    simulation = Simulation(first_failure_after_s=45)
    course = min(farm(prints, simulation).values(), key=lambda course: min(begins(course), default=1e9))
    player = Player(course, 1000.0)
    assert course.print.failure is not None
    assert course.print.healthy == player.shot(1044.9).clip
    assert course.print.failure.clip == player.shot(1045.1).clip
