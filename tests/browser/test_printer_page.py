"""One printer's page as a technician uses it: the past read, pictures judged, rectangles drawn, sensitivity tried."""

import re
import time
from dataclasses import replace
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from flask import Request
from playwright.sync_api import Locator, Page, Route, expect

from monitor.access import Identity, IdentityKind, Right
from monitor.records import EventKind, IncidentStatus
from monitor.wall import create_app
from tests.browser.conftest import Visit, Visiting, real_farm
from tests.browser.told_archive import THRESHOLD, ToldArchive
from tests.wall.farm import Farm

pytestmark = pytest.mark.browser

PIXEL = """([canvas, x, y]) => [...canvas.getContext('2d')
    .getImageData(Math.round(canvas.width * x), Math.round(canvas.height * y), 1, 1).data.slice(0, 3)]"""
FOCUSED = """() => {
    const { id, dataset, className } = document.activeElement;
    return id || dataset.part || dataset.act || className;
}"""
DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
WIDE = "() => document.documentElement.scrollWidth - innerWidth"
OUT_OF_BOUNDS = """async () => {
    const spans = await import('/static/js/printer/span.js');
    const shapes = await import('/static/js/printer/rectangle.js');
    let seed = 7;
    const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
    const now = 1e9, wrong = [];
    let span = spans.last(900, now);
    for (let i = 0; i < 4000; i += 1) {
        const at = span.from + random() * spans.width(span);
        span = random() < 0.5 ? spans.zoom(span, 0.2 + 4 * random(), at, now)
            : spans.pan(span, 1e5 * (random() - 0.5), now);
        const wide = spans.width(span);
        if (wide < 59.99 || wide > 604800.01 || span.to > now + 1e-6) wrong.push(span);
        if (span.from < now - 604800.01) wrong.push(span);
        if (span.isLive !== (span.to >= now - 1e-6)) wrong.push(span);
    }
    let shape = { x: 0.2, y: 0.2, width: 0.4, height: 0.3 };
    for (let i = 0; i < 4000; i += 1) {
        const by = () => random() - 0.5;
        const name = ['x', 'y', 'width', 'height'][Math.floor(4 * random())];
        shape = [() => shapes.moved(shape, by(), by()), () => shapes.resized(shape, 'ne', by(), by()),
            () => shapes.resized(shape, 'sw', by(), by()), () => shapes.turned(shape),
            () => shapes.withNumber(shape, name, 3 * by())][Math.floor(5 * random())]();
        const { x, y, width, height } = shapes.rounded(shape);
        if (x < 0 || y < 0 || x + width > 1 + 1e-9 || y + height > 1 + 1e-9) wrong.push(shape);
        if (width < 0.0199 || height < 0.0199) wrong.push(shape);
    }
    return wrong;
}"""
ORANGE = (220, 160, 90)  # the part in the pictures of tests.wall.farm


def _open(visit: Visiting, told: ToldArchive, farm: Farm | None = None, lang: str = "en", **more: Any) -> Visit:
    """Open the page of p02; what is asked of the past, and what is said, is answered by hand."""
    wall: Visit = visit(farm or real_farm(3), f"/printer/p02?lang={lang}", told=told, **more)
    told.take_commands(wall.page)
    wall.page.locator("#chart[data-loaded]").wait_for()
    wall.page.locator("#look-picture[data-drawn]").wait_for()
    return wall


def _says_name(page: Page) -> None:
    page.locator("#who input").fill("Marie")
    page.locator("#who button[value=ok]").click()


def _span(page: Page) -> tuple[float, float]:
    chart = page.locator("#chart")
    return float(chart.get_attribute("aria-valuemin") or "nan"), float(chart.get_attribute("aria-valuemax") or "nan")


def _width_s(page: Page) -> float:
    first, last = _span(page)
    return last - first


def _box(locator: Locator) -> dict[str, float]:
    box = locator.bounding_box()
    assert box is not None
    return {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}


