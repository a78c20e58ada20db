"""How OctoPrint is reached.

The text below a key completes the sentence "write ..." of its faults.
"""

from typing import Literal

from pydantic import Field

from monitor.config.control.address import PrinterUrl
from monitor.config.section import Section
from monitor.config.values import Text


class OctoPrintControl(Section):
    """OctoPrint over its REST interface; the key needs the permissions STATUS and PRINT, nothing more."""

    type: Literal["octoprint"]
    url: PrinterUrl
    """OctoPrint's address, such as http://10.0.0.31"""
    api_key: Text = Field(repr=False)
    """an application key of OctoPrint, best as ${NAME} of an environment variable"""
