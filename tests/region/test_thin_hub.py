"""All sites fail within the same seconds, and somebody looks at all of them: what reaches the hub's own line."""

import os
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import pairwise
from pathlib import Path

import pytest

from monitor.peers.asked import PAGE_LASTS_S
from monitor.peers.budget import BURST_S
from monitor.peers.wire import EVIDENCE_BYTES
from tests.region.stage import Region, region
from tests.region.story import Failure, Story
from tests.support import require_program

SITES = int(os.environ.get("VIGIE_REGION_SITES", "18"))
LINE_KBIT_PER_S = 1_000.0 * SITES / 18
LASTS_S = 60.0
WINDOW_S = 5
VIEWS_KBIT = 100.0  # of 90 printers at once, in a row: they are told without waiting


@contextmanager
def counted(one: Region) -> Iterator[list[float]]:
    """Count each second what all lines have carried so far, in kbit, and look at everything meanwhile."""
    samples, ending = [one.carried_bytes() * 8 / 1000], threading.Event()

    def count() -> None:
        while not ending.wait(1.0):
            samples.append(one.carried_bytes() * 8 / 1000)

    def look() -> None:
        while not ending.wait(2.0):
            one.look_at_all()

    threads = [threading.Thread(target=target) for target in (count, look)]
    for thread in threads:
        thread.start()
    try:
        yield samples
    finally:
        ending.set()
        for thread in threads:
            thread.join()


def busiest(samples: Sequence[float], seconds: int) -> float:
    """Return the kbit/s of the busiest span."""
    return max(late - early for early, late in zip(samples, samples[seconds:], strict=False)) / seconds


def waiting(samples: Sequence[float], line_kbit_per_s: float) -> Iterator[float]:
    """Yield by how many seconds a line that carries so much would be behind, second by second."""
    kbit = 0.0
    for early, late in pairwise(samples):
        kbit = max(0.0, kbit + late - early - line_kbit_per_s)
        yield kbit / line_kbit_per_s


@pytest.mark.region
@pytest.mark.scale
@pytest.mark.timeout(900)
@pytest.mark.parametrize("line_kbit_per_s", [None, LINE_KBIT_PER_S])
def test_the_sum_stays_within_the_hubs_line_where_it_says_what_that_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], line_kbit_per_s: float | None
) -> None:
    """Over any span: what the line carries in it, and of each site a burst and a page; and one picture of all.

    So what waits before the line is some seconds' worth at the most. Without the word there is no such bound.
    """
    require_program("mosquitto")
    require_program("stunnel")
    peers = tuple(f"s{number:02}" for number in range(1, SITES + 1))
    failures = tuple(Failure(peer, "p1", 5.0) for peer in peers)
    story = Story(peers, ("p1", "p2", "p3", "p4", "p5"), (), failures, LASTS_S)
    with region(story, tmp_path / "region", (640, 480), line_kbit_per_s) as one, counted(one) as samples:
        outcomes = one.play()
        lasted = len(samples) - 1
    found = {seconds: busiest(samples, seconds) for seconds in (1, WINDOW_S, 20, int(LASTS_S))}
    with capsys.disabled():
        said = ", ".join(f"{seconds} s {kbit_per_s:.0f}" for seconds, kbit_per_s in found.items())
        behind = max(waiting(samples, LINE_KBIT_PER_S))
        print(  # noqa: T201  # figures of docs/region.md
            f"\n{SITES} sites, line {line_kbit_per_s}: kbit/s at the hub, the busiest {said}; of {lasted} s; a line of "
            f"{LINE_KBIT_PER_S:.0f} kbit/s would be {behind:.1f} s behind"
        )
    assert [1] * SITES == [outcome.pauses for outcome in outcomes]
    assert [] == [fault for outcome in outcomes for fault in outcome.faults]
    if line_kbit_per_s is None:
        assert found[20] > LINE_KBIT_PER_S, "so the bound below is one"
    else:
        extra = EVIDENCE_BYTES * 8 / 1000 + line_kbit_per_s * (BURST_S + PAGE_LASTS_S) + VIEWS_KBIT
        for seconds, kbit_per_s in found.items():
            assert kbit_per_s <= line_kbit_per_s + extra / seconds