def _drag(page: Page, on: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag with the mouse, from and to shares of an element."""
    on.scroll_into_view_if_needed()
    box = _box(on)
    page.mouse.move(box["x"] + box["width"] * start[0], box["y"] + box["height"] * start[1])
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * end[0], box["y"] + box["height"] * end[1], steps=4)
    page.mouse.up()


def _point_at(page: Page, mark: str) -> None:
    """Move the mouse onto a mark of the chart; what is drawn is drawn anew all the time."""
    page.locator("#chart").scroll_into_view_if_needed()
    page.evaluate(DRAWN)
    box = _box(page.locator(mark))
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def _turned(page: Page, degrees: int) -> None:
    """Let the printer's camera be mounted turned: the server says so."""

    def answer(route: Route) -> None:
        content = route.fetch().json()
        content["printer"]["rotate"] = degrees
        route.fulfill(json=content)

    page.route("**/api/printers/p02", answer)


class OnlyLook:
    """A gatekeeper to whom everybody is a viewer."""

    def identify(self, request: Request) -> Identity | None:
        """Return somebody who may look."""
        return Identity(IdentityKind.PERSON, frozenset({Right.METRICS, Right.VIEW}), "Guest")


def test_the_chart_shows_the_threshold_and_the_failure_at_its_time(visit: Visiting) -> None:
    """Pointing at the mark reads the failure's time and what happened; the threshold is a line with a name."""
    told = ToldArchive(time.time(), failed_at=time.time() - 400)
    wall = _open(visit, told)
    page = wall.page
    expect(page.locator(".chart__threshold")).to_be_attached()
    expect(page.locator("#chart")).to_contain_text(f"threshold {THRESHOLD:.2f}")
    _point_at(page, "#chart .mark--failure")
    expect(page.locator("#reading-events")).to_contain_text("Failure decided: spaghetti")
    read_at = float(page.locator("#reading").get_attribute("data-at") or "nan")
    assert told.failed_at == pytest.approx(read_at, abs=6)
    expect(page.locator("#reading-score")).to_have_text("score 0.96")
    wall.keep("printer-chart")
    assert [] == wall.complaints


def test_the_state_is_told_by_pattern_and_word_too(visit: Visiting) -> None:
    """Every stretch of the band has its colour, a pattern that exists, and a title with its word."""
    told = ToldArchive(time.time(), failed_at=time.time() - 200)
    page = _open(visit, told).page
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
    page = _open(visit, told).page
    chart = page.locator("#chart")
    assert 900 == pytest.approx(_width_s(page), abs=2)
    _point_at(page, "#chart .mark--failure")
    for _ in range(4):
        page.mouse.wheel(0, -100)
    expect(chart).to_have_attribute("data-live", "false")
    assert _width_s(page) < 450
    first, last = _span(page)
    assert told.failed_at is not None
    assert first < told.failed_at < last
    page.locator("[data-seconds='604800']").click()
    page.locator("#chart-live").click()
    expect(chart).to_have_attribute("data-live", "true")
    assert 7 * 86400 == pytest.approx(_width_s(page), abs=2)
    _drag(page, chart, (0.5, 0.4), (0.6, 0.4))
    assert 7 * 86400 * 0.1 == pytest.approx(_width_s(page), rel=0.1)
    chart.focus()
    for key in ("+", "PageUp", "0"):
        page.keyboard.press(key)
    expect(chart).to_have_attribute("data-live", "true")
    for _ in range(40):
        page.keyboard.press("+")
    assert 60 == pytest.approx(_width_s(page), abs=1)


def test_a_wheel_that_scrolls_the_page_does_not_stop_at_the_chart(visit: Visiting) -> None:
    """Only who has moved onto the chart zooms it."""
    page = _open(visit, ToldArchive(time.time()), size=(1280, 700)).page
    page.mouse.move(400, 600)
    for _ in range(8):
        page.mouse.wheel(0, 120)
        page.evaluate(DRAWN)
    assert page.evaluate("() => scrollY") > 500
    expect(page.locator("#chart")).to_have_attribute("data-live", "true")
    assert 900 == pytest.approx(_width_s(page), abs=2)


def test_arrows_read_the_chart_aloud_and_enter_opens_the_picture(visit: Visiting) -> None:
    """Up leads from event to event; what is read is the value of the slider, so that it is spoken."""
    told = ToldArchive(time.time(), failed_at=time.time() - 400)
    wall = _open(visit, told)
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
    wall = _open(visit, told)
    page = wall.page
    box = _box(page.locator("#chart"))
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
    wall = _open(visit, told)
    page = wall.page
    page.locator("#missed").click()
    expect(page.locator("#frame-ask")).to_contain_text("a failure that Vigie did not notice")
    wall.keep("printer-missed")
    page.locator("#frame-yes").click()
    _says_name(page)
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
    wall = _open(visit, told, farm)
    page = wall.page
    shown = page.locator(".incident")
    expect(shown.locator("[data-part=page]")).to_have_attribute("href", f"/incident/{incident.id}")
    shown.locator("[data-part=confirm]").click()
    _says_name(page)
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
    wall = _open(visit, told, farm)
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


@pytest.mark.parametrize(("rotate", "part"), [(0, (0.475, 0.57)), (90, (0.43, 0.475)), (270, (0.57, 0.525))])
def test_a_mask_drawn_with_the_mouse_means_the_picture_as_it_is_seen(
    visit: Visiting, rotate: int, part: tuple[float, float]
) -> None:
    """Fractions of the upright picture are sent, also where the camera is mounted turned."""
    told = ToldArchive(time.time())
    wall = _open(visit, told)
    page = wall.page
    _turned(page, rotate)
    page.reload()
    picture = page.locator("#look-picture")
    expect(picture).to_have_attribute("data-drawn", "true")
    seen = page.evaluate(PIXEL, [picture.element_handle(), *part])
    assert list(ORANGE) == pytest.approx(seen, abs=12)
    page.locator("#look-change").click()
    x, y = part[0] - 0.1, part[1] - 0.15
    _drag(page, page.locator("#look-layer"), (x, y), (x + 0.2, y + 0.3))
    expect(page.locator(".rectangle[data-kind=mask]")).to_have_count(1)
    wall.keep(f"printer-mask-{rotate}")
    page.locator("#look-save").click()
    expect(page.locator("#look-change")).to_be_visible()
    [mask] = told.saved[0]["mask"]
    expected = {"x": x, "y": y, "width": 0.2, "height": 0.3}
    assert expected == pytest.approx(mask, abs=0.006)
    assert {"x": 0, "y": 0, "width": 1, "height": 1} == told.saved[0]["region"]


def test_keys_act_as_on_the_wall(visit: Visiting) -> None:
    """What makes no sense now is said; Escape leaves, unless something drawn is not saved."""
    farm = real_farm(3)
    farm.fails("p02")
    wall = _open(visit, ToldArchive(time.time()), farm)
    page = wall.page
    page.unroute("**/api/printers/*/commands")
    expect(page.locator("[data-act=acknowledge]")).to_be_visible()
    page.keyboard.press("r")
    expect(page.locator("#said")).to_contain_text("makes no sense now")
    page.keyboard.press("a")
    _says_name(page)
    expect(page.locator("#by")).to_have_text("In hand: Marie")
    page.locator("#look-change").click()
    page.locator("#look-add-mask").click()
    page.keyboard.press("Escape")
    page.locator("#look-cancel").click()
    page.keyboard.press("Escape")
    page.wait_for_url(wall.server.url)


def test_rectangles_are_moved_resized_and_removed_by_keys_and_numbers(visit: Visiting) -> None:
    """Nothing of it needs a mouse."""
    told = ToldArchive(time.time())
    told.settings["mask"] = [{"x": 0.5, "y": 0.5, "width": 0.2, "height": 0.2}]
    wall = _open(visit, told)
    page = wall.page
    page.locator("#look-change").focus()
    page.keyboard.press("Enter")
    page.locator(".rectangle[data-kind=mask]").focus()
    for key in ("ArrowRight", "ArrowUp", "Shift+ArrowDown", "Control+ArrowRight"):
        page.keyboard.press(key)
    rectangle = page.get_by_role("button", name="Mask 1: left 51%, top 49%, width 20%, height 21%")
    expect(rectangle).to_be_focused()
    page.locator("#look-add-region").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("button", name=re.compile("Region: left 10%"))).to_be_focused()
    width = page.locator(".number[data-kind=region] input[name=width]")
    width.fill("55")
    width.press("Tab")
    page.locator("#look-save").press("Enter")
    expect(page.locator("#look-change")).to_be_focused()
    saved = told.saved[0]
    assert {"x": 0.512, "y": 0.49, "width": 0.2, "height": 0.21} == saved["mask"][0]
    assert {"x": 0.1, "y": 0.1, "width": 0.55, "height": 0.8} == saved["region"]
    page.keyboard.press("Enter")
    page.locator(".rectangle[data-kind=mask]").press("Delete")
    expect(page.locator(".rectangle[data-kind=mask]")).to_have_count(0)
    page.locator("#look-cancel").press("Enter")
    expect(page.locator(".rectangle[data-kind=mask]")).to_have_count(1)
    assert 1 == len(told.saved)
    assert [] == wall.complaints


