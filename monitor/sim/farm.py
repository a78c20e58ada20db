"""The simulated farm as a whole: cameras that show rendered prints, and printers that obey over MQTT."""

import logging
import threading
from collections.abc import Sequence

from monitor.clock import Clock
from monitor.config.faults import suggestion
from monitor.config.model import Config, Printer, SimulatedCamera, SimulatedControl
from monitor.errors import ConfigError
from monitor.mqtt import Endpoint, Link
from monitor.sim.cameras import CameraServer, SimulatedLens
from monitor.sim.floor import Floor, VisibleFailure
from monitor.sim.plan import choose_prints, plan_farm, plan_more
from monitor.sim.printers import SimulatedPrinters
from monitor.sim.prints import Print, load_prints
from monitor.sim.sensor import Sensor
from monitor.sim.view import View

log = logging.getLogger(__name__)

TELL_EVERY_S = 0.2


class SimulatedFarm:
    """All simulated cameras and printers of a configuration."""

    def __init__(self, config: Config, endpoint: Endpoint, clock: Clock, prints: Sequence[Print] | None = None) -> None:
        """Plan the farm; nothing runs yet. Raises ConfigError for a print that does not exist."""
        self._clock, self._simulation = clock, config.simulation
        simulated = [printer for printer in config.printers if is_simulated(printer)]
        self._prints = prints or load_prints()
        self._places = len(simulated)  # that were ever given: each printer's chance is its own
        chosen = choose_prints(_wanted(simulated, self._prints), self._prints)
        self.floor = Floor(plan_farm(chosen, config.simulation), clock)
        self._cameras = CameraServer(
            {
                printer.id: self._lens(printer.id, printer.camera, (abs(config.simulation.seed), place))
                for place, printer in enumerate(simulated)
                if isinstance(printer.camera, SimulatedCamera)
            }
        )
        self._link = Link(endpoint, f"{config.messaging.client_id}-sim")
        obedient = [printer.id for printer in simulated if isinstance(printer.control, SimulatedControl)]
        self._printers = SimulatedPrinters(obedient, self.floor, self._link, config.messaging.base)
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._tell, name="simulated-printers", daemon=True)

    def start(self) -> None:
        """Serve the cameras, then let the printers talk; a broker that is not there yet is waited for.

        Needs a clock that passes by itself: on a :class:`~monitor.clock.ManualClock`, use ``floor`` instead.
        """
        self._cameras.start()
        self._link.start()
        self._thread.start()

    def stop(self) -> None:
        """End everything in reverse order and join all threads."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()
        self._link.stop()
        self._cameras.stop()

    def add(self, printer: Printer) -> None:
        """Take in a printer that begins to print now, if anything of it is simulated; a camera may be exchanged."""
        if not is_simulated(printer):
            return
        place, self._places = self._places, self._places + 1
        names = _wanted([printer], self._prints)
        made = choose_prints([("", "")] * place + names, self._prints)[printer.id]
        self.floor.add(printer.id, plan_more(made, self._simulation, place, self.floor.courses()))
        if isinstance(printer.camera, SimulatedCamera):
            seed = (abs(self._simulation.seed), place)
            self._cameras.add(printer.id, self._lens(printer.id, printer.camera, seed))
        if isinstance(printer.control, SimulatedControl):
            self._printers.add(printer.id)

    def remove(self, printer_id: str) -> None:
        """Take a printer away; nothing happens when it was none of ours."""
        self._cameras.remove(printer_id)
        self._printers.remove(printer_id)
        self.floor.remove(printer_id)

    def camera_url(self, printer_id: str) -> str:
        """Return the MJPEG address of a printer's simulated camera; raises KeyError when it has none."""
        return self._cameras.url(printer_id)

    def failures(self) -> tuple[VisibleFailure, ...]:
        """Return the failures that became visible so far: benches and tests measure from there."""
        return self.floor.failures()

    def visible_at(self, printer_id: str) -> float | None:
        """Return when a printer's newest failure became visible, in unix seconds; None before the first."""
        return next((f.visible_at for f in reversed(self.failures()) if f.printer == printer_id), None)

    def _lens(self, printer_id: str, camera: SimulatedCamera, seed: tuple[int, int]) -> SimulatedLens:
        view = View(self.floor, printer_id, Sensor(printer_id, seed), self._clock)
        return SimulatedLens(view.jpeg, camera.frames_per_s)

    def _tell(self) -> None:
        try:
            while not self._clock.wait(self._stopping, TELL_EVERY_S):
                self.floor.advance()
                self._printers.publish()
        except Exception:
            log.exception("the simulated printers failed")


def is_simulated(printer: Printer) -> bool:
    """Tell whether anything of a printer is simulated."""
    return isinstance(printer.camera, SimulatedCamera) or isinstance(printer.control, SimulatedControl)


def _wanted(printers: Sequence[Printer], prints: Sequence[Print]) -> list[tuple[str, str]]:
    names = [made.name for made in prints]
    wanted = [(p.id, p.camera.print if isinstance(p.camera, SimulatedCamera) else "") for p in printers]
    for printer, name in wanted:
        if name and name not in names:
            raise ConfigError(
                f"printer {printer}: camera.print: {name} is no rendered print; {suggestion(name, names)}"
            )
    return wanted
