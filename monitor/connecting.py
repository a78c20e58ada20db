"""How each printer's camera is reached, as the configuration says it at the moment of dialling."""

from collections.abc import Callable, Mapping

from monitor.capture.open import make_reader
from monitor.capture.reader import CameraReader
from monitor.capture.slot import LatestFrame
from monitor.certificates import Certificates
from monitor.clock import Clock
from monitor.config.live import LiveConfig
from monitor.config.model import Camera, MjpegCamera, SimulatedCamera
from monitor.records import CameraStatus
from monitor.sim.farm import SimulatedFarm


class Connecting:
    """Makes the reader of a printer's camera. ``farm`` gives the simulated farm, if there is one."""

    def __init__(
        self,
        config: LiveConfig,
        slots: Mapping[str, LatestFrame],
        clock: Clock,
        certificates: Certificates,
        on_change: Callable[[CameraStatus], None],
        farm: Callable[[], SimulatedFarm | None],
    ) -> None:
        self._config, self._slots, self._clock = config, slots, clock
        self._certificates, self._on_change, self._farm = certificates, on_change, farm

    def reader(self, printer: str) -> CameraReader:
        """Return a reader that was not started yet; raises KeyError when the printer is unknown."""
        camera, slot = self._camera(printer), self._slots[printer]
        return make_reader(printer, camera, slot, self._clock, self._certificates, self._on_change)

    def _camera(self, printer: str) -> Camera:
        """Return the camera; a simulated one is a stream of the simulated farm."""
        camera, farm = self._config.printer(printer).camera, self._farm()
        if farm is not None and isinstance(camera, SimulatedCamera):
            return MjpegCamera(type="mjpeg", url=farm.camera_url(printer))
        return camera
