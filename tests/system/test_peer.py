"""A site that tells a hub: the whole monitor as a process, killed and started again."""

import json
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.clock import SystemClock
from monitor.peers.wire import decode_pulse, decode_views
from monitor.records import PersonCommand, PersonCommandKind, Reception, State
from monitor.records.journal import JournalKind, JournalRow
from tests.brokers import Mosquitto
from tests.peers.asker import Asker
from tests.system.running import CLEAN, FAILING_PRINT, Json, RunningVigie, farm, running_vigie, simulated


@pytest.fixture
def broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """A running broker."""
    folder = tmp_path / "mosquitto"
    folder.mkdir()
    broker = Mosquitto(folder)
    broker.start()
    yield broker
    broker.stop()


def small_farm(broker: Mosquitto, **sections: Json) -> Json:
    """Return a farm of two, of which the first fails once."""
    return farm(
        [simulated("bad", FAILING_PRINT), simulated("good")],
        mqtt={"host": "127.0.0.1", "port": broker.endpoint.port},
        simulation={"first_failure_after_s": 1, "failure_every_s": 80_000},
        **sections,
    )


def journal(asker: Asker, name: str) -> list[JournalRow]:
    """Return all rows of a site's journal, page by page."""
    pulse = decode_pulse(asker.on(asker.topics.pulse)[-1])
    rows: list[JournalRow] = []
    after, head = 0, 1
    while after < head:
        page = asker.page(f"{name}-{after}", pulse.history, after)
        rows += page.rows
        after, head = page.upto, page.head
    return rows


def test_a_site_tells_what_happens_and_does_what_a_hub_asks_once(broker: Mosquitto, tmp_path: Path) -> None:
    """Its failing print is in its journal, and a command that is repeated after SIGKILL is not done again."""
    at = SystemClock().now()
    with Asker(broker.endpoint, "site") as asker:
        with running_vigie(small_farm(broker, hub={"tiles_kbit_per_s": 2000}), tmp_path) as vigie:
            assert vigie.sees(lambda printers: printers["bad"]["state"] == "paused", 60), vigie.said()
            assert asker.hears(
                asker.topics.views,
                lambda payload: any(
                    v.printer == "bad" and v.state is State.PAUSED for v in decode_views(payload).views
                ),
            )
            assert asker.hears(asker.topics.tile("bad"))
            rows = journal(asker, "first")
            (incident,) = (row for row in rows if row.kind is JournalKind.INCIDENT)
            assert {"printer": "bad", "status": "paused"}.items() <= json.loads(incident.body).items()
            assert b"\xff\xd8" == asker.evidence(incident.id)[:2]
            wished = PersonCommand(
                "good", PersonCommandKind.MUTE, "Léa", at, minutes=60.0, id="w1", expires_at=at + 600.0
            )
            (answer,) = asker.command(wished)
            assert Reception.TAKEN is answer.reception
            first = decode_pulse(asker.on(asker.topics.pulse)[-1])
            vigie.end(signal.SIGKILL)
        asker.heard.clear()
        again = RunningVigie(small_farm(broker, hub={"tiles_kbit_per_s": 2000}), tmp_path)
        again.start()
        try:
            again.wait_ready()
            assert asker.hears(asker.topics.pulse)
            second = decode_pulse(asker.on(asker.topics.pulse)[-1])
            assert (first.history, True) == (second.history, first.instance != second.instance)
            assert {answer} == set(asker.command(wished, times=3))
            muted = [row for row in journal(asker, "second") if '"kind":"muted"' in row.body]
            assert 1 == len(muted)
            assert CLEAN == again.end(), again.said()
        finally:
            again.clean_up()


def test_without_the_section_nobody_is_told_anything(broker: Mosquitto, tmp_path: Path) -> None:
    """And what is asked is heard by nobody."""
    with Asker(broker.endpoint, "site") as asker, running_vigie(small_farm(broker), tmp_path) as vigie:
        assert vigie.watches("good"), vigie.said()
        asker.link.publish(asker.topics.ask_views, b"{}")
        assert vigie.sees(lambda printers: printers["bad"]["state"] == "paused", 60), vigie.said()
        assert [] == asker.heard
