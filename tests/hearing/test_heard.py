"""What is asked of a peer that is heard, and when."""

from dataclasses import dataclass, field
from pathlib import Path

import pytest

from monitor.errors import BadPayload
from monitor.hearing.heard import ALONE_S, HeardPeer
from monitor.history import History
from monitor.peers.line import PULSE_EVERY_S
from monitor.peers.records import Pulse
from monitor.peers.wire import decode_page_ask


@dataclass
class Asked:
    """Stands for the link: keeps which history's pages were asked for."""

    histories: list[str] = field(default_factory=list)

    def publish(self, topic: str, payload: bytes, *, qos: int) -> None:
        """Take note."""
        assert qos == 0
        if topic.endswith("/page"):
            self.histories.append(decode_page_ask(payload).history)


@pytest.fixture
def asked() -> Asked:
    """Nothing yet."""
    return Asked()


@pytest.fixture
def peer(asked: Asked, tmp_path: Path) -> HeardPeer:
    """A peer that was never heard."""
    history = History(tmp_path / "hub.db")
    history.start()
    history.stop()
    return HeardPeer("amiens", "vigie", asked, history, "hub", 0.0)  # type: ignore[arg-type]  # it publishes only


def pulse(process: str, head: int = 9) -> Pulse:
    """Return a pulse of a process, with a history of its own."""
    return Pulse("amiens", process, 0.0, f"history of {process}", head, "0.1.0", 1)


def test_the_history_of_a_peer_is_asked_for_at_once(peer: HeardPeer, asked: Asked) -> None:
    """Its first pulse says how far it is."""
    peer.pulse(pulse("one"), 0.0)
    peer.ask([], 0.0)
    assert ["history of one"] == asked.histories


def test_of_two_that_tell_in_turns_no_history_is_asked_for(peer: HeardPeer, asked: Asked) -> None:
    """What one of them has written would be taken for the other's."""
    peer.pulse(pulse("one", head=0), 0.0)
    peer.pulse(pulse("two"), 1.0)
    for number in range(1, 20):
        at = PULSE_EVERY_S * number
        for process, since_s in (("one", 0.0), ("two", 1.0)):
            peer.pulse(pulse(process), at + since_s)
            peer.ask([], at + since_s)
    assert [] == asked.histories


def test_a_peer_that_was_started_again_is_asked_as_soon_as_it_is_certain_that_it_is_alone(
    peer: HeardPeer, asked: Asked
) -> None:
    """That is when the former one would have spoken."""
    peer.pulse(pulse("one", head=0), 0.0)
    peer.pulse(pulse("two"), 1.0)
    peer.ask([], 1.0 + ALONE_S - 0.1)
    assert [] == asked.histories
    peer.ask([], 1.0 + ALONE_S)
    assert ["history of two"] == asked.histories


def test_a_pulse_of_somebody_else_is_refused(peer: HeardPeer) -> None:
    """Whoever may write on its topic could else speak for another."""
    with pytest.raises(BadPayload, match="it is of 'amiens'"):
        HeardPeer("lens", "vigie", peer._link, peer._history, "hub", 0.0).pulse(pulse("one"), 0.0)