def test_a_picture_that_lies_is_turned_with_what_is_drawn_on_it(visit: Visiting) -> None:
    """A quarter clockwise: what was at the left is at the top, and all is saved together."""
    told = ToldArchive(time.time())
    told.settings["mask"] = [{"x": 0.1, "y": 0.2, "width": 0.3, "height": 0.4}]
    page = _open(visit, told).page
    page.locator("#look-change").click()
    page.locator("#look-turn").click()
    expect(page.get_by_role("button", name="Mask 1: left 40%, top 10%, width 40%, height 30%")).to_be_visible()
    expect(page.locator("#look-turned")).to_contain_text("no longer used")
    picture = page.locator("#look-picture").element_handle()
    assert list(ORANGE) == pytest.approx(page.evaluate(PIXEL, [picture, 0.43, 0.475]), abs=12)
    page.locator("#look-save").click()
    expect(page.locator("#look-change")).to_be_visible()
    assert (90, [{"x": 0.4, "y": 0.1, "width": 0.4, "height": 0.3}]) == (told.saved[0]["rotate"], told.saved[0]["mask"])


def test_everything_is_reached_with_the_tab_key_in_the_order_in_which_it_is_read(visit: Visiting) -> None:
    """From the way back to forgetting; nothing holds the focus fast."""
    told = ToldArchive(time.time(), failed_at=time.time() - 400)
    told.say("false_alarm", "Paul", told.now - 400)
    farm = real_farm(3)
    farm.fails("p02", IncidentStatus.PAUSED)
    page = _open(visit, told, farm).page
    expect(page.locator(".incident")).to_have_count(1)
    seen: list[str] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(FOCUSED))
    wanted = ["bar__back", "acknowledge", "chart-live", "chart", "reading-frame", "confirm", "look-change", "calmness"]
    wanted += ["forget-all", "forget"]
    places = [seen.index(name) for name in wanted]
    assert sorted(places) == places


