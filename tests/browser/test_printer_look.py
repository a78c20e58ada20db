"""A printer's page in a real browser: region and masks drawn on the picture, and what becomes of a drawing."""

import re
import time

import pytest
from playwright.sync_api import expect

from tests.browser.conftest import Visiting
from tests.browser.printer_page import (
    ORANGE,
    PIXEL,
    drag,
    open_printer,
    turned,
)
from tests.browser.told_archive import ToldArchive

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("rotate", "part"), [(0, (0.475, 0.57)), (90, (0.43, 0.475)), (270, (0.57, 0.525))])
def test_a_mask_drawn_with_the_mouse_means_the_picture_as_it_is_seen(
    visit: Visiting, rotate: int, part: tuple[float, float]
) -> None:
    """Fractions of the upright picture are sent, also where the camera is mounted turned."""
    told = ToldArchive(time.time())
    wall = open_printer(visit, told)
    page = wall.page
    turned(page, rotate)
    page.reload()
    picture = page.locator("#look-picture")
    expect(picture).to_have_attribute("data-drawn", "true")
    seen = page.evaluate(PIXEL, [picture.element_handle(), *part])
    assert list(ORANGE) == pytest.approx(seen, abs=12)
    page.locator("#look-change").click()
    x, y = part[0] - 0.1, part[1] - 0.15
    drag(page, page.locator("#look-layer"), (x, y), (x + 0.2, y + 0.3))
    expect(page.locator(".rectangle[data-kind=mask]")).to_have_count(1)
    wall.keep(f"printer-mask-{rotate}")
    page.locator("#look-save").click()
    expect(page.locator("#look-change")).to_be_visible()
    [mask] = told.saved[0]["mask"]
    expected = {"x": x, "y": y, "width": 0.2, "height": 0.3}
    assert expected == pytest.approx(mask, abs=0.006)
    assert {"x": 0, "y": 0, "width": 1, "height": 1} == told.saved[0]["region"]


def test_rectangles_are_moved_resized_and_removed_by_keys_and_numbers(visit: Visiting) -> None:
    """Nothing of it needs a mouse."""
    told = ToldArchive(time.time())
    told.settings["mask"] = [{"x": 0.5, "y": 0.5, "width": 0.2, "height": 0.2}]
    wall = open_printer(visit, told)
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
    page = open_printer(visit, told).page
    page.locator("#look-change").click()
    page.locator("#look-turn").click()
    expect(page.get_by_role("button", name="Mask 1: left 40%, top 10%, width 40%, height 30%")).to_be_visible()
    expect(page.locator("#look-turned")).to_contain_text("no longer used")
    picture = page.locator("#look-picture").element_handle()
    assert list(ORANGE) == pytest.approx(page.evaluate(PIXEL, [picture, 0.43, 0.475]), abs=12)
    page.locator("#look-save").click()
    expect(page.locator("#look-change")).to_be_visible()
    assert (90, [{"x": 0.4, "y": 0.1, "width": 0.4, "height": 0.3}]) == (told.saved[0]["rotate"], told.saved[0]["mask"])


def test_what_is_drawn_survives_a_conflict_a_refusal_and_a_server_that_is_gone(visit: Visiting) -> None:
    """Told clearly each time, and saved in the end."""
    told = ToldArchive(time.time())
    wall = open_printer(visit, told)
    page = wall.page
    page.locator("#look-change").click()
    drag(page, page.locator("#look-layer"), (0.1, 0.1), (0.3, 0.3))
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
