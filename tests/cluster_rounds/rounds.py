"""What happens in one round, drawn from its seed: which node fails, how, how long, and which prints fail. Pure."""

import random
from dataclasses import dataclass
from enum import StrEnum

NODES = ("north", "south", "west")
PRINTERS = tuple(f"m{number:02}" for number in range(90))

SHORT_S, LONG_S = (1.0, 6.0), (12.0, 22.0)  # shorter than a lease, or long enough for others to take over
DEAF_S = 8.0  # a node waits for so long longer before it takes the broker for gone
FAILS_S = (-4.0, 8.0)  # seconds after the fault; before it, what was decided is on its way when it comes
THEIRS, OTHERS = 4, 3  # prints that fail: the victim's, and anybody's


class Fault(StrEnum):
    """What happens to a node."""

    KILL = "killed"  # SIGKILL, and started again
    FREEZE = "frozen"  # SIGSTOP, then SIGCONT
    CUT_STORE = "cut from NATS"
    CUT_BROKER = "cut from MQTT"
    CUT_BOTH = "cut from both"
    KILL_SERVER = "NATS server killed"  # of the same place, and started again


_DRAWN = (
    *(Fault.KILL, Fault.KILL, Fault.KILL, Fault.FREEZE, Fault.FREEZE, Fault.FREEZE, Fault.CUT_STORE, Fault.CUT_STORE),
    *(Fault.CUT_BOTH, Fault.CUT_BOTH, Fault.CUT_BROKER, Fault.KILL_SERVER),
)


@dataclass(frozen=True, slots=True)
class Round:
    """One fault, and the prints that fail around it."""

    seed: int
    fault: Fault
    victim: str
    lasts_s: float
    fails_at_s: dict[str, float]  # by printer, seconds after the fault
    is_stubborn: str  # one of them that takes orders and prints on; empty: none
    is_resumed: str = ""  # one of them that a person resumes although it looks as before: it is let print

    @property
    def is_takeover(self) -> bool:
        """Whether others must take over: the victim is silent for longer than its lease, or does not hear the broker
        for so long that it lets go."""
        if self.fault is Fault.CUT_BROKER:
            return self.lasts_s >= LONG_S[0] + DEAF_S
        return self.fault is not Fault.KILL_SERVER and self.lasts_s >= LONG_S[0]


def drawn(seed: int, owners: dict[str, str], rested: list[str]) -> Round:
    """Draw a round. ``owners``: the node of each printer at present; ``rested``: printers that may fail."""
    rng = random.Random(seed)  # noqa: S311 (no secret)
    fault, victim = rng.choice(_DRAWN), rng.choice(NODES)
    lasts_s = rng.uniform(*(LONG_S if rng.random() < 0.7 else SHORT_S))
    lasts_s += DEAF_S * (fault is Fault.CUT_BROKER)
    theirs = [printer for printer in rested if owners.get(printer) == victim]
    failing = rng.sample(theirs, min(THEIRS, len(theirs)))
    others = [printer for printer in rested if printer not in failing]
    failing += rng.sample(others, min(OTHERS, len(others)))
    fails_at_s = {printer: rng.uniform(*FAILS_S) for printer in failing}
    is_stubborn = rng.choice(failing) if failing and rng.random() < 0.15 else ""
    resumable = [printer for printer in failing if printer != is_stubborn]
    is_resumed = rng.choice(resumable) if resumable and rng.random() < 0.6 else ""
    return Round(seed, fault, victim, lasts_s, fails_at_s, is_stubborn, is_resumed)
