"""The wall of a hub in a real browser: sites in frames, alarms of any site first, and nothing old that looks new."""

import threading
from dataclasses import replace
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect

from monitor.clock import SystemClock
from monitor.errors import VigieError
from monitor.judge import Phase
from monitor.peers.line import LineKind, LineState
from monitor.records import IncidentStatus, PersonCommand, State
from monitor.wall import HealthReport
from monitor.wall.region import NoAnswer, NotAnswered, SiteLine
from tests.browser.conftest import SOON_MS, Visit, Visiting
from tests.browser.test_wall import OUTSIDE
from tests.wall.farm import Farm
from tests.wall.told_region import ToldRegion, region_farm

pytestmark = pytest.mark.browser

SITES = ("Amiens", "Arras", "Beauvais", "Calais", "Douai", "Lens")
EIGHTEEN = (
    *SITES, "Béthune", "Boulogne-sur-Mer", "Cambrai", "Compiègne", "Creil", "Dunkerque", "Laon", "Lille", "Maubeuge",
    "Roubaix", "Saint-Quentin", "Valenciennes",
)  # fmt: skip
SIZES = ((1920, 1080), (3840, 2160), (390, 844))
UNREADABLE = """() => [...document.querySelectorAll('.site__head')].filter((head) =>
    parseFloat(getComputedStyle(head).fontSize) < Math.min(17, innerHeight / 64)
    || head.querySelector('.site__name').clientWidth < 40 || head.parentElement.clientHeight < 24)
    .map((head) => head.textContent)"""


def shown(
    visit: Visiting, sites: tuple[str, ...] = SITES, each: int = 5, **more: object
) -> tuple[Visit, Farm, ToldRegion]:
    """Open the wall of a hub at which all is well."""
    farm, region = region_farm(sites, each, SystemClock())
    farm.print_on()
    return visit(farm, **more), farm, region


@pytest.mark.parametrize("size", SIZES)
def test_every_site_is_a_frame_around_its_printers_and_says_how_its_line_is(
    visit: Visiting, size: tuple[int, int]
) -> None:
    """Eighteen sites on one screen, or one below the other on a phone; each has name, icon and word."""
    wall, _, _ = shown(visit, EIGHTEEN, size=size)
    expect(wall.page.locator(".site")).to_have_count(18)
    expect(wall.page.locator("#summary")).to_have_text("All 90 printers are fine")
    expect(wall.page.locator(".site [data-part=word]").first).to_have_text("live")
    assert [] == wall.page.evaluate(UNREADABLE)
    assert wall.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    if size[0] > 1000:
        assert [] == wall.page.evaluate(OUTSIDE)
    frames = wall.page.evaluate(
        """() => [...document.querySelectorAll('.site')].map((frame) => {
            const [box, tiles] = [frame.getBoundingClientRect(), []];
            for (let next = frame.nextElementSibling; next?.matches('.place'); next = next.nextElementSibling) {
                tiles.push(next.getBoundingClientRect());
            }
            return [tiles.length, tiles.every((tile) => tile.top >= box.top && tile.left >= box.left - 4)];
        })"""
    )
    assert [[5, True]] * 18 == frames
    wall.keep(f"hub-{size[0]}")
    assert [] == wall.complaints


@pytest.mark.parametrize("language", ["en-GB", "fr-FR"])
def test_a_site_that_is_cut_off_is_shown_as_old_as_it_is(visit: Visiting, language: str) -> None:
    """Its tiles are grey and say their age, its frame says the state in a word, and the bar says that it is so."""
    words = {"en-GB": ("cut off", "A site is not connected: Lens", "5 not of now"), "fr-FR": ("coupé", "Lens", "5 pas")}
    wall, farm, region = shown(visit, locale=language)
    now = farm.clock.now()
    region.line("lens", LineKind.CUT_OFF, now - 250, now - 250)
    frame = wall.page.locator(".site[data-peer=lens]")
    expect(frame).to_have_attribute("data-line", "cut-off", timeout=SOON_MS)
    expect(frame.locator("[data-part=word]")).to_have_text(words[language][0])
    expect(frame.locator("[data-part=age]")).to_have_text("4 min")
    expect(wall.page.locator("[data-away=true].tile")).to_have_count(5)
    expect(wall.page.locator("[data-away=true].tile [data-part=age]").first).to_contain_text("4 min")
    for tile in wall.page.locator("[data-away=true].tile").all():
        expect(tile).to_have_attribute("data-stale", "true")
        assert float(tile.get_attribute("data-age-s") or 0) > 249
    expect(wall.page.locator("#summary")).to_contain_text(words[language][1])
    expect(wall.page.locator("#rest")).to_contain_text(words[language][2])
    expect(wall.page.locator("body")).to_have_attribute("data-urgency", "look")
    expect(wall.page.locator("#lines")).to_contain_text("Lens")
    wall.keep(f"hub-cut-{language}")
    region.line("lens", LineKind.CONNECTED, now, now)
    expect(wall.page.locator("[data-away=true].tile")).to_have_count(0)
    expect(wall.page.locator("#lines")).to_be_hidden()
    expect(wall.page.locator("body")).to_have_attribute("data-urgency", "calm")
    assert [] == wall.complaints


