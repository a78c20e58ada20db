"""For all eyes: colours that stay apart without red, green or blue, systems with their own colours, less motion."""

from itertools import combinations

import cv2
import numpy as np
import pytest
from playwright.sync_api import expect

from monitor.judge import Phase
from monitor.records import Health, IncidentStatus
from tests.browser.conftest import Visit, Visiting, real_farm

pytestmark = pytest.mark.browser

SHOWN = ("failing", "pause-failed", "asking", "paused", "suspect", "blind", "held", "warned")
SWATCHES = """shown => {
    const chart = document.createElement('div');
    chart.id = 'chart';
    Object.assign(chart.style, { position: 'fixed', inset: '0', zIndex: 99, display: 'flex', background: '#fff' });
    for (const name of shown) {
        const swatch = document.createElement('div');
        Object.assign(swatch.dataset, { state: name, shown: name });
        Object.assign(swatch.style, { width: '40px', height: '40px', background: 'var(--solid)' });
        chart.append(swatch);
    }
    document.body.append(chart);
}"""
APART = 10.0
"""CIE 1976 colour difference: 2.3 is just noticed side by side; several times that across a room."""


def _colours(visit: Visit) -> dict[str, np.ndarray]:
    """Return what a swatch of each state looks like on the screen, in CIE L*a*b*."""
    picture = visit.page.screenshot(clip={"x": 0, "y": 0, "width": 40 * len(SHOWN), "height": 40})
    image = cv2.imdecode(np.frombuffer(picture, np.uint8), cv2.IMREAD_COLOR)
    assert image is not None
    lab = cv2.cvtColor(image.astype(np.float32) / 255, cv2.COLOR_BGR2LAB)
    return {name: lab[20, 40 * i + 20] for i, name in enumerate(SHOWN)}


def _busy(visiting: Visiting, **more: object) -> Visit:
    farm = real_farm(60)
    farm.fails("p03", IncidentStatus.PAUSE_FAILED)
    farm.fails("p10")
    farm.fails("p07", IncidentStatus.PAUSED)
    farm.sees("p04", Phase.SUSPECT, 0.6)
    farm.sees("p08", Phase.BLIND, None, Health.DARK)
    return visiting(farm, **more)


@pytest.mark.parametrize("deficiency", ["none", "protanopia", "deuteranopia", "tritanopia"])
def test_states_have_colours_that_every_eye_tells_apart(visit: Visiting, deficiency: str) -> None:
    """By lightness where not by hue."""
    wall = _busy(visit)
    devtools = wall.page.context.new_cdp_session(wall.page)
    devtools.send("Emulation.setEmulatedVisionDeficiency", {"type": deficiency})
    wall.keep(f"eyes-{deficiency}")
    wall.page.evaluate(SWATCHES, list(SHOWN))
    seen = _colours(wall)
    close = [
        (a, b, round(float(np.linalg.norm(seen[a] - seen[b])), 1))
        for a, b in combinations(SHOWN, 2)
        if np.linalg.norm(seen[a] - seen[b]) < APART
    ]
    assert [] == close


def test_every_state_has_an_icon_and_a_word_of_its_own(visit: Visiting) -> None:
    """Colour is never alone."""
    wall = visit(real_farm(1))
    described = wall.page.evaluate(
        """async shown => {
            const { t } = await import('/static/js/words.js');
            return shown.map(name => [document.querySelector(`#icon-${name}`)?.innerHTML, t(`state.${name}`)]);
        }""",
        [*SHOWN, "idle", "watching", "muted", "pausing"],
    )
    icons, words = zip(*described, strict=True)
    assert None not in icons
    assert (len(described), len(described)) == (len(set(icons)), len(set(words)))


@pytest.mark.parametrize("asks", [{"forced_colors": "active"}, {"contrast": "more"}, {"reduced_motion": "reduce"}])
def test_what_the_system_asks_for_is_done(visit: Visiting, asks: dict[str, str]) -> None:
    """Colours of its own, more contrast, no motion: the alarm keeps its meaning, and nothing moves that should not."""
    wall = _busy(visit, **asks)
    card = wall.page.locator("#alarms [data-printer=p10]")
    expect(card.locator("[data-part=word]")).to_have_text("Failing")
    background = "card => getComputedStyle(card).backgroundColor"
    assert card.evaluate(background) != wall.page.locator("[data-printer=p20]").evaluate(background)
    if "reduced_motion" in asks:
        assert "none" == card.evaluate("card => getComputedStyle(card).animationName")
    wall.keep(f"asks-{next(iter(asks)).replace('_', '-')}")


def test_themes_are_changed_by_key_and_remembered(visit: Visiting) -> None:
    """Round by key, said aloud, kept by the browser."""
    wall = visit(real_farm(1))
    root = wall.page.locator("html")
    for theme in ("light", "dark", "contrast", "auto", "light"):
        wall.page.keyboard.press("t")
        expect(root).to_have_attribute("data-theme", theme)
    expect(wall.page.locator("#said")).to_contain_text("Theme: light")
    wall.page.reload()
    expect(root).to_have_attribute("data-theme", "light")
