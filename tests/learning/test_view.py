"""What counts as another view of a camera: what places in its picture depend on, and nothing secret."""

import pytest

from monitor.config.live import LiveConfig
from monitor.config.model import Config, MjpegCamera, Printer, Room, Site
from monitor.learning import LearnedTable, view_of, views
from monitor.records import Learned
from tests.farms import a_printer


def seen_at(url: str = "http://10.0.0.1/stream", password: str = "", **settings: object) -> Printer:
    """A printer whose camera has this address."""
    camera = MjpegCamera(type="mjpeg", url=url, username="u", password=password)
    return a_printer("p01", **settings).model_copy(update={"camera": camera})


@pytest.mark.parametrize("other", [seen_at("http://10.0.0.2/stream"), seen_at(rotate=180)])
def test_another_address_or_rotation_is_another_view(other: Printer) -> None:
    """Places in the one picture are others in the other."""
    assert view_of(seen_at()) != view_of(other)


@pytest.mark.parametrize(
    "other",
    [
        seen_at(password="secret"),
        seen_at(region={"x": 0.1, "y": 0, "width": 0.5, "height": 1}),
        seen_at(threshold=0.7),
    ],
)
def test_what_does_not_move_the_picture_changes_nothing(other: Printer) -> None:
    """A password, a region, a threshold: places are parts of the whole turned picture."""
    assert view_of(seen_at()) == view_of(other)


def test_the_view_follows_the_configuration() -> None:
    """And a printer that is gone has none that anything was learned in."""
    site = Site(id="s", name="S", rooms=(Room(id="r", name="R"),))
    live = LiveConfig(Config(sites=(site,), printers=(seen_at(),)))
    now = views(live)
    before = now("p01")
    live.replace(Config(sites=(site,), printers=(seen_at(rotate=90),)))
    assert before != now("p01")
    live.replace(Config(sites=(site,), printers=(a_printer("p02"),)))
    assert "gone" == now("p01")


def test_what_nobody_has_taught_is_nothing() -> None:
    """And the newest lesson replaces the one before."""
    table = LearnedTable()
    assert Learned("p01") == table.of("p01")
    table.put(Learned("p01", (), -0.3))
    table.put(Learned("p01", (), -0.6))
    assert -0.6 == table.of("p01").threshold_shift
