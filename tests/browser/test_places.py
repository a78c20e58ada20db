"""Fixed places by site and room, and pages where one screen is too small."""

import pytest
from playwright.sync_api import Page, expect

from monitor.judge import Phase
from monitor.records import Health, IncidentStatus
from tests.browser.conftest import SOON_MS, Visiting, real_farm

pytestmark = pytest.mark.browser

SITES = ("cochin/hall", "cochin/attic", "lille/ward", "lille/garage", "necker/cellar")
SHOWN = "() => [...document.querySelectorAll('[data-printer]')].map(tile => tile.dataset.printer)"
OUTSIDE = """() => [...document.querySelectorAll('[data-printer]')].filter(tile => {
    const {left, top, right, bottom, width, height} = tile.getBoundingClientRect();
    return left < 0 || top < 0 || right > innerWidth + 0.5 || bottom > innerHeight + 0.5 || width < 50 || height < 40;
}).map(tile => tile.dataset.printer)"""
PICTURED = "() => document.querySelectorAll('[data-printer]:not([data-pictured=true])').length === 0"
SMALLEST_NAME = """() => Math.min(...[...document.querySelectorAll('.tile__name')]
    .map(name => parseFloat(getComputedStyle(name).fontSize)))"""
CUT_TAILS = """() => [...document.querySelectorAll('.tile__name')].filter(name => {
    const tail = name.querySelector('[data-part=tail]').getBoundingClientRect(), box = name.getBoundingClientRect();
    return tail.width > 0 && tail.right > box.right + 1;
}).map(name => name.textContent)"""


def _shown(page: Page) -> list[str]:
    found: list[str] = page.evaluate(SHOWN)
    return found


