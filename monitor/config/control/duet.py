"""How a Duet is reached.

The text below a key completes the sentence "write ..." of its faults.
"""

from typing import Literal

from pydantic import Field

from monitor.config.control.address import PrinterUrl
from monitor.config.section import Section


class DuetControl(Section):
    """A Duet with RepRapFirmware 3, by itself or behind a single-board computer: the address of its web page."""

    type: Literal["duet"]
    url: PrinterUrl
    """the address of the Duet's web page, such as http://10.0.0.51"""
    password: str = Field(default="", repr=False)  # empty: the Duet has none
    """the password that M551 sets in the Duet's config.g, best as ${NAME} of an environment variable"""
