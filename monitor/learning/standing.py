"""Which verdicts hold: the newest that was not withdrawn, of each incident or picture."""

from collections.abc import Iterable

from monitor.records import Verdict


def subject(verdict: Verdict) -> str:
    """Return what a verdict is about: its incident, or the picture where there was none."""
    return verdict.incident or f"{verdict.printer}@{verdict.frame_taken_at:.3f}"


def holding(verdicts: Iterable[Verdict]) -> list[Verdict]:
    """Return the verdicts that hold, oldest first. People may differ: the later word holds while it stands.

    Of two words at the same time the later in the order of ``verdicts``.
    """
    newest: dict[str, Verdict] = {}
    for verdict in verdicts:
        if verdict.withdrawn_at is not None:
            continue
        known = newest.get(subject(verdict))
        if known is None or known.at <= verdict.at:
            newest[subject(verdict)] = verdict
    return sorted(newest.values(), key=lambda verdict: verdict.at)
