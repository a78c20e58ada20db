"""Which pause commands were seen, and how far each has come: one pause a command, however often it arrives.

Every step is kept (on disk, see :mod:`monitor.agent.journal`) before it acts. What a crash leaves in doubt:

- before *accepted* is kept: nothing was asked of the printer, and the command is gone from the broker. The monitor has
  no proof and sends it again.
- between *accepted* and *ordering*: the command is taken up again at the start, as if it had just come.
- after *ordering* is kept, which is before the printer is called: the printer may have the order or not. One that is
  found paused is therefore ours; one that prints is ordered again only while nobody can have resumed it since
  (:mod:`monitor.printers.handshake`). A write after the call would tell nothing more: twice is harmless.
- after *pausing*: a printer that prints was resumed by a person; it is not ordered again.
- before *answered* is kept: the printer is read again and answered for again. Nobody was told of a proof before.
- after *answered*: whoever sends the command again gets the known answer, and the printer is not touched.
"""

import threading
from collections import OrderedDict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace

from monitor.agent.epochs import KnownEpoch
from monitor.clock import Uptime
from monitor.records import PauseCommand, PausedBy, PauseOutcome, PauseResult, PersonCommand

MAX_REMEMBERED = 10_000
LONG_AGO = 0.0  # an order of before the machine was started: nobody knows how long ago that was

Key = tuple[str, str]  # printer, id: ids come from other machines, and are unique per printer only


@dataclass(frozen=True, slots=True)
class Pause:
    """A command, and how far it has come here. Times are the agent's."""

    command: PauseCommand
    accepted_at: float
    ordered_at: float | None = None  # since when the printer may have the order
    pausing_at: float | None = None  # first seen to be about to pause
    result: PauseResult | None = None

    @property
    def key(self) -> Key:
        """What it is known by."""
        return self.command.printer, self.command.id


Entry = Pause | PersonCommand | KnownEpoch
Keep = Callable[[Entry], object]


def _in_memory(_: Entry) -> None:
    """Keep nothing beyond this process: for tests and benchmarks."""


