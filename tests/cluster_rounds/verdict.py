"""What came of one round: counted at the printers, and read in the histories of all nodes. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from tests.cluster_rounds.rounds import Round
from tests.crash.printers import CountingPrinter


@dataclass(frozen=True, slots=True)
class Told:
    """What nodes' histories and the broker have of a printer in this round."""

    incidents: frozenset[str]  # ids that were published
    escalated: bool  # people were told that it could not be paused


@dataclass
class Outcome:
    """One round's line in the table."""

    round: Round
    seconds: float = 0.0
    failures: int = 0
    pauses: int = 0
    escalations: int = 0
    both: int = 0  # paused, but not proven in time, so that people were told as well
    takeovers_s: list[float] = field(default_factory=list)  # from the fault to the next owner's first look, by printer
    pauses_s: list[float] = field(default_factory=list)  # from the first failing picture to the printer's pause
    lost: list[str] = field(default_factory=list)
    doubled: list[str] = field(default_factory=list)
    trouble: list[str] = field(default_factory=list)  # the harness's own, or a process that ended by itself


def judge(
    outcome: Outcome, before: Mapping[str, int], printers: Mapping[str, CountingPrinter], told: Mapping[str, Told]
) -> None:
    """Fill in what the printers counted, and everything that must not be. ``before``: the pauses of each printer."""
    for name, printer in printers.items():
        pauses = printer.pauses - before[name]
        story = f"seed {outcome.round.seed} ({outcome.round.fault}), {name}: " + "; ".join(printer.story[-12:])
        if name not in outcome.round.fails_at_s:
            outcome.doubled += [f"paused for nothing: {story}"] * bool(pauses)
            continue
        is_escalated = told[name].escalated
        outcome.failures += 1
        outcome.pauses += pauses
        outcome.escalations += is_escalated
        outcome.both += bool(pauses and is_escalated)
        outcome.lost += [f"neither paused nor told: {story}"] * (not pauses and not is_escalated)
        outcome.doubled += [f"paused {pauses} times: {story}"] * (pauses > 1)
        outcome.doubled += [f"{len(told[name].incidents)} incidents: {story}"] * (len(told[name].incidents) > 1)


def percentile(values: Iterable[float], share: float) -> float:
    """Return the value that this share of all does not exceed; NaN when there is none."""
    ordered: Sequence[float] = sorted(values)
    if not ordered:
        return float("nan")
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]
