"""A screen on a wall that nobody touches."""

from dataclasses import replace

import pytest
from playwright.sync_api import expect

from monitor.wall import WallServer
from tests.browser.conftest import Visiting, real_farm
from tests.wall.entrance import GuardedFarm

pytestmark = pytest.mark.browser

OUTSIDE = """() => [...document.querySelectorAll('[data-printer]')].filter(tile => {
    const {left, top, right, bottom} = tile.getBoundingClientRect();
    return left < 0 || top < 0 || right > innerWidth + 0.5 || bottom > innerHeight + 0.5;
}).map(tile => tile.dataset.printer)"""
FIRST_TILE_AT = "() => { const { x, y } = document.querySelector('.tile').getBoundingClientRect(); return [x, y]; }"


def test_a_kiosk_has_no_tools_and_no_cursor_and_nothing_that_burns_in(visit: Visiting) -> None:
    """After some seconds the cursor goes; every minute all moves by some pixels, and stays on the screen."""
    wall = visit(real_farm(24), "/no-such-page")
    page = wall.page
    page.clock.install()
    page.goto(f"{wall.server.url}wall?kiosk")
    expect(page.locator("[data-printer][data-pictured=true]")).to_have_count(24)
    assert 0 == page.locator(".bar__tool:visible, .tile__more:visible, .menu:visible").count()
    page.clock.fast_forward(4000)
    expect(page.locator("body")).to_have_attribute("data-cursor", "hidden")
    places = []
    for _ in range(5):
        page.clock.fast_forward(60_000)
        places.append(tuple(page.evaluate(FIRST_TILE_AT)))
        assert [] == page.evaluate(OUTSIDE)
    assert 4 <= len(set(places))
    wall.keep("kiosk")


def test_a_screen_is_kept_awake_also_where_there_is_no_wake_lock(visit: Visiting) -> None:
    """Over plain http a browser lends none: then a video that shows nothing plays."""
    wall = visit(real_farm(3), "/no-such-page")
    wall.page.add_init_script("delete Navigator.prototype.wakeLock")
    wall.page.goto(f"{wall.server.url}?kiosk")
    expect(wall.page.locator("body")).to_have_attribute("data-awake", "video")
    assert wall.page.evaluate("() => !document.getElementById('awake').paused")


def test_a_screen_with_a_link_to_read_shows_the_wall_and_cannot_act(visit: Visiting, guarded: GuardedFarm) -> None:
    """Opened once with its link, it needs nobody to log in, and offers nothing that it may not do."""
    guarded.fails("p02")
    key = guarded.access.desk.make_screen("TV", None)[1]
    wall = visit(guarded, f"/wall?kiosk&screen={key}")
    expect(wall.page.locator("#alarms [data-printer=p02]")).to_be_visible()
    assert 0 == wall.page.locator("button:visible").count()
    assert "screen=" not in wall.page.url
    assert "true" == wall.page.locator("body").get_attribute("data-kiosk")


def test_a_kiosk_comes_back_with_the_new_version_by_itself(visit: Visiting) -> None:
    """The server goes away and returns as another version: the page loads itself anew, and is still a kiosk."""
    wall = visit(real_farm(3), "/no-such-page")
    page = wall.page
    page.goto(f"{wall.server.url}?kiosk")
    expect(page.locator("[data-printer][data-pictured=true]")).to_have_count(3)
    page.evaluate("() => { window.isOld = true; }")
    port = int(wall.server.url.rstrip("/").rpartition(":")[2])
    wall.server.stop()
    expect(page.locator("#lost")).to_be_visible()
    newer = real_farm(3).app
    newer.extensions["vigie"] = replace(newer.extensions["vigie"], version="99")
    again = WallServer(newer, "127.0.0.1", port)
    again.start()
    try:
        page.wait_for_function("() => !window.isOld")
        expect(page.locator("body")).to_have_attribute("data-kiosk", "true")
    finally:
        again.stop()
