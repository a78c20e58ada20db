"""Hears what people in a room answer, on a thread that asks again and again for what is new."""

import json
import logging
import threading
from collections.abc import Callable, Iterable
from pathlib import Path

from monitor.clock import Clock
from monitor.config.model import MatrixRoom
from monitor.errors import NotTold
from monitor.people.matrix.client import MatrixClient, MatrixRefused
from monitor.people.matrix.reading import Answer, answers
from monitor.people.wording import codes_in
from monitor.records import PersonCommandKind

log = logging.getLogger(__name__)

WAIT_S = 3.0  # for news, in one request; a stop waits no longer
STOP_S = WAIT_S + 1.0  # a homeserver that hangs is not waited for longer
RETRY_AFTER_S = (1.0, 2.0, 5.0, 15.0, 30.0)
FAILURES_FORGIVEN = 3
WISH_LASTS_S = 60.0
"""A wish that is older, because we or the homeserver were away, may have been overtaken: then it only acknowledges."""
ANSWER_LASTS_S = 3600.0

_NONE: dict[str, list[str]] = {"types": []}
_EVENTS = {"types": ["m.reaction", "m.room.message"], "limit": 50}

Answered = Callable[[Iterable[str], str, PersonCommandKind | None], int]
"""Takes codes of incidents, who answers, and what else they wish."""


class MatrixListener:
    """Listens to one room. ``place`` is the file that remembers how far it has read."""

    def __init__(self, room: MatrixRoom, contact: str, place: Path, answered: Answered, clock: Clock) -> None:
        self._room, self._place, self._answered, self._clock = room, place, answered, clock
        self._client = MatrixClient(room, f"vigie-{contact}-hears")
        self._since = ""
        self._failures, self._why = 0, ""
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"matrix-{contact}", daemon=True)

    @property
    def problem(self) -> str:
        """Why answers are not heard, for more than a moment; empty when all is well."""
        return self._why if self._failures > FAILURES_FORGIVEN else ""

    def start(self) -> None:
        """Start listening."""
        self._thread.start()

    def request_stop(self) -> None:
        """Ask it to stop, without waiting."""
        self._stopping.set()

    def stop(self) -> None:
        """Stop listening, and wait for it. Idempotent."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join(STOP_S)
            if self._thread.is_alive():
                log.warning("%s: the homeserver hangs and is left behind", self._room.room)
        self._client.close()

    def _run(self) -> None:
        self._since = self._remembered()
        while not self._stopping.is_set():
            try:
                self._listen()
                self._failures = 0
            except NotTold as exc:
                self._wait(str(exc))
            except Exception:  # the root of the thread
                log.exception("listening to %s met a fault", self._room.room)
                self._wait("a fault of Vigie's own (see the log)")

    def _listen(self) -> None:
        own, room = self._client.user(), self._client.room_id()
        if not self._since:  # a first start: what was said before is not meant for us
            self._remember(self._client.sync("", 0.0, _filter(room)).get("next_batch"))
            return
        sync = self._client.sync(self._since, WAIT_S, _filter(room))
        for answer in answers(sync, room, own, self._clock.now()):
            self._take(answer, own)
        self._remember(sync.get("next_batch"))

    def _take(self, answer: Answer, own: str) -> None:
        if answer.age_s > ANSWER_LASTS_S or (self._room.listen_to and answer.sender not in self._room.listen_to):
            return
        try:
            message = self._client.event(answer.to)
        except MatrixRefused:  # it is gone, or older than our time in the room
            return
        content = message.get("content")
        body = content.get("body") if isinstance(content, dict) else None
        if message.get("sender") != own or not isinstance(body, str):
            return
        wish = answer.wish if answer.age_s <= WISH_LASTS_S else None
        by = self._client.name_of(answer.sender)
        found = self._answered(codes_in(body), by, wish)
        log.info("%s answered in %s: %d incidents", by, self._room.room, found)

    def _wait(self, why: str) -> None:
        pause_s = RETRY_AFTER_S[min(self._failures, len(RETRY_AFTER_S) - 1)]
        self._why = f"answers in {self._room.room} are not heard: {why}"
        if self._failures in (0, FAILURES_FORGIVEN):
            log.warning("%s; trying again", self._why)
        self._failures += 1
        self._clock.wait(self._stopping, pause_s)

    def _remembered(self) -> str:
        try:
            return self._place.read_text(encoding="ascii").strip()
        except (OSError, ValueError):
            return ""

    def _remember(self, place: object) -> None:
        if not isinstance(place, str) or place == self._since:
            return
        self._since = place
        try:
            new = self._place.with_name(self._place.name + ".new")
            new.write_text(place, encoding="ascii")
            new.replace(self._place)
        except OSError as exc:
            log.warning("%s: how far the room was read is not remembered: %s", self._place, exc)


def _filter(room: str) -> str:
    narrow = {"rooms": [room], "timeline": _EVENTS, "state": _NONE, "ephemeral": _NONE, "account_data": _NONE}
    return json.dumps({"presence": _NONE, "account_data": _NONE, "room": narrow})
