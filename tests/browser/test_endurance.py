"""A wall that is open for months: 90 tiles at two pictures a second keep no memory and leave the browser idle."""

import threading

import pytest
from playwright.sync_api import CDPSession

from tests.browser.conftest import Visiting, real_farm
from tests.wall.farm import Farm, picture

pytestmark = pytest.mark.browser

ROUNDS, EVERY_S = 12, 0.5
URLS = """() => {
    window.urls = new Set();
    const [make, end] = [URL.createObjectURL, URL.revokeObjectURL];
    URL.createObjectURL = blob => { const url = make.call(URL, blob); window.urls.add(url); return url; };
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


def test_ninety_tiles_at_two_pictures_a_second_leave_nothing_behind(visit: Visiting) -> None:
    """Neither object URLs nor nodes nor listeners nor memory grow, while a thousand pictures come and go.

    Memory may move by 3 MB, which is a fifth of what is in use: the pictures of these seconds alone are 10 MB.
    """
    farm = real_farm(90)
    wall = visit(farm, "/no-such-page")
    page = wall.page
    page.add_init_script(f"({URLS})()")
    page.goto(wall.server.url)
    page.wait_for_function("() => document.querySelectorAll('[data-pictured=true]').length === 90")
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    with Feed(farm):
        page.wait_for_timeout(2000)  # whatever is made once is there
        before = _figures(devtools)
        page.wait_for_timeout(ROUNDS * EVERY_S * 1000)
        after = _figures(devtools)
    grown = {name: after[name] - before[name] for name in ("Nodes", "JSEventListeners", "JSHeapUsedSize")}
    assert page.evaluate("() => window.urls.size") <= 90 + 2  # one a tile, and the icon's
    assert (0, 0) == (max(0, grown["Nodes"]), max(0, grown["JSEventListeners"]))
    assert grown["JSHeapUsedSize"] < 3e6
    assert [] == wall.complaints[1:]  # the first: the page that is not there
