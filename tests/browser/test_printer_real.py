"""The printer's page on a real archive, a real rule and a real cameras.yaml: the shapes that others are told in."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from monitor.archive import Archive
from monitor.clock import SystemClock
from monitor.config.model import Storage
from monitor.judge import Judgement, Phase
from monitor.learning import learned
from monitor.records import Frame, Health, Observation, Verdict, VerdictKind
from monitor.wall import create_app
from tests.browser.conftest import Visit, Visiting
from tests.live.kept import KeptFarm
from tests.wall.farm import SEEN, picture

pytestmark = pytest.mark.browser

PAST_S = 600
FAILED_BEFORE_S = 200


class RealPast:
    """Ten minutes of p01 in an archive: calm, a failure of half a minute, calm; on what ``KeptFarm`` has."""

    def __init__(self, folder: Path) -> None:
        clock = SystemClock()
        self.farm = KeptFarm(folder, clock=clock)
        self.now = clock.now()
        self.archive = Archive(Storage(path=str(folder / "vigie.db")), clock, reserve_bytes=0)
        self.archive.start()
        self._record()
        self.farm.sees("p01", jpeg=picture("p01"))
        services = replace(self.farm.services, archive=self.archive.reader, board=self.farm.board)
        self.farm.app = create_app(services)

    def _record(self) -> None:
        for second in range(PAST_S):
            at = self.now - PAST_S + second
            fails = PAST_S - FAILED_BEFORE_S <= second < PAST_S - FAILED_BEFORE_S + 30
            score, phase = (0.97, Phase.FAILING) if fails else (0.1, Phase.WATCHING)
            judgement = Judgement(phase, at, 10.0 if fails else 0.0, score, Health.OK)
            frame = Frame("p01", picture(str(second)), at, second, 1)
            self.archive.recorder.inspected(
                frame, Observation("p01", at, Health.OK, score), judgement, is_resting=False
            )
        self.archive.recorder.flush(self.now)
        assert self.archive.settle()


@pytest.fixture
def past(tmp_path: Path) -> Iterator[RealPast]:
    """A farm with a past."""
    past = RealPast(tmp_path)
    yield past
    past.archive.stop()


def _open(visit: Visiting, past: RealPast) -> Visit:
    wall: Visit = visit(past.farm, "/printer/p01?lang=en", told=None)
    wall.page.locator("#chart[data-loaded]").wait_for()
    wall.page.locator("#look-picture[data-drawn]").wait_for()
    return wall


def _draw_a_mask(page: Page) -> None:
    layer = page.locator("#look-layer")
    layer.scroll_into_view_if_needed()
    box = layer.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + box["height"] * 0.25)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.75, box["y"] + box["height"] * 0.5, steps=3)
    page.mouse.up()


def test_scores_and_pictures_of_a_real_archive_are_read(visit: Visiting, past: RealPast) -> None:
    """Where it failed, the score is high, and a picture of that second is shown."""
    wall = _open(visit, past)
    page = wall.page
    chart = page.locator("#chart")
    chart.scroll_into_view_if_needed()
    box = chart.bounding_box()
    assert box is not None
    first = float(chart.get_attribute("aria-valuemin") or "nan")
    last = float(chart.get_attribute("aria-valuemax") or "nan")
    share = (past.now - FAILED_BEFORE_S + 15 - first) / (last - first)
    page.mouse.move(box["x"] + 40 + (box["width"] - 50) * share, box["y"] + 100)
    expect(page.locator("#reading-score")).to_have_text("score 0.97")
    taken_at = float(page.locator("#reading-frame").get_attribute("data-taken-at") or "nan")
    assert past.now - FAILED_BEFORE_S + 15 == pytest.approx(taken_at, abs=5)
    expect(page.locator("#reading-taken")).to_contain_text("kept with an incident")
    expect(page.locator("#reading-picture")).to_have_attribute("data-taken-at", re.compile(r"\d+\.\d{3}"))
    page.locator("[data-seconds='604800']").click()
    expect(chart).to_have_attribute("data-loaded", re.compile(f"{past.now - 7 * 86400:.0f}"[:-2]))
    expect(page.locator("#chart-trouble")).to_be_hidden()
    wall.keep("printer-real")
    assert [] == wall.complaints


def test_a_mask_and_a_sensitivity_reach_the_real_file(visit: Visiting, past: RealPast) -> None:
    """Also when the file was edited by hand meanwhile: first told, then written beside what was edited."""
    wall = _open(visit, past)
    page = wall.page
    page.locator("#look-change").click()
    _draw_a_mask(page)
    past.farm.path.write_text(past.farm.text + "# by hand\n", encoding="utf-8")
    page.locator("#look-save").click()
    expect(page.locator("#look-problem")).to_contain_text("changed by somebody else meanwhile")
    page.locator("#look-save").click()
    expect(page.locator("#look-change")).to_be_visible()
    assert "mask: [{x: 0.5, y: 0.25, width: 0.25, height: 0.25}]" in _rounded(past.farm.text)
    assert "# by hand" in past.farm.text
    page.locator("#calmness").focus()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#preview-then")).to_contain_text("With this setting: ")
    page.locator("#calmness-model").click()
    page.locator("#calmness-save").click()
    expect(page.locator("#calmness-acts")).to_be_hidden()
    expect(page.locator("#calmness-numbers")).to_have_text("threshold 0.50, the model’s own")
    assert "threshold: 0.7" not in past.farm.text
    assert ["Failed to load resource: the server responded with a status of 409 (CONFLICT)"] == wall.complaints


def test_what_somebody_else_saves_is_shown_without_reloading(visit: Visiting, past: RealPast) -> None:
    """Within half a minute; but not under the hands of somebody who draws, who is told when they save."""
    wall = _open(visit, past)
    page = wall.page
    address = f"{wall.server.url}api/printers/p01/settings"
    one = [{"x": 0.1, "y": 0.1, "width": 0.2, "height": 0.2}]
    assert 200 == page.request.put(address, data={"mask": one}).status
    expect(page.locator(".rectangle[data-kind=mask]")).to_have_count(1, timeout=40_000)
    page.locator("#look-change").click()
    _draw_a_mask(page)
    assert 200 == page.request.put(address, data={"mask": []}).status
    page.evaluate("() => import('/static/js/printer/settings.js').then(module => module.loadSettings())")
    expect(page.locator(".rectangle[data-kind=mask]")).to_have_count(2)
    page.locator("#look-save").click()
    expect(page.locator("#look-problem")).to_contain_text("changed by somebody else meanwhile")


def test_what_a_real_rule_has_learned_is_shown(visit: Visiting, past: RealPast) -> None:
    """A false alarm with a box is a place on the picture; a verdict that was overruled says so."""
    said = [_verdict(1, VerdictKind.FALSE_ALARM, "i1", past.now), _verdict(2, VerdictKind.MISSED, None, past.now)]
    past.farm.verdicts.said = said
    wall = _open(visit, past)
    page = wall.page
    places = learned("p01", said, past.now).places
    expect(page.locator("#learned-layer .rectangle")).to_have_count(len(places))
    expect(page.locator("#verdicts .verdict")).to_have_count(2)
    expect(page.locator("#learned-shift")).to_be_visible()
    expect(page.locator("[data-verdict=v2]")).to_contain_text("Taught: the whole picture counts more.")
    page.locator("#forget-all").click()
    page.locator("#who input").fill("Marie")
    page.locator("#who button[value=ok]").click()
    expect(page.locator("#withdrawn-count")).to_have_text("2 that were taken back")
    assert ["Marie", "Marie"] == [verdict.withdrawn_by for verdict in past.farm.verdicts.said]


def _verdict(number: int, kind: VerdictKind, incident: str | None, now: float) -> Verdict:
    return Verdict(
        id=f"v{number}",
        printer="p01",
        kind=kind,
        by="Paul",
        at=now - 60 + number,
        frame_taken_at=now - FAILED_BEFORE_S,
        score=0.9,
        boxes=SEEN if kind is VerdictKind.FALSE_ALARM else (),
        model_sha256="5e" * 32,
        incident=incident,
    )


def _rounded(text: str) -> str:
    """Return a text with its numbers to two digits: a mouse moves by whole pixels."""
    return re.sub(r"\d\.\d+", lambda number: f"{float(number.group()):.2f}".rstrip("0"), text)