class Pauses:
    """Memory of commands; thread-safe, bounded, the oldest are forgotten first."""

    def __init__(self, keep: Keep = _in_memory, limit: int = MAX_REMEMBERED) -> None:
        """``keep`` writes an entry and returns when it is durable, or when that must not be waited for any longer."""
        self._keep, self._limit = keep, limit
        self._lock = threading.Lock()
        self._known: OrderedDict[Key, Pause] = OrderedDict()
        self._under_way: set[Key] = set()
        self._wishes: dict[str, PersonCommand] = {}  # to resume, carried out last, by printer

    def remember(self, entries: Iterable[Entry]) -> None:
        """Take in what an earlier run has kept."""
        with self._lock:
            for entry in entries:
                if isinstance(entry, Pause):
                    self._put(entry)
                elif isinstance(entry, PersonCommand):
                    self._wishes[entry.printer] = entry

    def everything(self) -> list[Entry]:
        """Return all that is known, oldest first."""
        with self._lock:
            return [*self._known.values(), *self._wishes.values()]

    def accept(self, command: PauseCommand, now: float) -> bool:
        """Tell whether to carry a command out: not when it is under way or answered. Writes nothing yet."""
        with self._lock:
            known = self._known.get((command.printer, command.id))
            pause = replace(known, command=command) if known else Pause(command, now)
            if pause.key in self._under_way or pause.result is not None:
                return False
            self._put(pause)
            self._under_way.add(pause.key)
            return True

    def begin(self, command: PauseCommand) -> Pause:
        """Keep an accepted command, and return how far it has come already."""
        pause = self._of(command)
        self._keep(pause)
        return pause

    def ordering(self, command: PauseCommand, now: float) -> None:
        """Keep that the printer may have the order from now on."""
        self._change(replace(self._of(command), ordered_at=now))

    def pausing(self, command: PauseCommand, now: float) -> None:
        """Keep that the printer was seen to be about to pause."""
        self._change(replace(self._of(command), pausing_at=now))

    def answered(self, command: PauseCommand, result: PauseResult) -> None:
        """Keep how a command ended."""
        self._change(replace(self._of(command), result=result))
        self.put_down(command)

    def put_down(self, command: PauseCommand) -> None:
        """Nothing more is done about a command for now: it may come again."""
        with self._lock:
            self._under_way.discard((command.printer, command.id))

    def knows(self, command: PauseCommand) -> bool:
        """Whether a command with this id was accepted before."""
        with self._lock:
            return (command.printer, command.id) in self._known

    def result(self, command: PauseCommand) -> PauseResult | None:
        """Return how the command ended; None when it is unknown or not answered yet."""
        with self._lock:
            pause = self._known.get((command.printer, command.id))
            return pause.result if pause else None

    def has_resumed(self, wish: PersonCommand) -> bool:
        """Whether a wish was carried out already, so that it says nothing about what came later."""
        with self._lock:
            return self._wishes.get(wish.printer) == wish

    def resuming(self, wish: PersonCommand) -> list[PauseResult] | None:
        """Keep a wish that is about to be carried out; None when it was already.

        What lies unanswered of that printer's pauses is overruled by it, and the answers are returned; what came after
        the wish and waits for its turn is not.
        """
        with self._lock:
            if self._wishes.get(wish.printer) == wish:
                return None
            self._wishes[wish.printer] = wish
            unanswered = [
                pause
                for key, pause in self._known.items()
                if key[0] == wish.printer and pause.result is None and key not in self._under_way
            ]
        answers = [overruled_by(wish, pause.command, 0) for pause in unanswered]
        for pause, answer in zip(unanswered, answers, strict=True):
            self._change(replace(pause, result=answer))
        self._keep(wish)
        return answers

    def is_ours(self, printer: str, incident: str) -> bool:
        """Whether a printer may stand still by an order of ours for an incident, and by nobody else's doing."""
        with self._lock:
            given = [p for p in self._known.values() if (p.command.printer, p.command.incident) == (printer, incident)]
        others = (PausedBy.PERSON, PausedBy.PRINTER)
        return any(p.ordered_at is not None and not (p.result and p.result.paused_by in others) for p in given)

    def _of(self, command: PauseCommand) -> Pause:
        with self._lock:
            return self._known.get((command.printer, command.id)) or Pause(command, command.issued_at)

    def _change(self, pause: Pause) -> None:
        with self._lock:
            self._put(pause)
        self._keep(pause)

    def _put(self, pause: Pause) -> None:
        self._known[pause.key] = pause
        while len(self._known) > self._limit:
            self._known.popitem(last=False)


def overruled_by(wish: PersonCommand, command: PauseCommand, elapsed_ms: int) -> PauseResult:
    """Return the answer to a pause that a person's wish has overtaken."""
    detail = f"{wish.by} asked it to go on: this order does not pause it any more"
    return PauseResult(command.id, command.printer, PauseOutcome.REJECTED, elapsed_ms, detail)


def carried_over(pause: Pause, offset_s: float, boot: str, now: float, uptime: Uptime) -> tuple[Pause, bool]:
    """Return a kept pause in the time of this process, and whether it is to be taken up again.

    ``offset_s``: how much more the clock of the process that kept it said than the machine's uptime, ``boot`` which
    start of the machine that was. Whatever was done to the machine's clock since, a command is as old as it is.
    After another start of the machine its age is not known: it waits for the monitor to send it again.
    """
    if not boot or boot != uptime.boot:
        return replace(pause, ordered_at=None if pause.ordered_at is None else LONG_AGO), False
    shift_s = (now - uptime.seconds) - offset_s
    command = replace(
        pause.command, issued_at=pause.command.issued_at + shift_s, expires_at=pause.command.expires_at + shift_s
    )
    moved = replace(
        pause,
        command=command,
        accepted_at=pause.accepted_at + shift_s,
        ordered_at=None if pause.ordered_at is None else pause.ordered_at + shift_s,
        pausing_at=None if pause.pausing_at is None else pause.pausing_at + shift_s,
    )
    return moved, pause.result is None and now < command.expires_at
