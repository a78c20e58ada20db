"""More cameras than the machine can look at: the real scheduler and governor on a simulated farm."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.pacing.simulated_farm import FLOOR_S, SimulatedFarm

SETTLED_S = 60.0


def test_a_farm_within_capacity_is_left_alone() -> None:
    """Each of a hundred printers once a second, for minutes, with a third of the workers' time."""
    farm = SimulatedFarm(100, capacity_hz=300)
    farm.run(180)
    assert 1.0 == farm.governor.load.stretch
    assert pytest.approx(1.0, abs=0.02) == min(farm.rates(60).values())
    assert pytest.approx(1.0, abs=0.02) == max(farm.rates(60).values())


def test_beyond_capacity_all_rates_sink_evenly() -> None:
    """Nobody is looked at much more often than another; what the machine can do is used."""
    farm = SimulatedFarm(100, capacity_hz=50)
    farm.run(SETTLED_S + 60)
    rates = sorted(farm.rates(60).values())
    assert rates[-1] - rates[0] <= 0.1
    assert 0.85 * 50 <= sum(rates) <= 50
    assert farm.governor.load.overload is not None
    assert pytest.approx(1 / rates[50], rel=0.1) == farm.governor.load.overload.every_s


def test_suspects_keep_their_rate_while_others_are_slowed() -> None:
    """Two suspects among a hundred, on a machine that can do half: as often as on a machine that can do all."""
    strong, weak = SimulatedFarm(100, capacity_hz=400), SimulatedFarm(100, capacity_hz=60)
    for farm in (strong, weak):
        farm.run(SETTLED_S)
        farm.suspect({"p0010", "p0070"})
        farm.run(60)
    assert weak.governor.load.stretch > 1.5
    assert 1.0 == weak.governor.load.suspect_stretch
    assert 3.0 <= min(weak.rates(30)["p0010"], weak.rates(30)["p0070"])
    assert 4.5 <= min(strong.rates(30)["p0010"], strong.rates(30)["p0070"])


def test_a_farm_of_suspects_is_looked_at_as_often_as_the_machine_can() -> None:
    """The light goes out over everything: nobody is forgotten for the sake of another."""
    farm = SimulatedFarm(100, capacity_hz=60)
    farm.suspect(set(farm.wishes))
    farm.run(SETTLED_S + 60)
    assert max(farm.longest_gaps(60).values()) < 4.0


def test_nobody_falls_below_the_floor_while_that_can_be_done() -> None:
    """Twelve looks a second for a hundred printers: each is seen every ten seconds."""
    farm = SimulatedFarm(100, capacity_hz=12)
    farm.run(SETTLED_S + 120)
    assert max(farm.longest_gaps(60).values()) <= FLOOR_S * 1.5


def test_too_many_cameras_are_told_and_nothing_queues_up() -> None:
    """Not even the floor can be held: the state says so, workers hold their batches and nobody waits in a line."""
    farm = SimulatedFarm(100, capacity_hz=5)
    farm.run(SETTLED_S + 60)
    overload = farm.governor.load.overload
    assert overload is not None
    assert overload.too_many
    assert farm.in_flight_at_most <= 4 * 4
    assert farm.scheduler.waiting <= 100
    assert max(farm.longest_gaps(60).values()) < 100 / 5 * 2


def test_it_is_back_to_normal_by_itself() -> None:
    """Something else on the machine ends: half a minute later all is as it should be, and that is told once."""
    farm = SimulatedFarm(100, capacity_hz=30)
    farm.run(120)
    assert farm.governor.load.overload is not None
    farm.capacity_hz = 300
    farm.run(45)
    assert 1.0 == farm.governor.load.stretch
    farm.run(30)
    assert [True, False] == [begins for _, begins in farm.told]


def test_a_breath_of_the_machine_slows_nobody_for_long() -> None:
    """For a second little is done; nobody is told of an overload."""
    farm = SimulatedFarm(100, capacity_hz=200)
    farm.run(60)
    farm.capacity_hz = 20
    farm.run(1)
    farm.capacity_hz = 200
    farm.run(60)
    assert [] == farm.told
    assert 1.0 == farm.governor.load.stretch


@pytest.mark.parametrize("share", [0.9, 0.97, 1.0, 1.03, 1.1, 1.2])
def test_at_the_edge_of_the_capacity_nothing_flaps(share: float) -> None:
    """Ten minutes at nearly what the machine can do: whatever is told, it is told once."""
    farm = SimulatedFarm(60, capacity_hz=60 * share)
    farm.run(600)
    assert len(farm.told) <= 1


@settings(max_examples=12, deadline=None)
@given(st.integers(1, 80), st.floats(4, 160), st.integers(0, 80), st.sampled_from([1.0, 2.0, 15.0]))
@example(printers=5, capacity_hz=4.0, suspects=0, frames_per_s=1.0)
@example(printers=9, capacity_hz=4.0, suspects=0, frames_per_s=1.0)
def test_whatever_the_farm_and_the_machine(
    printers: int, capacity_hz: float, suspects: int, frames_per_s: float
) -> None:
    """In-flight work is bounded, everybody is looked at, and the rates of equals are alike."""
    farm = SimulatedFarm(printers, capacity_hz, frames_per_s=frames_per_s)
    farm.suspect(set(list(farm.wishes)[:suspects]))
    farm.run(SETTLED_S + 40)
    assert farm.in_flight_at_most <= 16
    tally = farm.scheduler.tally(farm.now, farm.newest)
    assert tally.done <= tally.due
    gap_s = max(farm.longest_gaps(40).values())
    assert gap_s <= max(FLOOR_S * 1.5, 2.5 * printers / capacity_hz, 2.5)
    calm = [rate for name, rate in farm.rates(40).items() if not farm.wishes[name].is_suspect]
    assert max(calm, default=0) - min(calm, default=0) <= 0.2
