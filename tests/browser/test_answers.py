"""What the wall asks people, and what it tells them that Vigie does not do."""

import re

import pytest
from playwright.sync_api import expect

from monitor.incidents.life import NOBODY_LISTENS
from monitor.records import (
    Action,
    CommonCause,
    EventKind,
    GroupKind,
    GroupName,
    IncidentStatus,
    JobState,
    PausedBy,
    PersonCommandKind,
    Standing,
    StartNews,
)
from tests.browser.conftest import Visit, Visiting, real_farm
from tests.support import wait_until

pytestmark = pytest.mark.browser

CUT_OFF = """() => [...document.querySelectorAll('.alarms [data-part]')].filter(part => {
    const tile = part.closest('[data-printer]').getBoundingClientRect(), box = part.getBoundingClientRect();
    return box.height > 0 && (box.bottom > tile.bottom + 1 || box.top < tile.top - 1);
}).map(part => part.dataset.part)"""


BAR_HOLDS_ITS_LINE = """() => {
    const line = document.getElementById('summary');
    const isBelow = line.getBoundingClientRect().bottom > document.getElementById('bar').getBoundingClientRect().bottom;
    return line.scrollWidth <= line.clientWidth && !isBelow;
}"""


def _says_name(visit: Visit) -> None:
    visit.page.keyboard.type("Marie")
    visit.page.keyboard.press("Enter")


@pytest.mark.parametrize("asked", [1, 2, 6])
def test_a_question_counts_down_and_is_answered_with_one_click(visit: Visiting, asked: int) -> None:
    """Large enough to be read, nothing of it cut off, and no second question while the clock runs."""
    farm = real_farm(60)
    for i in range(asked):
        acts_at = farm.clock.now() + 50
        farm.fails(f"p{i + 3:02d}", IncidentStatus.ASKING, action=Action.ASK, acts_at=acts_at)
    wall: Visit = visit(farm)
    page = wall.page
    card = page.locator("[data-printer=p03]")
    expect(card.locator("[data-part=word]")).to_have_text("Pause?")
    expect(card.locator("[data-part=now]")).to_have_text(re.compile(r"Pausing in \d+ s unless you say no"))
    assert [] == page.evaluate(CUT_OFF)
    wall.keep(f"asking-{asked}")
    card.locator("[data-answer=let_print]").click()
    _says_name(wall)
    assert wait_until(lambda: bool(farm.commands))
    card.locator("[data-answer=pause]").click()
    assert wait_until(lambda: len(farm.commands) == 2)
    kinds = [(command.kind, command.by, command.printer) for command in farm.commands]
    assert [(PersonCommandKind.LET_PRINT, "Marie", "p03"), (PersonCommandKind.PAUSE, "Marie", "p03")] == kinds
    assert [] == wall.complaints


@pytest.mark.parametrize("held", [8, 30])
def test_one_cause_is_said_once_and_no_alarm_is_made_of_each(visit: Visiting, held: int) -> None:
    """The bar names the cause; where very many are held nobody leaves their place."""
    farm = real_farm(60)
    cause = CommonCause((GroupName(GroupKind.ROOM, "Hall"),), held, 30)
    for i in range(held):
        farm.fails(f"p{i + 1:02d}", IncidentStatus.HELD, cause=cause, acts_at=farm.clock.now() + 120)
    wall: Visit = visit(farm)
    said = f"{held} of 30 printers of room Hall at the same moment: look at the light and the cameras"
    expect(wall.page.locator("#summary")).to_have_text(f"Held, not paused: {said}")
    assert 0 == wall.page.locator("#alarms [data-printer]").count()
    assert (held if held < 18 else 0) == wall.page.locator("#looks [data-printer]").count()
    wall.keep(f"held-{held}")
    farm.fails("p50", IncidentStatus.PAUSING)
    expect(wall.page.locator("#summary")).to_have_text(f"{held + 1} printers need you: p50 pausing, {held} held")


