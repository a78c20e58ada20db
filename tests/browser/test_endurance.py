"""A wall that is open for months: 90 tiles at two pictures a second keep no memory and leave the browser idle."""

import threading

import pytest
from playwright.sync_api import CDPSession, Page

from tests.browser.conftest import Visiting, real_farm
from tests.support import wait_until
from tests.wall.farm import Farm, picture

pytestmark = pytest.mark.browser

TILES, ROUNDS, EVERY_S = 90, 12, 0.5
LONGEST_MS = 120_000  # for all rounds, on a busy machine
URLS = """() => {
    window.urls = new Set();
    window.made = 0;
    const [make, end] = [URL.createObjectURL, URL.revokeObjectURL];
    URL.createObjectURL = blob => {
        const url = make.call(URL, blob);
        window.urls.add(url);
        window.made += 1;
        return url;
    };
    URL.revokeObjectURL = url => { window.urls.delete(url); end.call(URL, url); };
}"""


class Feed:
    """Lets every printer of a farm have a new picture twice a second, on a thread of its own."""

    def __init__(self, farm: Farm) -> None:
        self._farm, self._stop = farm, threading.Event()
        self._pictures = [picture(f"#{i}", hue=i * 40) for i in range(4)]
        self._thread = threading.Thread(target=self._run, name="feed")

    def __enter__(self) -> "Feed":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        number = 0
        while not self._stop.wait(EVERY_S):
            number += 1
            for printer in self._farm.printers:
                self._farm.sees(printer, jpeg=self._pictures[number % len(self._pictures)])


def _figures(devtools: CDPSession) -> dict[str, float]:
    devtools.send("HeapProfiler.collectGarbage")
    found = devtools.send("Performance.getMetrics")["metrics"]
    return {metric["name"]: metric["value"] for metric in found}


def _see_pictures(page: Page, count: int) -> None:
    """Wait until so many more pictures have come."""
    page.wait_for_function("n => window.made >= n", arg=page.evaluate("window.made") + count, timeout=LONGEST_MS)


def test_ninety_tiles_at_two_pictures_a_second_leave_nothing_behind(visit: Visiting) -> None:
    """Neither object URLs nor nodes nor listeners nor memory grow, while a thousand pictures come and go.

    Memory may move by 3 MB, which is a fifth of what is in use: the pictures of these seconds alone are 10 MB.
    """
    farm = real_farm(TILES)
    wall = visit(farm, "/no-such-page")
    page = wall.page
    page.add_init_script(f"({URLS})()")
    page.goto(wall.server.url)
    page.wait_for_function("n => document.querySelectorAll('[data-pictured=true]').length === n", arg=TILES)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    with Feed(farm):
        _see_pictures(page, 4 * TILES)  # whatever is made once is there
        before = _figures(devtools)
        _see_pictures(page, ROUNDS * TILES)

    def grown(name: str) -> float:
        return _figures(devtools)[name] - before[name]

    assert page.evaluate("() => window.urls.size") <= TILES + 2  # one a tile, and the icon's
    # what was in use at that moment may be collected a little later: what leaks is not
    assert wait_until(lambda: grown("Nodes") <= 0, every_s=0.5), grown("Nodes")
    assert wait_until(lambda: grown("JSEventListeners") <= 0, every_s=0.5), grown("JSEventListeners")
    assert wait_until(lambda: grown("JSHeapUsedSize") < 3e6, every_s=0.5), grown("JSHeapUsedSize")
    assert [] == wall.complaints[1:]  # the first: the page that is not there
