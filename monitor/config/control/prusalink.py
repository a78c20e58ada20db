"""How PrusaLink is reached.

The text below a key completes the sentence "write ..." of its faults.
"""

from typing import Literal

from pydantic import Field, model_validator

from monitor.config.control.address import PrinterUrl
from monitor.config.section import Section
from monitor.config.values import fault

_WAYS = "write the api_key that PrusaLink shows, or the username and password of its web page"


class PrusaLinkControl(Section):
    """PrusaLink, on a Raspberry Pi or inside the printer; by its key, or by user and password (digest)."""

    type: Literal["prusalink"]
    url: PrinterUrl
    """PrusaLink's address, such as http://10.0.0.41"""
    api_key: str = Field(default="", repr=False)
    """the key that PrusaLink shows, best as ${NAME} of an environment variable"""
    username: str = ""
    """the user name for PrusaLink, which is maker unless somebody changed it"""
    password: str = Field(default="", repr=False)
    """the password for PrusaLink, best as ${NAME} of an environment variable"""

    @model_validator(mode="after")
    def _one_way_in(self) -> "PrusaLinkControl":
        if bool(self.username) != bool(self.password):
            raise fault("has only one of username and password", _WAYS)
        if self.api_key and self.username:
            raise fault("has an api_key and a username: only one of them can be used", "remove one of the two")
        if not self.api_key and not self.username:
            raise fault("has neither an api_key nor a username and password", _WAYS)
        return self
