"""How Klipper is reached through Moonraker.

The text below a key completes the sentence "write ..." of its faults.
"""

from typing import Annotated, Literal

from pydantic import Field

from monitor.config.section import Section


class MoonrakerControl(Section):
    """Klipper through Moonraker's own MQTT client, connected to the same broker as Vigie."""

    type: Literal["moonraker"]
    instance: Annotated[str, Field(pattern=r"^[^+#/\s][^+#\s]*$")]
    """the instance_name of [mqtt] in the printer's moonraker.conf"""
