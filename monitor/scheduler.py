"""The scheduler: which cameras are inspected next. Pure: no clock, thread or socket.

Each printer has a grid of due times, one every ``every_s`` seconds. An inspection is due when a picture *arrives* while
the grid's next time is reached, or nearly (``SLACK``): so it is inspected while it is new, and the grid keeps the rate,
neither above nor below in the long run. Whose picture has waited longest comes first, a frame is never inspected twice,
and a printer whose camera has nothing new waits without holding up the others. A printer that falls behind by more than
``CATCH_UP`` loses the time beyond it, and what is lost is counted: its grid is put off by that time and no more, as in
the generic cell rate algorithm (ITU-T I.371). Who has just lost goes before others next time, so equals lose alike. A
printer whose picture has become old while it waited for a worker waits for the next one instead, and comes first then:
nothing queues up.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush

SLACK = 0.1
"""An inspection may come this share of its interval early, when a picture has just come."""

CATCH_UP = 0.75
"""A printer that is overdue by more than this share of its interval does not make up for the rest."""

HEAD_START_S = 1.0
"""A printer in a hurry goes before others that have waited for at most this much longer; so does one that has just lost
an inspection, or the rhythm of cameras and workers would have the same printers lose again and again."""

OLD_S, OLD_SHARE = 1.0, 0.25
"""A picture that has waited for a worker for longer, and for longer than this share of the interval that is wanted, is
left for the next."""

Newest = Callable[[str], tuple[int, float]]
"""Returns the number of a printer's newest frame and when it was taken; -1 and anything before the first."""


@dataclass(slots=True, eq=False)
class _Line:
    printer: str
    every_s: float  # between two inspections, as they are made
    wanted_s: float  # as they should be made: never longer
    due_at: float  # the next time of the grid that is ``every_s`` wide
    counted_at: float  # and of the one that is ``wanted_s`` wide, by which is counted what is due
    in_hurry: bool = False
    has_lost: bool = False  # a picture, before its last inspection, because it had to wait
    is_asked: bool = False  # the camera sends a picture when one is wanted, every ``every_s``
    last_number: int = -1
    known_number: int = -1  # the newest before the window opened: another one is waited for
    waits_until: float = float("-inf")  # for another one, at least
    in_flight: bool = False
    is_ready: bool = False
    ready_at: float = float("inf")  # when it was found to be, for the first time since its last inspection
    turn: int = 0  # entries of a heap that name another one are void
    missed: float = CATCH_UP  # inspections that are not counted as lost yet; of what is lost so much is still owed
    due: int = 0
    done: int = 0

    def begin(self, number: int, taken_at: float, now: float) -> int:
        """Note that an inspection begins; return how many were lost before it.

        Which point of the grid it is for is said by when the picture was taken: that it has waited for a worker since
        then costs no other one.
        """
        pictures = number - self.last_number if self.last_number >= 0 else 1
        self.due += self.falls_due(pictures, now) or 1
        self.counted_at += (1 + max(0, int((now - self.counted_at) / self.wanted_s))) * self.wanted_s
        too_late = max(0.0, (taken_at - self.due_at) / self.every_s - CATCH_UP)  # intervals
        self.due_at += (1.0 + too_late) * self.every_s
        self.last_number, self.ready_at = number, float("inf")
        self.has_lost = too_late > 0 and pictures > 1
        missed, self.missed = divmod(self.missed + too_late, 1.0)
        return min(int(missed), pictures - 1)

    def stretch(self, every_s: float, now: float) -> None:
        """Take another interval, with the same share of it still to come, or overdue: so a farm stays spread over it.

        A camera that is asked for its pictures does likewise: they go on to come when they are due.
        """
        self.due_at = now + (self.due_at - now) * every_s / self.every_s
        self.waits_until = now + (self.waits_until - now) * every_s / self.every_s
        self.every_s = every_s

    def falls_due(self, pictures: int, now: float) -> int:
        """Return how many inspections have fallen due by now: no more than the camera has new pictures for.

        A camera that is asked for each was asked for fewer while ``every_s`` is stretched: no fault of its own.
        """
        if pictures <= 0 or now < self.counted_at:
            return 0
        by_time = 1 + int((now - self.counted_at) / self.wanted_s)
        possible = int(pictures * self.every_s / self.wanted_s + 1e-9) if self.is_asked else pictures
        return min(by_time, max(1, possible))


@dataclass(frozen=True, slots=True)
class Tally:
    """Inspections that fell due, and that were done, since the start."""

    due: int
    done: int


_Entry = tuple[float, float, int, _Line, int]  # when, due when, a number that no other has, whose, and its turn then


