"""What happens in one run, drawn from its seed: who fails, who is killed when, who resumes. Pure."""

import random
from dataclasses import dataclass
from typing import Literal

from tests.crash.points import AGENT_STEPS, MONITOR_STEPS, CrashPoint

Target = Literal["monitor", "agent", "broker"]

BROKER_STEPS = ("pause", "pause/progress", "pause/result", "incident", "event", "printer", "ordered")
"""Leaves of topics on which a message is seen, and the order's arrival at a printer."""

HTTP_PRINTERS, MQTT_PRINTERS = ("o1", "o2", "o3"), ("m1", "m2")
HEALTHY = "o3"  # never fails, so never pauses
SOON_S, LATE_S = (0.0, 0.5), (4.0, 10.0)  # until somebody starts what was killed: late, people were faster
PERSON_S = (5.5, 8.0)  # what a person needs to see that a printer stands still, to decide, and to have it print again


@dataclass(frozen=True, slots=True)
class Kill:
    """One SIGKILL: of a process at a named call, at a moment, or of the broker when a message is seen."""

    target: Target
    at: CrashPoint | str | float  # a crash point, a broker's step, or seconds after the first failure
    down_s: float

    @property
    def step(self) -> str:
        """Name it for the table."""
        return "at any time" if isinstance(self.at, float) else str(self.at)


@dataclass(frozen=True, slots=True)
class Story:
    """One run."""

    seed: int
    fails_at_s: dict[str, float]  # by printer
    drains_s: dict[str, float]
    stubborn: frozenset[str]
    resumed_at_printer: dict[str, float]  # seconds after it stands still
    resumed_over_mqtt: frozenset[str]  # as soon as Vigie says that it is paused
    refused: frozenset[str]  # somebody says no while the pause is under way
    kills: tuple[Kill, ...]
    broker_forgets: bool


def story(seed: int) -> Story:
    """Draw a run. Consecutive seeds go through all the steps of all targets; the rest is random."""
    rng = random.Random(seed)  # noqa: S311 (no secret)
    failing = [name for name in (*HTTP_PRINTERS, *MQTT_PRINTERS) if name != HEALTHY]
    resumed = {name: rng.uniform(*PERSON_S) for name in failing if rng.random() < 0.3}
    others = [name for name in failing if name not in resumed]
    over_mqtt = frozenset(name for name in others if rng.random() < 0.25)
    return Story(
        seed,
        fails_at_s={name: rng.uniform(0.0, 1.5) for name in failing},
        drains_s={name: rng.choice((0.0, 0.2, 0.6, 2.0)) for name in failing},
        stubborn=frozenset(name for name in failing if rng.random() < 0.04),
        resumed_at_printer=resumed,
        resumed_over_mqtt=over_mqtt,
        refused=frozenset(name for name in others if name not in over_mqtt and rng.random() < 0.2),
        kills=_kills(seed, rng),
        broker_forgets=rng.random() < 0.5,
    )


def all_steps() -> list[tuple[Target, CrashPoint | str]]:
    """Return every named place to die, in a fixed order."""
    found: list[tuple[Target, CrashPoint | str]] = []
    moments: tuple[Literal["before"], Literal["after"]] = ("before", "after")
    for when in moments:
        found += [("monitor", CrashPoint(step, when)) for step in MONITOR_STEPS]
        found += [("agent", CrashPoint(step, when)) for step in AGENT_STEPS]
    return [*found, *(("broker", step) for step in BROKER_STEPS)]


def _kills(seed: int, rng: random.Random) -> tuple[Kill, ...]:
    steps = all_steps()
    first = steps[seed % len(steps)]
    others = [rng.choice(steps) for _ in range(rng.choice((0, 1, 1, 2)))]
    kills = [_kill(target, at, rng) for target, at in (first, *others)]
    targets: tuple[Target, ...] = ("monitor", "agent", "broker")
    timed = rng.sample(targets, rng.choice((0, 1, 2)))
    latest_s = rng.choice((6.0, 6.0, 14.0))  # by then people have resumed what was paused
    return (*kills, *(Kill(target, rng.uniform(0.0, latest_s), _down_s(rng)) for target in timed))


def _kill(target: Target, at: CrashPoint | str, rng: random.Random) -> Kill:
    if isinstance(at, CrashPoint):
        at = CrashPoint(at.step, at.when, rng.choice((1, 1, 2, 3, 5)))
    return Kill(target, at, _down_s(rng, 0.4 if target == "agent" else 0.15))


def _down_s(rng: random.Random, late: float = 0.15) -> float:
    return rng.uniform(*(LATE_S if rng.random() < late else SOON_S))
