"""What else may be odd about a cluster, in real processes: a clear message for each, and nothing lost.

In all of it a node's clock is five minutes ahead, and another one's five minutes behind.
"""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.clock import SystemClock
from monitor.records import EventKind, State
from tests.cluster_rounds.nodes import Node, owners, site_of
from tests.cluster_rounds.rounds import NODES, PRINTERS
from tests.cluster_rounds.stage import Stage
from tests.pause_desk import PauseDesk
from tests.support import wait_until

pytestmark = [pytest.mark.cluster, pytest.mark.scale, pytest.mark.timeout(900)]

SKEWS_S = {"south": 300.0, "west": -300.0}
PATIENCE_S = 120.0
ALWAYS = (0.0, 4e9)


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Yield the farm, with all of its printers watched."""
    folder = tmp_path / "farm"
    folder.mkdir()
    stage = Stage(folder, SKEWS_S)
    try:
        stage.start()
        yield stage
    finally:
        stage.stop()


def said(node: Node, words: str) -> str:
    """Wait for a line of a node's log, print it, and return it."""
    assert wait_until(lambda: words in node.program.said(), PATIENCE_S, 0.2), node.program.said()[-3000:]
    line = next(line for line in node.program.said().splitlines() if words in line)
    print(f"\nnode {node.name}: {line}")  # noqa: T201 (what people read is what the run is for)
    return line


def theirs(stage: Stage, node: str) -> str:
    """Return a printer that a node has, and that prints."""
    have = sorted(printer for printer, (owner, _) in owners(list(stage.nodes.values())).items() if owner == node)
    return next(printer for printer in have if stage.floor.state(printer) == "printing")


def ends_well(stage: Stage, printer: str, node: Node) -> str:
    """Have a print fail; wait until it was paused or people were told, and say which. Then it prints anew."""
    before, failing = stage.floor.printers[printer].pauses, stage.folder / "failing" / printer
    failing.touch()

    def is_over() -> bool:
        kinds = [event.kind for event in node.past.happenings(printer, *ALWAYS)]
        return EventKind.PAUSE_FAILED in kinds or EventKind.PAUSE_CONFIRMED in kinds

    assert wait_until(is_over, PATIENCE_S, 0.2)
    failing.unlink()
    pauses = stage.floor.printers[printer].pauses - before
    reasons = [one.detail for one in node.past.happenings(printer, *ALWAYS) if one.kind is EventKind.PAUSE_FAILED]
    stage.floor.clear(printer)
    assert wait_until(lambda: not stage.onlooker.is_open(printer), PATIENCE_S, 0.2)
    stage.floor.begin(printer)
    assert pauses <= 1
    print(f"\nnode {node.name}: {printer} paused {pauses} times, people told: {reasons}")  # noqa: T201
    return "paused" if pauses else "told"


def test_clocks_five_minutes_apart_are_told_and_each_failure_is_paused(stage: Stage) -> None:
    """Each node says whose clock is off, and how. For agents the orders of the one that is behind are too old: it says
    so, and the others have its printers."""
    told = said(stage.nodes["north"], "clock of")
    assert re.search(r"node (south is 300 s ahead of|west is 300 s behind) this machine's: set all clocks by NTP", told)
    assert re.search(r"is [36]00 s behind this machine's", said(stage.nodes["south"], "clock of"))
    assert "has a clock that is 300 s behind the agents'" in said(stage.nodes["west"], "node west has a clock")
    assert wait_until(lambda: not stage.nodes["west"].owned, PATIENCE_S, 0.2)
    others = [stage.nodes["north"], stage.nodes["south"]]
    assert wait_until(lambda: len(owners(others)) == len(PRINTERS), PATIENCE_S, 0.2)
    assert ["paused", "paused"] == [ends_well(stage, theirs(stage, node.name), node) for node in others]


def test_a_node_whose_clock_is_off_is_taken_over_from_like_any_other(stage: Stage) -> None:
    """And it comes back."""
    south, printer = stage.nodes["south"], theirs(stage, "south")
    south.program.kill()
    others = [stage.nodes[name] for name in NODES if name != "south"]
    assert wait_until(lambda: len(owners(others)) == len(PRINTERS), PATIENCE_S, 0.2)
    node = stage.nodes[owners(others)[printer][0]]
    assert ends_well(stage, printer, node) in ("paused", "told")
    south.program.start()
    assert wait_until(lambda: bool(south.owned), PATIENCE_S, 0.2)


def test_a_second_node_of_a_name_ends_with_a_message_and_the_first_one_goes_on(stage: Stage) -> None:
    """Nothing of the first one's changes hands."""
    north, had = stage.nodes["north"], stage.nodes["north"].owned
    twin = Node(stage.folder, "north", stage.broker, stage.servers, alias="twin")
    try:
        twin.program.start()
        assert wait_until(lambda: not twin.program.is_running, PATIENCE_S, 0.2)
        assert "is at work. Give each its own cluster.node" in said(twin, "NodeNameTaken: two monitors are called")
    finally:
        twin.end()
    assert had == north.owned
    assert "paused" == ends_well(stage, theirs(stage, "north"), north)


def test_an_old_epoch_is_refused_by_agents_and_corrected_by_owners(stage: Stage) -> None:
    """An order and a state, published by hand."""
    north, printer = stage.nodes["north"], theirs(stage, "north")
    assert wait_until(lambda: stage.onlooker.newest_epoch(printer) == north.owned[printer], PATIENCE_S, 0.2)
    desk = PauseDesk(stage.broker.endpoint, SystemClock(), site=site_of(printer))
    desk.start()
    try:
        pauses = stage.floor.printers[printer].pauses
        old = replace(desk.command(printer), epoch=7)
        desk.send(old)
        answer = desk.answer(old)
        print(f"\nagent: {printer}: {answer.outcome}: {answer.detail}")  # noqa: T201
        assert answer.detail.startswith("an old epoch ordered this: 7, and ")
        assert pauses == stage.floor.printers[printer].pauses
        stage.onlooker.forget()
        desk.tell(State.PAUSED, printer, "0189", epoch=7)
        said(north, "7 has spoken")
        assert wait_until(lambda: stage.onlooker.newest_epoch(printer) == north.owned[printer], PATIENCE_S, 0.2)
    finally:
        desk.stop()
