"""A peer at a real broker: what it tells by itself."""

from collections import Counter
from pathlib import Path

from monitor.history import Change
from monitor.judge import Phase
from monitor.peers.line import Line, LineKind
from monitor.peers.records import Look
from monitor.peers.teller import Condition
from monitor.peers.wire import (
    TILE_BYTES,
    decode_farm,
    decode_pulse,
    decode_tile,
    decode_views,
    encode_look,
)
from monitor.records import Reception
from monitor.records.load import LoadState
from tests.brokers import Mosquitto
from tests.history.test_history import incident, opened
from tests.peers.asker import Asker
from tests.peers.site import CLOCK, command, site
from tests.support import wait_until


def test_who_begins_to_listen_knows_farm_and_views_soon(mosquitto_broker: Mosquitto, tmp_path: Path) -> None:
    """The farm is retained; views come with the next question for them, and the pulse by itself."""
    with site(mosquitto_broker, tmp_path) as here:
        with Asker(mosquitto_broker.endpoint, "lille") as first:
            assert first.hears(first.topics.farm)
        with Asker(mosquitto_broker.endpoint, "lille") as asker:
            assert asker.hears(asker.topics.farm)
            farm = decode_farm(asker.on(asker.topics.farm)[0])
            assert (["p1", "p2", "p3"], "s", ["r"]) == (
                [printer.id for printer in farm.printers],
                farm.sites[0].id,
                [room.id for room in farm.sites[0].rooms],
            )
            asker.link.publish(asker.topics.ask_views, b"{}", qos=0)
            assert asker.hears(asker.topics.views, lambda payload: decode_views(payload).full)
            assert asker.hears(asker.topics.pulse)
            pulse = decode_pulse(asker.on(asker.topics.pulse)[-1])
            assert ("lille", here.peer.instance, here.history.reader.identity(), 3, farm.digest) == (
                pulse.peer,
                pulse.instance,
                pulse.history,
                pulse.printers,
                pulse.digest,
            )
            assert {message.topic for message in asker.heard if message.retain} == {asker.topics.farm}


def test_tiles_are_sent_of_whom_somebody_looks_at_and_of_who_fails(mosquitto_broker: Mosquitto, tmp_path: Path) -> None:
    """Of nobody else, and each picture once."""
    with site(mosquitto_broker, tmp_path) as here, Asker(mosquitto_broker.endpoint, "lille") as asker:
        for printer in ("p1", "p2", "p3"):
            here.hall.look(printer, phase=Phase.SUSPECT if printer == "p2" else Phase.WATCHING)
        assert asker.hears(asker.topics.tile("p2"))
        asker.look("p1", at=CLOCK.now())
        assert asker.hears(asker.topics.tile("p1"))
        tile = decode_tile(asker.on(asker.topics.tile("p1"))[0])
        view = here.hall.board.view("p1")
        assert (view.frame_taken_at, True) == (tile.taken_at, len(tile.jpeg) <= TILE_BYTES)
        seen = asker.on(asker.topics.pulse)
        assert wait_until(lambda: len(asker.on(asker.topics.pulse)) > len(seen))
        assert Counter({asker.topics.tile("p1"): 1, asker.topics.tile("p2"): 1}) == Counter(
            message.topic for message in asker.heard if "/tile/" in message.topic
        )
        here.hall.look("p1")
        assert asker.hears(asker.topics.tile("p1"), lambda payload: decode_tile(payload).taken_at > tile.taken_at)


def test_a_share_of_the_hubs_line_holds_while_it_is_said(mosquitto_broker: Mosquitto, tmp_path: Path) -> None:
    """It bounds what the site's own file allows, and never widens it."""
    with site(mosquitto_broker, tmp_path, kbit_per_s=400.0) as here, Asker(mosquitto_broker.endpoint, "lille") as asker:
        for share, bytes_per_s in ((40.0, 5_000.0), (4_000.0, 50_000.0), (80.0, 10_000.0), (None, 50_000.0)):
            at = CLOCK.now()
            look = Look(("p1",), at + 30.0, at, "hub", share)
            asker.link.publish(asker.topics.ask_look, encode_look(look), qos=0)
            assert wait_until(lambda wanted=bytes_per_s: here.peer.uplink.bytes_per_s == wanted)  # type: ignore[misc]


