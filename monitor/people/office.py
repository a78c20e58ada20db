"""All that tells people, put together for one configuration: the desk, the ways to the contacts, the listeners."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path

from monitor.board import Board, PrinterView
from monitor.clock import Clock
from monitor.config.model import Config
from monitor.config.model import People as PeopleSection
from monitor.history import History
from monitor.owning import Alone, Owning
from monitor.people.carriers import carriers
from monitor.people.courier import Carrier
from monitor.people.matrix.listener import MatrixListener
from monitor.people.own_watch import OwnHealth
from monitor.people.people import People
from monitor.records import EventKind, Incident, PersonCommand
from monitor.service.turns import Loop


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
        owning: Owning | None = None,
    ) -> None:
        """``health``: how the monitor itself is. ``record`` takes a printer, an event of it, and a detail.

        ``act`` takes what a person answers. ``owning``: of which printers we are the ones to tell.
        """
        self._board, self._owning = board, owning or Alone()
        self._section = config.people

        def views() -> Sequence[PrinterView]:
            return tuple(view for view in board.snapshot().printers if self._owning.is_ours(view.id))

        def new_team(config: Config) -> _Team:
            def desk(section: PeopleSection, ways: Mapping[str, Carrier]) -> People:
                keep = self._owning.keep
                return People(config, section, ways, history, views, health, record, act, clock, keep=keep)

            return _Team(config, desk, clock)

        self._new_team = new_team
        self._team = new_team(config)

    def start(self) -> None:
        """Start telling and listening."""
        self._team.start()

    def stop(self) -> None:
        """Stop both. Idempotent."""
        self._team.stop()

    @property
    def problem(self) -> str:
        """Who should have been told, and why nobody was, or whose answers are not heard; empty when all is well."""
        return self._team.problem

    @property
    def loops(self) -> Iterator[Loop]:
        """Those without which nobody is told."""
        if self._team.desk is not None:
            yield self._team.desk.turns

    def follow(self, config: Config) -> None:
        """Know the printers of another configuration; where it names other people, they take over what is open.

        Who has been told of what is in the history, so nobody who stays is told twice.
        """
        if config.people == self._section:
            self._team.follow(config)
            return
        self._team.stop()
        self._section, self._team = config.people, self._new_team(config)
        self._team.start()
        for view in self._board.snapshot().printers:
            if view.incident is not None and self._owning.is_ours(view.id):
                self._team.incident_changed(view.incident)

    def incident_changed(self, incident: Incident) -> None:
        """Take note of an incident after a change of it; may be called under any lock."""
        self._team.incident_changed(incident)


class _Team:
    """Those who tell one section's contacts, and listen to them."""

    def __init__(
        self,
        config: Config,
        desk: Callable[[PeopleSection, Mapping[str, Carrier]], People],
        clock: Clock,
    ) -> None:
        self._running = ExitStack()
        self.desk: People | None = None
        self._listeners: list[MatrixListener] = []
        section = config.people
        if section is None:
            return
        self.desk = people = desk(section, carriers(section, self._running))
        for contact in section.contacts:
            if contact.matrix is not None:
                place = Path(f"{config.storage.path}.{contact.id}.matrix")
                self._listeners.append(MatrixListener(contact.matrix, contact.id, place, people.answered, clock))

    def start(self) -> None:
        if self.desk is not None:
            self._running.callback(self.desk.stop)
            self.desk.start()
        for listener in self._listeners:
            self._running.callback(listener.stop)
            listener.start()

    def stop(self) -> None:
        for listener in self._listeners:
            listener.request_stop()
        self._running.close()

    @property
    def problem(self) -> str:
        problems = [self.desk.problem] if self.desk is not None else []
        problems += [listener.problem for listener in self._listeners]
        return "; ".join(problem for problem in problems if problem)

    def follow(self, config: Config) -> None:
        if self.desk is not None:
            self.desk.follow(config)

    def incident_changed(self, incident: Incident) -> None:
        if self.desk is not None:
            self.desk.incident_changed(incident)
