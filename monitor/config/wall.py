"""The section ``wall``: where it is served, to whom, and what stands in front of it."""

import ipaddress
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from monitor.config.section import Section
from monitor.config.values import Host, HttpUrl, WholeNumber, fault

WallAccess = Literal["log-in", "open"]


def _public_url(value: str) -> str:
    parts = urlsplit(value)
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise fault("has a path, and the wall's pages do not live below one")
    return value.rstrip("/")


def _ip_address(value: str) -> str:
    try:
        return str(ipaddress.ip_address(value))
    except ValueError:
        raise fault("is not an IP address") from None


class Proxy(Section):
    """A reverse proxy in front of the wall, whose word counts for who asks and whether by https."""

    address: Annotated[str, AfterValidator(_ip_address)] = "127.0.0.1"
    """the proxy's own address as Vigie sees it, such as 127.0.0.1"""
    count: Annotated[WholeNumber, Field(ge=1, le=10)] = 1
    """how many proxies stand in a row, such as 1"""


class Wall(Section):
    """Where the wall is served."""

    host: Host = "127.0.0.1"
    """the address to listen on: 127.0.0.1 for this machine, 0.0.0.0 for the whole network"""
    port: Annotated[WholeNumber, Field(ge=0, le=65_535)] = 8080
    """the wall's port, such as 8080"""
    access: WallAccess = "log-in"
    """log-in for a log-in with roles, or open to let everybody on this machine do everything"""
    url: Annotated[HttpUrl, AfterValidator(_public_url)] | None = None
    """the address that people type, such as https://vigie.hospital.example"""
    proxy: Proxy | None = None
    """a section with the proxy's address, or {} for one on this machine"""
