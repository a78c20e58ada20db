"""The kinds of control, the ways to pause a printer, that cameras.yaml may name: one file a kind."""

from typing import Annotated

from pydantic import Field

from monitor.config.control.bambu import BambuControl
from monitor.config.control.creality import CrealityControl
from monitor.config.control.duet import DuetControl
from monitor.config.control.http import HttpControl
from monitor.config.control.moonraker import MoonrakerControl, MoonrakerHttpControl
from monitor.config.control.mqtt import MqttControl
from monitor.config.control.octoprint import OctoPrintControl
from monitor.config.control.plain import NoControl, SimulatedControl
from monitor.config.control.prusalink import PrusaLinkControl
from monitor.config.control.sdcp import SdcpControl

__all__ = [
    "BambuControl",
    "Control",
    "CrealityControl",
    "DuetControl",
    "HttpControl",
    "MoonrakerControl",
    "MoonrakerHttpControl",
    "MqttControl",
    "NoControl",
    "OctoPrintControl",
    "PrusaLinkControl",
    "SdcpControl",
    "SimulatedControl",
]

Control = Annotated[
    OctoPrintControl
    | PrusaLinkControl
    | MoonrakerControl
    | MoonrakerHttpControl
    | BambuControl
    | DuetControl
    | SdcpControl
    | CrealityControl
    | MqttControl
    | HttpControl
    | SimulatedControl
    | NoControl,
    Field(discriminator="type"),
]
