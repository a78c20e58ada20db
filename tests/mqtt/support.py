"""A link that is started and stopped around a test's lines, and a box for what it hears."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from monitor.mqtt import Delivery, Endpoint, Link, Message
from tests.support import PATIENCE_S, wait_until


class Heard:
    """Messages in the order of their arrival."""

    def __init__(self) -> None:
        self.messages: list[Message] = []

    def __call__(self, message: Message) -> None:
        """Take a message; a link's handler."""
        self.messages.append(message)

    def wait(self, count: int, timeout_s: float = PATIENCE_S) -> bool:
        """Wait for so many messages; tell whether they came."""
        return wait_until(lambda: len(self.messages) >= count, timeout_s)

    def on(self, topic: str) -> list[Message]:
        """Return what came on a topic."""
        return [message for message in self.messages if message.topic == topic]


@contextmanager
def running(link: Link) -> Iterator[Link]:
    """Start the link, wait for its connection, stop it in the end."""
    link.start()
    try:
        assert link.wait_connected(10), link.problem
        yield link
    finally:
        link.stop()


@contextmanager
def listening(endpoint: Endpoint, *filters: str, client_id: str = "listener") -> Iterator[Heard]:
    """Listen to some topics; the subscriptions stand when the block begins."""
    heard = Heard()
    link = Link(endpoint, client_id)
    for topic_filter in filters:
        link.subscribe(topic_filter, heard)
    with running(link):
        yield heard


def deliver(link: Link, topic: str, payload: bytes, *, retain: bool = False) -> Delivery:
    """Publish and wait for the broker's answer."""
    done = threading.Event()
    answers: list[Delivery] = []

    def on_done(delivery: Delivery) -> None:
        answers.append(delivery)
        done.set()

    link.publish(topic, payload, retain=retain, on_done=on_done)
    assert done.wait(PATIENCE_S)
    return answers[0]
