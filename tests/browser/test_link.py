"""The browser's end of the stream: only tiles that can be seen, and polling where the stream is refused."""

from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from monitor.wall.feed.audience import STREAMS_AT_MOST
from monitor.wall.feed.viewer import Viewer
from tests.browser.conftest import Visiting, real_farm
from tests.wall.farm import Farm

pytestmark = pytest.mark.browser

OPEN_LINK = """async (visible) => {
    const { Link } = await import('/static/js/link.js');
    window.got = { tiles: {}, orders: [] };
    const link = new Link({
        states: ({ order }) => { if (order) window.got.orders.push(order); },
        tile: (printer) => { window.got.tiles[printer] = (window.got.tiles[printer] ?? 0) + 1; },
        lost: () => undefined,
    }, document.body.dataset.version);
    if (visible) link.show(visible);
    link.start();
}"""
COUNT = "printer => window.got.tiles[printer] ?? 0"
GOT_MORE = "([printer, than]) => (window.got.tiles[printer] ?? 0) > than"


def _sees_until_shown(page: Page, farm: Farm, printer: str, times: int) -> None:
    for _ in range(times):
        before = page.evaluate(COUNT, printer)
        for each in farm.printers:
            farm.sees(each)
        page.wait_for_function(GOT_MORE, arg=[printer, before])


def test_pictures_come_of_what_can_be_seen(visit: Visiting) -> None:
    """A page that shows one of three tiles says so by itself, and gets no pictures of the others any more."""
    farm = real_farm(3)
    page = visit(farm).page
    page.evaluate(OPEN_LINK, ["p02"])
    _sees_until_shown(page, farm, "p02", 2)
    others = page.evaluate(COUNT, "p01"), page.evaluate(COUNT, "p03")
    _sees_until_shown(page, farm, "p02", 3)
    assert others == (page.evaluate(COUNT, "p01"), page.evaluate(COUNT, "p03"))
    assert [["p01", "p02", "p03"]] == page.evaluate("() => window.got.orders")


def test_where_the_stream_is_refused_only_what_can_be_seen_is_polled(visit: Visiting) -> None:
    """All places taken: states and pictures come all the same, and nobody asks for tiles that are out of sight."""
    farm = real_farm(3)
    page = visit(farm).page
    audience = farm.app.extensions["vigie"].audience
    while len(audience) < STREAMS_AT_MOST:
        audience.enter(Viewer("full"))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(urlsplit(request.url).path))
    page.evaluate(OPEN_LINK, ["p03"])
    _sees_until_shown(page, farm, "p03", 2)
    assert {"/tile/p03.jpg"} == {path for path in asked if path.startswith("/tile/")}
    assert ["p01", "p02", "p03"] == page.evaluate("() => window.got.orders")[0]