def test_a_picture_that_the_line_still_carries_is_not_told_as_one_that_is_missing(visit: Visiting) -> None:
    """Whose camera sees nothing has none; of a printer that is watched it is on its way, until its site is cut off."""
    wall, farm, region = shown(visit, SITES[:2], 1)
    seen, blind = (farm.printers[0], farm.printers[1])
    now = farm.clock.now()
    farm.board.follow(farm.config, farm.printers, now)
    farm.board.told(replace(farm.board.view(seen), state=State.WATCHING, phase=Phase.WATCHING), now)
    wall.page.reload()
    blank = {name: wall.page.locator(f".tile[data-printer='{name}'] .tile__blank") for name in (seen, blind)}
    expect(blank[seen]).to_have_text("Picture on its way")
    expect(blank[seen].locator(".icon")).to_be_hidden()
    expect(blank[blind]).to_have_text("No picture")
    expect(blank[blind].locator(".icon")).to_be_visible()
    region.line("amiens", LineKind.CUT_OFF, now - 90, now - 90)
    expect(blank[seen]).to_have_text("No picture")


@pytest.mark.parametrize("is_hub", [True, False])
def test_what_nobody_tells_of_is_never_fine(visit: Visiting, is_hub: bool) -> None:
    """In a cluster nobody may have a printer; at a hub its site has said that there is one, and no more."""
    if is_hub:
        wall, farm, _ = shown(visit, SITES[:2], 2)
    else:
        farm = Farm(4, clock=SystemClock())
        farm.print_on()
        wall = visit(farm)
    expect(wall.page.locator("#summary")).to_have_text("All 4 printers are fine")
    now = farm.clock.now()
    for name in farm.printers[:2]:
        view = farm.board.view(name)
        farm.board.told(replace(view, state=State.BLIND, phase=Phase.BLIND, since=now - 40, is_known=False), now)
    who = (
        "Amiens · Prusa 01, Amiens · Prusa 02"
        if is_hub
        else ", ".join(farm.board.view(name).name for name in farm.printers[:2])
    )
    expect(wall.page.locator("#summary")).to_have_text(f"Nothing is known of 2 printers at present: {who}")
    expect(wall.page.locator("body")).to_have_attribute("data-urgency", "look")
    expect(wall.page.locator(".bar")).to_have_attribute("data-state", "blind")
    tile = wall.page.locator(f".tile[data-printer='{farm.printers[0]}']")
    expect(tile.locator("[data-part=word]")).to_have_text("Not heard")
    expect(tile.locator("[data-part=why]")).to_have_text("No monitor tells of it at present")
    assert [] == wall.complaints


