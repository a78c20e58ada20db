"""The wall as a person sees it."""

import pytest
from playwright.sync_api import Page, expect

from monitor.calibration import Calibration
from monitor.judge import Phase
from monitor.records import EventKind, Health, IncidentStatus, JobState
from monitor.wall import HealthReport, WallServer
from tests.browser.conftest import SOON_MS, Visit, Visiting, real_farm
from tests.wall.farm import Farm

pytestmark = pytest.mark.browser

OUTSIDE = """() => [...document.querySelectorAll('[data-printer]')].filter(tile => {
    const {left, top, right, bottom, width, height} = tile.getBoundingClientRect();
    return left < 0 || top < 0 || right > innerWidth + 0.5 || bottom > innerHeight + 0.5 || width < 50 || height < 40;
}).map(tile => tile.dataset.printer)"""
OVERLAPPING = """() => {
    const boxes = [...document.querySelectorAll('[data-printer]')].map(tile => tile.getBoundingClientRect());
    return boxes.filter((a, i) => boxes.some((b, j) => i < j
        && a.left < b.right - 1 && b.left < a.right - 1 && a.top < b.bottom - 1 && b.top < a.bottom - 1)).length;
}"""
PLACES = """() => [...document.querySelectorAll('.place')]
    .map(place => place.querySelector('[data-printer]')?.dataset.printer)"""
LARGER = """printer => {
    const area = tile => { const {width, height} = tile.getBoundingClientRect(); return width * height; };
    const others = [...document.querySelectorAll('[data-printer][data-level=calm]')].map(area);
    return area(document.querySelector(`[data-printer=${printer}]`)) / Math.max(...others);
}"""

TOO_SMALL = """async () => {
    const { layout } = await import('/static/js/layout.js');
    const screens = [[1920, 1010], [3840, 2090], [1366, 700], [1080, 1850]];
    const troubles = [[0, 0], [1, 0], [0, 3], [4, 6], [12, 0]];
    const sum = (numbers) => numbers.reduce((all, n) => all + n, 0);
    const fits = ({ width, height, rooms, alarms, looks }) => {
        const { columns, rows, rail, strip, scrolls } = layout({ width, height, rooms, alarms, looks });
        const needed = rail ? sum(rooms.map(n => Math.ceil(n / columns))) : Math.ceil(sum(rooms) / columns);
        const holds = !strip ? alarms + looks === 0 : strip.height < height
            && strip.alarmColumns * strip.alarmRows >= alarms && strip.lookColumns * strip.lookRows >= looks;
        return needed <= rows && holds && !(scrolls && height > 1000 && sum(rooms) <= 90);
    };
    const short = [];
    for (let n = 1; n <= 120; n += 1)
        for (const rooms of n < 3 ? [[n]] : [[n], [Math.floor(n / 3), n - Math.floor(n / 3)]])
            for (const [width, height] of screens)
                for (const [alarms, looks] of troubles)
                    if (alarms + looks <= n && !fits({ width, height, rooms, alarms, looks }))
                        short.push({ width, rooms, alarms, looks });
    return short;
}"""


def _busy(farm: Farm) -> None:
    """Let everything go wrong that can."""
    farm.fails("p03", IncidentStatus.PAUSE_FAILED, detail="printer unreachable")
    farm.fails("p10")
    farm.fails("p07", IncidentStatus.PAUSED)
    farm.fails("p06", IncidentStatus.PAUSED, acknowledged_by="Marie")
    farm.sees("p04", Phase.SUSPECT, 0.6)
    farm.sees("p08", Phase.BLIND, None, Health.DARK)
    farm.says("p05", JobState.IDLE)
    farm.board.muted("p02", farm.clock.now() + 1800, farm.clock.now())


def _first(page: Page) -> str | None:
    return page.locator("[data-printer]").first.get_attribute("data-printer")


@pytest.mark.parametrize("count", [12, 60, 90])
def test_all_printers_are_on_one_screen(visit: Visiting, count: int) -> None:
    """At 1920x1080 nobody has to scroll: not when all is well, and not when much is wrong."""
    wall: Visit = visit(real_farm(count))
    expect(wall.page.locator("#summary")).to_have_text(f"All {count} printers are fine")
    wall.keep(f"calm-{count}")
    assert ([], 0) == (wall.page.evaluate(OUTSIDE), wall.page.evaluate(OVERLAPPING))
    _busy(wall.farm)
    expect(wall.page.locator("#summary")).to_have_text("3 printers need you: p03 pause failed, p10 failing, p07 paused")
    wall.keep(f"busy-{count}")
    assert ([], 0) == (wall.page.evaluate(OUTSIDE), wall.page.evaluate(OVERLAPPING))
    assert count == wall.page.locator("[data-printer]").count()
    assert [] == wall.complaints


