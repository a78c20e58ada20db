"""Incidents, history, publisher and inbound wired as in the application, on any broker."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from monitor.clock import Clock, SystemClock
from monitor.history import History, Outgoing
from monitor.inbound import Inbound
from monitor.incidents import Incidents
from monitor.mqtt import Delivery, Endpoint, Link
from monitor.publisher import Publisher, site_link
from monitor.records import PrinterReport
from tests.incidents.support import SITES, a_printer, an_observation

BASE = "vigie"


@dataclass
class Office:
    """All that a test wants to touch."""

    link: Link
    history: History
    publisher: Publisher
    inbound: Inbound
    incidents: Incidents
    clock: Clock

    def fail(self, printer: str = "p1", jpeg: bytes = b"\xff\xd8 a picture") -> str:
        """Decide a failure; return the incident's id."""
        now = self.clock.now()
        seen = an_observation(printer, now)
        parameters = {"threshold": 0.5, "fail_after_s": 10.0}
        return self.incidents.failed(a_printer(printer), seen, jpeg, "5f2c" * 16, parameters, now).id

    def story(self, incident: str) -> list[str]:
        """Return the kinds of what happened in an incident."""
        return [event.kind.value for event in self.history.reader.events(incident)]


@contextmanager
def office(
    endpoint: Endpoint,
    path: Path,
    clock: Clock | None = None,
    on_report: Callable[[PrinterReport], None] | None = None,
) -> Iterator[Office]:
    """Start in the application's order and stop in reverse. ``on_report`` hears reports in the incidents' place."""
    clock = clock or SystemClock()
    link = site_link(endpoint, "vigie", BASE, "paris")

    def on_sent(message: Outgoing, delivery: Delivery) -> None:
        inbound.later(partial(incidents.delivered, message, delivery))

    history = History(path, retry_s=0.1)
    publisher = Publisher({"paris": link}, BASE, clock, on_sent)
    incidents = Incidents(history, publisher, SITES, clock)
    inbound = Inbound(
        {"paris": link},
        BASE,
        SITES,
        incidents.pause_progress,
        incidents.pause_result,
        on_report or incidents.reported,
        incidents.person,
        clock,
    )
    history.start()
    incidents.start()
    inbound.start()
    link.start()
    try:
        yield Office(link, history, publisher, inbound, incidents, clock)
    finally:
        link.stop()
        inbound.stop()
        history.stop()
