"""The figures of a report for any set of incidents. Pure; docs/report.md defines each for people."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from monitor.history import Story
from monitor.records import VerdictKind
from monitor.report.hours import Watched
from monitor.report.numbers import Rate, Spread, rate_of, spread_of
from monitor.report.outcomes import Outcome, outcome_of
from monitor.report.saved import Saved, saved_by


@dataclass(frozen=True, slots=True)
class Shadow:
    """What shadow mode would have paused, and what people say of it."""

    withheld: int
    false_alarms: int


@dataclass(frozen=True, slots=True)
class Figures:
    """Everything that is counted. ``watched`` is None where nobody counted hours."""

    incidents: int
    outcomes: Mapping[Outcome, int]  # every outcome; they add up to the incidents
    judged: int  # incidents of which a person has said what they were
    confirmed: int  # of them, rightly noticed
    resumed: int  # caught, then printed on although nobody called it a false alarm: worth a verdict
    missed: int  # failures that people had to report
    watched: Watched | None
    false_alarms: Rate  # a lower bound while not all are judged; none is stated while nobody has judged any
    decided_to_paused: Spread
    suspected_to_paused: Spread
    waited: int  # paused too, but held or asked about before: not among the times to the pause
    decided_to_acknowledged: Spread
    shadow: Shadow
    saved: Saved


def figures_of(stories: Sequence[Story], watched: Watched | None, missed: int, grams_per_hour: float) -> Figures:
    """Return the figures for incidents, and for the hours in which they could have happened."""
    outcomes = [outcome_of(story) for story in stories]
    counts = Counter(outcomes)
    judged = sum(story.verdict is not None for story in stories)
    is_known = judged > 0 or not stories
    false_alarms = rate_of(counts[Outcome.FALSE_ALARM], watched.watched_h if watched and is_known else None)
    at_once = [s for s in stories if s.confirmed_at is not None and s.waited_at is None]
    return Figures(
        incidents=len(stories),
        outcomes={outcome: counts[outcome] for outcome in Outcome},
        judged=judged,
        confirmed=sum(story.verdict is VerdictKind.CONFIRMED for story in stories),
        resumed=sum(
            outcome is Outcome.CAUGHT and story.verdict is None and story.resumed_at is not None
            for story, outcome in zip(stories, outcomes, strict=True)
        ),
        missed=missed,
        watched=watched,
        false_alarms=false_alarms,
        decided_to_paused=spread_of([_after(s.confirmed_at, s.opened_at) for s in at_once]),
        suspected_to_paused=spread_of([_after(s.confirmed_at, s.suspected_at) for s in at_once if s.suspected_at]),
        waited=sum(s.confirmed_at is not None and s.waited_at is not None for s in stories),
        decided_to_acknowledged=spread_of(
            [_after(s.acknowledged_at, s.opened_at) for s in stories if s.acknowledged_at]
        ),
        shadow=_shadow(stories),
        saved=saved_by(stories, grams_per_hour),
    )


def _after(at: float | None, start: float | None) -> float:
    return max(0.0, (at or 0.0) - (start or 0.0))  # a proof may bear the very moment of the decision


def _shadow(stories: Sequence[Story]) -> Shadow:
    withheld = [story for story in stories if story.withheld_at is not None]
    return Shadow(len(withheld), sum(story.verdict is VerdictKind.FALSE_ALARM for story in withheld))
