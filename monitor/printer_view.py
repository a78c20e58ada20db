"""What is known of one printer, and which state that makes. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass

from monitor.config.model import Config, Printer
from monitor.judge import Phase
from monitor.records import Action, Box, Health, Incident, IncidentStatus, JobState, PrinterReport, State
from monitor.records.belonging import NOT_KNOWN, Belonging

_BY_INCIDENT = {
    IncidentStatus.OPEN: State.FAILING,
    IncidentStatus.HELD: State.FAILING,
    IncidentStatus.ASKING: State.FAILING,
    IncidentStatus.PAUSING: State.PAUSING,
    IncidentStatus.PAUSED: State.PAUSED,
    IncidentStatus.PAUSE_FAILED: State.PAUSE_FAILED,
}
_BY_PHASE = {
    Phase.WATCHING: State.WATCHING,
    Phase.SUSPECT: State.SUSPECT,
    Phase.FAILING: State.FAILING,
    Phase.BLIND: State.BLIND,
}


@dataclass(frozen=True, slots=True)
class PrinterView:
    """Everything that the wall, MQTT and the API say about one printer."""

    id: str
    name: str
    site: str
    site_name: str
    room: str
    room_name: str
    threshold: float
    state: State
    since: float  # when the state was entered
    phase: Phase
    score: float | None = None  # relative to the camera: to be compared with the threshold
    probability: float | None = None  # that a failure is visible; None also where the model was not calibrated
    evidence_s: float = 0.0
    health: Health | None = None  # None: no picture yet
    boxes: tuple[Box, ...] = ()
    frame_taken_at: float | None = None
    report: PrinterReport | None = None
    incident: Incident | None = None  # the open one
    muted_until: float | None = None
    on_failure: Action = Action.PAUSE  # as in cameras.yaml
    armed: bool = True  # False: shadow mode, by cameras.yaml or by a person
    goes_on: bool = False  # a person has decided that the present failure pauses nothing
    camera_problem: str = ""  # of the connection
    picture_problem: str = ""  # of the newest picture
    belonging: Belonging = NOT_KNOWN  # whether the camera shows this printer
    is_known: bool = True  # False: whoever watches it elsewhere has not said yet how it is


def derive_state(
    phase: Phase, report: PrinterReport | None, incident: Incident | None, muted_until: float | None
) -> State:
    """Return the state of a printer; the first rule that applies wins.

    An open incident is never hidden, by nothing. A mute hides everything else. A printer that says itself that it is
    idle or paused needs no picture; one of unknown state does.
    """
    if incident is not None and incident.status in _BY_INCIDENT:
        return _BY_INCIDENT[incident.status]
    if muted_until is not None:
        return State.MUTED
    job_state = report.state if report else JobState.UNKNOWN
    if job_state is JobState.IDLE:
        return State.IDLE
    if job_state in (JobState.PAUSED, JobState.PAUSING):
        return State.PAUSED
    return _BY_PHASE[phase]


def first_views(config: Config, threshold: float, started_at: float) -> Iterable[PrinterView]:
    """Yield each printer as one of which nothing was seen or heard yet."""
    names = {site.id: site.name for site in config.sites}
    rooms = {(site.id, room.id): room.name for site in config.sites for room in site.rooms}
    for printer in config.printers:
        yield _first_view(printer, names[printer.site], rooms[printer.site, printer.room], threshold, started_at)


def _first_view(printer: Printer, site_name: str, room_name: str, threshold: float, started_at: float) -> PrinterView:
    return PrinterView(
        id=printer.id,
        name=printer.name,
        site=printer.site,
        site_name=site_name,
        room=printer.room,
        room_name=room_name,
        threshold=printer.settings.threshold or threshold,
        state=State.BLIND,
        since=started_at,
        phase=Phase.BLIND,
        on_failure=printer.settings.on_failure,
        armed=printer.settings.on_failure is not Action.ALERT,
    )
