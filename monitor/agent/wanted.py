"""Commands that come late, until it is known whether the monitor still wants them.

While the agent was away a person may have said no, but the broker has kept the order, or the agent's own journal has.
The monitor's retained ``state`` names the printer's open incident: a command of that incident is carried out, another
one waits, in case that the monitor has not told yet, until it expires. Where nothing can be heard of the monitor
nobody can be asked, and a pause matters more.
"""

import logging
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from monitor.agent.intake import expired
from monitor.clock import Clock
from monitor.errors import BadPayload
from monitor.mqtt import Link, Message
from monitor.records import PauseCommand
from monitor.service.turns import IDLE_S, Turns
from monitor.wire import PrinterState, Topics, decode_state

log = logging.getLogger(__name__)

LATE_S = 3.0  # an order that is younger is obeyed at once
CONNECT_S = 2.0
ANSWER_S = 1.0  # for what is retained to arrive, once there is a connection
LOOK_S = 0.2
MAX_WAITING = 1_000


@dataclass(frozen=True, slots=True)
class _Offer:
    command: PauseCommand
    at: float


class Wanted:
    """Decides on each command once, on whichever thread comes first."""

    def __init__(
        self,
        link: Link,
        topics: Iterable[Topics],
        take: Callable[[PauseCommand], object],
        clock: Clock,
        is_over: Callable[[PrinterState], bool] = lambda _: False,
    ) -> None:
        """``link`` is not started yet. ``take`` has a command carried out; it is called on any thread. ``is_over``
        hears each state, and says whether it comes from somebody who has lost the printer."""
        self._is_over = is_over
        self._link, self._take, self._clock = link, take, clock
        self._open: dict[str, str | None] = {}  # by printer: its open incident, as the monitor has told
        self._connected_at = 0.0
        self._offers: dict[tuple[str, str], _Offer] = {}
        self._condition = threading.Condition()
        self._stopping = threading.Event()
        self.turns = Turns("late pauses")
        self._thread = threading.Thread(target=self._run, name="agent-wanted")
        link.on_connect(self._connected)
        for site in topics:
            self.listen_to(site)

    def listen_to(self, site: Topics) -> None:
        """Hear of one more site's open incidents."""
        self._link.subscribe(site.state("+"), self._heard)

    def leave(self, site: Topics) -> None:
        """Hear of a site no more."""
        self._link.unsubscribe(site.state("+"), self._heard)

    @property
    def waiting(self) -> int:
        """Commands that are not decided on yet."""
        return len(self._offers)

    def start(self) -> None:
        """Begin to look after what waits."""
        self._thread.start()

    def stop(self) -> None:
        """Leave what waits undecided. Idempotent."""
        self._stopping.set()
        with self._condition:
            self._condition.notify_all()
        if self._thread.ident is not None:
            self._thread.join()

    def is_late(self, command: PauseCommand) -> bool:
        """Whether so much time went by since a command was issued that somebody may have said no."""
        return self._clock.now() - command.issued_at > LATE_S

    def offer(self, command: PauseCommand) -> None:
        """Have a command carried out as soon as it is known to be wanted; one that a person ordered, at once."""
        with self._condition:
            is_wanted = not command.incident or self._open.get(command.printer) == command.incident
            has_room = len(self._offers) < MAX_WAITING
            if not is_wanted and has_room:
                self._offers[command.printer, command.id] = _Offer(command, self._clock.now())
                self._condition.notify_all()
        if is_wanted:
            self._take(command)
        elif not has_room:
            log.error("%s: too many late pauses wait; %s was dropped", command.printer, command.id)

    def _connected(self) -> None:
        with self._condition:
            self._open.clear()  # what is retained comes again at once
            self._connected_at = self._clock.now()

    def _heard(self, message: Message) -> None:
        try:
            state = decode_state(message.payload)
        except BadPayload:
            return  # not the monitor's; nothing is decided by it
        if state.printer != message.topic.split("/")[-2] or self._is_over(state):
            return
        with self._condition:
            self._open[state.printer] = state.incident
            wanted = [
                offer.command
                for offer in self._offers.values()
                if offer.command.printer == state.printer and offer.command.incident == state.incident
            ]
        self._carry_out(wanted, "its incident is open")

    def _run(self) -> None:
        while not self._stopping.is_set():
            with self._condition:
                self._condition.wait_for(lambda: bool(self._offers) or self._stopping.is_set(), IDLE_S)
            self._look(self._clock.now())
            self.turns.turn()
            self._clock.wait(self._stopping, LOOK_S)

    def _look(self, now: float) -> None:
        with self._condition:
            offers = list(self._offers.values())
            over = [offer.command for offer in offers if expired(offer.command, now) is not None]
            for command in over:
                del self._offers[command.printer, command.id]
            unheard = [offer.command for offer in offers if offer.command not in over and self._is_unheard(offer, now)]
        for command in over:
            log.info("%s: pause %s came late, and nobody wanted it until it expired", command.printer, command.id)
        self._carry_out(unheard, "nothing is heard of its monitor")

    def _is_unheard(self, offer: _Offer, now: float) -> bool:
        if offer.command.printer in self._open:
            return False
        if not self._link.connected:
            return now - offer.at >= CONNECT_S
        return now - max(offer.at, self._connected_at) >= ANSWER_S

    def _carry_out(self, commands: Iterable[PauseCommand], why: str) -> None:
        for command in commands:
            with self._condition:
                is_mine = self._offers.pop((command.printer, command.id), None) is not None
            if is_mine:
                log.info("%s: pause %s came late, or again: %s", command.printer, command.id, why)
                self._take(command)