def test_what_is_drawn_survives_a_conflict_a_refusal_and_a_server_that_is_gone(visit: Visiting) -> None:
    """Told clearly each time, and saved in the end."""
    told = ToldArchive(time.time())
    wall = _open(visit, told)
    page = wall.page
    page.locator("#look-change").click()
    _drag(page, page.locator("#look-layer"), (0.1, 0.1), (0.3, 0.3))
    problem, mask = page.locator("#look-problem"), page.locator(".rectangle[data-kind=mask]")
    told.refuse_next = (409, "cameras.yaml was changed")
    told.settings["mask"] = [{"x": 0.8, "y": 0.8, "width": 0.1, "height": 0.1}]
    page.locator("#look-save").click()
    expect(problem).to_contain_text("changed by somebody else meanwhile")
    expect(mask).to_have_count(1)
    told.refuse_next = (400, "printers.p02.mask: reaches out of the picture")
    page.locator("#look-save").click()
    expect(problem).to_contain_text("reaches out of the picture")
    told.vanish = True
    page.locator("#look-save").click()
    expect(problem).to_contain_text("No answer")
    expect(problem).to_contain_text("What you have drawn is still here.")
    expect(mask).to_have_count(1)
    told.vanish = False
    page.locator("#look-save").click()
    expect(page.locator("#look-change")).to_be_visible()
    assert pytest.approx(0.1, abs=0.006) == told.saved[0]["mask"][0]["x"]


