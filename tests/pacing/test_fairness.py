"""Equals are looked at alike, in small farms too: the real scheduler and governor on a simulated farm."""

from statistics import mean, pstdev

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.records.load import LoadState
from tests.pacing.simulated_farm import SimulatedFarm

SETTLED_S, WATCHED_S = 100.0, 200.0


def spread(rates: list[float]) -> float:
    """Return how far the fastest is before the slowest, in Hz."""
    return max(rates) - min(rates)


@settings(max_examples=15, deadline=None)
@given(st.integers(2, 12), st.floats(0.35, 1.1), st.sampled_from([1.0, 2.0, 15.0]), st.sampled_from([1, 4, 16]))
def test_equals_of_a_small_farm_are_alike(printers: int, share: float, frames_per_s: float, batch: int) -> None:
    """Whoever loses for want of a worker, it is each in turn; nobody's rhythm decides."""
    farm = SimulatedFarm(printers, max(1.0, share * printers), batch=batch, frames_per_s=frames_per_s)
    farm.run(SETTLED_S + WATCHED_S)
    assert spread(list(farm.rates(WATCHED_S).values())) <= 0.1


@pytest.mark.parametrize(("printers", "capacity_hz"), [(3, 2.0), (5, 4.0), (9, 8.0), (9, 4.0)])
@pytest.mark.parametrize("frames_per_s", [1.0, 15.0])
def test_a_small_farm_that_is_too_large_is_slowed_evenly_and_told(
    printers: int, capacity_hz: float, frames_per_s: float
) -> None:
    """Less than one inspection a second is lost: it is an overload all the same. Nothing saws."""
    farm = SimulatedFarm(printers, capacity_hz, frames_per_s=frames_per_s)
    farm.run(SETTLED_S)
    stretches = []
    for _ in range(int(WATCHED_S)):
        farm.run(1)
        stretches.append(farm.governor.load.stretch)
    assert LoadState.SLOWED is farm.governor.load.state
    assert [True] == [begins for _, begins in farm.told]
    assert pytest.approx(printers / capacity_hz, rel=0.15) == mean(stretches)
    assert pstdev(stretches) <= 0.15 * mean(stretches)


@settings(max_examples=10, deadline=None)
@given(st.integers(8, 60), st.floats(0.4, 1.1), st.floats(0.02, 0.12))
def test_suspects_are_ahead_and_calm_printers_are_alike(printers: int, share: float, suspects: float) -> None:
    """Whatever calm printers lose, suspects are looked at more than twice as often, and nobody is left behind."""
    farm = SimulatedFarm(printers, max(4.0, share * printers), frames_per_s=15.0)
    names = list(farm.wishes)
    farm.suspect(set(names[: max(1, int(suspects * printers))]))
    farm.run(SETTLED_S + WATCHED_S)
    rates = farm.rates(WATCHED_S)
    calm = [rates[name] for name in names if not farm.wishes[name].is_suspect]
    assert spread(calm) <= 0.1
    assert min(rate for name, rate in rates.items() if farm.wishes[name].is_suspect) >= 2 * max(calm)