def test_a_french_wall_says_the_cause_in_french(visit: Visiting) -> None:
    """In the bar and on the printer's page; briefly on a tile, also where nobody decided or no fact is known."""
    farm = real_farm(12)
    groups = GroupName(GroupKind.CAMERA_SERVER, "10.0.7.2"), GroupName(GroupKind.SITE, "Cochin")
    cause = CommonCause(groups, 5, 12, StartNews.ANOTHER_DETECTOR)
    for i in range(5):
        farm.fails(f"p{i + 1:02d}", IncidentStatus.HELD, cause=cause, acts_at=farm.clock.now() + 120)
    said = (
        "5 imprimantes sur 12 du serveur de caméras 10.0.7.2 et du site Cochin au même moment : "
        "voyez le serveur de caméras ; Vigie venait de démarrer avec un autre détecteur"
    )
    wall: Visit = visit(farm, locale="fr-FR")
    page = wall.page
    expect(page.locator("#summary")).to_have_text(f"En attente, sans pause : {said}")
    assert page.evaluate(BAR_HOLDS_ITS_LINE)
    briefly = "5 sur 12 du serveur de caméras 10.0.7.2 à la fois"
    expect(page.locator("[data-printer=p01] [data-part=now]")).to_have_text(f"Pas de pause : {briefly}")
    wall.keep("held-fr")
    farm.changes("p01", status=IncidentStatus.OPEN)
    undecided = f"Pas de pause : mise en attente, personne n’a décidé ({briefly})"
    expect(page.locator("[data-printer=p01] [data-part=now]")).to_have_text(undecided)
    farm.changes("p02", cause=CommonCause())
    unknown = "Pas de pause : de nombreuses imprimantes au même moment"
    expect(page.locator("[data-printer=p02] [data-part=now]")).to_have_text(unknown)
    page.goto(wall.server.url.rstrip("/") + "/printer/p03")
    expect(page.locator("#what-now")).to_have_text(f"Pas de pause : {said}")
    assert [] == wall.complaints


def test_who_paused_and_who_does_not_listen_is_said_in_words(visit: Visiting) -> None:
    """Paused by the printer, by a person, not paused in shadow mode, and an agent that is not there."""
    farm = real_farm(12)
    farm.fails("p02", IncidentStatus.PAUSING, detail=NOBODY_LISTENS)
    farm.says("p03", JobState.PAUSED, paused_by=PausedBy.PRINTER, detail="filament ran out")
    farm.says("p04", JobState.PAUSED, paused_by=PausedBy.PERSON)
    farm.board.stand(Standing("p05", armed=False), farm.clock.now())
    wall: Visit = visit(farm, "/?lang=en")

    def part(printer: str, name: str) -> str:
        return wall.page.locator(f"[data-printer={printer}] [data-part={name}]").inner_text()

    assert "Nobody listens: is the agent running?" == part("p02", "now")
    assert "Paused by the printer itself (filament ran out)" == part("p03", "why")
    assert "Paused by a person" == part("p04", "why")
    assert "Alerts only" == part("p05", "shadow").strip()
    wall.keep("words")


def test_shadow_mode_is_switched_on_the_printers_page(visit: Visiting) -> None:
    """Asked back once, then sent; the page says what holds now."""
    farm = real_farm(3)
    wall: Visit = visit(farm, "/printer/p02")
    page = wall.page
    expect(page.locator("#policy")).to_have_text("pause")
    page.locator("[data-act=disarm]").click()
    _says_name(wall)
    assert wait_until(lambda: [PersonCommandKind.DISARM] == [command.kind for command in farm.commands])
    farm.board.stand(Standing("p02", armed=False), farm.clock.now())
    expect(page.locator("#policy")).to_have_text("alert only, as somebody decided here")
    expect(page.locator("[data-act=arm]")).to_be_visible()
    assert [] == wall.complaints


def test_a_closed_incident_can_still_be_called_a_false_alarm(visit: Visiting) -> None:
    """Only the newest, and only once."""
    farm = real_farm(3)
    farm.fails("p02", action=Action.ALERT)
    farm.changes("p02", status=IncidentStatus.CLOSED, closed_at=farm.clock.now())
    wall: Visit = visit(farm, "/printer/p02")
    verdict = wall.page.locator(".incident [data-part=verdict]")
    expect(verdict).to_be_visible()
    verdict.click()
    _says_name(wall)
    assert wait_until(lambda: [PersonCommandKind.FALSE_ALARM] == [command.kind for command in farm.commands])
    farm.happened("p02", EventKind.FALSE_ALARM, 1.0)
    expect(verdict).to_be_hidden()
    assert [] == wall.complaints
