"""The kinds of control, the ways to pause a printer, that cameras.yaml may name: one file a kind."""

from typing import Annotated

from pydantic import Field

from monitor.config.control.bambu import BambuControl
from monitor.config.control.moonraker import MoonrakerControl
from monitor.config.control.mqtt import MqttControl
from monitor.config.control.octoprint import OctoPrintControl
from monitor.config.control.plain import NoControl, SimulatedControl
from monitor.config.control.prusalink import PrusaLinkControl

__all__ = [
    "BambuControl",
    "Control",
    "MoonrakerControl",
    "MqttControl",
    "NoControl",
    "OctoPrintControl",
    "PrusaLinkControl",
    "SimulatedControl",
]

Control = Annotated[
    OctoPrintControl | PrusaLinkControl | MoonrakerControl | BambuControl | MqttControl | SimulatedControl | NoControl,
    Field(discriminator="type"),
]
