"""What a viewer of the stream gets: the newest, once, alarms first."""

import json
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.records import IncidentStatus, JobState
from monitor.wall.feed.edition import Press
from monitor.wall.feed.framing import Kind, Parser, TileMessage, parse_tile
from monitor.wall.feed.viewer import (
    ROOM_AT_FIRST_BYTES,
    ROOM_AT_LEAST_BYTES,
    ROOM_AT_MOST_BYTES,
    SIGN_OF_LIFE_S,
    Viewer,
)
from monitor.wall.stream import PACE_S
from tests.wall.farm import Farm, config


class Reader:
    """A viewer of a farm, and what it read."""

    def __init__(self, farm: Farm) -> None:
        self._farm = farm
        self.viewer = Viewer("1.2.3")
        self._press: Press = farm.app.extensions["vigie"].press
        self._parser = Parser()
        self.states: list[dict[str, object]] = []
        self.tiles: list[TileMessage] = []

    def read(self) -> int:
        """Take the next chunk and return its size."""
        self._farm.passes(PACE_S)
        now = self._farm.clock.now()
        chunk = self.viewer.next_chunk(self._press.latest(now), now)
        for kind, body in self._parser.feed(chunk):
            if kind == Kind.STATES:
                self.states.append(json.loads(body))
            else:
                self.tiles.append(parse_tile(body))
        return len(chunk)

    def changed(self) -> list[list[str]]:
        """Return the printers in each states message, whole ones and those of which only what differs is told."""
        told = [message["printers"] + message.get("changed", []) for message in self.states]  # type: ignore[operator]
        return [[printer["id"] for printer in printers] for printers in told]


def test_a_new_viewer_gets_everything_and_then_nothing() -> None:
    """The first message has all printers in the file's order, every picture comes once, then there is silence."""
    farm = Farm(3)
    farm.print_on()
    reader = Reader(farm)
    reader.read()
    assert [["p01", "p02", "p03"]] == reader.changed()
    assert {"p01", "p02", "p03"} == {tile.printer for tile in reader.tiles}
    assert 0 == reader.read()


def test_only_what_changed_is_sent() -> None:
    """A failure of one printer sends that printer, with its new picture, and nothing else."""
    farm = Farm(3)
    farm.print_on()
    reader = Reader(farm)
    reader.read()
    reader.tiles.clear()
    farm.fails("p02")
    reader.read()
    assert ["p02"] == reader.changed()[-1]
    assert ["p02"] == [tile.printer for tile in reader.tiles]


def test_a_new_picture_of_the_same_state_sends_no_state() -> None:
    """Score and time change with every picture; the wall does not need them with every picture."""
    farm = Farm(2)
    farm.print_on()
    reader = Reader(farm)
    reader.read()
    farm.sees("p01", score=0.05)
    reader.read()
    assert 1 == len(reader.states)
    assert 3 == len(reader.tiles)


def test_a_slow_viewer_gets_the_newest_picture_not_the_ones_between() -> None:
    """Ten pictures were taken while the viewer's buffer was full: it gets the tenth."""
    farm = Farm(1)
    farm.print_on()
    reader = Reader(farm)
    reader.read()
    for _ in range(10):
        farm.passes(1.0)
        farm.sees("p01")
    newest_at = farm.clock.now()
    reader.read()
    assert 2 == len(reader.tiles)
    assert newest_at == reader.tiles[-1].taken_at


def test_alarms_come_first_in_a_full_chunk() -> None:
    """When not all pictures fit, the failing printer's is among the first sent."""
    farm = Farm(40)
    farm.print_on()
    farm.fails("p33", IncidentStatus.PAUSE_FAILED)
    reader = Reader(farm)
    size = reader.read()
    assert "p33" == reader.tiles[0].printer
    assert len(reader.tiles) < 40
    assert size < ROOM_AT_FIRST_BYTES + len(farm.board.tile("p33").jpeg) * 2  # type: ignore[union-attr]


