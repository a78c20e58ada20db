"""Each incident ends in exactly one pause of its printer, or with people who know that it does not."""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.crash.points import AGENT_STEPS, MONITOR_STEPS
from tests.crash.stage import run
from tests.crash.story import all_steps, story
from tests.crash.table import table
from tests.crash.verdict import Outcome

FEW = (12, 46, 53, 61, 68, 95)
RUNS = int(os.environ.get("VIGIE_CRASH_RUNS", "300"))
FIRST = int(os.environ.get("VIGIE_CRASH_FIRST", "0"))
AT_ONCE = int(os.environ.get("VIGIE_CRASH_AT_ONCE", "6"))


def played(seeds: Sequence[int], folder: Path) -> list[Outcome]:
    """Play runs side by side, and print each one's line."""

    def one(seed: int) -> Outcome:
        outcome = run(story(seed), folder / str(seed))
        with (folder / "runs.txt").open("a") as lines:
            lines.write(f"{seed}: {outcome.seconds:.1f} s, {outcome}\n")
        return outcome

    with ThreadPoolExecutor(AT_ONCE) as pool:
        try:
            return list(pool.map(one, seeds))
        finally:  # whoever interrupts it does not wait for hundreds of runs
            pool.shutdown(cancel_futures=True)


def check(outcomes: Sequence[Outcome]) -> None:
    """Nothing lost, nothing doubled."""
    assert [] == [fault for outcome in outcomes for fault in (*outcome.lost, *outcome.doubled)]


def test_every_step_has_its_seed() -> None:
    """Consecutive seeds kill at every named step of monitor, agent and broker."""
    steps = all_steps()
    assert set(steps) == {(story(seed).kills[0].target, steps[seed][1]) for seed in range(len(steps))}
    assert len(steps) == 2 * (len(MONITOR_STEPS) + len(AGENT_STEPS)) + 7


def test_nothing_is_lost_and_nothing_doubled_in_a_few_runs(tmp_path: Path) -> None:
    """A handful of the seeds of ``make crash``."""
    check(played(FEW, tmp_path))


@pytest.mark.scale
@pytest.mark.timeout(7200)
def test_nothing_is_lost_and_nothing_doubled_in_hundreds_of_runs(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """``make crash``: SIGKILL at every step of an incident's life, in random order; the table is printed."""
    outcomes = played(range(FIRST, FIRST + RUNS), tmp_path)
    with capsys.disabled():
        print("\n" + table(outcomes))  # noqa: T201 (the table is what the run is for)
    check(outcomes)
