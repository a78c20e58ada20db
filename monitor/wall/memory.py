"""Incidents kept in memory: for the demonstration of the wall alone and for its tests. The history is the real one."""

import threading
from collections.abc import Sequence

from monitor.records import Event, EventKind, Incident, ShadowTally


class MemoryIncidents:
    """An ``IncidentReader`` that is told its incidents."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._incidents: dict[str, Incident] = {}
        self._events: dict[str, list[Event]] = {}
        self._evidence: dict[str, bytes] = {}

    def keep(self, incident: Incident, evidence: bytes | None = None) -> None:
        """Take in a new or changed incident."""
        with self._lock:
            self._incidents[incident.id] = incident
            if evidence is not None:
                self._evidence[incident.id] = evidence

    def happened(self, event: Event) -> None:
        """Take in an event; one without an incident is not kept."""
        with self._lock:
            if event.incident is not None:
                self._events.setdefault(event.incident, []).append(event)

    def incidents(self, printer: str | None, limit: int) -> Sequence[Incident]:
        """Return the newest incidents, newest first."""
        with self._lock:
            found = [fact for fact in self._incidents.values() if printer in (None, fact.printer)]
        return sorted(found, key=lambda fact: fact.opened_at, reverse=True)[:limit]

    def events(self, incident: str) -> Sequence[Event]:
        """Return what happened in one incident, oldest first."""
        with self._lock:
            return sorted(self._events.get(incident, ()), key=lambda fact: fact.at)

    def happenings(self, printer: str, since: float, until: float) -> Sequence[Event]:
        """Return what happened to a printer in a time, oldest first."""
        with self._lock:
            told = [event for events in self._events.values() for event in events if event.printer == printer]
        return sorted((event for event in told if since <= event.at <= until), key=lambda event: event.at)

    def shadow(self, printer: str | None) -> ShadowTally:
        """Return what shadow mode would have done."""
        with self._lock:
            stories = [
                {event.kind for event in self._events.get(fact.id, ())}
                for fact in self._incidents.values()
                if printer in (None, fact.printer)
            ]
        withheld = [story for story in stories if EventKind.PAUSE_WITHHELD in story]
        return ShadowTally(len(withheld), sum(EventKind.FALSE_ALARM in story for story in withheld))

    def evidence(self, incident: str) -> bytes | None:
        """Return the picture of an incident."""
        with self._lock:
            return self._evidence.get(incident)