def test_nobody_starves() -> None:
    """With more new pictures than fit, those that wait longest go first, so all come in the end."""
    farm = Farm(40)
    farm.print_on()
    reader = Reader(farm)
    for _ in range(8):
        farm.passes(0.1)
        for printer in farm.printers:
            farm.sees(printer)
        reader.read()
    assert set(farm.printers) == {tile.printer for tile in reader.tiles}


def test_silence_is_broken_by_a_sign_of_life() -> None:
    """Nothing changes, and still the browser learns every second that the server lives."""
    farm = Farm(1)
    farm.print_on()
    reader = Reader(farm)
    reader.read()
    farm.passes(SIGN_OF_LIFE_S)
    reader.read()
    assert [] == reader.changed()[-1]
    assert farm.clock.now() == pytest.approx(reader.states[-1]["at"], abs=0.001)


def test_only_what_is_visible_is_sent_and_all_states_are() -> None:
    """A viewer that shows one of three printers gets pictures of that one, and still learns what becomes of all."""
    farm = Farm(3)
    farm.print_on()
    reader = Reader(farm)
    reader.viewer.show(["p02"])
    reader.read()
    assert ["p01", "p02", "p03"] == reader.changed()[0]
    farm.fails("p03")
    farm.sees("p02")
    reader.read()
    assert ["p03"] == reader.changed()[-1]
    assert {"p02"} == {tile.printer for tile in reader.tiles}


def test_what_becomes_visible_comes_at_once() -> None:
    """A picture that was taken while nobody saw its tile is sent as soon as the viewer shows it, without a new one."""
    farm = Farm(3)
    farm.print_on()
    reader = Reader(farm)
    reader.viewer.show(["p02"])
    reader.read()
    reader.viewer.show(["p01", "p02"])
    reader.read()
    assert ["p02", "p01"] == [tile.printer for tile in reader.tiles]


def test_an_alarm_is_sent_more_often_than_a_calm_picture_and_calm_ones_still_come() -> None:
    """Room for one picture in a second: the failing printer's goes most often, and no other waits for ever."""
    farm = Farm(6)
    farm.print_on()
    farm.fails("p04", IncidentStatus.PAUSE_FAILED)
    reader = Reader(farm)
    reader.read()
    for _ in range(10):  # on a slow line: each chunk needs a second
        reader.viewer.took(1.0)
    reader.tiles.clear()
    for _ in range(60):
        farm.passes(1.0)
        for printer in farm.printers:
            farm.sees(printer, jpeg=b"\xff\xd8" + bytes(ROOM_AT_LEAST_BYTES))
        reader.read()
    counts = Counter(tile.printer for tile in reader.tiles)
    calm = [counts[printer] for printer in farm.printers if printer != "p04"]
    assert 60 == counts.total()
    assert counts["p04"] >= 3 * max(calm)
    assert min(calm) >= 3


def test_a_fast_line_gets_larger_chunks_and_a_slow_one_single_pictures() -> None:
    """How much goes at once follows from how long it took, within bounds."""
    farm = Farm(40)
    farm.print_on()
    reader = Reader(farm)
    first = reader.read()
    sizes = []
    for _ in range(8):
        reader.viewer.took(0.05)
        for printer in farm.printers:
            farm.sees(printer, jpeg=b"\xff\xd8" + bytes(20_000))
        sizes.append(reader.read())
    assert max(sizes) > first
    assert max(sizes) <= ROOM_AT_MOST_BYTES + 20_100
    for _ in range(8):
        reader.viewer.took(2.0)
    for printer in farm.printers:
        farm.sees(printer, jpeg=b"\xff\xd8" + bytes(20_000))
    reader.tiles.clear()
    reader.read()
    assert 1 == len(reader.tiles)


def test_the_first_message_names_the_viewer_and_no_other_has_its_name() -> None:
    """The name is the key to what this viewer is sent: long, random, and told to it alone."""
    farm = Farm(1)
    one, other = Reader(farm), Reader(farm)
    one.read()
    other.read()
    assert one.viewer.id == one.states[0]["viewer"]
    assert one.viewer.id != other.viewer.id
    assert len(one.viewer.id) >= 20


