"""What one printer's simulated time came to. Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class FalseAlarm:
    """An incident of a job that was not failing."""

    job: str
    after_s: float  # of the simulated time


@dataclass(frozen=True)
class Tally:
    """One printer's, or of several together."""

    printer: str
    print: str
    printing_s: int  # seconds that it printed, failures included
    jobs: int
    shown: int  # failures that a person could have seen, but for one that the end cut off
    delays_s: tuple[float, ...]  # of those that were decided, from visible to decided
    false_alarms: tuple[FalseAlarm, ...]
    suspicions: int  # of jobs that were not failing
    most_evidence_s: float  # seconds of certain failure that a job that was not failing came to

    @property
    def paused(self) -> int:
        """Failures that were decided."""
        return len(self.delays_s)


def together(tallies: list[Tally]) -> Tally:
    """The whole farm's."""
    return Tally(
        printer="all",
        print="",
        printing_s=sum(one.printing_s for one in tallies),
        jobs=sum(one.jobs for one in tallies),
        shown=sum(one.shown for one in tallies),
        delays_s=tuple(delay for one in tallies for delay in one.delays_s),
        false_alarms=tuple(alarm for one in tallies for alarm in one.false_alarms),
        suspicions=sum(one.suspicions for one in tallies),
        most_evidence_s=max((one.most_evidence_s for one in tallies), default=0.0),
    )
