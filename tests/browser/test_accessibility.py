"""No page that keeps anybody out: axe-core, the rules of WCAG that a machine can check, on every page that there is."""

from dataclasses import replace
from pathlib import Path
from typing import Literal

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from monitor.judge import Phase
from monitor.records import Health, IncidentStatus, JobState
from monitor.wall import create_app
from monitor.wall.menu import ENTRIES
from tests.browser.conftest import Visiting, real_farm
from tests.browser.entering import enter
from tests.browser.past import past_farm
from tests.wall.entrance import GuardedFarm
from tests.wall.farm import Farm

pytestmark = pytest.mark.browser

LOGGED_IN = [entry.path for entry in ENTRIES] + ["/printer/p03", "/incident/{incident}", "/wall?kiosk"]
LOGGED_OUT = ["/login", "/no-such-page"]
HAS_PICTURES = "() => document.querySelector('[data-printer][data-pictured=true]') !== null"


def _trouble(farm: Farm) -> None:
    """Bring a printer into each state."""
    farm.fails("p03", IncidentStatus.PAUSE_FAILED, detail="printer unreachable")
    farm.fails("p10")
    farm.fails("p07", IncidentStatus.PAUSED)
    farm.fails("p11", IncidentStatus.PAUSING)
    farm.fails("p06", IncidentStatus.PAUSED, acknowledged_by="Marie")
    farm.sees("p04", Phase.SUSPECT, 0.6)
    farm.sees("p08", Phase.BLIND, None, Health.DARK)
    farm.says("p05", JobState.IDLE)
    farm.says("p09", JobState.OFFLINE)
    farm.board.muted("p02", farm.clock.now() + 1800, farm.clock.now())


def _give_past(farm: Farm, folder: Path) -> str:
    """Let a farm have incidents, and an archive, of the weeks before; return the id of one."""
    past = past_farm(folder, 20)
    farm.services = replace(
        farm.services, past=past.services.past, archive=past.services.archive, incidents=past.reader
    )
    farm.app = create_app(farm.services)
    return past.facts[0].id


def _violations(page: Page) -> list[str]:
    """Run axe-core; return one line for each element that breaks a rule."""
    found = Axe().run(page).response["violations"]
    return [
        f"{rule['id']}: {node['target']} {node['failureSummary']}".replace("\n", " ")
        for rule in found
        for node in rule["nodes"]
    ]


def _is_clean(page: Page) -> None:
    schemes: tuple[Literal["light", "dark"], ...] = ("light", "dark")
    for scheme in schemes:
        page.emulate_media(color_scheme=scheme)
        assert [] == _violations(page), scheme


@pytest.mark.parametrize("path", LOGGED_IN)
def test_axe_finds_no_violation(visit: Visiting, guarded: GuardedFarm, tmp_path: Path, path: str) -> None:
    """In light and in dark, on every page of the menu and on those that are reached from there."""
    (tmp_path / "past").mkdir()
    incident = _give_past(guarded, tmp_path / "past")
    _trouble(guarded)
    house = visit(guarded, "/login")
    enter(house, guarded, "Ada")
    page = house.page
    answer = page.goto(house.server.url.rstrip("/") + path.format(incident=incident))
    assert answer is not None
    assert 200 == answer.status
    if page.locator("#home").count():
        page.wait_for_function(HAS_PICTURES)
    else:
        page.wait_for_timeout(500)
    _is_clean(page)


@pytest.mark.parametrize("path", LOGGED_OUT)
def test_axe_finds_no_violation_before_anybody_logs_in(visit: Visiting, guarded: GuardedFarm, path: str) -> None:
    """Who cannot get in can at least read why."""
    _is_clean(visit(guarded, path).page)


@pytest.mark.parametrize("theme", ["light", "dark", "contrast"])
def test_what_opens_over_the_wall_has_no_violation(visit: Visiting, theme: str) -> None:
    """A menu, the list of keys and a question obey the same rules, in each theme that can be chosen."""
    farm = real_farm(12)
    _trouble(farm)
    wall = visit(farm)
    wall.page.evaluate("theme => { document.documentElement.dataset.theme = theme; }", theme)
    wall.keep(f"theme-{theme}")
    for opener in ("[data-printer=p01] [data-part=more]", "#help-open"):
        wall.page.locator(opener).click()
        assert [] == _violations(wall.page)
        wall.page.keyboard.press("Escape")
    wall.page.locator("[data-printer=p01] a").focus()
    wall.page.keyboard.press("m")
    wall.page.locator("#mute[open]").wait_for()
    assert [] == _violations(wall.page)
