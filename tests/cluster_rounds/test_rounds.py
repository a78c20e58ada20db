"""Each failure is paused exactly once or people are told, whatever happens to the nodes that share the farm."""

import os
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from tests.cluster_rounds.rounds import NODES, PRINTERS, Fault, drawn
from tests.cluster_rounds.stage import Stage
from tests.cluster_rounds.table import table
from tests.cluster_rounds.verdict import Outcome

FEW = (1, 3)  # one killed and one frozen
ROUNDS = int(os.environ.get("VIGIE_CLUSTER_ROUNDS", "50"))
FIRST = int(os.environ.get("VIGIE_CLUSTER_FIRST", "0"))


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    """Yield the farm, with all of its printers watched."""
    folder = tmp_path / "farm"
    folder.mkdir()
    stage = Stage(folder)
    try:
        stage.start()
        yield stage
    finally:
        stage.stop()


def played(stage: Stage, seeds: Sequence[int], lines: Path) -> list[Outcome]:
    """Play rounds one after the other; each one's line is written as soon as it is over."""
    outcomes = []
    for seed in seeds:
        outcomes.append(outcome := stage.play(seed))
        with lines.open("a") as file:
            file.write(f"{outcome}\n")
    return outcomes


def check(outcomes: Sequence[Outcome]) -> None:
    """Nothing lost, nothing doubled, and nothing that the harness itself did not want."""
    assert [] == [fault for one in outcomes for fault in (*one.lost, *one.doubled, *one.trouble)]


def test_every_fault_has_its_seed() -> None:
    """Fifty rounds bring every fault, to every node, short and long."""
    owners = {printer: NODES[number % 3] for number, printer in enumerate(PRINTERS)}
    rounds = [drawn(seed, owners, list(PRINTERS)) for seed in range(50)]
    assert set(Fault) == {one.fault for one in rounds}
    assert set(NODES) == {one.victim for one in rounds}
    assert {True, False} == {one.is_takeover for one in rounds}
    assert all(len(one.fails_at_s) == 7 for one in rounds)


@pytest.mark.stacks
@pytest.mark.timeout(900)
def test_nothing_is_lost_and_nothing_doubled_in_a_few_rounds(stage: Stage, tmp_path: Path) -> None:
    """Two seeds of ``make cluster``: somebody else's servers are at work, so there is a second chance."""
    check(played(stage, FEW, tmp_path / "rounds.txt"))


@pytest.mark.cluster
@pytest.mark.scale
@pytest.mark.timeout(14_400)
def test_nothing_is_lost_and_nothing_doubled_in_many_rounds(
    stage: Stage, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``make cluster``: SIGKILL, SIGSTOP and cut lines, in random order; the table is printed."""
    outcomes = played(stage, range(FIRST, FIRST + ROUNDS), tmp_path / "rounds.txt")
    with capsys.disabled():
        print("\n" + table(outcomes))  # noqa: T201 (the table is what the run is for)
    check(outcomes)
