"""What happens in a region, drawn from a seed: which line is cut when, how, how long; which print fails when. Pure."""

import random
from dataclasses import dataclass

from monitor.bench.relay import LineState

LONG_S = 600.0
SHORT_S = (3.0, 60.0)
FAILS_EVERY_S = 300.0  # a printer, in the mean
WAYS = (LineState.HANGS, LineState.REFUSES, LineState.CLOSES)


@dataclass(frozen=True, slots=True)
class Cut:
    """A line that lets nothing through for a while; seconds since the beginning."""

    peer: str
    at_s: float
    lasts_s: float
    way: LineState


@dataclass(frozen=True, slots=True)
class Failure:
    """A print that begins to fail."""

    peer: str
    printer: str
    at_s: float


@dataclass(frozen=True, slots=True)
class Story:
    """One run."""

    peers: tuple[str, ...]
    printers: tuple[str, ...]  # of each site
    cuts: tuple[Cut, ...]
    failures: tuple[Failure, ...]
    lasts_s: float


def drawn(seed: int, sites: int, printers: int, lasts_s: float, long_s: float = LONG_S) -> Story:
    """Draw a run in which every line is cut: once for long, and once or twice shortly in what time is left."""
    rng = random.Random(seed)  # noqa: S311  # no secret
    peers = tuple(f"s{number:02}" for number in range(1, sites + 1))
    names = tuple(f"p{number}" for number in range(1, printers + 1))
    cuts = [cut for peer in peers for cut in _cuts(peer, rng, lasts_s, long_s)]
    failures = []
    for peer in peers:
        for name in names:
            at_s = rng.expovariate(1 / FAILS_EVERY_S)
            while at_s < lasts_s:
                failures.append(Failure(peer, name, at_s))
                at_s += 60.0 + rng.expovariate(1 / FAILS_EVERY_S)
    failures.sort(key=lambda failure: failure.at_s)
    return Story(peers, names, tuple(sorted(cuts, key=lambda cut: cut.at_s)), tuple(failures), lasts_s)


def _cuts(peer: str, rng: random.Random, lasts_s: float, long_s: float) -> list[Cut]:
    begins_s = rng.uniform(0.0, max(0.0, lasts_s - long_s))
    found = [Cut(peer, begins_s, long_s, rng.choice(WAYS))]
    free = [(0.0, begins_s - 20.0), (begins_s + long_s + 20.0, lasts_s)]
    for start_s, end_s in free:
        short_s = rng.uniform(*SHORT_S)
        if end_s - start_s > short_s:
            found.append(Cut(peer, rng.uniform(start_s, end_s - short_s), short_s, rng.choice(WAYS)))
    return found
