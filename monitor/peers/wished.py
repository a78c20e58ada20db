"""Commands from other places: each is done once, and answered the same however often it comes.

Its id is on the disk before it is done, and the answer after it. A crash between the two leaves a command of which
nobody knows whether it was done: it is not done again, and who asks is told to look.
"""

import logging
from collections import OrderedDict
from collections.abc import Callable
from typing import Protocol

from monitor.clock import Clock
from monitor.errors import BadPayload, StorageError, VigieError
from monitor.history import Change, Wish
from monitor.peers.records import WishAnswer
from monitor.peers.wire import decode_answer, encode_answer
from monitor.records import Answer, PersonCommand, Reception

log = logging.getLogger(__name__)

AHEAD_S = 60.0  # a command may be dated so far ahead of our clock
EXPIRY_AT_MOST_S = 3600.0
KEPT_AFTER_S = 600.0  # an answer is repeated so long after the command's expiry
IN_MEMORY = 500

CLOCKS_DIFFER = "the clocks of both places differ: set them by NTP, and start the monitors again"
NOT_KNOWN = "it was taken up before this monitor was started again, and whether it was done is not known: look"


class KeepsWishes(Protocol):
    """The history, as far as it keeps commands."""

    def commit(self, change: Change) -> bool:
        """Write a change; False when it waits in memory."""


class ReadsWishes(Protocol):
    """Its reader."""

    def wish(self, id_: str) -> Wish | None:
        """Return what became of a command; raises StorageError."""


class Wishes:
    """Not thread-safe: one thread brings commands."""

    def __init__(
        self,
        history: KeepsWishes,
        reader: ReadsWishes,
        knows: Callable[[str], bool],
        act: Callable[[PersonCommand], Answer],
        clock: Clock,
    ) -> None:
        """``knows`` tells whether a printer is ours; ``act`` does what a person wants, or raises VigieError."""
        self._history, self._reader, self._knows, self._act, self._clock = history, reader, knows, act, clock
        self._answers: OrderedDict[str, WishAnswer] = OrderedDict()  # of this run, for the disk may be full

    def answer(self, command: PersonCommand) -> WishAnswer:
        """Do what a command asks for unless that was done, or is too late; return what became of it."""
        known = self._known(command)
        if known is not None:
            return known
        refusal = self._refusal(command)
        if refusal is not None:
            return self._keep(command, refusal)
        self._write(command, None)
        try:
            answer = self._act(command)
        except VigieError as exc:
            answer = Answer(Reception.REFUSED, str(exc))
        log.info("%s: %s by %s: %s %s", command.printer, command.kind, command.by, answer.reception, answer.detail)
        return self._keep(command, answer)

    def _known(self, command: PersonCommand) -> WishAnswer | None:
        if command.id in self._answers:
            return self._answers[command.id]
        try:
            wish = self._reader.wish(command.id)
        except StorageError as exc:
            log.warning("whether %s was done before is not known: %s", command.id, exc)
            return None
        if wish is None:
            return None
        if wish.answer is None:
            return self._keep(command, Answer(Reception.REFUSED, NOT_KNOWN))
        try:
            return decode_answer(wish.answer.encode())
        except BadPayload as exc:
            log.warning("the answer to %s cannot be read: %s", command.id, exc)
            return self._keep(command, Answer(Reception.REFUSED, NOT_KNOWN))

    def _refusal(self, command: PersonCommand) -> Answer | None:
        now, expires_at = self._clock.now(), command.expires_at or 0.0
        if now >= expires_at:
            late = f"it came {now - expires_at:.0f} s after it had expired by this site's clock"
            return Answer(Reception.REFUSED, f"{late}: the line was cut, or {CLOCKS_DIFFER}")
        if command.at > now + AHEAD_S:
            ahead = f"it is dated {command.at - now:.0f} s ahead of this site's clock"
            return Answer(Reception.REFUSED, f"{ahead}: {CLOCKS_DIFFER}")
        if expires_at > now + EXPIRY_AT_MOST_S:
            long = (
                f"it holds for {expires_at - now:.0f} s by this site's clock, at most {EXPIRY_AT_MOST_S:.0f} are taken"
            )
            return Answer(Reception.REFUSED, f"{long}: {CLOCKS_DIFFER}")
        if not self._knows(command.printer):
            return Answer(Reception.NOT_FOUND, f"there is no printer {command.printer} here")
        return None

    def _keep(self, command: PersonCommand, answer: Answer) -> WishAnswer:
        made = WishAnswer(command.id, command.printer, answer.reception, answer.detail, self._clock.now())
        self._answers[command.id] = made
        while len(self._answers) > IN_MEMORY:
            self._answers.popitem(last=False)
        self._write(command, encode_answer(made).decode())
        return made

    def _write(self, command: PersonCommand, answer: str | None) -> None:
        """Write a command or its answer; when the disk is full it is done nevertheless: a pause matters more."""
        now = self._clock.now()
        keep_until = min(max(now, command.expires_at or 0.0), now + EXPIRY_AT_MOST_S) + KEPT_AFTER_S
        self._history.commit(Change(wishes=(Wish(command.id, keep_until, answer),), wished_at=now))
