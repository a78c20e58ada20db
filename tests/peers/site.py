"""A monitor as far as its peers are concerned, at a real broker, and commands for it."""

from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Protocol

from monitor.clock import Clock, SystemClock
from monitor.history import History
from monitor.mqtt import Endpoint
from monitor.peers.peer import Peer, Surroundings
from monitor.peers.teller import Condition
from monitor.records import Answer, PersonCommand, PersonCommandKind, Reception
from tests.peers.board import Hall
from tests.support import PATIENCE_S

CLOCK = SystemClock()


class HasEndpoint(Protocol):
    """A broker."""

    endpoint: Endpoint


class Site:
    """A monitor as far as its peers are concerned, on a history of its own."""

    def __init__(
        self, broker: HasEndpoint, folder: Path, kbit_per_s: float, rotate: int, clock: Clock, client_id: str
    ) -> None:
        self.hall, self.history = Hall(clock, 3, rotate, client_id), History(folder / f"{client_id}.db")
        self.done: list[PersonCommand] = []
        self.owned: Mapping[str, int] | None = None
        self.condition = Condition()
        around = Surroundings(
            self.hall.board,
            self.hall.config,
            self.history,
            self.hall.tiles,
            self.act,
            lambda: self.condition,
            clock,
            lambda: self.owned,
        )
        self.peer = Peer("lille", kbit_per_s, broker.endpoint, around)

    def act(self, command: PersonCommand) -> Answer:
        """Do what is asked, and count."""
        self.done.append(command)
        return Answer(Reception.TAKEN, "done")


@contextmanager
def site(
    broker: HasEndpoint,
    folder: Path,
    kbit_per_s: float = 100_000.0,
    rotate: int = 0,
    clock: Clock = CLOCK,
    client_id: str = "vigie",
) -> Iterator[Site]:
    """Run a site until the block ends."""
    with ExitStack() as stack:
        here = Site(broker, folder, kbit_per_s, rotate, clock, client_id)
        stack.callback(here.history.stop)
        here.history.start()
        stack.callback(here.peer.stop)
        here.peer.start()
        assert here.peer.wait_connected(PATIENCE_S)
        yield here


class WrongClock(SystemClock):
    """A clock that somebody has set wrongly."""

    def __init__(self, ahead_s: float) -> None:
        super().__init__()
        self._ahead_s = ahead_s

    def now(self) -> float:
        """Return a time that is not."""
        return super().now() + self._ahead_s


def command(name: str = "w1", at_s: float = 0.0, printer: str = "p1") -> PersonCommand:
    """Return a command that is dated so many seconds from now."""
    at = CLOCK.now() + at_s
    return PersonCommand(printer, PersonCommandKind.PAUSE, "Léa", at, id=name, expires_at=at + 60.0)