def test_alarms_of_any_site_come_first_and_say_where_they_are(visit: Visiting) -> None:
    """Also that of a site that is cut off: nobody knows that it is over, and how old the word is stands there."""
    wall, farm, region = shown(visit, EIGHTEEN)
    at_amiens, at_lens = farm.printers[2], farm.printers[26]
    farm.fails(at_amiens, IncidentStatus.PAUSED)
    farm.fails(at_lens, IncidentStatus.PAUSE_FAILED)
    now = farm.clock.now()
    region.line("amiens", LineKind.CUT_OFF, now - 90, now - 90)
    alarms = wall.page.locator("#alarms .tile")
    expect(alarms).to_have_count(2)
    expect(alarms.nth(0).locator("[data-part=place]")).to_have_text("Lens")
    expect(alarms.nth(1).locator("[data-part=place]")).to_be_visible()
    expect(alarms.nth(1).locator("[data-part=place]")).to_have_text("Amiens")
    expect(alarms.nth(1)).to_have_attribute("data-away", "true")
    expect(alarms.nth(1).locator("[data-part=since]")).to_contain_text("as of")
    expect(wall.page.locator("#summary")).to_contain_text("2 printers need you: Lens · Prusa 02 pause failed")
    assert [] == wall.page.evaluate(OUTSIDE)
    wall.keep("hub-alarm")


def test_above_a_hundred_and_twenty_printers_the_sites_take_turns(visit: Visiting) -> None:
    """Whole, each in its frame; one that is cut off says so on every page, in the row below the bar."""
    wall, farm, region = shown(visit, EIGHTEEN, 10, path="/wall")
    pager = wall.page.locator("#pager")
    expect(pager).to_be_visible()
    now = farm.clock.now()
    region.line("valenciennes", LineKind.CUT_OFF, now - 90, now - 90)
    expect(wall.page.locator("#lines")).to_contain_text("Valenciennes is cut off")
    expect(wall.page.locator(".site[data-peer=amiens]")).to_be_visible()
    first = wall.page.locator(".site").count()
    assert [] == wall.page.evaluate(OUTSIDE)
    pager.locator("[data-part=on]").click()
    expect(wall.page.locator(".site[data-peer=valenciennes]")).to_have_attribute("data-line", "cut-off")
    assert 18 == first + wall.page.locator(".site").count()
    assert [] == wall.page.evaluate(OUTSIDE)
    wall.keep("hub-pages")


def test_what_is_wrong_with_a_line_is_said_with_what_to_do(visit: Visiting) -> None:
    """A clock, a newer version, two of one name, a site that was never heard, one whose disk is full."""
    wall, farm, region = shown(visit)
    now = farm.clock.now()
    region.line("amiens", LineKind.CONNECTED, now, now, skew_s=-300.0)
    region.line("arras", LineKind.ANOTHER_VERSION, now - 60, None)
    region.line("beauvais", LineKind.TWO_OF_ONE_NAME, now - 60, now)
    region.change("calais", problems=("the disk is full",))
    region.told["nord"] = SiteLine("nord", "Nord", (), LineState(LineKind.UNKNOWN, now - 600))
    lines = wall.page.locator("#lines")
    expect(lines).to_contain_text("4 more")
    lines.locator("summary").click()
    for words in (
        "The clock of Amiens is 5 min ahead of the hub’s: set both by NTP, then start Vigie there again.",
        "update Vigie here",
        "give each its own hub.peer",
        "Calais: the disk is full",
        "Nothing was heard of Nord since the hub was started 10 min ago.",
    ):
        expect(lines.locator("li", has_text=words)).to_be_visible()
    expect(wall.page.locator(".site[data-peer=nord] [data-part=none]")).to_be_visible()
    wall.keep("hub-lines")


def test_what_the_hub_itself_lacks_is_said_as_it_is_at_a_hub(visit: Visiting) -> None:
    """Nothing is lost when its disk is full, and prints are paused without its broker: other words than at a site."""
    wall, farm, _ = shown(visit)
    farm.health = HealthReport(True, storage_problem="hub.db: the disk is full")
    trouble = wall.page.locator("#trouble")
    expect(trouble).to_contain_text("(hub.db: the disk is full). What the sites have written stays there")
    farm.health = HealthReport(False)
    expect(trouble).to_contain_text("no site is heard, and nothing can be asked of any. The sites go on by themselves.")
    expect(trouble).not_to_contain_text("no printer can be paused")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [(1920, 1080), (390, 844)])