def test_what_can_wait_stays_within_the_budget(mosquitto_broker: Mosquitto, tmp_path: Path) -> None:
    """Somebody looks at three printers whose pictures come fast: a line of 40 kbit/s gets 5 kB a second."""
    with site(mosquitto_broker, tmp_path, kbit_per_s=40.0) as here, Asker(mosquitto_broker.endpoint, "lille") as asker:
        began_at = CLOCK.now()
        asker.look("p1", "p2", "p3", at=began_at)

        def has_many() -> bool:
            for printer in ("p1", "p2", "p3"):
                here.hall.look(printer)
            return len([m for m in asker.heard if "/tile/" in m.topic]) >= 6

        assert wait_until(has_many, every_s=0.05)
        took_s = CLOCK.now() - began_at
        sent = sum(here.peer.uplink.sent_bytes.values())
        assert sent <= 5_000 * (took_s + 1.0) + TILE_BYTES + 1_000
        tiles = Counter(m.topic for m in asker.heard if "/tile/" in m.topic)
        assert max(tiles.values()) - min(tiles.values()) <= 1
        assert 3 == len(tiles)


def test_a_node_of_a_cluster_tells_of_what_it_owns_and_does_no_more(
    mosquitto_broker: Mosquitto, tmp_path: Path
) -> None:
    """What it gains is told at once, with its epoch; a command for another node's printer is not its own."""
    with site(mosquitto_broker, tmp_path) as here, Asker(mosquitto_broker.endpoint, "lille") as asker:
        here.owned = {"p1": 7}

        def owns(*expected: tuple[str, int]) -> bool:
            farms = map(decode_farm, asker.on(asker.topics.farm))
            return any(list(expected) == [(one.id, one.epoch) for one in farm.printers] for farm in farms)

        assert wait_until(lambda: owns(("p1", 7)))
        assert Reception.NOT_FOUND is asker.command(command("w1", printer="p2"))[0].reception
        here.owned = {"p1": 7, "p2": 8}
        assert wait_until(lambda: owns(("p1", 7), ("p2", 8)))
        assert asker.hears(asker.topics.views, lambda payload: "p2" in [v.printer for v in decode_views(payload).views])
        assert Reception.TAKEN is asker.command(command("w2", printer="p2"))[0].reception


def test_two_of_one_name_are_told_apart_and_told(mosquitto_broker: Mosquitto, tmp_path: Path) -> None:
    """A copied configuration: both tell, in turns."""
    line = Line("lille", 0.0)
    with (
        Asker(mosquitto_broker.endpoint, "lille") as asker,
        site(mosquitto_broker, tmp_path, client_id="first"),
        site(mosquitto_broker, tmp_path, client_id="second"),
    ):
        assert wait_until(lambda: len(asker.on(asker.topics.pulse)) >= 4)
    for number, payload in enumerate(asker.on(asker.topics.pulse)):
        state = line.pulse(decode_pulse(payload), 2.5 * number)
    assert LineKind.TWO_OF_ONE_NAME is state.kind


def test_after_the_brokers_death_all_is_told_anew(mosquitto_broker: Mosquitto, tmp_path: Path) -> None:
    """It may have forgotten what was retained."""
    with site(mosquitto_broker, tmp_path) as here:
        with Asker(mosquitto_broker.endpoint, "lille") as asker:
            assert asker.hears(asker.topics.farm)
        mosquitto_broker.kill()
        mosquitto_broker.forget()
        mosquitto_broker.start()
        with Asker(mosquitto_broker.endpoint, "lille") as asker:
            assert asker.hears(asker.topics.farm)
            assert asker.hears(asker.topics.views, lambda payload: decode_views(payload).full)
            here.history.commit(Change(incident(1), "progress"))
            assert ["id-0001"] == [row.id for row in asker.page("q1", "", 0).rows]


def test_how_the_monitor_is_stands_in_its_pulse(mosquitto_broker: Mosquitto, tmp_path: Path) -> None:
    """Bounded, whatever happens here."""
    with site(mosquitto_broker, tmp_path) as here, Asker(mosquitto_broker.endpoint, "lille") as asker:
        here.condition = Condition(LoadState.SLOWED, ["x" * 1000] * 20)
        here.history.commit(opened(1))
        assert asker.hears(asker.topics.pulse, lambda payload: decode_pulse(payload).load is LoadState.SLOWED)
        assert 8 * 200 == sum(map(len, decode_pulse(asker.on(asker.topics.pulse)[-1]).problems))
