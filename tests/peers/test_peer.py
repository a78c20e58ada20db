"""A peer at a real broker: what it tells by itself, and what it answers."""

import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest

from monitor.clock import Clock, SystemClock
from monitor.decode import shrunk
from monitor.history import Change, History
from monitor.jpeg import dimensions
from monitor.judge import Phase
from monitor.peers import asked
from monitor.peers.line import Line, LineKind
from monitor.peers.peer import Peer, Surroundings
from monitor.peers.records import PageAsk
from monitor.peers.teller import Condition
from monitor.peers.wire import (
    EVIDENCE_BYTES,
    TILE_BYTES,
    decode_farm,
    decode_pulse,
    decode_tile,
    decode_views,
    encode_page_ask,
)
from monitor.records import Answer, PersonCommand, PersonCommandKind, Reception
from monitor.records.journal import Cursor
from monitor.records.load import LoadState
from monitor.wire import encode_person_command
from tests.brokers import Mosquitto
from tests.history.test_history import incident, opened, running
from tests.inspection.pictures import jpeg, scene
from tests.peers.asker import Asker
from tests.peers.board import Hall
from tests.support import PATIENCE_S, wait_until

CLOCK = SystemClock()


class Site:
    """A monitor as far as its peers are concerned, on a history of its own."""

    def __init__(
        self, broker: Mosquitto, folder: Path, kbit_per_s: float, rotate: int, clock: Clock, client_id: str
    ) -> None:
        self.hall, self.history = Hall(clock, 3, rotate, client_id), History(folder / f"{client_id}.db")
        self.done: list[PersonCommand] = []
        self.owned: Mapping[str, int] | None = None
        self.condition = Condition()
        around = Surroundings(
            self.hall.board,
            self.hall.config,
            self.history,
            self.hall.tiles,
            self.act,
            lambda: self.condition,
            clock,
            lambda: self.owned,
        )
        self.peer = Peer("lille", kbit_per_s, broker.endpoint, around)

    def act(self, command: PersonCommand) -> Answer:
        """Do what is asked, and count."""
        self.done.append(command)
        return Answer(Reception.TAKEN, "done")


@contextmanager
def site(
    broker: Mosquitto,
    folder: Path,
    kbit_per_s: float = 100_000.0,
    rotate: int = 0,
    clock: Clock = CLOCK,
    client_id: str = "vigie",
) -> Iterator[Site]:
    """Run a site until the block ends."""
    with ExitStack() as stack:
        here = Site(broker, folder, kbit_per_s, rotate, clock, client_id)
        stack.callback(here.history.stop)
        here.history.start()
        stack.callback(here.peer.stop)
        here.peer.start()
        assert here.peer.wait_connected(PATIENCE_S)
        yield here


class WrongClock(SystemClock):
    """A clock that somebody has set wrongly."""

    def __init__(self, ahead_s: float) -> None:
        super().__init__()
        self._ahead_s = ahead_s

    def now(self) -> float:
        """Return a time that is not."""
        return super().now() + self._ahead_s


def command(name: str = "w1", at_s: float = 0.0, printer: str = "p1") -> PersonCommand:
    """Return a command that is dated so many seconds from now."""
    at = CLOCK.now() + at_s
    return PersonCommand(printer, PersonCommandKind.PAUSE, "Léa", at, id=name, expires_at=at + 60.0)


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


def test_a_command_waits_for_no_page(mosquitto_broker: Mosquitto, tmp_path: Path) -> None:
    """Three pages are asked for of a line that carries one in some seconds: the command is answered before the last."""
    with site(mosquitto_broker, tmp_path, kbit_per_s=32.0) as here, Asker(mosquitto_broker.endpoint, "lille") as asker:
        for number in range(40):
            here.history.commit(opened(number))
        for name in ("q1", "q2", "q3"):
            asker.link.publish(asker.topics.ask_page, encode_page_ask(PageAsk(name, "", 0)), qos=0)
        asker.command(command())
        assert wait_until(lambda: len(asker.on(asker.topics.page)) == 3)
        order = [message.topic for message in asker.heard if message.topic in (asker.topics.page, asker.topics.answer)]
        assert asker.topics.page == order[-1]
        assert asker.topics.answer in order[:2]


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


def test_a_command_is_done_once_and_answered_each_time(mosquitto_broker: Mosquitto, tmp_path: Path) -> None:
    """Five times the same id: one deed, five equal answers; also after a restart."""
    wished = command()
    with Asker(mosquitto_broker.endpoint, "lille") as asker:
        with site(mosquitto_broker, tmp_path) as here:
            assert asker.hears(asker.topics.pulse)
            answers = asker.command(wished, times=5)
            assert ([wished], Reception.TAKEN) == (here.done, answers[0].reception)
        asker.heard.clear()
        with site(mosquitto_broker, tmp_path) as here:
            assert asker.hears(asker.topics.pulse)
            again = asker.command(wished)
            assert ([], {answers[0]}) == (here.done, set(answers + again))


