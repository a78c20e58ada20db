"""What a peer tells of a printer, as our board has it. Pure. Times of the peer become times of our clock."""

from collections.abc import Callable
from dataclasses import replace

from monitor.board import PrinterView
from monitor.peers.records import CompactView
from monitor.records import Incident, PrinterReport
from monitor.records.belonging import Belonging

SKEW_IGNORED_S = 1.0  # clocks are that far apart anyway, and a skew that is measured anew moves a little


def settled(former_s: float, skew_s: float) -> float:
    """Return the skew to reckon with: the former one, unless the clocks have really moved apart."""
    return former_s if abs(skew_s - former_s) <= SKEW_IGNORED_S else skew_s


def view_of(
    before: PrinterView,
    told: CompactView,
    incident: Incident | None,
    skew_s: float,
    threshold: float,
    named: Callable[[str], str],
) -> PrinterView:
    """Return a printer as its peer tells it; ``before`` has its name and place.

    ``incident`` is the open one as the peer's history has told it, None when that has not come yet. ``skew_s`` is what
    is added to the peer's times. ``named`` says what a printer of the peer is called here.
    """

    def ours(at: float | None) -> float | None:
        return None if at is None else at + skew_s

    return replace(
        before,
        threshold=threshold,
        state=told.state,
        since=told.since + skew_s,
        phase=told.phase,
        score=told.score,
        probability=told.probability,
        evidence_s=told.evidence_s,
        health=told.health,
        frame_taken_at=ours(told.frame_taken_at),
        report=_report(before.id, told, skew_s),
        incident=_open(told, incident, skew_s),
        muted_until=ours(told.muted_until),
        armed=told.armed,
        goes_on=told.goes_on,
        camera_problem=told.camera_problem,
        picture_problem=told.picture_problem,
        belonging=_belonging(told, named),
        is_known=True,
    )


def _belonging(told: CompactView, named: Callable[[str], str]) -> Belonging:
    """Return what is known of a camera, with our name of the printer that it may show."""
    perhaps = told.belonging.perhaps
    return replace(told.belonging, perhaps=named(perhaps) if perhaps else "")


def _report(printer: str, told: CompactView, skew_s: float) -> PrinterReport | None:
    if told.job_state is None:
        return None
    return PrinterReport(
        printer,
        told.job_state,
        told.reported_at + skew_s,
        told.can_pause,
        told.job,
        told.progress,
        told.job_detail,
    )


def _open(told: CompactView, incident: Incident | None, skew_s: float) -> Incident | None:
    """Return the open incident in the state in which the peer's board has it; when it will act is a time of ours."""
    if told.incident is None or incident is None or incident.id != told.incident:
        return None
    acts_at = None if incident.acts_at is None else incident.acts_at + skew_s
    return replace(incident, status=told.incident_status or incident.status, acts_at=acts_at)
