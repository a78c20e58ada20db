"""Answers what other monitors ask for: pages, pictures, views, looks, and commands of people."""

import logging
import threading
from collections import Counter, deque
from collections.abc import Callable
from dataclasses import replace
from typing import Protocol, TypeVar

from monitor.clock import Clock
from monitor.decode import shrunk
from monitor.errors import BadFrame, BadPayload, StorageError
from monitor.ignored import IgnoredMessages
from monitor.mqtt import Link, Message
from monitor.peers.records import EvidenceAsk, Look, PageAsk
from monitor.peers.uplink import Uplink
from monitor.peers.watched import Watched
from monitor.peers.wire import (
    EVIDENCE_BYTES,
    PAGE_BYTES,
    PeerTopics,
    decode_evidence_ask,
    decode_look,
    decode_page_ask,
    decode_wish,
    encode_answer,
    encode_page,
)
from monitor.peers.wished import Wishes
from monitor.records import Incident, PersonCommand
from monitor.records.journal import Page

log = logging.getLogger(__name__)

COMMANDS_WAITING, QUESTIONS_WAITING = 100, 16
EVIDENCE_WIDTH = 960  # pixels
PAGE_SHARE = 0.5  # of the budget, at most: the rest is for tiles
PAGE_LASTS_S = 2.0  # a page is no longer than what the line carries in so long
SHORTEST_PAGE_BYTES = 4_000

Asked = TypeVar("Asked", PageAsk, EvidenceAsk, Look, PersonCommand)
Waiting = TypeVar("Waiting")


class Past(Protocol):
    """What the history's reader answers."""

    def journal(self, after: int, max_bytes: int) -> Page:
        """Return what was written after a number."""

    def incident(self, incident: str) -> Incident | None:
        """Return an incident; None when it is unknown."""

    def evidence(self, incident: str) -> bytes | None:
        """Return its picture."""


class Desk:
    """Hears questions on a link, and answers them one by one on a thread of its own: commands first."""

    def __init__(
        self,
        link: Link,
        topics: PeerTopics,
        uplink: Uplink,
        past: Past,
        watched: Watched,
        wishes: Wishes,
        ask_all: Callable[[], None],
        rotation: Callable[[str], int],
        clock: Clock,
    ) -> None:
        """``rotation`` says by how many degrees clockwise a printer's pictures are turned. The link is not started."""
        self._topics, self._uplink, self._past, self._wishes, self._clock = topics, uplink, past, wishes, clock
        self._rotation = rotation
        self._ignored = IgnoredMessages(clock, "peers")
        self._news = threading.Condition()
        self._commands: deque[PersonCommand] = deque()
        self._questions: deque[PageAsk | EvidenceAsk] = deque()
        self._is_ending = False
        self._page_at = float("-inf")  # the next page goes no earlier
        self._thread = threading.Thread(target=self._run, name="peers-asked")
        self._listen(link, topics.ask_page, decode_page_ask, self._ask)
        self._listen(link, topics.ask_evidence, decode_evidence_ask, self._ask)
        self._listen(link, topics.ask_look, decode_look, lambda look: watched.look(look, clock.now()))
        self._listen(link, topics.ask_command, decode_wish, self._command)
        link.subscribe(topics.ask_views, lambda _: ask_all())

    @property
    def ignored(self) -> Counter[str]:
        """How many messages were ignored, by reason."""
        return self._ignored.counts

    def start(self) -> None:
        """Start answering."""
        self._thread.start()

    def stop(self) -> None:
        """Do the commands that have come, and join the thread. Idempotent."""
        with self._news:
            self._is_ending = True
            self._news.notify()
        if self._thread.ident is not None:
            self._thread.join()

    def _listen(
        self, link: Link, topic: str, decode: Callable[[bytes], Asked], take: Callable[[Asked], object]
    ) -> None:
        def handle(message: Message) -> None:
            if message.retain:
                self._ignored.add("retained", message.topic, "it would be obeyed again after every reconnect")
                return
            try:
                asked = decode(message.payload)
            except BadPayload as exc:
                self._ignored.add("bad payload", message.topic, str(exc))
                return
            take(asked)

        link.subscribe(topic, handle)

    def _command(self, command: PersonCommand) -> None:
        self._queue(self._commands, command, COMMANDS_WAITING, self._topics.ask_command)

    def _ask(self, question: PageAsk | EvidenceAsk) -> None:
        self._queue(self._questions, question, QUESTIONS_WAITING, self._topics.ask_page)

    def _queue(self, queue: deque[Waiting], item: Waiting, at_most: int, topic: str) -> None:
        with self._news:
            if len(queue) < at_most:
                queue.append(item)
                self._news.notify()
                return
        self._ignored.add("overrun", topic, f"{at_most} wait already: ask again later")

    def _run(self) -> None:
        while (job := self._next()) is not None:
            try:
                job()
            except Exception:  # the root of the thread: the next question must still be answered
                self._ignored.add("fault", "one of ours", "see the log")
                log.exception("a question of another monitor could not be answered")

    def _next(self) -> Callable[[], None] | None:
        """Wait for something to do; None: no more. Questions wait until the line may carry the answer."""
        with self._news:
            while True:
                if self._commands:
                    command = self._commands.popleft()
                    return lambda: self._obey(command)
                if self._is_ending:
                    return None
                wait_s = self._wait_s()
                if wait_s == 0.0:
                    question = self._questions.popleft()
                    return lambda: self._answer(question)
                self._news.wait(wait_s)

    def _wait_s(self) -> float | None:
        """Return how long the next question waits; None: there is none."""
        if not self._questions:
            return None
        wait_s = self._uplink.wait_s()
        if isinstance(self._questions[0], PageAsk):
            wait_s = max(wait_s, self._page_at - self._clock.now())
        return max(0.0, wait_s)

    def _obey(self, command: PersonCommand) -> None:
        answer = self._wishes.answer(command)
        self._uplink.send("answer", self._topics.answer, encode_answer(answer), qos=1)

    def _answer(self, question: PageAsk | EvidenceAsk) -> None:
        try:
            if isinstance(question, PageAsk):
                self._send_page(question)
            else:
                self._send_evidence(question.incident)
        except StorageError as exc:
            log.warning("what another monitor asks for cannot be read: %s", exc)

    def _send_page(self, ask: PageAsk) -> None:
        """Tell what was written after a number, or from the beginning when it counts in another file."""
        rate = self._uplink.bytes_per_s
        max_bytes = int(min(PAGE_BYTES, max(SHORTEST_PAGE_BYTES, rate * PAGE_LASTS_S)))
        page = self._past.journal(ask.after, max_bytes)
        if page.history != ask.history and ask.after:
            page = self._past.journal(0, max_bytes)
        payload = encode_page(replace(page, id=ask.id))
        self._uplink.send("page", self._topics.page, payload, qos=1)
        self._page_at = self._clock.now() + len(payload) / (rate * PAGE_SHARE)

    def _send_evidence(self, incident: str) -> None:
        """Send an incident's picture as people see it, upright, and small; nothing when there is none."""
        jpeg, fact = self._past.evidence(incident), self._past.incident(incident)
        small = b""
        if jpeg is not None and fact is not None:
            try:
                small = shrunk(jpeg, EVIDENCE_WIDTH, EVIDENCE_BYTES, self._rotation(fact.printer))
            except BadFrame as exc:
                log.warning("the picture of incident %s is not sent: %s", incident, exc)
        self._uplink.send("evidence", self._topics.evidence(incident), small, qos=1)
