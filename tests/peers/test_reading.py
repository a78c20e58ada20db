"""How a peer's history is read over a real broker: page by page, and pictures by themselves."""

import hashlib
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from monitor.decode import shrunk
from monitor.history import History
from monitor.jpeg import dimensions
from monitor.peers import asked
from monitor.peers.wire import (
    EVIDENCE_BYTES,
    decode_pulse,
)
from monitor.records.journal import Cursor
from tests.brokers import Mosquitto
from tests.history.test_history import opened, running
from tests.inspection.pictures import jpeg, scene
from tests.peers.asker import Asker
from tests.peers.site import site
from tests.support import wait_until


def test_what_is_written_is_told_by_a_pulse_and_read_page_by_page(mosquitto_broker: Mosquitto, tmp_path: Path) -> None:
    """The page names the question; another file's number is answered from the beginning."""
    with site(mosquitto_broker, tmp_path) as here, Asker(mosquitto_broker.endpoint, "lille") as asker:
        assert asker.hears(asker.topics.pulse)
        here.history.commit(opened(1))
        head = here.history.reader.newest()
        assert asker.hears(asker.topics.pulse, lambda payload: decode_pulse(payload).head == head.seq)
        page = asker.page("q1", head.history, 0)
        assert (["id-0001", "event-0001"], head.seq) == ([row.id for row in page.rows], page.upto)
        assert () == asker.page("q2", head.history, page.upto).rows
        assert page.rows == asker.page("q3", "of another file", page.upto).rows


def test_a_page_is_no_longer_than_the_line_carries_in_a_while(mosquitto_broker: Mosquitto, tmp_path: Path) -> None:
    """A line of 16 kbit/s gets four kilobytes at once, in order and without a gap, and nothing else waits for them."""
    with site(mosquitto_broker, tmp_path, kbit_per_s=16.0) as here, Asker(mosquitto_broker.endpoint, "lille") as asker:
        for number in range(20):
            here.history.commit(opened(number))
        first = asker.page("q1", "", 0)
        assert 4 <= len(first.rows) < 20
        assert first.upto == first.rows[-1].seq
        assert len(asker.on(asker.topics.page)[0]) <= asked.SHORTEST_PAGE_BYTES + 500


def test_evidence_is_sent_small_and_upright(mosquitto_broker: Mosquitto, tmp_path: Path) -> None:
    """As people see it; where there is none, that is said."""
    noise = np.random.default_rng(1).integers(0, 255, (1080, 1920, 3), np.uint8)
    large = cv2.imencode(".jpg", noise, [cv2.IMWRITE_JPEG_QUALITY, 95])[1].tobytes()
    with site(mosquitto_broker, tmp_path, rotate=90) as here, Asker(mosquitto_broker.endpoint, "lille") as asker:
        here.history.commit(replace(opened(1), evidence=large))
        here.history.commit(replace(opened(2), evidence=b"no picture"))
        small = asker.evidence("id-0001")
        assert 0 < len(small) <= EVIDENCE_BYTES < len(large)
        width, height = dimensions(small)
        assert pytest.approx(1920 / 1080, rel=0.02) == height / width
        assert (b"", b"") == (asker.evidence("id-0002"), asker.evidence("id-9999"))
        here.owned = {"p1": 1}
        asker.heard.clear()
        width, height = dimensions(asker.evidence("id-0001"))
        assert pytest.approx(1920 / 1080, rel=0.02) == width / height


def test_a_history_that_is_set_aside_while_it_runs_is_read_again_without_doubles(
    mosquitto_broker: Mosquitto, tmp_path: Path
) -> None:
    """Half of its file is overwritten: the next pulse has another identity, and what is saved comes a second time."""
    with (
        site(mosquitto_broker, tmp_path) as here,
        running(tmp_path / "hub.db") as hub,
        Asker(mosquitto_broker.endpoint, "lille") as asker,
    ):
        for number in range(200):
            here.history.commit(opened(number, picture=b"x" * 5000))
        read_all(asker, hub, here.history.reader.newest())
        before = here.history.reader.identity()
        damage(here.history, tmp_path / "vigie.db")
        for number in range(200, 210):
            here.history.commit(opened(number))
        assert wait_until(lambda: not here.history.problem)
        assert asker.hears(asker.topics.pulse, lambda payload: decode_pulse(payload).history not in ("", before))
        read_all(asker, hub, here.history.reader.newest())
        assert [f"id-{number:04}" for number in range(210)] == sorted(one.id for one in hub.reader.incidents())
        events = [event.id for one in hub.reader.incidents() for event in hub.reader.events(one.id)]
        assert [f"event-{number:04}" for number in range(210)] == sorted(events)


def damage(history: History, path: Path) -> None:
    """Overwrite the second half of a file that is in use."""
    assert history._connection is not None
    history._connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    history._connection.execute("PRAGMA shrink_memory")
    with path.open("r+b") as file:
        file.seek(path.stat().st_size // 2)
        file.write(b"\xff" * (path.stat().st_size // 2))


def read_all(asker: Asker, hub: History, newest: Cursor) -> None:
    """Read a journal over the broker to its end, as a hub does."""
    while (after := hub.reader.cursor("lille", newest.history).seq) < newest.seq:
        assert hub.import_page("lille", asker.page(f"{newest.history}-{after}"[-64:], newest.history, after))


def test_a_picture_that_is_small_enough_stays_as_it_is() -> None:
    """Encoding it again would only make it worse."""
    small = jpeg(scene())
    digest = hashlib.sha256(small).digest()
    assert digest == hashlib.sha256(shrunk(small, 10_000, len(small))).digest()
    assert len(shrunk(small, 64, 2_000)) <= 2_000
