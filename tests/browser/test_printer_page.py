"""One printer's page as a technician uses it: the past read, pictures judged, rectangles drawn, sensitivity tried."""

import re
import time
from dataclasses import replace

import pytest
from playwright.sync_api import expect

from monitor.records import IncidentStatus
from monitor.wall import create_app
from tests.browser.conftest import Visit, Visiting, real_farm
from tests.browser.printer_page import (
    FOCUSED,
    OUT_OF_BOUNDS,
    WIDE,
    OnlyLook,
    box_of,
    open_printer,
    says_name,
    violations,
    width_s,
)
from tests.browser.told_archive import ToldArchive

pytestmark = pytest.mark.browser


def test_keys_act_as_on_the_wall(visit: Visiting) -> None:
    """What makes no sense now is said; Escape leaves, unless something drawn is not saved."""
    farm = real_farm(3)
    farm.fails("p02")
    wall = open_printer(visit, ToldArchive(time.time()), farm)
    page = wall.page
    page.unroute("**/api/printers/*/commands")
    expect(page.locator("[data-act=acknowledge]")).to_be_visible()
    page.keyboard.press("r")
    expect(page.locator("#said")).to_contain_text("makes no sense now")
    page.keyboard.press("a")
    says_name(page)
    expect(page.locator("#by")).to_have_text("In hand: Marie")
    page.locator("#look-change").click()
    page.locator("#look-add-mask").click()
    page.keyboard.press("Escape")
    page.locator("#look-cancel").click()
    page.keyboard.press("Escape")
    page.wait_for_url(wall.server.url)


def test_everything_is_reached_with_the_tab_key_in_the_order_in_which_it_is_read(visit: Visiting) -> None:
    """From the way back to forgetting; nothing holds the focus fast."""
    told = ToldArchive(time.time(), failed_at=time.time() - 400)
    told.say("false_alarm", "Paul", told.now - 400)
    farm = real_farm(3)
    farm.fails("p02", IncidentStatus.PAUSED)
    page = open_printer(visit, told, farm).page
    expect(page.locator(".incident")).to_have_count(1)
    seen: list[str] = []
    for _ in range(60):
        page.keyboard.press("Tab")
        seen.append(page.evaluate(FOCUSED))
    wanted = ["bar__back", "acknowledge", "chart-live", "chart", "reading-frame", "confirm", "look-change", "calmness"]
    wanted += ["forget-all", "forget"]
    places = [seen.index(name) for name in wanted]
    assert sorted(places) == places


def test_another_sensitivity_is_tried_on_the_last_day_before_it_is_saved(visit: Visiting) -> None:
    """In numbers, and as moments with their pictures; saved as a threshold, and the model's own as none."""
    told = ToldArchive(time.time())
    wall = open_printer(visit, told)
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
    wall = open_printer(visit, told)
    page = wall.page
    expect(page.locator("#learned-shift")).to_contain_text("as if the threshold were 0.81 instead of 0.85")
    expect(page.locator("#places li")).to_contain_text("Counts slightly less because of 1 false alarm")
    expect(page.locator("#learned-layer .rectangle")).to_have_count(1)
    expect(page.locator("#verdicts")).to_contain_text("said <b>Zoé</b>")
    page.locator("#verdicts").scroll_into_view_if_needed()
    expect(page.locator("#verdicts canvas").first).to_have_attribute("data-taken-at", re.compile(r"\d+"))
    wall.keep("printer-learned")
    page.locator("[data-verdict=v1] [data-part=forget]").click()
    says_name(page)
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
    page = open_printer(visit, told, farm).page
    expect(page.locator(".incident")).to_have_count(1)
    expect(page.locator("#verdicts .verdict")).to_have_count(1)
    expect(page.locator("#calmness")).to_be_disabled()
    for act in ("#acts button", "#missed", "#look-change", "#forget-all", "[data-part=forget]", "[data-part=confirm]"):
        assert 0 == page.locator(act).locator("visible=true").count(), act


def test_a_printer_that_was_removed_meanwhile_is_told_as_that(visit: Visiting) -> None:
    """Not as a lost connection: the server answers, and the last that was known stays."""
    told = ToldArchive(time.time())
    wall = open_printer(visit, told)
    page = wall.page
    gone = {"error": {"status": 404, "title": "Not Found", "detail": "there is no printer"}}
    page.route("**/api/printers/p02", lambda route: route.fulfill(status=404, json=gone))
    expect(page.locator("#gone")).to_contain_text("no longer in cameras.yaml")
    expect(page.locator("#lost")).to_be_hidden()
    expect(page.locator("#chart .chart__line")).to_be_attached()


def test_who_was_logged_out_meanwhile_goes_to_the_log_in_but_not_with_an_unsaved_drawing(visit: Visiting) -> None:
    """First it is told and the drawing stays; once that is given up, the page leaves for the log-in and comes back."""
    told = ToldArchive(time.time())
    wall = open_printer(visit, told)
    page = wall.page
    page.locator("#look-change").click()
    page.locator("#look-add-mask").click()
    ended = {"error": {"status": 401, "title": "Unauthorized", "detail": "log in first"}}
    page.route("**/api/printers/p02", lambda route: route.fulfill(status=401, json=ended))
    expect(page.locator("#gone")).to_contain_text("You are logged out")
    expect(page.locator(".rectangle[data-kind=mask]")).to_have_count(1)
    page.locator("#look-cancel").click()
    page.wait_for_url("**/login?next=%2Fprinter%2Fp02**")


@pytest.mark.parametrize("scheme", ["dark", "light"])
def test_a_phone_stacks_everything_and_draws_by_touch(visit: Visiting, scheme: str) -> None:
    """Nothing is wider than the screen, and a finger draws a mask."""
    told = ToldArchive(time.time(), failed_at=time.time() - 400)
    wall = open_printer(visit, told, lang="fr", size=(390, 844), color_scheme=scheme, has_touch=True)
    page = wall.page
    assert 0 == page.evaluate(WIDE)
    wall.keep(f"printer-phone-{scheme}")
    page.locator("#look-change").click()
    layer = page.locator("#look-layer")
    layer.scroll_into_view_if_needed()
    box = box_of(layer)
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
    box = box_of(chart)
    for kind, apart in (("touchStart", 30), ("touchMove", 60), ("touchMove", 90), ("touchEnd", 0)):
        fingers = [{"x": box["x"] + 180 + side * apart, "y": box["y"] + 80, "id": side + 1} for side in (-1, 1)]
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": fingers if apart else []})
    expect(chart).to_have_attribute("data-live", "false")
    assert width_s(page) < 600
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
    wall = open_printer(visit, told, farm)
    page = wall.page
    page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
    page.locator("#look-change").click()
    page.locator("#look-add-mask").click()
    page.locator("#look-add-region").click()
    page.locator("#calmness").press("ArrowLeft")
    expect(page.locator("#preview-then")).to_contain_text("With this setting")
    assert [] == violations(page)
    wall.keep(f"printer-drawing-{theme}")
    page.locator("#reading-frame").click()
    expect(page.locator("#frame")).to_be_visible()
    assert [] == violations(page)
