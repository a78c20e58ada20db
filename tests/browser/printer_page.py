"""What the tests of the printer's page share: opening it, drawing on it, reading it."""

from typing import Any

from axe_playwright_python.sync_playwright import Axe
from flask import Request
from playwright.sync_api import Locator, Page, Route

from monitor.access import Identity, IdentityKind, Right
from tests.browser.conftest import Visit, Visiting, real_farm
from tests.browser.told_archive import ToldArchive
from tests.wall.farm import Farm

PIXEL = """([canvas, x, y]) => [...canvas.getContext('2d')
    .getImageData(Math.round(canvas.width * x), Math.round(canvas.height * y), 1, 1).data.slice(0, 3)]"""
FOCUSED = """() => {
    const { id, dataset, className } = document.activeElement;
    return id || dataset.part || dataset.act || className;
}"""
DRAWN = "() => new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))"
WIDE = "() => document.documentElement.scrollWidth - innerWidth"
OUT_OF_BOUNDS = """async () => {
    const spans = await import('/static/js/printer/span.js');
    const shapes = await import('/static/js/printer/rectangle.js');
    let seed = 7;
    const random = () => (seed = (seed * 48271) % 2147483647) / 2147483647;
    const now = 1e9, wrong = [];
    let span = spans.last(900, now);
    for (let i = 0; i < 4000; i += 1) {
        const at = span.from + random() * spans.width(span);
        span = random() < 0.5 ? spans.zoom(span, 0.2 + 4 * random(), at, now)
            : spans.pan(span, 1e5 * (random() - 0.5), now);
        const wide = spans.width(span);
        if (wide < 59.99 || wide > 604800.01 || span.to > now + 1e-6) wrong.push(span);
        if (span.from < now - 604800.01) wrong.push(span);
        if (span.isLive !== (span.to >= now - 1e-6)) wrong.push(span);
    }
    let shape = { x: 0.2, y: 0.2, width: 0.4, height: 0.3 };
    for (let i = 0; i < 4000; i += 1) {
        const by = () => random() - 0.5;
        const name = ['x', 'y', 'width', 'height'][Math.floor(4 * random())];
        shape = [() => shapes.moved(shape, by(), by()), () => shapes.resized(shape, 'ne', by(), by()),
            () => shapes.resized(shape, 'sw', by(), by()), () => shapes.turned(shape),
            () => shapes.withNumber(shape, name, 3 * by())][Math.floor(5 * random())]();
        const { x, y, width, height } = shapes.rounded(shape);
        if (x < 0 || y < 0 || x + width > 1 + 1e-9 || y + height > 1 + 1e-9) wrong.push(shape);
        if (width < 0.0199 || height < 0.0199) wrong.push(shape);
    }
    return wrong;
}"""
ORANGE = (220, 160, 90)  # the part in the pictures of tests.wall.farm


def open_printer(visit: Visiting, told: ToldArchive, farm: Farm | None = None, lang: str = "en", **more: Any) -> Visit:
    """Open the page of p02; what is asked of the past, and what is said, is answered by hand."""
    wall: Visit = visit(farm or real_farm(3), f"/printer/p02?lang={lang}", told=told, **more)
    told.take_commands(wall.page)
    wall.page.locator("#chart[data-loaded]").wait_for()
    wall.page.locator("#look-picture[data-drawn]").wait_for()
    return wall


def says_name(page: Page) -> None:
    page.locator("#who input").fill("Marie")
    page.locator("#who button[value=ok]").click()


def span(page: Page) -> tuple[float, float]:
    chart = page.locator("#chart")
    return float(chart.get_attribute("aria-valuemin") or "nan"), float(chart.get_attribute("aria-valuemax") or "nan")


def width_s(page: Page) -> float:
    first, last = span(page)
    return last - first


def box_of(locator: Locator) -> dict[str, float]:
    box = locator.bounding_box()
    assert box is not None
    return {"x": box["x"], "y": box["y"], "width": box["width"], "height": box["height"]}


def drag(page: Page, on: Locator, start: tuple[float, float], end: tuple[float, float]) -> None:
    """Drag with the mouse, from and to shares of an element."""
    on.scroll_into_view_if_needed()
    box = box_of(on)
    page.mouse.move(box["x"] + box["width"] * start[0], box["y"] + box["height"] * start[1])
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * end[0], box["y"] + box["height"] * end[1], steps=4)
    page.mouse.up()


def point_at(page: Page, mark: str) -> None:
    """Move the mouse onto a mark of the chart; what is drawn is drawn anew all the time."""
    page.locator("#chart").scroll_into_view_if_needed()
    page.evaluate(DRAWN)
    box = box_of(page.locator(mark))
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)


def turned(page: Page, degrees: int) -> None:
    """Let the printer's camera be mounted turned: the server says so."""

    def answer(route: Route) -> None:
        content = route.fetch().json()
        content["printer"]["rotate"] = degrees
        route.fulfill(json=content)

    page.route("**/api/printers/p02", answer)


class OnlyLook:
    """A gatekeeper to whom everybody is a viewer."""

    def identify(self, request: Request) -> Identity | None:
        """Return somebody who may look."""
        return Identity(IdentityKind.PERSON, frozenset({Right.METRICS, Right.VIEW}), "Guest")


def violations(page: Page) -> list[str]:
    found = Axe().run(page).response["violations"]
    return [f"{rule['id']}: {node['target']} {node['failureSummary']}" for rule in found for node in rule["nodes"]]
