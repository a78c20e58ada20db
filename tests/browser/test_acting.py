"""Acting from the wall: a tile's menu, a key for each act, and what is taken back."""

import pytest
from playwright.sync_api import Page, expect

from monitor.judge import Phase
from monitor.records import Action, IncidentStatus, JobState, PersonCommandKind
from tests.browser.conftest import Visit, Visiting, real_farm
from tests.browser.entering import enter
from tests.wall.entrance import GuardedFarm

pytestmark = pytest.mark.browser

Kind = PersonCommandKind
FOCUSED = "() => document.activeElement.closest('[data-printer]')?.dataset.printer"


def _known_as(visit: Visit, name: str) -> None:
    """Let the browser know its person's name, as after the first act."""
    visit.page.evaluate("name => localStorage.setItem('vigie.by', name)", name)


def _focus(page: Page, printer: str) -> None:
    page.locator(f"[data-printer={printer}] [data-part=name]").focus()


def _said(visit: Visit) -> list[tuple[str, PersonCommandKind]]:
    return [(command.printer, command.kind) for command in visit.farm.commands]


@pytest.mark.parametrize(
    ("key", "kind"),
    [("a", Kind.ACKNOWLEDGE), ("f", Kind.FALSE_ALARM), ("p", Kind.PAUSE), ("l", Kind.LET_PRINT)],
)
def test_a_key_acts_on_the_focused_printer(visit: Visiting, key: str, kind: PersonCommandKind) -> None:
    """Not on the first alarm; where the words have a question, it is asked first."""
    farm = real_farm(12)
    farm.fails("p02")
    acts_at = farm.clock.now() + 60
    farm.fails("p05", IncidentStatus.ASKING, action=Action.ASK, acts_at=acts_at)
    wall = visit(farm)
    _known_as(wall, "Marie")
    _focus(wall.page, "p05")
    wall.page.keyboard.press(key)
    if kind is Kind.FALSE_ALARM:
        wall.page.locator("#who[open]").wait_for()
        wall.page.keyboard.press("Enter")
    expect(wall.page.locator("#said")).to_be_visible()
    assert [("p05", kind)] == _said(wall)
    assert [] == wall.complaints


def test_a_key_that_makes_no_sense_now_says_so(visit: Visiting) -> None:
    """A printer that prints cannot be resumed; without a focus and without an alarm nobody is meant."""
    wall = visit(real_farm(3))
    wall.page.keyboard.press("p")
    expect(wall.page.locator("#said")).to_contain_text("Choose a printer first")
    _focus(wall.page, "p02")
    wall.page.keyboard.press("r")
    expect(wall.page.locator("#said")).to_contain_text("p02: this makes no sense now")
    assert [] == _said(wall)


def test_the_last_act_is_taken_back_with_a_key(visit: Visiting) -> None:
    """Acknowledged, and not after all; then there is nothing left to undo."""
    farm = real_farm(12)
    farm.fails("p05")
    wall = visit(farm)
    _known_as(wall, "Marie")
    wall.page.keyboard.press("a")
    expect(wall.page.locator("#said [data-part=undo]")).to_be_visible()
    wall.page.keyboard.press("u")
    expect(wall.page.locator("#said")).to_contain_text("taken back")
    assert [("p05", Kind.ACKNOWLEDGE), ("p05", Kind.UNACKNOWLEDGE)] == _said(wall)
    wall.page.keyboard.press("u")
    expect(wall.page.locator("#said")).to_contain_text("Nothing to undo")
    assert [] == wall.complaints


def test_a_false_alarm_is_withdrawn_with_its_incident(visit: Visiting) -> None:
    """The button of the line takes back the verdict on the very incident, also when another has come meanwhile."""
    farm = real_farm(12)
    incident = farm.fails("p05")
    wall = visit(farm)
    _known_as(wall, "Marie")
    _focus(wall.page, "p05")
    wall.page.keyboard.press("f")
    wall.page.locator("#who[open]").wait_for()
    wall.page.keyboard.press("Enter")
    wall.page.locator("#said [data-part=undo]").click()
    expect(wall.page.locator("#said")).to_contain_text("taken back")
    assert (Kind.WITHDRAW, incident.id) == (farm.commands[-1].kind, farm.commands[-1].incident)


