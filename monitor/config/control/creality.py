"""How a Creality printer with its maker's own firmware is reached.

The text below a key completes the sentence "write ..." of its faults.
"""

from typing import Literal

from monitor.config.section import Section
from monitor.config.values import Host, Port


class CrealityControl(Section):
    """A Creality K1, K2 or a relative of theirs with its maker's own firmware, over its websocket."""

    type: Literal["creality"]
    host: Host
    """the printer's address, such as 10.0.0.53"""
    port: Port = 9999
    """the port of the printer's websocket, usually 9999"""