def test_a_command_that_is_late_or_of_nobody_here_is_answered_with_the_reason(
    mosquitto_broker: Mosquitto, tmp_path: Path
) -> None:
    """Nobody waits in vain."""
    with site(mosquitto_broker, tmp_path) as here, Asker(mosquitto_broker.endpoint, "lille") as asker:
        assert asker.hears(asker.topics.pulse)
        (late,) = asker.command(command("late", -300.0))
        (early,) = asker.command(command("early", 300.0))
        (lost,) = asker.command(command("lost", printer="p9"))
        assert [Reception.REFUSED, Reception.REFUSED, Reception.NOT_FOUND] == [
            answer.reception for answer in (late, early, lost)
        ]
        assert (
            "by this site's clock: the line was cut, or the clocks of both places differ: set them by NTP"
            in late.detail
        )
        assert [] == here.done


@pytest.mark.parametrize("ahead_s", [300.0, -300.0])
def test_a_clock_that_is_five_minutes_wrong_is_measured_and_told_and_acted_upon(
    ahead_s: float, mosquitto_broker: Mosquitto, tmp_path: Path
) -> None:
    """A command by our clock is refused with the reason; one by the site's own, as the line knows it, is done."""
    wrong = WrongClock(ahead_s)
    line = Line("lille", CLOCK.now())
    with (
        site(mosquitto_broker, tmp_path, clock=wrong) as here,
        Asker(mosquitto_broker.endpoint, "lille") as asker,
    ):
        assert asker.hears(asker.topics.pulse)
        state = line.pulse(decode_pulse(asker.on(asker.topics.pulse)[0]), CLOCK.now())
        assert pytest.approx(-ahead_s, abs=3.0) == state.skew_s
        assert "set both by NTP" in state.detail
        (refused,) = asker.command(command("w1"))
        assert (Reception.REFUSED, True) == (refused.reception, "set them by NTP" in refused.detail)
        (taken,) = asker.command(command("w2", at_s=-state.skew_s))
        assert (Reception.TAKEN, 1) == (taken.reception, len(here.done))


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


def test_what_is_not_of_the_contract_is_ignored_and_counted(mosquitto_broker: Mosquitto, tmp_path: Path) -> None:
    """And nothing after it is lost."""
    with site(mosquitto_broker, tmp_path) as here, Asker(mosquitto_broker.endpoint, "lille") as asker:
        assert asker.hears(asker.topics.pulse)
        topics = asker.topics
        for topic in (topics.ask_page, topics.ask_evidence, topics.ask_look, topics.ask_command):
            asker.link.publish(topic, b"{nonsense")
        no_id = PersonCommand("p1", PersonCommandKind.PAUSE, "Léa", CLOCK.now())
        asker.link.publish(topics.ask_command, encode_person_command(no_id))
        asker.link.publish(topics.ask_command, encode_person_command(replace(no_id, id="w0")))
        asker.link.publish(topics.ask_evidence, b'{"schema":1,"incident":"a/+/#"}')
        (answer,) = asker.command(command())
        assert Reception.TAKEN is answer.reception
        assert Counter({"bad payload": 7}) == here.peer.ignored
        assert 1 == len(here.done)


def test_a_retained_question_is_ignored(mosquitto_broker: Mosquitto, tmp_path: Path) -> None:
    """It would be done again after every reconnect."""
    with Asker(mosquitto_broker.endpoint, "lille") as asker:
        asker.link.publish(asker.topics.ask_command, encode_person_command(command("old")), retain=True)
        with site(mosquitto_broker, tmp_path) as here:
            assert asker.hears(asker.topics.pulse)
            asker.command(command("new"))
            assert (["new"], 1) == ([one.id for one in here.done], here.peer.ignored["retained"])


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


def test_how_the_monitor_is_stands_in_its_pulse(mosquitto_broker: Mosquitto, tmp_path: Path) -> None:
    """Bounded, whatever happens here."""
    with site(mosquitto_broker, tmp_path) as here, Asker(mosquitto_broker.endpoint, "lille") as asker:
        here.condition = Condition(LoadState.SLOWED, ["x" * 1000] * 20)
        here.history.commit(opened(1))
        assert asker.hears(asker.topics.pulse, lambda payload: decode_pulse(payload).load is LoadState.SLOWED)
        assert 8 * 200 == sum(map(len, decode_pulse(asker.on(asker.topics.pulse)[-1]).problems))


def test_a_picture_that_is_small_enough_stays_as_it_is() -> None:
    """Encoding it again would only make it worse."""
    small = jpeg(scene())
    digest = hashlib.sha256(small).digest()
    assert digest == hashlib.sha256(shrunk(small, 10_000, len(small))).digest()
    assert len(shrunk(small, 64, 2_000)) <= 2_000
