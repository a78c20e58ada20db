"""How a printer with SDCP, such as Elegoo's Centauri Carbon, is reached.

The text below a key completes the sentence "write ..." of its faults.
"""

from typing import Annotated, Literal

from pydantic import Field

from monitor.config.section import Section
from monitor.config.values import Host, Port


class SdcpControl(Section):
    """A printer that speaks SDCP version 3 over a websocket, such as Elegoo's Centauri Carbon."""

    type: Literal["sdcp"]
    host: Host
    """the printer's address, such as 10.0.0.52"""
    port: Port = 3030
    """the port of the printer's websocket, usually 3030"""
    mainboard_id: Annotated[str, Field(pattern=r"^[0-9A-Za-z]*$")] = ""  # empty: it is learnt from what it sends
    """the printer's MainboardID in quotes, such as '000000000001d354'"""