def test_nobody_is_kept_out(visit: Visiting, scheme: Literal["light", "dark"], size: tuple[int, int]) -> None:
    """Contrast, names, roles: the rules that a machine can check, on the wall and on a printer's page."""
    wall, farm, region = shown(visit, size=size, color_scheme=scheme)
    now = farm.clock.now()
    farm.fails(farm.printers[2], IncidentStatus.PAUSED)
    region.line("lens", LineKind.CUT_OFF, now - 250, now - 250)
    region.line("arras", LineKind.CONNECTED, now, now, skew_s=90.0)
    expect(wall.page.locator(".site[data-peer=lens]")).to_have_attribute("data-line", "cut-off")
    expect(wall.page.locator("#alarms .tile")).to_have_count(1)
    wall.page.emulate_media(reduced_motion="reduce")
    assert [] == Axe().run(wall.page).response["violations"]
    wall.keep(f"hub-{scheme}-{size[0]}")
    wall.page.goto(f"{wall.server.url}printer/{farm.printers[26]}")
    expect(wall.page.locator("#line")).to_contain_text("Lens is cut off since")
    expect(wall.page.locator("#since")).to_contain_text("as of")
    expect(wall.page.locator("body")).to_have_attribute("data-stale", "true")
    assert [] == Axe().run(wall.page).response["violations"]
    wall.keep(f"hub-printer-{scheme}-{size[0]}")


@pytest.mark.parametrize(
    ("language", "reason", "words"),
    [
        ("en-GB", NoAnswer.CUT_OFF, "Not sent: Amiens is cut off."),
        ("fr-FR", NoAnswer.LATE, "Amiens n’a pas répondu : personne ne sait si cela a été fait."),
        ("en-GB", NoAnswer.NO_BROKER, "Not sent: the hub has no connection to its broker."),
    ],
)
def test_what_was_not_answered_is_not_said_to_be_done(
    visit: Visiting, language: str, reason: NoAnswer, words: str
) -> None:
    """And nothing is offered to be taken back."""
    wall, farm, _ = shown(visit, locale=language)
    farm.fails(farm.printers[0], IncidentStatus.PAUSED)
    farm.refusal = NotAnswered(reason, "in English")
    wall.page.evaluate("localStorage.setItem('vigie.by', 'Marie')")
    wall.page.locator("#alarms [data-answer=acknowledge]").click()
    _say_who(wall)
    expect(wall.page.locator("#said")).to_contain_text(words)
    expect(wall.page.locator("#said [data-part=undo]")).to_be_hidden()


def test_while_a_site_has_not_answered_the_wall_says_that_it_waits(visit: Visiting) -> None:
    """Then it says what the site has answered."""
    wall, farm, _ = shown(visit)
    farm.fails(farm.printers[0], IncidentStatus.PAUSED)
    said: list[str] = []

    def act(command: PersonCommand) -> None:
        said.append(command.printer)
        expect_waiting.wait(20)
        raise VigieError("it has moved on")

    expect_waiting = threading.Event()
    object.__setattr__(farm.services, "act", act)
    wall.page.locator("#alarms [data-answer=acknowledge]").click()
    _say_who(wall)
    expect(wall.page.locator("#said [data-part=text]")).to_have_text(
        "Amiens · Prusa 01: sent to Amiens, waiting for its answer …"
    )
    expect_waiting.set()
    expect(wall.page.locator("#said")).to_contain_text("it has moved on")
    assert [farm.printers[0]] == said


def test_a_printers_page_says_where_the_rest_is(visit: Visiting) -> None:
    """Scores, pictures and settings are at the site, and its wall is one press away where the hub's file says so."""
    wall, farm, region = shown(visit)
    farm.fails(farm.printers[0], IncidentStatus.PAUSED)
    region.change("amiens", wall="https://vigie.amiens.example")
    wall.page.goto(f"{wall.server.url}printer/{farm.printers[0]}")
    expect(wall.page.locator("h1")).to_have_text("Amiens · Prusa 01")
    expect(wall.page.locator("#word")).to_have_text("Paused")
    expect(wall.page.locator("#incidents .incident")).to_have_count(1)
    link = wall.page.locator(".elsewhere a")
    expect(link).to_have_attribute("href", "https://vigie.amiens.example/printer/p01")
    expect(wall.page.locator("#missed, #chart, .look, .sensitivity")).to_have_count(0)
    wall.keep("hub-printer")


def _say_who(wall: Visit) -> None:
    """Type a name when the page asks for one."""
    dialog = wall.page.locator("#who")
    if dialog.is_visible():
        dialog.locator("input").fill("Marie")
        dialog.locator("button[value=ok]").click()
