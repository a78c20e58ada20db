"""People at the door, in a real browser: log-in, set-up link, a TV, the pages about people and oneself."""

from datetime import UTC, datetime

import pytest
from playwright.sync_api import Page, expect

from monitor.access import Role
from monitor.clock import SystemClock
from tests.access.people import OTHER, PASSWORD
from tests.browser.conftest import Visiting
from tests.browser.entering import enter
from tests.wall.entrance import GuardedFarm

pytestmark = pytest.mark.browser

PHONE = (390, 844)


def _type_in(page: Page, name: str, password: str) -> None:
    """Log in by keyboard alone: the name has the focus as soon as the page stands."""
    field = page.locator("input[name=name]")
    expect(field).to_be_focused()
    page.keyboard.type(name)
    expect(field).to_have_value(name)
    page.keyboard.press("Tab")
    page.keyboard.type(password)
    page.keyboard.press("Enter")


def _fits(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= innerWidth"))


def test_an_operator_logs_in_by_keyboard_and_acts_under_their_name(visit: Visiting, guarded: GuardedFarm) -> None:
    """Led to the log-in from the wall, and back; a wrong password is told; nobody asks for a name afterwards."""
    guarded.fails("p03")
    house = visit(guarded, "/wall")
    page = house.page
    assert "/login?next=/wall" in page.url
    _type_in(page, "Omar", OTHER)
    expect(page.get_by_role("alert")).to_have_text("Name and password do not belong together.")
    password = page.get_by_label("Password")
    expect(password).to_be_focused()
    house.keep("login")
    page.wait_for_load_state()
    password.press_sequentially(PASSWORD)
    expect(password).to_have_value(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("#alarms [data-printer=p03]").wait_for()
    page.keyboard.press("a")
    expect(page.locator("#alarms [data-printer=p03], #looks [data-printer=p03]")).to_contain_text("Omar")
    assert ["Omar"] == [command.by for command in guarded.commands]
    assert [] == [text for text in house.complaints if "403" not in text]


def test_the_first_administrator_sets_vigie_up_on_a_phone_in_french(visit: Visiting, guarded: GuardedFarm) -> None:
    """From the link to the page on which the others are added; nothing is wider than the phone."""
    for name in ("Vera", "Omar"):
        guarded.access.desk.remove(name)
    guarded.access.desk.reset("Ada", by_force=True)
    key = guarded.access.desk.set_up_link()
    house = visit(guarded, f"/setup?link={key}", PHONE, locale="fr-FR", color_scheme="light")
    page = house.page
    expect(page.get_by_role("heading", level=1)).to_have_text("Le premier administrateur")
    house.keep("setup-phone-french")
    assert _fits(page)
    page.get_by_label("Nom", exact=True).fill("Léa")
    page.get_by_label("Nouveau mot de passe").fill(PASSWORD)
    page.get_by_label("Le même encore une fois").fill(PASSWORD)
    page.get_by_role("button", name="Enregistrer et se connecter").click()
    page.wait_for_selector("[data-printer]")
    page.goto(house.server.url + "people")
    page.locator("#new-name").fill("Marie")
    page.get_by_role("button", name="Ajouter et créer un lien").click()
    assert page.locator("#secret-text").input_value().startswith(f"{house.server.url}setup?link=")
    house.keep("people-phone-french")
    assert _fits(page)
    assert Role.OPERATOR is guarded.access.desk.person("Marie").role
    assert [] == house.complaints


def test_a_tv_shows_the_wall_and_the_address_shows_no_secret(visit: Visiting, guarded: GuardedFarm) -> None:
    """Its link is taken back while it looks: it is led to the log-in, and shows nothing any more."""
    screen, key = guarded.access.desk.make_screen("Hall TV", None)
    house = visit(guarded, f"/wall?kiosk&screen={key}")
    house.page.wait_for_selector("[data-printer]")
    assert key not in house.page.url
    assert "kiosk" in house.page.url
    guarded.access.desk.revoke(type(screen), screen.id)
    house.page.wait_for_url("**/login?next=*")


def test_people_and_account_are_seen_on_both_screens(visit: Visiting, guarded: GuardedFarm) -> None:
    """Times are in the reader's language, nothing is wider than a phone, a change of role is said."""
    for size, language in (((1280, 900), "en-GB"), (PHONE, "fr-FR")):
        house = visit(guarded, "/login", size, locale=language)
        enter(house, guarded, "Ada")
        for path in ("people", "account"):
            house.page.goto(house.server.url + path)
            expect(house.page.locator("time[data-at]").first).to_contain_text(str(_year()))
            house.keep(f"{path}-{size[0]}-{language}")
            assert _fits(house.page), (path, size)
        assert [] == house.complaints


def _year() -> int:
    return datetime.fromtimestamp(SystemClock().now(), UTC).year
