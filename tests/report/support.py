"""Stories told by hand, and a farm in which they happen."""

from collections.abc import Sequence
from dataclasses import replace

from hypothesis import strategies as st

from monitor.history import Story
from monitor.records import Action, FailureClass, Hour, IncidentStatus, VerdictKind
from monitor.report.summary import Whereabouts

PARIS = "Europe/Paris"
PRINTERS = ("p1", "p2", "p3")
PLACES = {
    "p1": Whereabouts("p1", "Prusa 1", "cochin/hall", "Hall", "cochin", "Cochin"),
    "p2": Whereabouts("p2", "Prusa 2", "cochin/attic", "Attic", "cochin", "Cochin"),
    "p3": Whereabouts("p3", "Voron", "tenon/hall", "Hall", "tenon", "Tenon"),
}


def story(opened_at: float = 1000.0, printer: str = "p1", **changes: object) -> Story:
    """Return an incident that is open, and changed as told."""
    told = Story(
        id=f"{printer}-{opened_at}",
        printer=printer,
        site="cochin",
        failure_class=FailureClass.SPAGHETTI,
        opened_at=opened_at,
        closed_at=None,
        status=IncidentStatus.OPEN,
        action=Action.PAUSE,
        score=0.9,
    )
    return replace(told, **changes)  # type: ignore[arg-type]  # the keys are fields


def paused(opened_at: float = 1000.0, after_s: float = 2.0, **changes: object) -> Story:
    """Return a failure that was caught."""
    return story(opened_at, **{"confirmed_at": opened_at + after_s, "suspected_at": opened_at - 8.0} | changes)  # type: ignore[arg-type]


def hour(printer: str, starts_at: float, watched_s: float = 3600.0, blind_s: float = 0.0) -> Hour:
    """Return an hour in which a printer printed."""
    return Hour(printer, starts_at, watched_s + blind_s, watched_s, blind_s, 0.0, round(watched_s))


def stories_in(since: float, until: float) -> st.SearchStrategy[Sequence[Story]]:
    """Draw incidents of any kind within a span of time."""
    after = st.none() | st.floats(0.0, 600.0)
    return st.lists(
        st.builds(
            lambda printer, at, kind, verdict, confirmed, failed, withheld, let, left, done: Story(
                id=f"{printer}-{at}",
                printer=printer,
                site="cochin",
                failure_class=kind,
                opened_at=at,
                closed_at=at + done if done is not None else None,
                status=IncidentStatus.OPEN,
                action=Action.PAUSE,
                score=0.9,
                job_left_s=left,
                confirmed_at=at + confirmed if confirmed is not None else None,
                failed_at=at + failed if failed is not None else None,
                withheld_at=at + withheld if withheld is not None else None,
                let_print_at=at + let if let is not None else None,
                verdict=verdict,
            ),
            st.sampled_from((*PRINTERS, "gone")),
            st.floats(since, until, exclude_max=True),
            st.sampled_from(FailureClass),
            st.sampled_from((None, VerdictKind.FALSE_ALARM, VerdictKind.CONFIRMED)),
            after,
            after,
            after,
            after,
            after,
            after,
        ),
        max_size=30,
    )
