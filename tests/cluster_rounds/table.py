"""The harness's table, for people."""

from collections.abc import Sequence

from tests.cluster_rounds.rounds import Fault
from tests.cluster_rounds.verdict import Outcome, percentile


def table(outcomes: Sequence[Outcome]) -> str:
    """Return a line for each kind of fault, and how long it took to take over and to pause."""
    head = "fault                rounds failures paused  told  both  lost doubled"
    lines = [head, *(_line(str(fault), [o for o in outcomes if o.round.fault is fault]) for fault in Fault)]
    lines.append(_line("all", outcomes))
    for what, values in (
        ("takeover", [s for o in outcomes for s in o.takeovers_s]),
        ("pause, s after the first failing picture", [s for o in outcomes for s in o.pauses_s]),
    ):
        p50, p99, longest = (percentile(values, share) for share in (0.5, 0.99, 1.0))
        lines.append(f"{what}: p50 {p50:.1f} s, p99 {p99:.1f} s, longest {longest:.1f} s (of {len(values)})")
    return "\n".join(lines)


def _line(name: str, outcomes: Sequence[Outcome]) -> str:
    sums = [
        sum(outcome.failures for outcome in outcomes),
        sum(outcome.pauses for outcome in outcomes),
        sum(outcome.escalations for outcome in outcomes),
        sum(outcome.both for outcome in outcomes),
        sum(len(outcome.lost) for outcome in outcomes),
        sum(len(outcome.doubled) for outcome in outcomes),
    ]
    failures, paused, told, both, lost, doubled = sums
    return f"{name:20} {len(outcomes):6} {failures:8} {paused:6} {told:5} {both:5} {lost:5} {doubled:7}"
