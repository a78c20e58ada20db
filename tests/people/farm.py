"""A farm with three contacts, told in a simulated way, and the facts that its people hear of."""

from collections.abc import Sequence
from dataclasses import replace

from monitor.config.model import Config, Contact, People
from monitor.people.line import Line
from monitor.records import Action, FailureClass, Incident, IncidentStatus
from tests.farms import a_farm, a_printer

NIGHT = {"start": "22:00", "end": "06:00"}


def contacts(*names: str, **keys: object) -> tuple[Contact, ...]:
    """Return contacts that differ by name only."""
    return tuple(Contact.model_validate({"id": name, "url": f"json://127.0.0.1/{name}", **keys}) for name in names)


def a_config(people: Sequence[Contact], printers: int = 3, **keys: object) -> Config:
    """Return a farm with printers p1, p2 ... and these contacts."""
    farm = a_farm(*(a_printer(f"p{number + 1}") for number in range(printers)))
    return farm.model_copy(update={"people": People.model_validate({"contacts": tuple(people), **keys})})


def a_line(people: Sequence[Contact]) -> Line:
    """Return the order in which they are told."""
    return Line(a_config(people))


def an_incident(number: int = 1, status: IncidentStatus = IncidentStatus.PAUSE_FAILED, **more: object) -> Incident:
    """Return incident number n, of printer pn."""
    incident = Incident(
        id=f"01900000-0000-7000-8000-00000000000{number}",
        site="s",
        printer=f"p{number}",
        opened_at=1_585_000_000.0,
        failure_class=FailureClass.SPAGHETTI,
        score=0.97,
        boxes=(),
        model_sha256="ab",
        parameters={},
        action=Action.PAUSE,
        status=status,
    )
    return replace(incident, **more)  # type: ignore[arg-type]  # the keys are fields