def test_a_mute_asks_for_how_long_and_why(visit: Visiting) -> None:
    """From the keyboard alone; undone, it is a mute of no minutes."""
    wall = visit(real_farm(12))
    page = wall.page
    _known_as(wall, "Marie")
    _focus(page, "p03")
    page.keyboard.press("m")
    expect(page.locator("#mute h2")).to_have_text("Mute p03")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Tab")
    page.keyboard.type("Bed is being cleared")
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("p03: muted")
    (command,) = wall.farm.commands
    assert (Kind.MUTE, 60.0, "Bed is being cleared") == (command.kind, command.minutes, command.reason)
    page.keyboard.press("u")
    expect(page.locator("#said")).to_contain_text("taken back")
    assert (Kind.MUTE, 0.0) == (wall.farm.commands[-1].kind, wall.farm.commands[-1].minutes)


def test_a_tiles_menu_offers_what_makes_sense(visit: Visiting) -> None:
    """By right click and by its button; Escape leads back to the tile."""
    farm = real_farm(12)
    farm.says("p04", JobState.PAUSED)
    wall = visit(farm)
    page = wall.page
    _known_as(wall, "Marie")
    page.locator("[data-printer=p04]").click(button="right")
    offered = page.locator("#acts [data-act]").evaluate_all("items => items.map(item => item.dataset.act)")
    assert ["resume", "mute", "disarm"] == offered
    page.keyboard.press("Escape")
    page.wait_for_function(f"printer => ({FOCUSED})() === printer", arg="p04")
    page.locator("[data-printer=p07]").hover()
    page.locator("[data-printer=p07] [data-part=more]").click()
    wall.keep("menu")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.locator("#who[open]").wait_for()
    page.keyboard.press("Enter")
    expect(page.locator("#said")).to_contain_text("p07: alerts only from now on")
    assert [("p07", Kind.DISARM)] == _said(wall)
    assert [] == wall.complaints


def test_a_long_press_opens_the_menu_on_a_phone(visit: Visiting) -> None:
    """And not the printer's page behind it."""
    wall = visit(real_farm(3), size=(390, 844), has_touch=True, is_mobile=True)
    box = wall.page.locator("[data-printer=p02]").bounding_box()
    assert box is not None
    touch = wall.page.context.new_cdp_session(wall.page)
    where = {"x": box["x"] + box["width"] / 2, "y": box["y"] + box["height"] / 3}
    touch.send("Input.dispatchTouchEvent", {"type": "touchStart", "touchPoints": [where]})
    expect(wall.page.locator("#acts")).to_be_visible()
    touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    expect(wall.page.locator("#acts h2")).to_have_text("p02")
    wall.keep("phone-menu")
    assert wall.page.url.endswith("/")
    assert 0 == wall.page.locator("#who[open]").count()


def test_the_focus_stays_on_a_tile_that_moves(visit: Visiting) -> None:
    """Whoever is about to act on a printer acts on it also when it becomes an alarm that moment."""
    wall = visit(real_farm(60))
    _focus(wall.page, "p47")
    wall.farm.fails("p47")
    expect(wall.page.locator("#alarms [data-printer=p47]")).to_be_visible()
    assert "p47" == wall.page.evaluate(FOCUSED)
    wall.farm.changes("p47", status=IncidentStatus.CLOSED)
    wall.farm.sees("p47", Phase.WATCHING)
    expect(wall.page.locator("#home [data-printer=p47]")).to_be_visible()
    assert "p47" == wall.page.evaluate(FOCUSED)


def test_who_may_only_look_sees_nothing_to_act_with(visit: Visiting, guarded: GuardedFarm) -> None:
    """No button, no menu; a key says why nothing happens."""
    guarded.fails("p02")
    wall = visit(guarded, "/login")
    enter(wall, guarded, "Vera")
    page = wall.page
    page.goto(wall.server.url)
    expect(page.locator("[data-printer=p02][data-state=failing]")).to_be_visible()
    assert 0 == page.locator("[data-part=acknowledge]:visible, [data-part=more]:visible").count()
    page.locator("[data-printer=p01]").click(button="right")
    assert 0 == page.locator("#acts[open]").count()
    page.keyboard.press("a")
    expect(page.locator("#said")).to_contain_text("You may look, not act")
    assert [] == guarded.commands


def test_the_list_of_keys_speaks_the_pages_language(visit: Visiting) -> None:
    """Every key that does something stands in it."""
    wall = visit(real_farm(3), locale="fr-FR")
    wall.page.keyboard.press("?")
    expect(wall.page.locator("#help h2")).to_have_text("Touches")
    listed = set(wall.page.locator("#help kbd").all_text_contents())
    assert {"A", "P", "R", "F", "L", "M", "U", "S", "T", "?", "Enter", "PageUp", "PageDown"} <= listed
    wall.keep("help-french")
    wall.page.keyboard.press("Enter")
    expect(wall.page.locator("#help")).to_be_hidden()