def test_another_sensitivity_is_tried_on_the_last_day_before_it_is_saved(visit: Visiting) -> None:
    """In numbers, and as moments with their pictures; saved as a threshold, and the model's own as none."""
    told = ToldArchive(time.time())
    wall = _open(visit, told)
    page = wall.page
    slider = page.locator("#calmness")
    expect(page.locator("#calmness-words")).to_have_text("As the model was trained")
    slider.focus()
    for _ in range(4):
        page.keyboard.press("ArrowLeft")
    expect(slider).to_have_attribute("aria-valuetext", "more sensitive, threshold 0.76")
    expect(page.locator("#preview-now")).to_have_text("Now: 1 incident and 3 suspicions.")
    expect(page.locator("#preview-then")).to_have_text("With this setting: 4 incidents and 9 suspicions.")
    assert ["both", "new", "new", "new"] == page.locator(".moment").evaluate_all(
        "all => all.map(m => m.dataset.change)"
    )
    expect(page.locator(".moment canvas").first).to_have_attribute("data-taken-at", re.compile(r"\d+\.000"))
    wall.keep("printer-sensitivity")
    page.locator(".moment .picture").nth(1).click()
    expect(page.locator("#frame-missed")).to_be_visible()
    page.keyboard.press("Escape")
    page.locator("#calmness-save").click()
    expect(page.locator("#calmness-acts")).to_be_hidden()
    page.locator("#calmness-model").click()
    page.locator("#calmness-save").click()
    expect(page.locator("#calmness-words")).to_have_text("As the model was trained")
    assert [{"threshold": pytest.approx(0.7567, abs=0.001)}, {"threshold": None}] == told.saved
    assert [] == wall.complaints


def test_what_was_learned_is_shown_and_forgotten_one_by_one_or_all(visit: Visiting) -> None:
    """Places on the picture, the shift in words, each verdict with its picture and who said it."""
    told = ToldArchive(time.time(), failed_at=time.time() - 400)
    told.say("false_alarm", "Paul", told.now - 400)
    told.say("missed", "<b>Zoé</b>", told.now - 800)
    told.places = [{"x": 0.3, "y": 0.4, "width": 0.3, "height": 0.35, "discount": 0.75, "verdicts": ["v1"]}]
    told.shift = -0.3
    wall = _open(visit, told)
    page = wall.page
    expect(page.locator("#learned-shift")).to_contain_text("as if the threshold were 0.81 instead of 0.85")
    expect(page.locator("#places li")).to_contain_text("Counts slightly less because of 1 false alarm")
    expect(page.locator("#learned-layer .rectangle")).to_have_count(1)
    expect(page.locator("#verdicts")).to_contain_text("said <b>Zoé</b>")
    page.locator("#verdicts").scroll_into_view_if_needed()
    expect(page.locator("#verdicts canvas").first).to_have_attribute("data-taken-at", re.compile(r"\d+"))
    wall.keep("printer-learned")
    page.locator("[data-verdict=v1] [data-part=forget]").click()
    _says_name(page)
    expect(page.locator("#verdicts .verdict")).to_have_count(1)
    expect(page.locator("#withdrawn-count")).to_have_text("1 that was taken back")
    page.locator("#forget-all").click()
    page.locator("#who button[value=ok]").click()
    expect(page.locator("#learned-places")).to_have_text("No place of the picture counts less.")
    expect(page.locator("#verdicts .verdict")).to_have_count(0)
    assert [] == wall.complaints


def test_who_may_only_look_is_offered_nothing_else(visit: Visiting) -> None:
    """No act, no verdict, no change; all can be seen."""
    farm = real_farm(3)
    farm.fails("p02")
    farm.app = create_app(replace(farm.services, gatekeeper=OnlyLook()))
    told = ToldArchive(time.time(), failed_at=time.time() - 400)
    told.say("false_alarm", "Paul", told.now - 400)
    page = _open(visit, told, farm).page
    expect(page.locator(".incident")).to_have_count(1)
    expect(page.locator("#verdicts .verdict")).to_have_count(1)
    expect(page.locator("#calmness")).to_be_disabled()
    for act in ("#acts button", "#missed", "#look-change", "#forget-all", "[data-part=forget]", "[data-part=confirm]"):
        assert 0 == page.locator(act).locator("visible=true").count(), act


def test_a_printer_that_was_removed_meanwhile_is_told_as_that(visit: Visiting) -> None:
    """Not as a lost connection: the server answers, and the last that was known stays."""
    told = ToldArchive(time.time())
    wall = _open(visit, told)
    page = wall.page
    gone = {"error": {"status": 404, "title": "Not Found", "detail": "there is no printer"}}
    page.route("**/api/printers/p02", lambda route: route.fulfill(status=404, json=gone))
    expect(page.locator("#gone")).to_contain_text("no longer in cameras.yaml")
    expect(page.locator("#lost")).to_be_hidden()
    expect(page.locator("#chart .chart__line")).to_be_attached()


