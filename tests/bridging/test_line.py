"""The line between a site and the hub is cut: what waits for it, how soon that is noticed, how soon it is back."""

import os
import re
import signal
import time
from collections.abc import Callable
from itertools import count
from pathlib import Path

import psutil
import pytest

from monitor.bench.bridged import Bridged
from monitor.bench.relay import LineState
from monitor.bridging.site_side import LINE_QUEUED_BYTES as QUEUED_BYTES
from monitor.peers.wire import PeerTopics, decode_pulse
from monitor.records.journal import JournalRow
from tests.bridging.conftest import Make, is_up
from tests.bridging.onlooker import Onlooker, auditor, folder_of, in_the_line
from tests.history.test_history import opened
from tests.peers.asker import Asker
from tests.peers.site import site
from tests.support import wait_until

Hears = Callable[..., Onlooker]
TOPICS = PeerTopics("vigie", "amiens")
STATE, STORED = "$SYS/broker/connection/amiens/state", "$SYS/broker/store/messages/bytes"
NOTICED_WITHIN_S = 30.0  # promised
BACK_WITHIN_S = 25.0  # the longest wait between two tries, and the handshake
MESSAGE = b"x" * 16_000
FLOOD = 200  # a second: 3 MB, some hundred times what a site may tell
LONGEST_QUEUE = 1_000  # messages for one client, unless mosquitto.conf says otherwise
TRY = "Connecting bridge (step 1)"
SLACK_BYTES = 4_000_000  # of a process, for whatever else


class Watch:
    """How much a site's broker keeps."""

    def __init__(self, made: Bridged, at_site: Onlooker) -> None:
        self._process, self._at_site = psutil.Process(made.sites["amiens"].broker.process_id), at_site
        assert at_site.hears(STORED)
        self._first, self._first_rss = self.stored, self._process.memory_info().rss
        self.most_stored = self.most_rss = 0

    @property
    def stored(self) -> int:
        """Bytes that are kept for somebody, as the broker says every second."""
        return int(self._newest(STORED))

    @property
    def is_up(self) -> bool:
        """Whether the bridge stands, as the broker says."""
        return self._newest(STATE) == b"1"

    def look(self) -> None:
        """Note the most so far."""
        self.most_stored = max(self.most_stored, self.stored - self._first)
        self.most_rss = max(self.most_rss, self._process.memory_info().rss - self._first_rss)

    def _newest(self, topic: str) -> bytes:
        return next((one.payload for one in reversed(self._at_site.heard) if one.topic == topic), b"")


def flood(at_site: Onlooker, watch: Watch) -> None:
    """Say much with QoS 1, and see what becomes of it when the broker has told what it keeps."""
    for _ in range(FLOOD):
        at_site.link.publish(TOPICS.page, MESSAGE, qos=1)
    at_site.says("vigie/flooded")
    known = at_site.topics()[STORED]
    wait_until(lambda: at_site.topics()[STORED] > known, 1.5)  # it tells changes only
    watch.look()


def returns_after(made: Bridged, at_site: Onlooker, everything: Onlooker) -> float:
    """Mend the line, and return after how many seconds the hub hears what is said now."""
    mended_at, numbers = time.monotonic(), count()
    made.sites["amiens"].line.be(LineState.UP)

    def is_heard() -> bool:
        at_site.says(TOPICS.pulse, f"after {next(numbers)}")
        return any(message.payload.startswith(b"after") for message in everything.heard)

    assert wait_until(is_heard, every_s=0.1)
    return time.monotonic() - mended_at


def stage(made: Bridged, hears: Hears) -> tuple[Onlooker, Onlooker, Watch]:
    """Return who hears the hub, who hears and speaks at the site, and how much its broker keeps."""
    at_site = hears(in_the_line(made), STATE, STORED)
    watch = Watch(made, at_site)
    assert wait_until(lambda: watch.is_up), made.sites["amiens"].broker.said()
    return hears(auditor(made), "vigie-peers/#"), at_site, watch


def test_nothing_waits_for_a_line_that_hangs(bridged: Make, hears: Hears) -> None:
    """Pulled like a cable while 200 messages a second of QoS 1 are told: noticed, dropped, back."""
    with bridged() as made:
        everything, at_site, watch = stage(made, hears)
        hangs_at = time.monotonic()
        made.sites["amiens"].line.be(LineState.HANGS)
        site = made.sites["amiens"].broker
        while site.said().count(TRY) < 2 and time.monotonic() - hangs_at < NOTICED_WITHIN_S:
            flood(at_site, watch)
        noticed_s = time.monotonic() - hangs_at
        for _ in range(6):
            flood(at_site, watch)
        before = len(everything.heard)
        back_s = returns_after(made, at_site, everything)
        late = sum(message.topic == TOPICS.page for message in everything.heard[before:])
        print(  # noqa: T201  # figures of docs/region.md
            f"hangs: noticed after {noticed_s:.1f} s, back {back_s:.1f} s after it was mended; the broker kept "
            f"{watch.most_stored:,} bytes more at the most and grew by {watch.most_rss:,}; {late} came late"
        )
        assert noticed_s < NOTICED_WITHIN_S
        assert back_s < BACK_WITHIN_S
        assert watch.most_stored < QUEUED_BYTES + SLACK_BYTES
        assert watch.most_rss < QUEUED_BYTES + LONGEST_QUEUE * len(MESSAGE) + SLACK_BYTES
        assert late < LONGEST_QUEUE


