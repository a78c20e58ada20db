"""More cameras than the machine can look at, as the wall tells it."""

from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from monitor.records.load import Load, Overload
from monitor.wall import HealthReport
from tests.browser.conftest import Visiting, real_farm
from tests.browser.test_wall import OUTSIDE

pytestmark = pytest.mark.browser

SLOWED = HealthReport(True, load=Load(1000.0, 430.0, 470.0, 0.92, 2.3, 1.0, Overload(5.0, 2.3, 1.0, 990)))
TOO_MANY = HealthReport(True, load=Load(1000.0, 99.0, 60.0, 1.0, 10.0, 9.0, Overload(5.0, 10.0, 1.0, 990, True)))
WORDS = {
    "en-GB": ("990 printers are looked at every 2.3 s instead of 1 s.", "Even that is too much for it"),
    "fr-FR": ("990 imprimantes sont regardées toutes les 2,3 s au lieu de 1 s.", "C’est encore trop"),
}


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("size", [(1920, 1080), (390, 844)])
def test_an_overload_is_a_line_with_its_figures_and_goes_by_itself(
    visit: Visiting, language: str, size: tuple[int, int]
) -> None:
    """An icon and words, in the reader's language; no tile is pushed out of sight, and nothing is called an alarm."""
    wall = visit(real_farm(12), size=size, locale=language)
    line = wall.page.locator("#overload")
    expect(line).to_be_hidden()
    wall.farm.health = SLOWED
    expect(line).to_contain_text(WORDS[language][0])
    expect(line.locator("svg")).to_be_visible()
    if size[0] > 1000:
        assert [] == wall.page.evaluate(OUTSIDE)
    assert wall.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    wall.keep(f"overload-{size[0]}-{language}")
    wall.farm.health = TOO_MANY
    expect(line).to_contain_text(WORDS[language][1])
    wall.keep(f"overload-too-many-{size[0]}-{language}")
    wall.farm.health = HealthReport(broker_connected=True)
    expect(line).to_be_hidden()
    assert [] == wall.complaints


def test_it_can_be_read_in_each_theme(visit: Visiting) -> None:
    """The contrast of both of its colours holds on light and on dark."""
    wall = visit(real_farm(3))
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for health in (SLOWED, TOO_MANY):
        wall.farm.health = health
        expect(wall.page.locator("#overload")).to_contain_text("10 s" if health is TOO_MANY else "2.3 s")
        for scheme in schemes:
            wall.page.emulate_media(color_scheme=scheme)
            assert [] == Axe().run(wall.page).response["violations"]
            wall.keep(f"overload-{scheme}-{health.load.state}")


def test_a_picture_is_old_when_it_is_older_than_the_slowed_looks_allow(visit: Visiting) -> None:
    """Ten seconds between two looks are no reason to call every picture old."""
    wall = visit(real_farm(1))
    tile = wall.page.locator("[data-printer=p01]")
    expect(tile).to_have_attribute("data-stale", "true")  # its picture stands still
    wall.farm.health = TOO_MANY
    expect(tile).to_have_attribute("data-stale", "false")
