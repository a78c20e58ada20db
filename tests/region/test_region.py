"""Every site goes on pausing without its line, and the hub has everything afterwards, once."""

import os
from collections import Counter
from pathlib import Path

import pytest

from monitor.bench.relay import LineState
from monitor.records import Event, EventKind
from tests.region.stage import region
from tests.region.story import LONG_S, WAYS, Cut, Failure, Story, drawn
from tests.region.verdict import Past, SiteOutcome, past, table
from tests.support import require_program

SITES = int(os.environ.get("VIGIE_REGION_SITES", "18"))
LASTS_S = float(os.environ.get("VIGIE_REGION_SECONDS", "1500"))
CUT_S = float(os.environ.get("VIGIE_REGION_CUT_SECONDS", str(LONG_S)))
SEED = int(os.environ.get("VIGIE_REGION_SEED", "0"))
PRINTERS = 5


def test_every_line_is_cut_for_long_in_each_way_and_prints_fail_meanwhile() -> None:
    """What is drawn for ``make region``."""
    story = drawn(0, 18, 5, 1500.0)
    long_ones = [cut for cut in story.cuts if cut.lasts_s == LONG_S]
    assert set(story.peers) == {cut.peer for cut in long_ones}
    assert set(WAYS) == {cut.way for cut in long_ones}
    assert all(cut.at_s + cut.lasts_s <= 1500.0 for cut in story.cuts)
    meanwhile = Counter(
        cut.peer
        for cut in long_ones
        for failure in story.failures
        if failure.peer == cut.peer and cut.at_s < failure.at_s < cut.at_s + cut.lasts_s
    )
    assert set(story.peers) == set(meanwhile)


def test_what_is_missing_and_what_is_doubled_is_found() -> None:
    """Also an event with another time."""
    events = [Event(f"e{number}", "s01", "p1", 100.0 + number, EventKind.SUSPECTED) for number in range(4)]
    moved = Event("e2", "s01", "s01.p1", 99.0, EventKind.SUSPECTED)
    at_hub = [Event(one.id, one.site, "s01.p1", one.at, one.kind) for one in events[:2]]
    outcome = SiteOutcome("s01")
    outcome.compare(past([], events, is_hub=False), past([], [*at_hub, at_hub[0], moved], is_hub=True))
    assert (4, 4, 2, 2) == (outcome.at_site, outcome.at_hub, outcome.missing, outcome.doubled)
    assert 1 == len(outcome.faults)
    assert ["all", "0"] == table([SiteOutcome("s01")]).splitlines()[2].split()[:2]
    assert Past(Counter(), Counter()) == past([], [], is_hub=True)


@pytest.mark.timeout(300)
def test_two_sites_one_cut(tmp_path: Path) -> None:
    """A print fails while its site's line hangs: it is paused there, shown as cut off here, and told afterwards."""
    require_program("mosquitto")
    require_program("stunnel")
    cut = Cut("s01", 0.0, 24.0, LineState.HANGS)
    failures = (Failure("s01", "p1", 1.0), Failure("s02", "p2", 1.0))
    with region(Story(("s01", "s02"), ("p1", "p2"), (cut,), failures, 24.0), tmp_path / "region") as one:
        outcomes = one.play()
    assert [] == [fault for outcome in outcomes for fault in outcome.faults]
    assert [1, 1] == [outcome.pauses for outcome in outcomes]
    assert [1, 0] == [outcome.while_cut for outcome in outcomes]
    assert [1, 0] == [len(outcome.shown_s) for outcome in outcomes]
    assert all(outcome.at_site >= 6 for outcome in outcomes)


@pytest.mark.region
@pytest.mark.scale
@pytest.mark.timeout(14_400)
def test_eighteen_sites_and_every_line_cut(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """``make region``: every line is cut for ten minutes once, and shortly now and then; the table is printed."""
    require_program("mosquitto")
    require_program("stunnel")
    story = drawn(SEED, SITES, PRINTERS, LASTS_S, CUT_S)
    with region(story, tmp_path / "region") as one:
        outcomes = one.play()
    with capsys.disabled():
        print("\n" + table(outcomes))  # noqa: T201  # the table is what the run is for
    assert [] == [fault for outcome in outcomes for fault in outcome.faults]
