"""The page on which printers are added, in a real browser: against real cameras, into a real file."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.clock import SystemClock
from tests.browser.conftest import SCREENSHOTS, Visit, Visiting
from tests.browser.past import violations
from tests.capture.camera_server import CameraServer, answer, stream_head
from tests.capture.pictures import part
from tests.inspection.pictures import jpeg, scene
from tests.live.kept import KeptFarm

pytestmark = pytest.mark.browser


@pytest.fixture
def camera() -> Iterator[CameraServer]:
    """A camera with a stream at /stream and nothing elsewhere."""
    pictures = [jpeg(scene(number, level=110)) for number in range(4)]

    def respond(head: str) -> Iterator[bytes | threading.Event]:
        if head.split(" ")[1] != "/stream":
            yield answer(b"", status="404 Not Found")
            return
        yield stream_head()
        pace = threading.Event()
        for number in range(200):
            yield part(pictures[number % 4])
            pace.wait(0.1)

    with CameraServer(respond) as server:
        yield server


def opened(visit: Visiting, folder: Path, **more: object) -> tuple[KeptFarm, Visit]:
    """Open the page of a farm of two printers."""
    farm = KeptFarm(folder, clock=SystemClock())
    return farm, visit(farm, "/printers", **more)


def test_a_camera_is_found_shown_and_added(visit: Visiting, tmp_path: Path, camera: CameraServer) -> None:
    """From its bare address to a line in the file, and to the list."""
    farm, seen = opened(visit, tmp_path)
    page = seen.page
    page.locator("#name").fill("Prusa Näh 3")
    assert "prusa-nah-3" == page.locator("#id").input_value()
    page.locator("#camera-address").fill(camera.authority)
    page.get_by_role("button", name="Try the camera").click()
    page.wait_for_selector("#camera .trial img", timeout=40_000)
    assert "640 × 480" in page.locator("#camera .trial").inner_text()
    page.locator("#control-kind").select_option("octoprint")
    page.locator("#control-url").fill(f"http://{camera.authority}")
    page.locator("#control-api_key").fill("k")
    seen.keep("printers-add")
    assert [] == violations(page)
    page.locator("#control-kind").select_option("none")
    page.get_by_role("button", name="Add the printer").click()
    page.wait_for_url("**/printers?added=prusa-nah-3")
    assert "prusa-nah-3 is being watched" in page.locator("main > .told").first.inner_text()
    assert f"            camera: {camera.url()}\n" in farm.text
    assert "            control: none\n" in farm.text
    assert farm.live.knows("prusa-nah-3")
    assert [] == seen.complaints


def test_credentials_in_an_address_are_kept_though_the_server_never_sends_them_back(
    visit: Visiting, tmp_path: Path, camera: CameraServer
) -> None:
    """As people paste it from their browser; in the file they stand as keys."""
    farm, seen = opened(visit, tmp_path)
    page = seen.page
    page.locator("#id").fill("p07")
    page.locator("#camera-address").fill(camera.url().replace("http://", "http://eve:s%20cret@"))
    page.get_by_role("button", name="Try the camera").click()
    page.wait_for_selector("#camera .trial img", timeout=40_000)
    assert "s%20cret" not in page.locator("#camera .trial").inner_text()
    page.get_by_role("button", name="Add the printer").click()
    page.wait_for_url("**/printers?added=p07")
    assert (
        f"              url: {camera.url()}\n              username: eve\n              password: s cret\n" in farm.text
    )


def test_what_is_wrong_is_said_in_the_form(visit: Visiting, tmp_path: Path) -> None:
    """And nothing is lost of what was typed, and nothing written."""
    farm, seen = opened(visit, tmp_path)
    page, before = seen.page, farm.text
    page.locator("#id").fill("p01")
    page.locator("#camera-address").fill("http://127.0.0.1:9/x")
    page.get_by_role("button", name="Add the printer").click()
    page.wait_for_selector("#add [data-part=refusal]:not([hidden])")
    assert "is the id in line" in page.locator("#add [data-part=refusal]").inner_text()
    assert (before, "p01") == (farm.text, page.locator("#id").input_value())
    page.get_by_role("button", name="Try the camera").click()
    page.wait_for_selector("#camera .trial[data-bad=true]", timeout=40_000)
    assert "127.0.0.1:9" in page.locator("#camera .trial").inner_text()
    seen.keep("printers-refused")
    assert [] == violations(page)


def test_a_printer_is_removed_after_asking_back(visit: Visiting, tmp_path: Path) -> None:
    """By keyboard; escape changes nothing."""
    farm, seen = opened(visit, tmp_path)
    page = seen.page
    button = page.get_by_role("button", name="Remove First")
    button.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#sure[open]")
    seen.keep("printers-remove")
    assert [] == violations(page)
    page.keyboard.press("Escape")
    assert farm.live.knows("p01")
    button.click()
    page.get_by_role("button", name="Remove it").click()
    page.wait_for_url("**/printers?removed=p01")
    assert not farm.live.knows("p01")
    assert 1 == page.locator("#list tbody tr").count()


def test_a_table_is_looked_at_before_it_is_written(visit: Visiting, tmp_path: Path, camera: CameraServer) -> None:
    """Its faults by row; a mended one is written as a whole."""
    farm, seen = opened(visit, tmp_path)
    page, before = seen.page, farm.text
    table = tmp_path / "printers.csv"
    head = "id;name;site;room;camera;control;threshold\n"
    good = "".join(f"n{n:02d};Nouvelle {n};cochin;new;{camera.url()};none;0,7\n" for n in range(1, 13))
    table.write_text(head + good + "N99;;cochin;hall;ftp://x;none;2\n")
    page.get_by_label("Table (CSV)").set_input_files(table)
    page.wait_for_selector("#rows tr[data-bad=true]")
    page.locator("#rows").scroll_into_view_if_needed()
    seen.keep("printers-table")
    assert [] == violations(page)
    assert ["Add these 13 printers"] == page.locator("#rows [data-part=write]").all_inner_texts()
    assert page.locator("#rows [data-part=write]").is_disabled()
    assert before == farm.text
    table.write_text(head + good)
    page.get_by_label("Table (CSV)").set_input_files([])
    page.get_by_label("Table (CSV)").set_input_files(table)
    page.wait_for_selector("#rows .told[data-bad=false]")
    page.get_by_role("button", name="Add these 12 printers").click()
    page.wait_for_url("**/printers?added=n01**")
    assert 14 == len(farm.live.current.printers)
    assert 0.7 == farm.live.printer("n12").settings.threshold


@pytest.mark.parametrize(
    ("name", "more"),
    [
        ("light", {"color_scheme": "light"}),
        ("phone-fr", {"size": (390, 844), "locale": "fr-FR"}),
        ("dark", {}),
    ],
)
def test_the_page_fits_every_screen(visit: Visiting, tmp_path: Path, name: str, more: dict[str, object]) -> None:
    """No line is wider than the screen, no word is missing, nothing complains."""
    farm, seen = opened(visit, tmp_path, **more)
    farm.path.write_text(farm.text.replace("threshold: 0.7 ", "threshold: 1.7 "))
    farm.file.refresh()
    seen.page.reload()
    seen.page.wait_for_selector(".faults li")
    assert seen.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    assert "farming." not in seen.page.locator("main").inner_text()
    seen.page.screenshot(path=_kept(name), full_page=True)
    assert [] == violations(seen.page)
    assert [] == seen.complaints


def _kept(name: str) -> str:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    return str(SCREENSHOTS / f"printers-{name}.png")