def test_who_was_logged_out_meanwhile_goes_to_the_log_in_but_not_with_an_unsaved_drawing(visit: Visiting) -> None:
    """First it is told and the drawing stays; once that is given up, the page leaves for the log-in and comes back."""
    told = ToldArchive(time.time())
    wall = _open(visit, told)
    page = wall.page
    page.locator("#look-change").click()
    page.locator("#look-add-mask").click()
    ended = {"error": {"status": 401, "title": "Unauthorized", "detail": "log in first"}}
    page.route("**/api/printers/p02", lambda route: route.fulfill(status=401, json=ended))
    expect(page.locator("#gone")).to_contain_text("You are logged out")
    expect(page.locator(".rectangle[data-kind=mask]")).to_have_count(1)
    page.locator("#look-cancel").click()
    page.wait_for_url("**/login?next=%2Fprinter%2Fp02**", timeout=20_000)


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_a_phone_stacks_everything_and_draws_by_touch(visit: Visiting, scheme: str) -> None:
    """Nothing is wider than the screen, and a finger draws a mask."""
    told = ToldArchive(time.time(), failed_at=time.time() - 400)
    wall = _open(visit, told, lang="fr", size=(390, 844), color_scheme=scheme, has_touch=True)
    page = wall.page
    assert 0 == page.evaluate(WIDE)
    wall.keep(f"printer-phone-{scheme}")
    page.locator("#look-change").click()
    layer = page.locator("#look-layer")
    layer.scroll_into_view_if_needed()
    box = _box(layer)
    finger = page.context.new_cdp_session(page)
    for kind, share in (("touchStart", 0.2), ("touchMove", 0.4), ("touchMove", 0.6), ("touchEnd", None)):
        at = [] if share is None else [{"x": box["x"] + box["width"] * share, "y": box["y"] + box["height"] * share}]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": at})
    expect(page.locator(".rectangle[data-kind=mask]")).to_have_count(1)
    wall.keep(f"printer-phone-mask-{scheme}")
    page.locator("#look-save").click()  # a tap on a busy machine is a long press
    expect(page.locator("#look-change")).to_be_visible()
    layer.evaluate("element => element.blur()")
    chart = page.locator("#chart")
    chart.scroll_into_view_if_needed()
    box = _box(chart)
    for kind, apart in (("touchStart", 30), ("touchMove", 60), ("touchMove", 90), ("touchEnd", 0)):
        fingers = [{"x": box["x"] + 180 + side * apart, "y": box["y"] + 80, "id": side + 1} for side in (-1, 1)]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers if apart else []})
    expect(chart).to_have_attribute("data-live", "false")
    assert _width_s(page) < 600
    assert {"x": 0.2, "y": 0.2, "width": 0.4, "height": 0.4} == pytest.approx(told.saved[0]["mask"][0], abs=0.01)
    assert 0 == page.evaluate(WIDE)
    assert [] == wall.complaints


def test_spans_and_rectangles_keep_within_their_bounds(visit: Visiting) -> None:
    """Whatever is zoomed, moved, resized, turned or typed: a minute to seven days, and never out of the picture."""
    wall: Visit = visit(real_farm(1), "/printer/p01")
    assert [] == wall.page.evaluate(OUT_OF_BOUNDS)


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_axe_finds_nothing_while_somebody_draws_tries_and_judges(visit: Visiting, theme: str) -> None:
    """With everything open that can be, in every theme."""
    told = ToldArchive(time.time(), failed_at=time.time() - 400)
    told.say("false_alarm", "Paul", told.now - 400)
    told.places = [{"x": 0.3, "y": 0.4, "width": 0.3, "height": 0.35, "discount": 0.75, "verdicts": ["v1"]}]
    farm = real_farm(3)
    farm.fails("p02", IncidentStatus.PAUSED)
    wall = _open(visit, told, farm)
    page = wall.page
    page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
    page.locator("#look-change").click()
    page.locator("#look-add-mask").click()
    page.locator("#look-add-region").click()
    page.locator("#calmness").press("ArrowLeft")
    expect(page.locator("#preview-then")).to_contain_text("With this setting")
    assert [] == _violations(page)
    wall.keep(f"printer-drawing-{theme}")
    page.locator("#reading-frame").click()
    expect(page.locator("#frame")).to_be_visible()
    assert [] == _violations(page)


def _violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]
