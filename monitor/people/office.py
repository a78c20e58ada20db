"""All that tells people, put together for one configuration: the desk, the ways to the contacts, the listeners."""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path

from monitor.board import Board, PrinterView
from monitor.clock import Clock
from monitor.config.model import Config
from monitor.history import History
from monitor.people.carriers import carriers
from monitor.people.matrix.listener import MatrixListener
from monitor.people.own_watch import OwnHealth
from monitor.people.people import People
from monitor.records import EventKind, Incident, PersonCommand


class Office:
    """Tells the people that cameras.yaml names; does nothing where it names none."""

    def __init__(
        self,
        config: Config,
        history: History,
        board: Board,
        health: Callable[[], OwnHealth],
        record: Callable[[str, EventKind, str], None],
        act: Callable[[PersonCommand], object],
        clock: Clock,
    ) -> None:
        """``health``: how the monitor itself is. ``record`` takes a printer, an event of it, and a detail.

        ``act`` takes what a person answers.
        """
        self._running = ExitStack()
        self._people: People | None = None
        self._listeners: list[MatrixListener] = []
        section = config.people
        if section is None:
            return
        ways = carriers(section, self._running)

        def views() -> Sequence[PrinterView]:
            return board.snapshot().printers

        people = People(config, section, ways, history, views, health, record, act, clock)
        self._people = people
        for contact in section.contacts:
            if contact.matrix is not None:
                place = Path(f"{config.storage.path}.{contact.id}.matrix")
                self._listeners.append(MatrixListener(contact.matrix, contact.id, place, people.answered, clock))

    def start(self) -> None:
        """Start telling and listening."""
        if self._people is not None:
            self._running.callback(self._people.stop)
            self._people.start()
        for listener in self._listeners:
            self._running.callback(listener.stop)
            listener.start()

    def stop(self) -> None:
        """Stop both. Idempotent."""
        for listener in self._listeners:
            listener.request_stop()
        self._running.close()

    @property
    def problem(self) -> str:
        """Who should have been told, and why nobody was, or whose answers are not heard; empty when all is well."""
        problems = [self._people.problem] if self._people is not None else []
        problems += [listener.problem for listener in self._listeners]
        return "; ".join(problem for problem in problems if problem)

    def follow(self, config: Config) -> None:
        """Know the printers of another configuration; who is told stays as it is."""
        if self._people is not None:
            self._people.follow(config)

    def incident_changed(self, incident: Incident) -> None:
        """Take note of an incident after a change of it; may be called under any lock."""
        if self._people is not None:
            self._people.incident_changed(incident)
