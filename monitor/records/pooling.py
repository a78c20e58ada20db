"""How it stands with a model server that runs the detector for several monitors."""

from collections.abc import Sequence
from dataclasses import dataclass, replace


@dataclass(frozen=True, slots=True)
class PoolState:
    """As one worker sees it."""

    url: str
    is_there: bool = False
    why: str = ""  # it is away; empty also before the first picture
    pooled: int = 0  # pictures that it scored
    here: int = 0  # pictures that were scored on this machine
    lost: int = 0  # times that it did not answer, or wrongly

    def counted(self, pooled: int = 0, here: int = 0) -> "PoolState":
        """Return the state after more pictures."""
        return replace(self, pooled=self.pooled + pooled, here=self.here + here)

    def there(self) -> "PoolState":
        """Return the state after an answer."""
        return self if self.is_there else replace(self, is_there=True, why="")

    def away(self, why: str) -> "PoolState":
        """Return the state after a failure."""
        return replace(self, is_there=False, why=why, lost=self.lost + 1)


@dataclass(frozen=True, slots=True)
class PoolReport:
    """As all workers see it. ``problem``: why pictures are scored on this machine; empty when none is."""

    problem: str
    pooled: int
    here: int
    lost: int

    @classmethod
    def of(cls, states: Sequence[PoolState]) -> "PoolReport":
        """Sum up what the workers say."""
        why = next((state.why for state in states if state.why), "")
        return cls(
            f"pictures are scored on this machine: {why}" if why else "",
            sum(state.pooled for state in states),
            sum(state.here for state in states),
            sum(state.lost for state in states),
        )
