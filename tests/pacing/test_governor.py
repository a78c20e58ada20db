"""The governor in a closed loop with a simulated machine: it finds what the machine can do, and stays there."""

import math
from collections.abc import Callable

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.pacing import Governor, Wish
from monitor.records.load import LoadState
from tests.pacing.simulated_machine import OLD_S, SimulatedMachine, swing, used

CALM, SUSPECT = Wish.of(1.0, 10.0), Wish.of(1.0, 10.0, 0.2)
SETTLED_S, WATCHED_S = 60, 120


def machine(printers: int, capacity_hz: Callable[[float], float] | float, **how: float) -> SimulatedMachine:
    """Return a machine under a new governor."""
    if callable(capacity_hz):
        return SimulatedMachine(Governor(0.0), {CALM: printers}, capacity_hz, **how)  # type: ignore[arg-type]
    return SimulatedMachine(Governor(0.0), {CALM: printers}, lambda _: capacity_hz, **how)  # type: ignore[arg-type]


@settings(max_examples=60, deadline=None)
@given(
    printers=st.integers(20, 3000),
    share=st.floats(0.15, 0.99),
    noise=st.floats(0.0, 0.12),
    full_busy=st.floats(0.85, 1.0),
    ease=st.floats(0.0, 0.2),
    answers=st.floats(0.5, 1.0),
    seed=st.integers(0, 99),
)
def test_it_settles_at_what_the_machine_can_do(
    printers: int, share: float, noise: float, full_busy: float, ease: float, answers: float, seed: int
) -> None:
    """However clocks flatter the workers, and though cameras are away: 95 % is used, and nothing saws."""
    could_hz = share * printers * answers
    loop = machine(printers, could_hz, noise=noise, full_busy=full_busy, ease=ease, answers=answers, seed=seed)
    loop.run(SETTLED_S)
    seconds = loop.run(WATCHED_S)
    assert used(seconds) >= 0.95
    assert swing(seconds) <= 0.05 + noise + 0.5 / could_hz  # what is done comes in whole numbers
    assert sum(one.waited_s for one in seconds) / WATCHED_S <= 0.5 * OLD_S


@pytest.mark.parametrize("short", [1.0, 0.99, 0.98, 0.97])
@pytest.mark.parametrize("noise", [0.0, 0.05])
def test_a_farm_that_is_slightly_too_large_is_slowed_by_that_much(short: float, noise: float) -> None:
    """Three per cent too many cameras are three per cent fewer looks, and nobody is told of a great overload."""
    loop = machine(1000, 1000 * short, noise=noise)
    loop.run(SETTLED_S)
    seconds = loop.run(5 * WATCHED_S)
    assert sum(one.done_hz for one in seconds) / len(seconds) >= 1000 * (short - 0.02)
    assert sum(one.stretch for one in seconds) / len(seconds) <= 1 / short + 0.03
    assert max(one.stretch for one in seconds) <= 1.25
    assert not any(one.is_told for one in seconds)


@settings(max_examples=30, deadline=None)
@given(st.integers(1, 2000), st.floats(1.15, 20.0), st.floats(0.0, 0.05), st.integers(0, 99))
def test_a_machine_that_can_do_it_is_left_alone(printers: int, share: float, noise: float, seed: int) -> None:
    """Nobody is ever slowed."""
    seconds = machine(printers, share * printers, noise=noise, seed=seed).run(WATCHED_S)
    assert {1.0} == {one.stretch for one in seconds}


def test_a_neighbour_who_comes_and_goes() -> None:
    """For twenty seconds two fifths of the machine are somebody else's: the rates follow him down and up."""
    loop = machine(1000, lambda t: 444.0 if 100 <= t < 120 else 740.0, noise=0.05)
    loop.run(100)
    with_him, after = loop.run(20), loop.run(20)
    assert all(0.8 * 444 <= one.asked_hz <= 1.2 * 444 for one in with_him[8:])
    assert used(with_him) >= 0.99
    assert all(0.85 * 740 <= one.asked_hz for one in after[8:])


def test_a_farm_that_grows_at_once() -> None:
    """A hall of five hundred cameras is switched on: the rates sink in seconds, evenly, and stay."""
    loop = machine(500, 740.0, noise=0.05)
    assert {1.0} == {one.stretch for one in loop.run(SETTLED_S)}
    loop.wishes = {CALM: 1000}
    loop.run(10)
    seconds = loop.run(WATCHED_S)
    assert used(seconds) >= 0.98
    assert pytest.approx(1000 / 740, rel=0.05) == sum(one.stretch for one in seconds) / WATCHED_S


def test_a_slow_drift_is_followed() -> None:
    """A processor gets slower as it gets warm, and faster at night."""
    loop = machine(1000, lambda t: 700 + 150 * math.sin(t / 60), noise=0.05)
    loop.run(SETTLED_S)
    seconds = loop.run(600)
    assert used(seconds) >= 0.98
    assert sorted(one.waited_s for one in seconds)[-6] <= 0.7


@pytest.mark.parametrize("short", [0.2, 0.5, 0.8])
def test_it_is_back_to_normal_within_seconds(short: float) -> None:
    """Whoever took the machine gives it back: all is as wished ten seconds later, and told so within half a minute."""
    loop = machine(1000, lambda t: 1000 * short if t < WATCHED_S else 2000.0, noise=0.05)
    before = loop.run(WATCHED_S)
    assert before[-1].is_told
    after = loop.run(40)
    assert all(1.0 == one.stretch for one in after[12:])
    assert not any(one.is_told for one in after[30:])


def test_suspects_sink_last_also_in_the_loop() -> None:
    """Twenty suspects keep their hundred looks a second while nine hundred and eighty others share the rest."""
    loop = SimulatedMachine(Governor(0.0), {CALM: 980, SUSPECT: 20}, lambda _: 600.0, noise=0.05)
    loop.run(SETTLED_S)
    for _ in range(WATCHED_S):
        loop.run(1)
        assert 1.0 == loop.governor.stretch.suspect
        assert loop.governor.stretch.calm > 1.5


def test_nobody_is_asked_for_less_than_the_floor() -> None:
    """Ten looks a second for a thousand printers: each is asked for every ten seconds, and people are told."""
    loop = machine(1000, 10.0)
    loop.run(SETTLED_S)
    seconds = loop.run(WATCHED_S)
    assert {100.0} == {round(one.asked_hz, 6) for one in seconds}
    assert LoadState.TOO_MANY is loop.governor.load.state


def test_cameras_that_are_all_away_do_not_hold_it_down() -> None:
    """The network was cut in an overload: when it is back, all are looked at as often as can be."""
    loop = machine(1000, 500.0)
    loop.run(SETTLED_S)
    loop.answers = 0.0
    loop.run(30)
    assert 1.0 == loop.governor.load.stretch
    loop.answers = 1.0
    loop.run(20)
    assert used(loop.run(60)) >= 0.95
