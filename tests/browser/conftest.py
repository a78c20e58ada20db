"""A real browser, Debian's chromium driven by Playwright, and a farm that it looks at."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Page, expect, sync_playwright

from monitor.clock import SystemClock
from monitor.wall import WallServer
from tests.brokers import free_port
from tests.browser.told_archive import ToldArchive
from tests.support import PATIENCE_S, require_program
from tests.wall.entrance import GuardedFarm
from tests.wall.farm import Farm

ARGUMENTS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
SOON_MS = 10_000
"""How soon an alarm must be on the wall: two seconds are promised on a machine that is not busy."""

expect.set_options(timeout=PATIENCE_S * 1000)

NOTHING_HAPPENED = ToldArchive(now=0.0)
SCREENSHOTS = Path(__file__).resolve().parents[2] / "test-output" / "browser"


@dataclass
class Visit:
    """A page of a wall, the farm behind it, and everything that the browser complained about."""

    farm: Farm
    server: WallServer
    page: Page
    complaints: list[str] = field(default_factory=list)

    def keep(self, name: str) -> None:
        """Save a screenshot for people to look at."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png")


Visiting = Callable[..., Visit]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A browser for the tests of one file; each visit has a context of its own, which knows nothing of the others."""
    path = require_program("chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=list(ARGUMENTS))
        yield browser
        browser.close()


@pytest.fixture
def visit(browser: Browser) -> Iterator[Visiting]:
    """A function that serves a farm, opens one of its pages, and waits until all printers are shown.

    What a printer's page asks of the past is answered by ``told``, a stand-in; with None by the farm itself.
    """
    servers: list[WallServer] = []
    contexts: list[BrowserContext] = []

    def open_page(
        farm: Farm,
        path: str = "/",
        size: tuple[int, int] = (1920, 1080),
        told: ToldArchive | None = NOTHING_HAPPENED,
        **more: Any,
    ) -> Visit:
        server = WallServer(farm.app, "127.0.0.1", free_port())  # it may go away and come back
        server.start()
        servers.append(server)
        options: dict[str, Any] = {"locale": "en-GB", "color_scheme": "dark"} | more
        context = browser.new_context(viewport={"width": size[0], "height": size[1]}, **options)
        context.set_default_timeout(PATIENCE_S * 1000)
        contexts.append(context)
        visit = Visit(farm, server, context.new_page())
        visit.page.on("console", lambda message: _note(visit, message))
        visit.page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        if told is not None:
            told.serve(visit.page, "*")
        visit.page.goto(server.url.rstrip("/") + path)
        if path.startswith("/?") or path == "/":
            visit.page.wait_for_function(
                "n => document.querySelectorAll('[data-printer][data-pictured=true]').length === n",
                arg=len(farm.printers),
            )
        return visit

    yield open_page
    for context in contexts:
        context.close()
    for server in servers:
        server.stop()


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[GuardedFarm]:
    """A farm of twelve printers where people have to log in; ``enter`` of tests/browser/entering.py lets them in."""
    farm = GuardedFarm(tmp_path, 12, SystemClock())
    yield farm
    farm.access.stop()


def _note(visit: Visit, message: ConsoleMessage) -> None:
    if message.type in ("error", "warning"):
        visit.complaints.append(message.text)


def real_farm(count: int, **more: object) -> Farm:
    """Return a farm on the machine's clock, all of whose printers print."""
    farm = Farm(count, clock=SystemClock(), **more)  # type: ignore[arg-type]  # names and the like
    farm.print_on()
    return farm
