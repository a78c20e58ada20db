"""Trials as the running monitor makes them: with its detector's file, its broker and the certificates it trusts."""

from monitor.certificates import Certificates
from monitor.clock import Clock
from monitor.config.live import LiveConfig
from monitor.config.model import Camera, Printer
from monitor.mqtt import Endpoint
from monitor.tryout.camera import Eye, try_camera
from monitor.tryout.control import try_control
from monitor.tryout.found import CameraTrial, ControlTrial


class Trials:
    """Every method takes some seconds, may be called from any thread, and touches nothing that is being watched."""

    def __init__(self, config: LiveConfig, endpoint: Endpoint | None, clock: Clock, certificates: Certificates) -> None:
        """``endpoint``: the broker that printers share with Vigie; None where there is none."""
        self._config, self._endpoint, self._clock, self._certificates = config, endpoint, clock, certificates
        self._eye = Eye(config.current.detector)

    def camera(self, wish: Camera | str, username: str = "", password: str = "") -> CameraTrial:
        """Try a camera's section, or an address; raises ConfigError for an address that is none."""
        return try_camera(
            wish, self._clock, self._eye, certificates=self._certificates, username=username, password=password
        )

    def control(self, printer: Printer) -> ControlTrial:
        """Try the control of a printer; it is not paused."""
        return try_control(printer, self._config.current, self._endpoint, self._clock, self._certificates)
