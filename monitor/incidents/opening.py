"""The incident that a decided failure opens."""

from collections.abc import Mapping

from monitor import __version__
from monitor.config.model import Printer
from monitor.ids import uuid7
from monitor.records import FailureClass, Incident, IncidentStatus, Observation


def opened(
    printer: Printer, observation: Observation, model_sha256: str, parameters: Mapping[str, float], now: float
) -> Incident:
    """Return it as far as the pictures tell."""
    classes = observation.classes
    return Incident(
        id=uuid7(now),
        site=printer.site,
        printer=printer.id,
        opened_at=now,
        failure_class=max(classes, key=lambda name: classes[name]) if classes else FailureClass.SPAGHETTI,
        score=observation.score or 0.0,
        boxes=observation.boxes,
        model_sha256=model_sha256,
        parameters=dict(parameters),
        action=printer.settings.on_failure,
        status=IncidentStatus.OPEN,
        software=__version__,
        frame_taken_at=observation.taken_at,
    )