def test_an_alarm_comes_first_and_larger_and_the_rest_keep_their_places(visit: Visiting) -> None:
    """A failure far down moves to the top; every healthy printer stays in its column and row."""
    wall: Visit = visit(real_farm(60))
    before = wall.page.evaluate(PLACES)
    wall.farm.fails("p47")
    expect(wall.page.locator("[data-printer=p47][data-state=failing]")).to_be_visible(timeout=SOON_MS)
    assert "p47" == _first(wall.page)
    assert 4 < wall.page.evaluate(LARGER, "p47")
    assert [None if printer == "p47" else printer for printer in before] == wall.page.evaluate(PLACES)
    wall.farm.changes("p47", status=IncidentStatus.CLOSED)
    wall.farm.sees("p47", Phase.WATCHING)
    expect(wall.page.locator("#summary")).to_have_text("All 60 printers are fine")
    assert before == wall.page.evaluate(PLACES)


def test_the_order_is_alarms_then_what_is_to_be_looked_at(visit: Visiting) -> None:
    """Pause failed, failing, paused by Vigie; then suspect, blind, and what cannot be paused."""
    farm = real_farm(60, uncontrolled=["p20"])
    _busy(farm)
    wall: Visit = visit(farm)
    shown = wall.page.locator("[data-printer]").evaluate_all("tiles => tiles.map(tile => tile.dataset.printer)")
    assert ["p03", "p10", "p07", "p04", "p08", "p20", "p06", "p01"] == shown[:8]


def test_a_light_that_goes_off_does_not_shuffle_the_wall(visit: Visiting) -> None:
    """When every camera is dark at once it has one cause: all stay in their places, and say so."""
    wall: Visit = visit(real_farm(12))
    for printer in wall.farm.printers:
        wall.farm.sees(printer, Phase.BLIND, None, Health.DARK)
    expect(wall.page.locator("#home [data-state=blind]")).to_have_count(12)
    expect(wall.page.locator("#summary")).to_have_text("No alarm. 12 to check: all blind")
    wall.keep("light-off")


def test_an_alarm_is_acknowledged_by_keyboard(visit: Visiting) -> None:
    """The key asks for a name once; then it is seen who takes care, and the bar calls no more."""
    wall: Visit = visit(real_farm(12))
    wall.farm.fails("p05")
    wall.page.locator("[data-printer=p05] [data-part=acknowledge]").wait_for()
    wall.page.keyboard.press("a")
    wall.page.keyboard.type("Marie")
    wall.page.keyboard.press("Enter")
    expect(wall.page.locator("[data-printer=p05] [data-part=by]")).to_have_text("In hand: Marie")
    assert ["Marie"] == [command.by for command in wall.farm.commands]
    wall.farm.fails("p09")
    wall.page.locator("[data-printer=p09] [data-part=acknowledge]").wait_for()
    wall.page.keyboard.press("a")
    expect(wall.page.locator("[data-printer=p09] [data-part=by]")).to_have_text("In hand: Marie")
    assert [] == wall.complaints


def test_arrows_move_and_enter_opens(visit: Visiting) -> None:
    """From the first tile, right and down lead to the neighbours as they lie on the screen; Enter opens the page."""
    wall: Visit = visit(real_farm(12))
    focused = "() => document.activeElement.closest('[data-printer]')?.dataset.printer"
    found = []
    for key in ("ArrowRight", "ArrowRight", "ArrowDown", "ArrowLeft"):
        wall.page.keyboard.press(key)
        found.append(wall.page.evaluate(focused))
    assert ["p01", "p02", "p06", "p05"] == found
    wall.page.keyboard.press("Enter")
    wall.page.wait_for_url("**/printer/p05")


def test_the_wall_speaks_french(visit: Visiting) -> None:
    """A French browser gets a French wall."""
    wall: Visit = visit(real_farm(12), locale="fr-FR")
    expect(wall.page.locator("#summary")).to_have_text("Les 12 imprimantes vont bien")
    wall.farm.fails("p05", IncidentStatus.PAUSE_FAILED)
    expect(wall.page.locator("#summary")).to_have_text("1 imprimante a besoin de vous : p05 pause échouée")
    expect(wall.page.locator("[data-printer=p05] [data-part=word]")).to_have_text("Pause échouée")
    wall.keep("french")
    assert [] == wall.complaints


def test_a_phone_shows_alarms_first_and_scrolls_only_down(visit: Visiting) -> None:
    """On a phone nothing is wider than the screen, and the alarm is the first thing under the bar."""
    farm = real_farm(12)
    farm.fails("p11")
    wall: Visit = visit(farm, size=(390, 844))
    wide = wall.page.evaluate("() => document.documentElement.scrollWidth")
    alarm = wall.page.locator("[data-printer=p11]").bounding_box()
    assert 390 == wide
    assert alarm is not None
    assert alarm["y"] < 200
    assert alarm["width"] > 370
    wall.keep("phone")


