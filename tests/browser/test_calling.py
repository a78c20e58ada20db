"""How the wall calls people who do not look at it: sound, notifications, the tab."""

import pytest
from playwright.sync_api import expect

from monitor.judge import Phase
from monitor.records import IncidentStatus
from tests.browser.conftest import Visiting, real_farm

pytestmark = pytest.mark.browser

RUNG = """([kind, times]) => {
    const { rang, rings } = document.getElementById('sound').dataset;
    return rang === kind && Number(rings) >= times;
}"""
NOTED = """() => {
    window.noted = [];
    window.Notification = class extends EventTarget {
        static permission = 'default';
        static requestPermission = async () => { window.Notification.permission = window.answers; };
        constructor(title, options) { super(); window.noted.push([title, options.body]); }
    };
    window.answers = 'granted';
}"""


def test_sound_is_off_until_somebody_wants_it_and_then_calls_until_acknowledged(visit: Visiting) -> None:
    """Two soft notes for a look, once; the call for an alarm again and again, until somebody takes care."""
    farm = real_farm(12)
    wall = visit(farm)
    page, button = wall.page, wall.page.locator("#sound")
    farm.fails("p01")
    expect(page.locator("#alarms [data-printer=p01]")).to_be_visible()
    assert ("off", None) == (button.get_attribute("data-sound"), button.get_attribute("data-rang"))
    farm.changes("p01", acknowledged_by="Marie")
    expect(page.locator("[data-printer=p01] [data-part=by]")).to_have_text("In hand: Marie")
    page.keyboard.press("s")
    expect(button).to_have_attribute("data-sound", "on")
    page.wait_for_function(RUNG, arg=["look", 1])
    farm.sees("p04", Phase.SUSPECT, 0.6)
    page.wait_for_function(RUNG, arg=["look", 2])
    farm.fails("p05")
    page.wait_for_function(RUNG, arg=["call", 3])
    page.wait_for_function(RUNG, arg=["call", 4])
    farm.changes("p05", acknowledged_by="Marie")
    expect(page.locator("[data-printer=p05] [data-part=by]")).to_have_text("In hand: Marie")
    rings = button.get_attribute("data-rings")
    page.wait_for_timeout(5500)
    assert rings == button.get_attribute("data-rings")
    assert [] == wall.complaints


def test_a_browser_that_blocks_sound_is_said_to(visit: Visiting) -> None:
    """Remembered from the last time, it waits for the first touch of the page, and then calls."""
    farm = real_farm(3)
    farm.fails("p02", IncidentStatus.PAUSE_FAILED)
    wall = visit(farm)
    page, button = wall.page, wall.page.locator("#sound")
    page.evaluate("() => localStorage.setItem('vigie.sound', 'on')")
    page.reload()
    expect(button).to_have_attribute("data-sound", "blocked")
    expect(button).to_contain_text("click for sound")
    wall.keep("sound-blocked")
    page.mouse.click(5, 500)
    expect(button).to_have_attribute("data-sound", "on")
    page.wait_for_function(RUNG, arg=["call", 1])


def test_notifications_are_asked_for_with_a_click_and_come_once_an_alarm(visit: Visiting) -> None:
    """What and where, in the page's language; none for what was there before."""
    farm = real_farm(12)
    wall = visit(farm, "/no-such-page", locale="fr-FR")
    page = wall.page
    page.add_init_script(f"({NOTED})()")
    page.goto(wall.server.url)
    button = page.locator("#notify")
    expect(button).to_have_attribute("data-notify", "off")
    button.click()
    expect(button).to_have_attribute("data-notify", "on")
    farm.fails("p05", IncidentStatus.PAUSE_FAILED)
    expect(page.locator("#alarms [data-printer=p05]")).to_be_visible()
    farm.sees("p05", Phase.FAILING, 0.95)
    farm.fails("p09")
    expect(page.locator("#alarms [data-printer=p09]")).to_be_visible()
    noted = page.evaluate("() => window.noted")
    assert ["p05 : pause échouée", "p09 : en échec"] == [title for title, _ in noted]
    assert "Hall" in noted[0][1]


def test_refused_notifications_say_how_to_allow_them(visit: Visiting) -> None:
    """And the wall goes on without."""
    wall = visit(real_farm(3), "/no-such-page")
    wall.page.add_init_script(f"({NOTED})(); window.answers = 'denied';")
    wall.page.goto(wall.server.url)
    wall.page.locator("#notify").click()
    expect(wall.page.locator("#notify")).to_contain_text("refused")
    advice = "The browser refuses notifications: allow them in its settings for this page"
    expect(wall.page.locator("#notify")).to_have_attribute("title", advice)


def test_the_tab_says_how_many_need_somebody(visit: Visiting) -> None:
    """In its title and in its icon."""
    farm = real_farm(3)
    wall = visit(farm)
    icon = "() => document.querySelector('link[rel=icon]').href"
    wall.page.wait_for_function(f"() => ({icon})().startsWith('blob:')")
    calm = wall.page.evaluate(icon)
    farm.fails("p02")
    farm.fails("p03")
    expect(wall.page).to_have_title("(2) Vigie")
    wall.page.wait_for_function(f"calm => ({icon})() !== calm", arg=calm)
    assert [] == wall.complaints