def test_viewers_share_what_was_encoded() -> None:
    """The same bytes object goes to all: a picture is made a message once, not once for each viewer."""
    farm = Farm(2)
    farm.print_on()
    press = farm.app.extensions["vigie"].press
    before = press.latest(farm.clock.now())
    farm.passes(PACE_S)
    farm.sees("p01")
    after = press.latest(farm.clock.now())
    assert before.entries[1] is after.entries[1]
    assert before.entries[0].state is after.entries[0].state
    assert (after.entries[0],) == after.fresh


def test_nothing_new_is_no_new_edition() -> None:
    """On a farm where nothing happens, all viewers look at one edition."""
    farm = Farm(2)
    farm.print_on()
    press = farm.app.extensions["vigie"].press
    before = press.latest(farm.clock.now())
    farm.passes(10)
    assert before is press.latest(farm.clock.now())


def test_a_picture_does_not_wait_behind_a_flood_of_states() -> None:
    """When all 90 printers change at once the states go alone, and the pictures that follow are newer; at most once."""
    farm = Farm(90)
    farm.print_on()
    reader = Reader(farm)
    assert reader.read() > ROOM_AT_FIRST_BYTES
    assert [] == reader.tiles
    assert not reader.viewer.has_it_all
    for printer in farm.printers:
        farm.says(printer, JobState.PAUSED)
    reader.read()
    assert reader.tiles


def test_of_a_printer_that_is_known_only_what_differs_is_told() -> None:
    """Progress of ninety printers must not fill a slow line; who has missed a change gets the whole state."""
    farm = Farm(2)
    farm.print_on()
    reader, late = Reader(farm), Reader(farm)
    reader.read()
    late.read()
    for progress in (0.5, 0.6):
        farm.says("p01", JobState.PRINTING, job="visor", progress=progress)
        reader.read()
    assert [{"id": "p01", "progress": 0.6}] == reader.states[-1]["changed"]
    assert [] == reader.states[-1]["printers"]
    late.read()
    assert [("p01", 0.6)] == [(p["id"], p["progress"]) for p in late.states[-1]["printers"]]  # type: ignore[attr-defined]
    assert "changed" not in late.states[-1]


@settings(max_examples=30)
@given(steps=st.lists(st.tuples(st.sampled_from(["p01", "p02"]), st.integers(0, 3), st.booleans()), max_size=25))
def test_what_is_put_together_from_changes_is_the_state(steps: list[tuple[str, int, bool]]) -> None:
    """Whatever changes, and however often a viewer looks, it knows in the end what the board says."""
    farm = Farm(2)
    reader = Reader(farm)
    known: dict[str, dict[str, object]] = {}
    for printer, change, looks in [*steps, ("p01", 0, True)]:
        if change == 3:
            farm.fails(printer)
        else:
            farm.says(printer, JobState.PRINTING, progress=change / 10)
        if looks:
            reader.states.clear()
            reader.read()
            for message in reader.states:
                for told in message["printers"] + message.get("changed", []):  # type: ignore[operator]
                    known[told["id"]] = known.get(told["id"], {}) | told
    shown = farm.app.extensions["vigie"].press.latest(farm.clock.now()).entries
    assert {entry.printer: json.loads(entry.state) for entry in shown} == known


def test_printers_come_and_go(farm: Farm) -> None:
    """A change of cameras.yaml is told as a new order; who is new is told whole, who is gone leaves nothing behind."""
    reader = Reader(farm)
    reader.read()
    gone, new = farm.live.current, config(4)
    farm.live.replace(new.model_copy(update={"printers": new.printers[1:]}))
    farm.board.follow(farm.live.current, (), farm.clock.now())
    reader.read()
    assert ["p02", "p03", "p04"] == reader.states[-1]["order"]
    assert ["p04"] == [printer["id"] for printer in reader.states[-1]["printers"]]  # type: ignore[attr-defined]
    assert {"p02", "p03"} == set(reader.viewer._pictures)
    farm.live.replace(gone)
    farm.board.follow(gone, (), farm.clock.now())
    reader.read()
    assert ["p01", "p02", "p03"] == reader.states[-1]["order"]
    assert {"p01", "p02", "p03"} == farm.app.extensions["vigie"].presenter._kept.keys()