class Scheduler:
    """Keeps the due times of all printers. The caller owns it; it is not thread-safe."""

    def __init__(self, every_s: Mapping[str, float], started_at: float) -> None:
        self._lines: dict[str, _Line] = {}
        self._closed: list[_Entry] = []  # by when their window opens
        self._open: dict[str, _Line] = {}  # those that wait for a picture
        self._ready: list[_Entry] = []  # by how long they have waited
        self._entries = 0
        self.waiting = 0
        """Printers whose picture waits for a worker now."""
        self.done = 0
        """Inspections that have ended since the start."""
        self.lost = 0
        """Inspections that were skipped since the start, because the printer had fallen behind."""
        count = max(1, len(every_s))
        # First inspections are spread over the interval, so that a thousand cameras do not all fall due at once.
        for place, (printer, interval_s) in enumerate(every_s.items()):
            self._take_in(printer, interval_s, started_at + interval_s * place / count)

    def add(self, printer: str, every_s: float, now: float) -> None:
        """Take in a printer that was not there before; it is due at once."""
        self._lines = dict(self._lines)  # another thread may be at the tally
        self._take_in(printer, every_s, now)

    def remove(self, printer: str) -> None:
        """Forget a printer, with its share of the tally; what of it is in flight ends unheard."""
        line = self._lines[printer]
        self._lines = {name: other for name, other in self._lines.items() if name != printer}
        self._withdraw(line)

    def set_every(
        self,
        printer: str,
        every_s: float,
        now: float,
        *,
        wanted_s: float | None = None,
        in_hurry: bool = False,
        is_asked: bool = False,
    ) -> None:
        """Change a printer's interval; it takes effect at once.

        ``wanted_s``: what counts as due where ``every_s`` is stretched; None: the same. ``is_asked``: the camera sends
        no more pictures than that, because it has to be asked for each.
        """
        line = self._lines[printer]
        wanted_s = every_s if wanted_s is None else wanted_s
        line.in_hurry, line.is_asked = in_hurry, is_asked
        line.counted_at = _scaled(line.counted_at, line.wanted_s, wanted_s, now)
        line.wanted_s = wanted_s
        if every_s == line.every_s:
            return
        line.stretch(every_s, now)
        if not line.is_ready and printer not in self._open:
            line.turn += 1
            self._close(line)

    def due(self, now: float, newest: Newest, limit: int) -> list[str]:
        """Return at most ``limit`` printers to inspect now, in their order."""
        self.look(now, newest)
        return self.ready(now, newest, limit)

    def look(self, now: float, newest: Newest) -> None:
        """Find out whose time has come, and which of them have a new picture."""
        self._open_windows(now, newest)
        self._look_for_pictures(now, newest)

    def ready(self, now: float, newest: Newest, limit: int) -> list[str]:
        """Return at most ``limit`` of those that were found at the last look, in their order."""
        found: list[_Entry] = []
        while self._ready and len(found) < limit:
            entry = heappop(self._ready)
            *_, line, turn = entry
            if turn == line.turn and not self._left_for_the_next(line, now, newest):
                found.append(entry)
        for entry in found:
            heappush(self._ready, entry)  # until it is started
        return [line.printer for *_, line, _ in found]

    def started(self, printer: str, number: int, now: float, taken_at: float | None = None) -> None:
        """Note that frame ``number`` of the printer is being inspected; ``taken_at`` None: it has come just now."""
        line = self._lines[printer]
        self._withdraw(line)
        line.in_flight = True
        self.lost += line.begin(number, now if taken_at is None else taken_at, now)
        self._close(line)

    def finished(self, printer: str) -> None:
        """Note that the printer's inspection has ended, well or not; nothing happens when it was removed meanwhile."""
        line = self._lines.get(printer)
        if line is None:
            return
        line.in_flight = False
        line.done += 1
        self.done += 1

    def tally(self, now: float, newest: Newest) -> Tally:
        """Return how many inspections have fallen due by ``now``, the overdue ones included, and how many are done."""
        lines = self._lines.values()
        overdue = sum(
            line.falls_due(newest(line.printer)[0] - line.last_number, now) for line in lines if not line.in_flight
        )
        return Tally(sum(line.due for line in lines) + overdue, sum(line.done for line in lines))

    def _take_in(self, printer: str, every_s: float, due_at: float) -> None:
        line = self._lines[printer] = _Line(printer, every_s, every_s, due_at, due_at)
        self._push(self._closed, due_at, line)

    def _close(self, line: _Line) -> None:
        self._push(self._closed, line.due_at - SLACK * line.every_s, line)

    def _withdraw(self, line: _Line) -> None:
        line.turn += 1
        self._open.pop(line.printer, None)
        if line.is_ready:
            line.is_ready = False
            self.waiting -= 1

    def _left_for_the_next(self, line: _Line, now: float, newest: Newest) -> bool:
        """Tell whether the picture has become old, and wait for another then; once, for there may be none."""
        number, taken_at = newest(line.printer)
        if number <= line.known_number or now - taken_at <= max(OLD_S, OLD_SHARE * line.wanted_s):
            return False
        self._withdraw(line)
        line.known_number, line.waits_until = number, now + line.every_s
        self._open[line.printer] = line
        return True

    def _push(self, heap: list[_Entry], at: float, line: _Line) -> None:
        self._entries += 1
        heappush(heap, (at, line.due_at, self._entries, line, line.turn))

    def _open_windows(self, now: float, newest: Newest) -> None:
        while self._closed and self._closed[0][0] <= now:
            opened_at, *_, line, turn = heappop(self._closed)
            if turn == line.turn:
                number, taken_at = newest(line.printer)
                # A picture that came before is old already: the next one will be newer. Not so at the start.
                is_early = taken_at < opened_at and line.last_number >= 0
                line.known_number = number if is_early else line.last_number
                self._open[line.printer] = line

    def _look_for_pictures(self, now: float, newest: Newest) -> None:
        """Find out who has a picture; the early one after all where no other has come for another interval."""
        ready = []
        for printer, line in self._open.items():
            number, _ = newest(printer)
            if number <= line.last_number or line.in_flight:
                continue
            if number > line.known_number or now >= max(line.due_at + line.every_s, line.waits_until):
                ready.append(line)
        for line in ready:
            del self._open[line.printer]
            line.is_ready, line.ready_at = True, min(now, line.ready_at)
            self.waiting += 1
            self._push(self._ready, line.ready_at - HEAD_START_S * (line.in_hurry + line.has_lost), line)


def _scaled(at: float, old_s: float, new_s: float, now: float) -> float:
    """Return when what is to come at ``at`` comes when its interval becomes another one."""
    return at if at <= now else now + (at - now) * new_s / old_s
