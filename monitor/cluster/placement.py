"""Which node should own which printer: every node computes the same from the same, so that nobody has to decide.

Weighted rendezvous hashing (Thaler and Ravishankar 1998; weights after Schindelhauer and Schomaker 2005): each pair of
a printer and a node has a score that depends on nothing else, and a printer belongs to the node with its highest one.
Alone it spreads 90 printers over three nodes as 30 give or take 9. So no node takes more than a tenth above its share
(bounded loads, after Mirrokni, Thorup and Zadimoghaddam 2016): pairs are taken in the order of their scores, and who is
full takes no more.
"""

import math
from collections.abc import Collection, Mapping
from functools import lru_cache
from hashlib import blake2b

SLACK = 0.1  # above its share


def place(printers: Collection[str], weights: Mapping[str, float]) -> Mapping[str, str]:
    """Return printer -> node; nothing when there is no node. Weights are above 0, on any scale."""
    return _placed(tuple(sorted(printers)), tuple(sorted(weights.items())))


def ranked(printer: str, weights: Mapping[str, float]) -> list[str]:
    """Return nodes in the order in which they stand in for each other with this printer."""
    return sorted(weights, key=lambda node: _score(printer, node, weights[node]), reverse=True)


def room_of(count: int, weights: Mapping[str, float]) -> dict[str, int]:
    """Return how many of so many printers each node takes at most."""
    total = sum(weights.values())
    return {node: math.ceil(count * weight / total * (1 + SLACK)) for node, weight in weights.items()}


@lru_cache(maxsize=8)
def _placed(printers: tuple[str, ...], weights: tuple[tuple[str, float], ...]) -> Mapping[str, str]:
    room = room_of(len(printers), dict(weights)) if weights else {}
    pairs = [(_score(printer, node, weight), printer, node) for printer in printers for node, weight in weights]
    placed: dict[str, str] = {}
    for _, printer, node in sorted(pairs, reverse=True):
        if printer not in placed and room[node] > 0:
            placed[printer] = node
            room[node] -= 1
    return placed


def _score(printer: str, node: str, weight: float) -> float:
    """Return -weight / ln(u), u being evenly spread over (0, 1) by a hash of the pair."""
    digest = blake2b(f"{printer}\0{node}".encode(), digest_size=8).digest()
    return -weight / math.log(((int.from_bytes(digest) >> 12) + 0.5) / 2.0**52)  # 52 bits: never rounds to 1
