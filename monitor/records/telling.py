"""What other monitors, or a hub, are told by this one."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Telling:
    """``problem``: why they are told nothing, with the remedy; empty when they are. ``bytes``: so far, by message."""

    problem: str
    bytes: Mapping[str, int]
