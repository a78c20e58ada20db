"""How Klipper is reached through Moonraker: over MQTT, or over HTTP.

The text below a key completes the sentence "write ..." of its faults.
"""

from typing import Annotated, Literal

from pydantic import Field

from monitor.config.control.address import PrinterUrl
from monitor.config.section import Section


class MoonrakerControl(Section):
    """Klipper through Moonraker's own MQTT client, connected to the same broker as Vigie."""

    type: Literal["moonraker"]
    instance: Annotated[str, Field(pattern=r"^[^+#/\s][^+#\s]*$")]
    """the instance_name of [mqtt] in the printer's moonraker.conf"""


class MoonrakerHttpControl(Section):
    """Klipper through Moonraker's HTTP interface, where its MQTT client is not set up."""

    type: Literal["moonraker_http"]
    url: PrinterUrl
    """Moonraker's address, such as http://10.0.0.51:7125"""
    api_key: str = Field(default="", repr=False)  # empty: Moonraker trusts this machine
    """Moonraker's API key, best as ${NAME} of an environment variable"""
