"""How many pictures a worker takes at once. Pure."""

from collections.abc import Iterator, Sequence
from typing import TypeVar

TOGETHER = 4
"""Pictures that one worker takes before another is woken: the network is in its cache for all but the first. At 90
cameras eight together cost 5.0 CPU-ms a picture, one by one 5.5; a picture waits for three others at most."""

BATCH_S = 0.5
"""What a worker takes at once keeps it for so long at most. All its printers wait until the last one is looked at, are
due together again, and go to one worker again: where that takes longer than their interval they would get half of what
others get, while other workers have little to do."""

Picture = TypeVar("Picture")


def most_at_once(batch: int, workers: int, capacity_hz: float | None) -> int:
    """Return how many pictures a worker takes at most; ``capacity_hz`` is what all do, None while that is not known."""
    return batch if capacity_hz is None else max(1, min(batch, int(BATCH_S * capacity_hz / workers)))


def portions(due: Sequence[Picture], idle: int, most: int) -> Iterator[Sequence[Picture]]:
    """Share out at most ``idle * most`` pictures: evenly when they are many, few together when they are few."""
    share = max(-(-len(due) // idle), min(TOGETHER, most))
    for start in range(0, len(due), share):
        yield due[start : start + share]
