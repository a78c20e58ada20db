"""The harness's table, for people."""

from collections import Counter
from collections.abc import Sequence

from tests.crash.verdict import Outcome


def table(outcomes: Sequence[Outcome]) -> str:
    """Return kills by target and step, and what the printers counted."""
    kills: Counter[tuple[str, str]] = Counter()
    for outcome in outcomes:
        kills.update(outcome.kills)
    lines = [f"{'target':8} {'killed':45} times"]
    lines += [f"{target:8} {step:45} {count:5}" for (target, step), count in sorted(kills.items())]
    totals = {
        "runs": len(outcomes),
        "kills": kills.total(),
        "incidents": sum(outcome.incidents for outcome in outcomes),
        "pauses counted at the printers": sum(outcome.pauses for outcome in outcomes),
        "escalations": sum(outcome.escalations for outcome in outcomes),
        "of these paused as well, but not proven": sum(outcome.both for outcome in outcomes),
        "refused by people while under way": sum(outcome.refused for outcome in outcomes),
        "resumed by people": sum(outcome.resumes for outcome in outcomes),
        "lost": sum(len(outcome.lost) for outcome in outcomes),
        "doubled": sum(len(outcome.doubled) for outcome in outcomes),
    }
    return "\n".join([*lines, "", *(f"{name:45} {count:8}" for name, count in totals.items())])
