"""What differs between two configurations."""

from monitor.config.change import Aspect, difference
from monitor.config.model import Config, MjpegCamera, Room, SimulatedControl, Site, Wall
from tests.farms import a_farm, a_printer


def test_nothing_differs_from_itself() -> None:
    """And nothing is to be done."""
    change = difference(a_farm(), a_farm())
    assert not change.is_live
    assert ((), (), (), ()) == (change.added, change.removed, change.altered, change.needs_restart)


def test_printers_come_go_and_change() -> None:
    """Each with what of it has changed; what its pictures taught holds only while they show the same."""
    before = a_farm(*map(a_printer, ("a", "b", "c", "d", "e")))
    camera = MjpegCamera(type="mjpeg", url="http://x/")
    now = a_farm(
        a_printer("b", threshold=0.5),
        a_printer("c").model_copy(update={"camera": camera}),
        a_printer("d", mask=[{"x": 0, "y": 0, "width": 0.5, "height": 0.5}]),
        a_printer("e").model_copy(update={"control": SimulatedControl(type="simulated"), "name": "E"}),
        a_printer("f"),
    )
    change = difference(before, now)
    assert (["f"], ["a"]) == ([p.id for p in change.added], [p.id for p in change.removed])
    assert {
        "b": ({Aspect.SETTINGS}, False),
        "c": ({Aspect.CAMERA}, True),
        "d": ({Aspect.VIEW}, True),
        "e": ({Aspect.CONTROL, Aspect.NAME}, False),
    } == {one.now.id: (set(one.aspects), one.sees_anew) for one in change.altered}


def test_a_printer_that_moves_to_another_site_goes_there_and_comes_here() -> None:
    """Its topics are others; in another room of its site it only stands elsewhere."""
    before = a_farm(a_printer("a"), a_printer("b"))
    rooms = (Room(id="r", name="R"), Room(id="q", name="Q"))
    sites = (Site(id="s", name="S", rooms=rooms), Site(id="t", name="T", rooms=rooms))
    moved = a_printer("a").model_copy(update={"site": "t"})
    now = Config(sites=sites, printers=(moved, a_printer("b").model_copy(update={"room": "q"})))
    change = difference(before, now)
    assert (["a"], ["a"], ["t"]) == (
        [p.id for p in change.added],
        [p.id for p in change.removed],
        [site.id for site in change.new_sites],
    )
    assert [("b", {Aspect.NAME})] == [(one.now.id, set(one.aspects)) for one in change.altered]


def test_what_is_read_at_the_start_only_needs_a_restart_and_stays() -> None:
    """Told with its line, or with that of its section."""
    before = a_farm()
    now = before.model_copy(update={"wall": Wall(host="0.0.0.0", port=9000)})  # noqa: S104 - compared only
    change = difference(before, now, {"wall": 3, "wall.port": 5})
    assert ("wall.host (line 3)", "wall.port (line 5)") == change.needs_restart
    assert before == change.now
    assert not change.is_live