def test_nothing_waits_for_a_line_that_is_down(bridged: Make, hears: Hears) -> None:
    """A modem without power: all is dropped at once, and the bridge is back soon."""
    with bridged() as made:
        everything, at_site, watch = stage(made, hears)
        made.sites["amiens"].line.be(LineState.REFUSES)
        assert wait_until(lambda: not watch.is_up)
        for _ in range(5):
            flood(at_site, watch)
        back_s = returns_after(made, at_site, everything)
        late = everything.topics()[TOPICS.page]
        print(f"down: back {back_s:.1f} s after it was mended; kept {watch.most_stored:,} bytes; {late} late")  # noqa: T201
        assert back_s < BACK_WITHIN_S
        assert 0 == late
        assert watch.most_stored < QUEUED_BYTES + SLACK_BYTES, "what is told while it is tried once"


def test_what_a_bridge_keeps_is_seen_here(bridged: Make, hears: Hears) -> None:
    """The usual bridge (a kept session, QoS 1) keeps every message for the line: the figures above can fail."""
    made = bridged()
    file = folder_of(made, "amiens")
    usual = (
        file.read_text()
        .replace("cleansession true", "cleansession false")
        .replace("# out 0", "# out 1")
        .replace("max_queued_bytes", "# max_queued_bytes")
    )
    file.write_text(usual)
    with made:
        _, at_site, watch = stage(made, hears)
        made.sites["amiens"].line.be(LineState.REFUSES)
        assert wait_until(lambda: not watch.is_up)
        for _ in range(3):
            flood(at_site, watch)
        assert watch.most_stored >= 2 * FLOOD * len(MESSAGE)


@pytest.mark.parametrize("one_broker", [False, True])
@pytest.mark.parametrize("state", [LineState.HANGS, LineState.REFUSES, LineState.CLOSES])
def test_the_site_itself_notices_nothing(bridged: Make, hears: Hears, state: LineState, one_broker: bool) -> None:
    """Whatever becomes of the line, the broker of the site carries what the site says to itself.

    With mosquitto's own TLS (2.0.11) and one broker it does not: CLOSES, and after three to five tries it serves nobody
    any more.
    """
    made = bridged(one_broker=one_broker)
    file = folder_of(made, "amiens")
    file.write_text(re.sub("restart_timeout .*", "restart_timeout 1 2", file.read_text()))
    with made:
        assert is_up(made)
        site = made.sites["amiens"]
        inside = hears(site.own.endpoint, "vigie/#")
        made.sites["amiens"].line.be(state)
        tries = 1 if state is LineState.HANGS else 6
        assert wait_until(lambda: site.broker.said().count(TRY) > tries, every_s=0.2)
        for number in range(200):
            inside.link.publish(f"vigie/amiens/p{number}/pause", b"{}", qos=1)
        assert inside.hears("vigie/amiens/p199/pause")
        assert 200 == len(inside.heard)


def test_what_happened_while_the_line_broker_was_killed_is_there_afterwards(bridged: Make, tmp_path: Path) -> None:
    """It is killed between two incidents, and again while the hub reads: each is told once more, and none is lost."""
    with bridged(("lille",)) as made, Asker(made.hub.endpoint, "lille") as asker:
        broker = made.sites["lille"].broker
        with site(broker, tmp_path) as here:
            for number in range(4):
                if number % 2:
                    os.kill(broker.process_id, signal.SIGKILL)
                here.history.commit(opened(number))
                asker.heard.clear()
                if number % 2:
                    broker.stop()
                    broker.start()
                assert asker.hears(asker.topics.pulse, lambda payload: decode_pulse(payload).head > 0)
            pulse = decode_pulse(asker.on(asker.topics.pulse)[-1])
            told = read_all(asker, pulse.history)
            assert {f"id-{number:04}" for number in range(4)} <= {row.id for row in told}
            assert len(told) == len({row.seq for row in told})
            assert [row.id for row in told] == [row.id for row in here.history.reader.journal(0, 1_000_000).rows]


def read_all(asker: Asker, history: str) -> list[JournalRow]:
    """Ask for all pages, and return what they have."""
    rows: list[JournalRow] = []
    page = asker.page("q0", history, 0)
    rows += page.rows
    while page.upto < page.head:
        page = asker.page(f"q{page.upto}", history, page.upto)
        rows += page.rows
    return rows