def test_a_wall_without_a_server_says_so_and_recovers(visit: Visiting) -> None:
    """When the server is gone the wall says it in large letters; when it is back the wall goes on by itself."""
    wall: Visit = visit(real_farm(12))
    port = int(wall.server.url.rstrip("/").rpartition(":")[2])
    wall.server.stop()
    expect(wall.page.locator("#lost")).to_be_visible()
    expect(wall.page.locator("#lost h2")).to_have_text("No connection to Vigie")
    expect(wall.page.locator("#summary")).to_have_text("State unknown: no connection to Vigie")
    assert "lost" == wall.page.locator("body").get_attribute("data-link")
    wall.keep("lost")
    again = WallServer(real_farm(12).app, "127.0.0.1", port)
    again.start()
    expect(wall.page.locator("#lost")).to_be_hidden()
    again.stop()


def test_every_tile_tells_outsiders_what_it_shows(visit: Visiting) -> None:
    """Printer, state and age of the picture stand on each tile, the version on the page; old pictures are marked."""
    wall: Visit = visit(real_farm(2))
    wall.farm.sees("p02")
    tile = wall.page.locator("[data-printer=p01]")
    expect(tile).to_have_attribute("data-state", "watching")
    expect(tile).to_have_attribute("data-stale", "true")
    assert 5.0 <= float(tile.get_attribute("data-age-s") or "nan") < 120.0
    assert wall.page.locator("body").get_attribute("data-version")


def test_a_missing_broker_is_told(visit: Visiting) -> None:
    """Without a broker no printer can be paused: everyone in front of the wall must know."""
    wall: Visit = visit(real_farm(12))
    wall.farm.health = HealthReport(broker_connected=False)
    expect(wall.page.locator("#trouble")).to_contain_text("no printer can be paused")
    expect(wall.page.locator("#summary")).to_have_text("No failing print, but Vigie itself needs you")
    wall.keep("trouble")
    assert [] == wall.page.evaluate(OUTSIDE)


def test_a_hostile_name_is_only_a_name(visit: Visiting) -> None:
    """A name that is a script appears as text, on the wall and on the page, and runs nowhere."""
    hostile = "<img src=x onerror=document.title='owned'>"
    wall: Visit = visit(real_farm(1, names=[hostile]))
    expect(wall.page.locator(".tile [data-part=name]")).to_have_text(hostile)
    wall.page.goto(wall.server.url + "printer/p01")
    expect(wall.page.locator("h1")).to_have_text(hostile)
    assert "owned" != wall.page.title()


@pytest.mark.parametrize(
    ("language", "few", "some"),
    [("en", "less than 1 in 100", "about 12 in 100"), ("fr", "moins de 1 sur 100", "environ 12 sur 100")],
)
def test_the_probability_is_said_in_words_until_a_failure_is_decided(
    visit: Visiting, language: str, few: str, some: str
) -> None:
    """Beside the score, never instead of it; what was decided on many looks is not called unlikely by one."""
    farm = real_farm(1, calibration=Calibration(1.0, -2.0))
    wall: Visit = visit(farm, f"/printer/p01?lang={language}")
    expect(wall.page.locator("#chance")).to_have_text(few)
    farm.sees("p01", score=0.5)
    expect(wall.page.locator("#chance")).to_have_text(some)
    expect(wall.page.locator("#score")).to_contain_text("50")
    farm.fails("p01")
    expect(wall.page.locator("#chance")).to_be_hidden()


def test_without_a_calibration_no_probability_is_said(visit: Visiting) -> None:
    """Not even its name."""
    wall: Visit = visit(real_farm(1), "/printer/p01")
    expect(wall.page.locator("#score")).to_contain_text("0.03")
    expect(wall.page.locator("#chance-name")).to_be_hidden()


def test_the_layout_fits_any_farm(visit: Visiting) -> None:
    """For 1 to 120 printers in one room and in several, on four screens, with and without alarms, all have a cell."""
    wall: Visit = visit(real_farm(1))
    short = wall.page.evaluate(TOO_SMALL)
    assert [] == short


def test_a_printers_page_shows_score_evidence_and_handshake(visit: Visiting) -> None:
    """The page has the live picture, the score with its threshold, and each step of the pause with its time."""
    farm = real_farm(3)
    farm.fails("p02", IncidentStatus.PAUSED)
    farm.happened("p02", EventKind.PAUSE_SENT, 0.1)
    farm.happened("p02", EventKind.PAUSE_CONFIRMED, 1.4, "state read back: paused")
    wall: Visit = visit(farm, "/printer/p02")
    page = wall.page
    expect(page.locator("#word")).to_have_text("Paused")
    expect(page.locator(".incident")).to_have_count(1)
    expect(page.locator(".incident canvas[data-drawn]")).to_be_visible()
    steps = page.locator(".steps li")
    assert ["+0.00 s", "+0.10 s", "+1.40 s"] == steps.locator(".steps__after").all_text_contents()
    assert "state read back: paused" == steps.last.locator(".steps__detail").text_content()
    expect(page.locator(".chart__threshold")).to_be_attached()
    expect(page.locator("#score")).to_have_text("0.93 (threshold 0.50)")
    wall.keep("printer")
    page.locator("[data-act=acknowledge]").click()
    page.keyboard.type("Paul")
    page.keyboard.press("Enter")
    expect(page.locator("#by")).to_have_text("In hand: Paul")
    assert [] == wall.complaints
