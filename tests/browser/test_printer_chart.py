"""A printer's page in a real browser: score and state over time, stored pictures, what is said of incidents."""

import re
import time

import pytest
from playwright.sync_api import expect

from monitor.records import EventKind, IncidentStatus
from tests.browser.conftest import Visiting, real_farm
from tests.browser.printer_page import (
    DRAWN,
    box_of,
    drag,
    open_printer,
    point_at,
    says_name,
    span,
    width_s,
)
from tests.browser.told_archive import THRESHOLD, ToldArchive

pytestmark = pytest.mark.browser


def test_the_chart_shows_the_threshold_and_the_failure_at_its_time(visit: Visiting) -> None:
    """Pointing at the mark reads the failure's time and what happened; the threshold is a line with a name."""
    told = ToldArchive(time.time(), failed_at=time.time() - 400)
    wall = open_printer(visit, told)
    page = wall.page
    expect(page.locator(".chart__threshold")).to_be_attached()
    expect(page.locator("#chart")).to_contain_text(f"threshold {THRESHOLD:.2f}")
    point_at(page, "#chart .mark--failure")
    expect(page.locator("#reading-events")).to_contain_text("Failure decided: spaghetti")
    read_at = float(page.locator("#reading").get_attribute("data-at") or "nan")
    assert told.failed_at == pytest.approx(read_at, abs=6)
    expect(page.locator("#reading-score")).to_have_text("score 0.96")
    wall.keep("printer-chart")
    assert [] == wall.complaints


def test_the_state_is_told_by_pattern_and_word_too(visit: Visiting) -> None:
    """Every stretch of the band has its colour, a pattern that exists, and a title with its word."""
    told = ToldArchive(time.time(), failed_at=time.time() - 200)
    page = open_printer(visit, told).page
    page.locator("[data-seconds='21600']").click()
    expect(page.locator(".band__state[data-state=blind] title")).to_have_text("Blind")
    states = page.locator(".band__state").evaluate_all("all => all.map(one => one.dataset.state)")
    assert {"watching", "idle", "blind", "suspect", "failing", "pausing", "paused"} == set(states)
    missing = page.locator(".band__pattern").evaluate_all(
        "all => all.map(one => one.getAttribute('fill').slice(5, -1)).filter(id => !document.getElementById(id))"
    )
    assert {"pattern-watching", "pattern-idle"} >= set(missing)


def test_the_chart_zooms_by_wheel_drag_buttons_and_keys_and_returns_to_now(visit: Visiting) -> None:
    """What is pointed at stays where it is; from a minute to seven days."""
    told = ToldArchive(time.time(), failed_at=time.time() - 400)
    page = open_printer(visit, told).page
    chart = page.locator("#chart")
    assert 900 == pytest.approx(width_s(page), abs=2)
    point_at(page, "#chart .mark--failure")
    for _ in range(4):
        page.mouse.wheel(0, -100)
    expect(chart).to_have_attribute("data-live", "false")
    assert width_s(page) < 450
    first, last = span(page)
    assert told.failed_at is not None
    assert first < told.failed_at < last
    page.locator("[data-seconds='604800']").click()
    page.locator("#chart-live").click()
    expect(chart).to_have_attribute("data-live", "true")
    assert 7 * 86400 == pytest.approx(width_s(page), abs=2)
    drag(page, chart, (0.5, 0.4), (0.6, 0.4))
    assert 7 * 86400 * 0.1 == pytest.approx(width_s(page), rel=0.1)
    chart.focus()
    for key in ("+", "PageUp", "0"):
        page.keyboard.press(key)
    expect(chart).to_have_attribute("data-live", "true")
    for _ in range(40):
        page.keyboard.press("+")
    assert 60 == pytest.approx(width_s(page), abs=1)


def test_a_wheel_that_scrolls_the_page_does_not_stop_at_the_chart(visit: Visiting) -> None:
    """Only who has moved onto the chart zooms it."""
    page = open_printer(visit, ToldArchive(time.time()), size=(1280, 700)).page
    page.mouse.move(400, 600)
    for _ in range(8):
        page.mouse.wheel(0, 120)
        page.evaluate(DRAWN)
    assert page.evaluate("() => scrollY") > 500
    expect(page.locator("#chart")).to_have_attribute("data-live", "true")
    assert 900 == pytest.approx(width_s(page), abs=2)


def test_arrows_read_the_chart_aloud_and_enter_opens_the_picture(visit: Visiting) -> None:
    """Up leads from event to event; what is read is the value of the slider, so that it is spoken."""
    told = ToldArchive(time.time(), failed_at=time.time() - 400)
    wall = open_printer(visit, told)
    page = wall.page
    chart = page.locator("#chart")
    chart.focus()
    for _ in range(4):
        page.keyboard.press("ArrowUp")
    expect(chart).to_have_attribute("aria-valuetext", re.compile(r"Failure decided: spaghetti"))
    page.keyboard.press("Enter")
    expect(page.locator("#frame")).to_be_visible()
    shown = float(page.locator("#frame").get_attribute("data-taken-at") or "nan")
    assert told.failed_at == pytest.approx(shown, abs=1)
    page.keyboard.press("ArrowRight")
    expect(page.locator("#frame")).to_have_attribute("data-taken-at", f"{shown + 2:.3f}")
    page.keyboard.press("Escape")
    expect(page.locator("#frame")).to_be_hidden()
    assert page.url.endswith("/printer/p02?lang=en")
    assert [] == wall.complaints


