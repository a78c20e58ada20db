"""Carries notices to one contact, on a thread of its own: a service that hangs delays nobody else's message."""

import logging
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Protocol

from monitor.clock import Clock
from monitor.config.model import Contact
from monitor.errors import NotTold
from monitor.messenger import Letter
from monitor.people.bundling import Bundler
from monitor.people.escalation import Matter
from monitor.records import Notice

log = logging.getLogger(__name__)

RETRY_AFTER_S = (2.0, 5.0, 15.0, 30.0)
"""Pauses between the tries of one message; after the last try it has failed, and the next contact is told."""

STOP_S = 1.0  # a service that hangs is not waited for longer; what it had is sent again after the next start

Carrier = Callable[[Letter], None]
"""Hands a message over to the service behind a contact; raises NotTold."""


class Desk(Protocol):
    """What a courier asks and tells: :class:`monitor.people.people.People`."""

    def matter(self, notice: Notice) -> Matter | None:
        """Return what a notice is about, if it is still to be told."""

    def letter(self, contact: Contact, notices: Sequence[Notice]) -> Letter | None:
        """Return the message for some notices; None when all of them are over."""

    def carried(self, contact: Contact, notices: Sequence[Notice], at: float) -> None:
        """They were told in one message."""

    def not_carried(self, contact: Contact, notices: Sequence[Notice], at: float, why: str) -> None:
        """They could not be told, and are not tried again by this courier."""

    def dropped(self, notices: Sequence[Notice]) -> None:
        """They are not true any more."""


class Courier:
    """The way to one contact. ``add`` may be called from any thread."""

    def __init__(
        self,
        contact: Contact,
        carry: Carrier,
        bundler: Bundler,
        desk: Desk,
        clock: Clock,
        retry_after_s: Sequence[float] = RETRY_AFTER_S,
    ) -> None:
        self.contact, self.bundler = contact, bundler
        self._carry, self._desk, self._clock, self._retry_after_s = carry, desk, clock, retry_after_s
        self._lock = threading.Lock()
        self._waiting: dict[str, Notice] = {}  # at most one for each incident, step and contact
        self._wake = threading.Event()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"courier-{contact.id}", daemon=True)

    def start(self) -> None:
        """Start carrying."""
        self._thread.start()

    def request_stop(self) -> None:
        """Ask it to stop, without waiting."""
        self._stopping.set()
        self._wake.set()

    def stop(self) -> None:
        """Carry nothing more; waits a little for what is on its way. Idempotent."""
        self.request_stop()
        if self._thread.ident is not None:
            self._thread.join(STOP_S)
            if self._thread.is_alive():
                log.warning("%s: its service hangs and is left behind", self.contact.called)

    def add(self, notices: Sequence[Notice]) -> None:
        """Take notices to be carried."""
        with self._lock:
            self._waiting.update((notice.id, notice) for notice in notices)
        self._wake.set()

    def step(self) -> None:
        """Carry the next message, if one may go out; tries again and waits as often as it takes."""
        waiting = self._still_wanted()
        batch = self.bundler.choose(waiting, self._desk.matter, self._clock.now())
        if not batch:
            return
        why: str | None
        try:
            batch, why = self._try(batch)
        except Exception as exc:  # what the library did not foresee: it must not cost the next message
            log.exception("%s: a message met a fault", self.contact.called)
            why = f"{type(exc).__name__} (see the log)"
        if self._stopping.is_set() and why:
            return  # unsent in the history: sent after the next start
        self._forget(batch)
        if why is None:
            self._desk.dropped(batch)
            return
        if not why:
            self._carried(batch)
            return
        hopeless = [notice for notice in self._still_wanted() if notice not in batch]
        self._forget(hopeless)  # they would only wait for the same service; the next contact must not
        self._desk.not_carried(self.contact, [*batch, *hopeless], self._clock.now(), why)

    def _run(self) -> None:
        while not self._stopping.is_set():
            self._wake.clear()
            try:
                self.step()
            except Exception:  # the root of the thread
                log.exception("%s: the courier met a fault and goes on", self.contact.called)
            with self._lock:
                pause_s = 0.2 if self._waiting else 60.0
            self._clock.wait(self._wake, pause_s)

    def _try(self, batch: list[Notice]) -> tuple[list[Notice], str | None]:
        """Return the notices with their tries counted, and why they were not told; None: not true any more."""
        letter = self._desk.letter(self.contact, batch)
        if letter is None:
            return batch, None
        why = ""
        for number, pause_s in enumerate((0.0, *self._retry_after_s)):
            if pause_s and self._clock.wait(self._stopping, pause_s):
                break
            if number and all(self._desk.matter(notice) is None for notice in batch):
                return batch, None  # somebody has acknowledged it meanwhile
            if number and number == len(self._retry_after_s):  # the last try: perhaps it is only the picture
                letter = replace(letter, picture=None)
            batch = [replace(notice, tries=notice.tries + 1) for notice in batch]
            try:
                self._carry(letter)
            except NotTold as exc:
                why = str(exc)
                log.warning("%s was not told (try %d): %s", self.contact.called, batch[0].tries, why)
            else:
                return batch, ""
        return batch, why

    def _carried(self, batch: Sequence[Notice]) -> None:
        now = self._clock.now()
        self.bundler.sent(now)
        for notice in batch:
            matter = self._desk.matter(notice)
            if matter is not None and matter.cause:
                self.bundler.knows(matter.cause, now)
        self._desk.carried(self.contact, batch, now)

    def _still_wanted(self) -> list[Notice]:
        """Return what waits, without what is not true any more or no news to this contact."""
        with self._lock:
            waiting = list(self._waiting.values())
        matters = {notice.id: self._desk.matter(notice) for notice in waiting}
        overtaken = [notice for notice in waiting if matters[notice.id] is None]
        now = self._clock.now()
        joined = [n for n in waiting if (matter := matters[n.id]) and self.bundler.is_known(matter, now)]
        self._forget([*overtaken, *joined])
        if overtaken:
            self._desk.dropped(overtaken)
        if joined:
            self._desk.carried(self.contact, joined, now)
        return [notice for notice in waiting if notice not in overtaken and notice not in joined]

    def _forget(self, notices: Sequence[Notice]) -> None:
        with self._lock:
            for notice in notices:
                self._waiting.pop(notice.id, None)
