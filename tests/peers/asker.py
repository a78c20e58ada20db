"""Whoever listens to peers at a broker and asks them: what a hub does, by hand."""

import json
from collections.abc import Callable
from typing import Any

from monitor.mqtt import Endpoint, Link, Message
from monitor.peers.records import EvidenceAsk, Look, PageAsk, WishAnswer
from monitor.peers.wire import (
    PeerTopics,
    decode_answer,
    decode_page,
    encode_evidence_ask,
    encode_look,
    encode_page_ask,
    encode_wish,
)
from monitor.records import PersonCommand
from monitor.records.journal import Page
from tests.support import wait_until


class Asker:
    """Hears all that a peer tells, in the order of arrival."""

    def __init__(self, endpoint: Endpoint, peer: str, base: str = "vigie") -> None:
        self.topics = PeerTopics(base, peer)
        self.heard: list[Message] = []
        self.link = Link(endpoint, "asker")
        self.link.subscribe(f"{base}-peers/#", self.heard.append)

    def __enter__(self) -> "Asker":
        self.link.start()
        assert self.link.wait_connected(10), self.link.problem
        return self

    def __exit__(self, *_: object) -> None:
        self.link.stop()

    def on(self, topic: str) -> list[bytes]:
        """Return what came on a topic."""
        return [message.payload for message in self.heard if message.topic == topic]

    def hears(self, topic: str, what: Callable[[bytes], bool] = lambda _: True) -> bool:
        """Wait for a message on a topic; tell whether it came."""
        return wait_until(lambda: any(what(payload) for payload in self.on(topic)))

    def newest(self, topic: str) -> Any:
        """Return the newest JSON of a topic."""
        return json.loads(self.on(topic)[-1])

    def page(self, name: str, history: str, after: int) -> Page:
        """Ask for a page and return it."""
        self.link.publish(self.topics.ask_page, encode_page_ask(PageAsk(name, history, after)), qos=0)
        assert self.hears(self.topics.page, lambda payload: decode_page(payload).id == name)
        return next(page for page in map(decode_page, self.on(self.topics.page)) if page.id == name)

    def evidence(self, incident: str) -> bytes:
        """Ask for the picture of an incident and return it."""
        self.link.publish(self.topics.ask_evidence, encode_evidence_ask(EvidenceAsk(incident)), qos=0)
        assert self.hears(self.topics.evidence(incident))
        return self.on(self.topics.evidence(incident))[-1]

    def look(self, *printers: str, at: float) -> None:
        """Say that somebody looks."""
        self.link.publish(self.topics.ask_look, encode_look(Look(printers, at + 30.0, at, "asker")), qos=0)

    def command(self, command: PersonCommand, times: int = 1) -> list[WishAnswer]:
        """Send a command, so many times, and return all answers to it so far."""
        known = len(self.answers(command.id))
        for _ in range(times):
            self.link.publish(self.topics.ask_command, encode_wish(command), qos=1)
        assert wait_until(lambda: len(self.answers(command.id)) >= known + times)
        return self.answers(command.id)

    def answers(self, name: str) -> list[WishAnswer]:
        """Return the answers to a command."""
        return [answer for answer in map(decode_answer, self.on(self.topics.answer)) if answer.id == name]
