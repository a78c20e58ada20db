"""What the browser tests of the past share: a farm with incidents, what axe says, what a printed page says."""

import io
from pathlib import Path

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page
from pypdf import PdfReader

from monitor.clock import SystemClock
from tests.browser.conftest import SCREENSHOTS
from tests.wall.past import PastFarm

FITS = "document.documentElement.scrollWidth <= document.documentElement.clientWidth"


def past_farm(folder: Path, incidents: int = 120, **more: object) -> PastFarm:
    """Return a farm on the machine's clock with an incident each nine hours before now."""
    return PastFarm(folder, incidents, SystemClock(), **more)


def violations(page: Page) -> list[str]:
    """Run axe-core; return one line for each element that breaks a rule."""
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['target']}" for rule in found for node in rule["nodes"]]


def printed(page: Page, name: str) -> list[str]:
    """Print a page to A4, keep the file, return the text of each sheet."""
    pdf = page.pdf(prefer_css_page_size=True, print_background=True)
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    (SCREENSHOTS / f"{name}.pdf").write_bytes(pdf)
    sheets = PdfReader(io.BytesIO(pdf)).pages
    assert {(595, 842)} == {(round(float(s.mediabox.width)), round(float(s.mediabox.height))) for s in sheets}
    return [sheet.extract_text() for sheet in sheets]
