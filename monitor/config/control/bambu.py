"""How a Bambu Lab printer is reached in LAN mode.

The text below a key completes the sentence "write ..." of its faults.
"""

from typing import Annotated, Literal

from pydantic import Field

from monitor.config.section import Section
from monitor.config.values import Fingerprint, Host, Port, Text


class BambuControl(Section):
    """A Bambu Lab printer in LAN mode with Developer Mode: the printer itself is the MQTT broker."""

    type: Literal["bambu"]
    host: Host
    """the printer's address, such as 10.0.0.41"""
    port: Port = 8883
    """the port of the printer's MQTT broker, usually 8883"""
    serial: Annotated[str, Field(pattern=r"^[0-9A-Za-z]{8,32}$")]
    """the printer's serial number in quotes, such as '01P00A123456789'"""
    access_code: Text = Field(repr=False)
    """the access code of the printer's LAN page in quotes, best as ${NAME} of an environment variable"""
    certificate_sha256: Fingerprint = ""  # empty: the certificate that is seen first is trusted and remembered
    """the SHA-256 fingerprint of the printer's certificate: 64 hexadecimal digits, with or without colons"""