@pytest.mark.parametrize(("count", "room"), [(150, "hall"), (150, "garage"), (250, "attic"), (250, "cellar")])
def test_above_120_printers_the_wall_has_pages_and_alarms_are_on_each(visit: Visiting, count: int, room: str) -> None:
    """Every printer is on one of them, inside the screen; an alarm of any room is first, whichever page is shown."""
    farm = real_farm(count, rooms=SITES)
    wall = visit(farm, "/wall")
    page = wall.page
    pager = page.locator("#pager [data-part=where]")
    expect(pager).to_contain_text("Page 1 of")
    pages = -(-count // 96)
    seen: set[str] = set()
    for number in range(1, pages + 1):
        expect(pager).to_contain_text(f"Page {number} of {pages}: ")
        page.wait_for_function(PICTURED)
        assert ([], set()) == (page.evaluate(OUTSIDE), seen & set(_shown(page)))
        seen |= set(_shown(page))
        page.keyboard.press("PageDown")
    assert set(farm.printers) == seen
    expect(pager).to_contain_text("Page 1 of")
    failing = next(printer.id for printer in reversed(farm.config.printers) if printer.room == room)
    farm.fails(failing)
    for number in range(1, pages + 1):
        expect(page.locator(f"#alarms [data-printer={failing}]")).to_be_visible(timeout=SOON_MS)
        assert (failing, []) == (_shown(page)[0], page.evaluate(OUTSIDE))
        wall.keep(f"page-{number}-of-{count}") if room in ("hall", "attic") else None
        page.keyboard.press("PageDown")
    assert [] == wall.complaints


def test_pages_turn_by_themselves_unless_somebody_is_there(visit: Visiting) -> None:
    """A quarter of a minute each; a touch of the wall makes them rest."""
    farm = real_farm(150, rooms=SITES)
    wall = visit(farm, "/no-such-page")
    page = wall.page
    page.clock.install()
    page.goto(wall.server.url)
    pager = page.locator("#pager [data-part=where]")
    expect(pager).to_contain_text("Page 1 of 2")
    page.clock.run_for(15_500)
    expect(pager).to_contain_text("Page 2 of 2")
    page.clock.run_for(15_000)
    expect(pager).to_contain_text("Page 1 of 2")
    page.keyboard.press("Shift")
    page.clock.run_for(30_000)
    expect(pager).to_contain_text("Page 1 of 2")
    expect(page.locator("#pager [data-part=turns]")).to_have_text("stays while you are here")


def test_pictures_come_of_the_page_that_is_shown(visit: Visiting) -> None:
    """The server is told which tiles can be seen, and anew when the page is turned."""
    farm = real_farm(150, rooms=SITES)
    wall = visit(farm, "/no-such-page")
    page = wall.page
    with page.expect_response(lambda answer: "/api/viewers/" in answer.url):
        page.goto(wall.server.url)
        page.wait_for_function(PICTURED)
    for _ in range(2):
        with page.expect_response(lambda answer: "/api/viewers/" in answer.url) as told:
            page.keyboard.press("PageDown")
        assert told.value.ok
        assert {"visible": sorted(_shown(page))} == told.value.request.post_data_json


def test_rooms_are_named_beside_their_rows(visit: Visiting) -> None:
    """Where it costs little each room begins a row of its own, and its name stands beside it with its site."""
    wall = visit(real_farm(60, rooms=("cochin/hall", "cochin/attic", "lille/ward")))
    labels = wall.page.locator(".room:visible")
    boxes = [label.bounding_box() for label in labels.all()]
    assert ["HallCochin", "AtticCochin", "LilleWard"] == labels.all_text_contents()
    tops = [wall.page.locator(f"[data-printer={first}]").bounding_box() for first in ("p01", "p21", "p41")]
    assert [round(top["y"]) for top in tops if top] == [round(box["y"]) for box in boxes if box]
    wall.keep("rooms-60")


def test_rooms_that_follow_one_another_in_a_row_are_named_on_their_first_tile(visit: Visiting) -> None:
    """Eighteen places of five printers each, as in a task force of a region: every one is named."""
    places = tuple(f"place{i:02d}/room" for i in range(18))
    wall = visit(real_farm(90, rooms=places))
    names = wall.page.locator(".place[data-room]").evaluate_all("all => all.map(place => place.dataset.room)")
    assert [f"Place{i:02d}" for i in range(18)] == names
    assert [] == wall.page.evaluate(OUTSIDE)
    wall.keep("places-90")


@pytest.mark.parametrize(("size", "scale"), [((1920, 1080), 1), ((3840, 2160), 2)])
def test_names_of_90_printers_can_be_read_from_three_metres(
    visit: Visiting, size: tuple[int, int], scale: float
) -> None:
    """17 px, and 15 while alarms take half of the screen; of a name that is too long the end stays, where names differ.

    On a screen of 55 inches 17 px bold are capitals of 8 mm: from three metres nearly twice what good eyes need, which
    is five minutes of arc (ISO 8596).
    """
    farm = real_farm(90, names=[f"Artillery Sidewinder {i + 1:02d}" for i in range(90)])
    wall = visit(farm, size=size)
    assert 17 * scale <= wall.page.evaluate(SMALLEST_NAME)
    assert [] == wall.page.evaluate(CUT_TAILS)
    for printer in ("p03", "p44", "p71"):
        farm.fails(printer)
    farm.sees("p12", Phase.BLIND, None, Health.DARK)
    expect(wall.page.locator("#alarms [data-printer]")).to_have_count(3)
    assert 15 * scale <= wall.page.evaluate(SMALLEST_NAME)
    assert [] == wall.page.evaluate(CUT_TAILS)
    wall.keep(f"long-names-{size[1]}")


def test_an_alarm_of_any_room_is_first_at_once(visit: Visiting) -> None:
    """First and last printer of rooms of two sites, one after the other, before what is to be looked at."""
    farm = real_farm(60, rooms=("cochin/hall", "cochin/attic", "lille/ward"))
    wall = visit(farm)
    farm.sees("p07", Phase.SUSPECT, 0.6)
    expect(wall.page.locator("#looks [data-printer=p07]")).to_be_visible()
    for printer in ("p01", "p20", "p21", "p40", "p41", "p60"):
        farm.fails(printer)
        expect(wall.page.locator(f"#alarms [data-printer={printer}][data-state=failing]")).to_be_visible(
            timeout=SOON_MS
        )
        assert [printer, "p07"] == _shown(wall.page)[:2]
        farm.changes(printer, status=IncidentStatus.CLOSED)
        farm.sees(printer, Phase.WATCHING)
        expect(wall.page.locator(f"#home [data-printer={printer}]")).to_be_visible()
