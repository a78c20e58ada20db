"""What goes into one message to one contact, and when: never a flood. Pure."""

from collections import deque
from collections.abc import Callable, Sequence

from monitor.people.escalation import Matter
from monitor.records import Notice, NoticeStep

WINDOW_S = 600.0
BUNDLE_EVERY_S = 60.0
"""When a contact has had its messages for the present window, what comes further is one message a minute."""

SAME_CAUSE_S = 1800.0
"""Printers that join a cause of which the contact was told so long ago are no news."""

_URGENCY = {
    NoticeStep.PAUSE_FAILED: 0,
    NoticeStep.UNABLE: 0,
    NoticeStep.ASKED: 1,
    NoticeStep.OPENED: 2,
    NoticeStep.HELD: 2,
}


class Bundler:
    """What one contact has had, and what it gets next."""

    def __init__(self, at_most: int) -> None:
        """``at_most`` messages in :data:`WINDOW_S` before further ones are bundled."""
        self._at_most = at_most
        self._sent: deque[float] = deque(maxlen=at_most)
        self._causes: dict[str, float] = {}

    def sent(self, at: float) -> None:
        """A message has gone out."""
        self._sent.append(at)

    def knows(self, cause: str, at: float) -> None:
        """The contact was told of a cause that many printers share."""
        self._causes[cause] = max(at, self._causes.get(cause, 0.0))

    def is_known(self, matter: Matter, now: float) -> bool:
        """Whether the contact has had a message about the cause, so that this printer is no news."""
        told_at = self._causes.get(matter.cause, float("-inf")) if matter.step is NoticeStep.HELD else float("-inf")
        return bool(matter.cause) and now - told_at < SAME_CAUSE_S

    def next_at(self, now: float) -> float:
        """Return when the next message may go out: now, or a minute after the last where there were many."""
        return now if self._left(now) else max(now, self._sent[-1] + BUNDLE_EVERY_S)

    def choose(self, waiting: Sequence[Notice], matter: Callable[[Notice], Matter | None], now: float) -> list[Notice]:
        """Return the notices of the next message, the most urgent first; nothing while it may not go out yet.

        What would take more messages than are left for the present window goes out as one.
        """
        if not waiting or self.next_at(now) > now:
            return []
        ordered = sorted(waiting, key=lambda n: (_URGENCY.get(NoticeStep(n.step), 3), n.due_at, n.incident))
        chosen = _together(ordered, matter)
        others = len(ordered) - len(chosen)
        return chosen if self._left(now) > others else ordered

    def _left(self, now: float) -> int:
        """Return how many messages may go out at once."""
        return self._at_most - sum(now - at < WINDOW_S for at in self._sent)


def _together(ordered: Sequence[Notice], matter: Callable[[Notice], Matter | None]) -> list[Notice]:
    """Return the first notice, and all that share its cause."""
    first = matter(ordered[0])
    if first is None or not first.is_shared:
        return [ordered[0]]
    return [n for n in ordered if (other := matter(n)) and (other.step, other.cause) == (first.step, first.cause)]
