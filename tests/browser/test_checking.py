"""Two cameras may have been exchanged: the mark on the wall, the answer at the printer, and the check of a room."""

import re
import time

import pytest
from playwright.sync_api import expect

from monitor.records import PersonCommandKind
from monitor.records.belonging import Belonging, Belongs
from tests.browser.conftest import Visit, Visiting, real_farm
from tests.browser.printer_page import WIDE, open_printer, says_name, violations
from tests.browser.told_archive import ToldArchive
from tests.wall.farm import Farm

pytestmark = pytest.mark.browser


def asked_farm() -> Farm:
    """Return a farm of which all print well; whether p02's camera shows p03 is asked."""
    farm = real_farm(3)
    farm.print_on()
    farm.board.belongs("p02", Belonging(Belongs.ASKED, "p03"), farm.clock.now())
    return farm


def page_of_p02(visit: Visiting, farm: Farm, lang: str = "en") -> Visit:
    """Open the page of p02; what is said there reaches the farm."""
    wall = open_printer(visit, ToldArchive(time.time()), farm, lang)
    wall.page.unroute("**/api/printers/*/commands")
    return wall


@pytest.mark.parametrize(
    ("lang", "title"), [("en", "Does the camera show p03?"), ("fr", "La caméra montre-t-elle p03 ?")]
)
def test_a_calm_tile_has_a_mark_as_long_as_it_is_asked(visit: Visiting, lang: str, title: str) -> None:
    """It stays in its place, and nobody is called."""
    farm = asked_farm()
    wall = visit(farm, f"/?lang={lang}")
    tile = wall.page.locator("[data-printer=p02]")
    mark = tile.locator("[data-part=asked]")
    expect(mark).to_be_visible()
    expect(mark).to_have_attribute("title", title)
    expect(tile).to_have_attribute("data-level", "calm")
    expect(wall.page.locator("[data-part=asked]:visible")).to_have_count(1)
    wall.keep(f"asked-{lang}")
    farm.board.belongs("p02", Belonging(Belongs.BELONGS), farm.clock.now())
    expect(mark).to_be_hidden()


def test_whoever_has_looked_says_so_at_the_printer(visit: Visiting) -> None:
    """One click and a name; the row goes when nothing is asked any more."""
    farm = asked_farm()
    wall = page_of_p02(visit, farm)
    page = wall.page
    row = page.locator("#asked")
    expect(row).to_contain_text("Does the camera show p03?")
    assert [] == violations(page)
    wall.keep("asked-printer")
    row.get_by_role("button", name="It is right").click()
    says_name(page)
    expect(page.locator("#said")).to_contain_text("the camera is right")
    assert [(PersonCommandKind.CAMERA_RIGHT, "p02", "Marie")] == [(c.kind, c.printer, c.by) for c in farm.commands]
    farm.board.belongs("p02", Belonging(), farm.clock.now())
    expect(row).to_be_hidden()
    assert page.evaluate(WIDE) <= 0


def test_after_cleaning_a_room_is_checked_anew(visit: Visiting) -> None:
    """It is asked back, for what was known is forgotten."""
    farm = real_farm(3)
    farm.print_on()
    page = page_of_p02(visit, farm).page
    expect(page.locator("#asked")).to_be_hidden()
    page.locator("#touched").click()
    expect(page.locator("#who")).to_contain_text("watched and paused as before")
    says_name(page)
    expect(page.locator("#said")).to_contain_text(re.compile("checked anew"))
    assert {PersonCommandKind.CAMERA_TOUCHED} == {command.kind for command in farm.commands}
    assert "p02" in {command.printer for command in farm.commands}
