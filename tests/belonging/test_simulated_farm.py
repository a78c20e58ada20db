"""Two cameras of the simulated farm are exchanged: rendered pictures to the warning on the wall and on MQTT.

Time is simulated, everything else is real: floor, sensor, JPEG, decode, health, last looks, board, wall's JSON.
"""

from collections.abc import Mapping

from monitor.announcer import state_of
from monitor.belonging import STEP_S
from monitor.board import Board
from monitor.clock import ManualClock
from monitor.config.model import (
    Config,
    Printer,
    PrinterSettings,
    Room,
    SimulatedCamera,
    SimulatedControl,
    Site,
)
from monitor.last_looks import LastLooks
from monitor.looking import Looker
from monitor.proving import Proving
from monitor.records import Frame, JobState, PersonCommand, PersonCommandKind, PrinterReport, Reception
from monitor.records.belonging import Belongs
from monitor.sim.floor import Floor
from monitor.sim.plan import Course
from monitor.sim.prints import load_prints
from monitor.sim.sensor import Sensor
from monitor.sim.view import View
from monitor.wall.attention import PrinterWarning, attention

NAMES = ("p1", "p2", "p3")
LOOK_EVERY_S = 5.0  # no multiple of the four seconds in which a simulated nozzle comes back
NEVER_ENDS_S = 7 * 24 * 3600.0
AWAY_S = 180.0  # while somebody exchanges cables
PAUSED_S = 100.0  # the simulated farm clears a bed after 120


def farm() -> Config:
    """Return three simulated printers."""
    printers = tuple(
        Printer(
            id=name,
            name=name,
            site="s",
            room="r",
            camera=SimulatedCamera(type="simulated"),
            control=SimulatedControl(type="simulated"),
            settings=PrinterSettings(),
        )
        for name in NAMES
    )
    return Config(sites=(Site(id="s", name="s", rooms=(Room(id="r", name="r"),)),), printers=printers)


class Stage:
    """A monitor's eyes on the simulated farm; ``shows``: the printer before each camera."""

    def __init__(self, shows: Mapping[str, str]) -> None:
        self.clock, self.config = ManualClock(), farm()
        made = {print_.name: print_ for print_ in load_prints()}["basket"]
        course = Course(made, NEVER_ENDS_S, 3600.0, (1, 1), 0.0, None, NEVER_ENDS_S)
        self.floor = Floor(dict.fromkeys(NAMES, course), self.clock)
        self.views = {
            camera: View(self.floor, printer, Sensor(camera, (place,)), self.clock)
            for place, (camera, printer) in enumerate(shows.items())
        }
        self.looks, self.looker = LastLooks(), Looker(None, {})
        self.board = Board(self.config, 0.5, self.clock.now())
        self.proving = Proving(self.board, self.looks.motions, self.clock, self.looks.handlings)
        self.number = 0

    def show(self, shows: Mapping[str, str]) -> None:
        """Exchange cameras: that takes some minutes, in which theirs send no picture."""
        for camera in shows:
            del self.views[camera]
        self.live(AWAY_S)
        for camera, printer in shows.items():
            place = NAMES.index(camera)
            self.views[camera] = View(self.floor, printer, Sensor(camera, (place,)), self.clock)

    def live(self, seconds: float) -> None:
        """Let time pass: look at all cameras, hear all printers, and compare."""
        for step in range(round(seconds / LOOK_EVERY_S)):
            self.clock.advance(LOOK_EVERY_S)
            now, self.number = self.clock.now(), self.number + 1
            frames = [Frame(camera, view.jpeg(), now, self.number, 1) for camera, view in self.views.items()]
            for inspection in self.looker.look([self.looks.errand(frame, wants_tile=False) for frame in frames]):
                self.looks.settled(inspection)
            for name in NAMES:
                self.board.reported(PrinterReport(name, self.floor.status(name).state, now, can_pause=True))
            if step % round(STEP_S / LOOK_EVERY_S) == 0:
                self.proving.tick()

    def live_through_pauses(self) -> None:
        """Let each printer pause for a while, four times, one after the other."""
        for _ in range(4):
            for name in NAMES:
                self.live(4 * STEP_S)
                self.floor.command(name, "pause")
                self.live(PAUSED_S)
                self.floor.command(name, "resume")

    def belongs(self) -> dict[str, tuple[Belongs, str]]:
        """Return what the board says of each camera."""
        return {view.id: (view.belonging.belongs, view.belonging.perhaps) for view in self.board.snapshot().printers}


def test_cameras_that_belong_are_proven_to() -> None:
    """By a few pauses; nothing is said on the wall or over MQTT."""
    stage = Stage({name: name for name in NAMES})
    stage.live_through_pauses()
    assert dict.fromkeys(NAMES, (Belongs.BELONGS, "")) == stage.belongs()
    view = stage.board.view("p1")
    assert ("", ()) == (state_of(view).detail, attention(view, stage.config.printers[0]).warnings)


def test_exchanged_cameras_are_warned_of_and_named() -> None:
    """On the wall, over MQTT, and for as long as they are; the third camera is left alone. No state changes by it."""
    stage = Stage({"p1": "p2", "p2": "p1", "p3": "p3"})
    stage.live_through_pauses()
    not_ours = Belongs.DOES_NOT
    assert {"p1": (not_ours, "p2"), "p2": (not_ours, "p1"), "p3": (Belongs.BELONGS, "")} == stage.belongs()
    view = stage.board.view("p1")
    assert "when p2 prints" in state_of(view).detail
    assert (PrinterWarning.OTHER_PRINTER,) == attention(view, stage.config.printers[0]).warnings
    assert view.report is not None
    assert JobState.PRINTING is view.report.state


def test_cameras_that_are_exchanged_while_they_work_are_asked_about_at_the_first_pause() -> None:
    """Within five minutes of it, on the wall and over MQTT: calmly, nothing is proven, and the third is left alone.
    Who has looked says so, and it ends."""
    stage = Stage({name: name for name in NAMES})
    stage.live_through_pauses()
    stage.show({"p1": "p2", "p2": "p1"})
    stage.live(600)
    assert Belongs.ASKED not in {belongs for belongs, _ in stage.belongs().values()}  # all of them print
    stage.floor.command("p1", "pause")
    stage.live(PAUSED_S)
    stage.floor.command("p1", "resume")
    stage.live(300 - PAUSED_S)
    asked = {"p1": (Belongs.ASKED, "p2"), "p2": (Belongs.ASKED, "p1"), "p3": (Belongs.BELONGS, "")}
    assert asked == stage.belongs()
    view = stage.board.view("p1")
    told, warnings = state_of(view), attention(view, stage.config.printers[0]).warnings
    assert ("", Belongs.ASKED, "p2", ()) == (told.detail, told.belongs, told.perhaps_shows, warnings)
    put_right = PersonCommand("p1", PersonCommandKind.CAMERA_PUT_RIGHT, "Marie", stage.clock.now())
    assert Reception.TAKEN is stage.proving.answer(put_right).reception
    assert {"p1": (Belongs.UNKNOWN, ""), "p2": (Belongs.UNKNOWN, "")}.items() <= stage.belongs().items()
