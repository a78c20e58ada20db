"""The ``hub`` section of a site's cameras.yaml: that its printers are shown at the hub of a region, too."""

from typing import Annotated

from pydantic import AfterValidator, Field

from monitor.config.section import Section
from monitor.config.values import Host, Identifier, Number, Port, Truth, fault, is_loopback

LINE_PORT = 1884


def _beside_us(value: str) -> str:
    if not is_loopback(value):
        raise fault("is another machine, but the line broker runs beside Vigie", "write 127.0.0.1, or remove the key")
    return value


class LineBroker(Section):
    """A second broker on this machine, for the line alone: the bridge to the hub is in it and not in the site's own."""

    host: Annotated[Host, AfterValidator(_beside_us)] = "127.0.0.1"
    """the line broker's address on this machine, such as 127.0.0.1"""
    port: Port = LINE_PORT
    """the line broker's port, such as 1884"""
    username: str = ""
    """the user name for the line broker"""
    password: str = Field(default="", repr=False)
    """the password for the line broker, best as ${NAME} of an environment variable"""


class Hub(Section):
    """What this site tells the hub, over a bridge of its broker. Without this section nothing is told."""

    peer: Identifier | None = None  # the only site's id
    """the name by which the hub knows this monitor, such as lille"""
    tiles_kbit_per_s: Annotated[Number, Field(ge=10.0, le=1_000_000.0)] = 200.0
    """kilobits a second for pictures and for what is told afterwards, such as 200"""
    mqtt: LineBroker | None = None  # the site's own broker, which then has the bridge
    """a section with port, username and password of the broker that has the bridge to the hub"""
    commands: Truth = True
    """true, or false if nobody at the hub may pause, resume or mute anything here"""