def test_the_stored_picture_nearest_to_the_pointer_is_shown_and_enlarged(visit: Visiting) -> None:
    """Pointing shows it small, a click large, with why it was kept."""
    told = ToldArchive(time.time())
    wall = open_printer(visit, told)
    page = wall.page
    box = box_of(page.locator("#chart"))
    page.mouse.move(box["x"] + box["width"] * 0.5, box["y"] + 80)
    taken_at = page.locator("#reading-frame").get_attribute("data-taken-at") or "nan"
    assert float(taken_at) == pytest.approx(float(page.locator("#reading").get_attribute("data-at") or "0"), abs=31)
    expect(page.locator("#reading-picture")).to_have_attribute("data-taken-at", taken_at)
    expect(page.locator("#reading-taken")).to_contain_text("one of each minute")
    page.mouse.click(box["x"] + box["width"] * 0.5, box["y"] + 80)
    page.locator("#reading-frame").click()
    expect(page.locator("#frame-picture")).to_have_attribute("data-taken-at", re.compile(r"\d+\.\d{3}"))
    wall.keep("printer-frame")
    page.route("**/frame/p02/*.jpg", lambda route: route.fulfill(status=404, json={"error": {"detail": "not kept"}}))
    page.keyboard.press("ArrowLeft")
    expect(page.locator(".frame__missing")).to_have_text("This picture is not stored any more.")
    wall.complaints.clear()  # the browser notes the 404
    assert [] == wall.complaints


def test_a_missed_failure_is_told_on_the_live_picture_and_can_be_taken_back(visit: Visiting) -> None:
    """Asked back once, with the very picture that was there when the button was pressed."""
    told = ToldArchive(time.time())
    wall = open_printer(visit, told)
    page = wall.page
    page.locator("#missed").click()
    expect(page.locator("#frame-ask")).to_contain_text("a failure that Vigie did not notice")
    wall.keep("printer-missed")
    page.locator("#frame-yes").click()
    says_name(page)
    expect(page.locator("#frame-said")).to_contain_text("Missed failure, said Marie")
    picture = wall.farm.board.picture("p02")
    assert picture is not None
    wish = told.commands[0]
    assert ("missed", "Marie") == (wish["kind"], wish["by"])
    assert picture.taken_at == pytest.approx(wish["frame_taken_at"], abs=0.001)
    page.locator("#frame-undo").click()
    expect(page.locator("#frame-verdict")).to_be_hidden()
    assert ("withdraw", "v1") == (told.commands[1]["kind"], told.commands[1]["verdict"])
    assert [] == wall.complaints


def test_an_incident_is_judged_and_the_word_taken_back(visit: Visiting) -> None:
    """Who said it and when stands beside it; the whole record is a link."""
    farm = real_farm(3)
    incident = farm.fails("p02", IncidentStatus.PAUSED)
    farm.happened("p02", EventKind.PAUSE_CONFIRMED, 1.4, "state read back: paused")
    told = ToldArchive(time.time())
    wall = open_printer(visit, told, farm)
    page = wall.page
    shown = page.locator(".incident")
    expect(shown.locator("[data-part=page]")).to_have_attribute("href", f"/incident/{incident.id}")
    shown.locator("[data-part=confirm]").click()
    says_name(page)
    expect(shown.locator("[data-part=said]")).to_contain_text("A failure indeed, said Marie")
    assert ("confirm", incident.id) == (told.commands[0]["kind"], told.commands[0]["incident"])
    expect(shown.locator("[data-part=verdict]")).to_be_hidden()
    shown.locator("[data-part=withdraw]").click()
    expect(shown.locator("[data-part=verdict]")).to_be_visible()
    assert "withdraw" == told.commands[1]["kind"]


def test_an_incident_has_the_pictures_from_before_and_after_it(visit: Visiting) -> None:
    """Each with its second; enlarged, the arrows lead through all of them."""
    farm = real_farm(3)
    incident = farm.fails("p02", IncidentStatus.PAUSED)
    told = ToldArchive(incident.opened_at + 60, failed_at=incident.opened_at)
    wall = open_printer(visit, told, farm)
    page = wall.page
    strip = page.locator(".incident .strip .picture")
    expect(strip).to_have_count(8)
    around = told.frames({"from": incident.opened_at - 15, "to": incident.opened_at + 45})["frames"]
    first, second = (frame["taken_at"] for frame in around[:2])
    assert f"{first - incident.opened_at:.0f} s" == strip.first.inner_text().strip()
    expect(strip.first.locator("canvas")).to_have_attribute("data-taken-at", re.compile(r"\d+"))
    page.locator(".incident").scroll_into_view_if_needed()
    wall.keep("printer-incident")
    strip.first.click()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#frame")).to_have_attribute("data-taken-at", f"{second:.3f}")
    assert [] == wall.complaints
