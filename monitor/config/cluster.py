"""The ``cluster`` section of cameras.yaml: several monitors with the same file share its printers.

``cluster: nats://a:4222`` is short for ``cluster: {urls: [nats://a:4222]}``.
"""

import os
import re
import socket
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field, model_validator

from monitor.config.section import Section
from monitor.config.tls import Tls
from monitor.config.values import Identifier, Number, fault

_SCHEMES = ("nats", "tls")
_REMEDY = "write nats://host:4222, or tls://host:4222"


def _server(text: str) -> str:
    try:
        parts = urlsplit(text)
        named, _ = parts.hostname, parts.port
    except ValueError:
        raise fault("is not an address", _REMEDY) from None
    if parts.scheme not in _SCHEMES or not named or parts.path.strip("/") or parts.query or parts.fragment:
        raise fault("is not an address of a NATS server", _REMEDY)
    if "@" in parts.netloc:
        raise fault("holds a user name or a password", "write them as username and password of this section")
    return text.rstrip("/")


def _some(urls: tuple[str, ...]) -> tuple[str, ...]:
    if not urls:
        raise fault("must not be empty")
    return urls


class Cluster(Section):
    """Where the servers are that know whose the printers are, and who we are among the monitors."""

    urls: Annotated[tuple[Annotated[str, AfterValidator(_server)], ...], AfterValidator(_some)]
    """a list of NATS servers, such as [nats://10.0.0.1:4222, nats://10.0.0.2:4222, nats://10.0.0.3:4222]"""
    node: Identifier | None = None  # the host's name
    """a name that no other monitor has, such as north, or remove the key to use the host's"""
    weight: Annotated[Number, Field(ge=0.1, le=10_000.0)] | None = None  # its cores
    """how much this machine carries beside the others, such as 4, or remove the key for the number of its cores"""
    bucket: Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,63}$")] = "vigie"
    """1 to 63 letters, digits, - or _, the same for monitors that share printers, such as vigie"""
    username: str = ""
    """the user name for the servers"""
    password: str = Field(default="", repr=False)
    """the password for the servers, best as ${NAME} of an environment variable"""
    tls: Tls | None = None
    """a section with ca, cert and key, or {} for the system's authorities"""

    @model_validator(mode="before")
    @classmethod
    def _address_alone(cls, value: Any) -> Any:
        return {"urls": [value]} if isinstance(value, str) else value

    @property
    def node_name(self) -> str:
        """What this monitor is called: ``node``, or the host's name as far as an identifier can hold it."""
        name = re.sub(r"[^a-z0-9_-]+", "-", socket.gethostname().partition(".")[0].lower()).strip("-_")
        return self.node or name[:63] or "node"

    @property
    def share(self) -> float:
        """How much this machine carries beside the others: ``weight``, or the number of cores that we may use."""
        return self.weight if self.weight is not None else float(len(os.sched_getaffinity(0)))
