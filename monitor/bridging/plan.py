"""What a bridge is made of: names, places, and how the site proves who it is. Everything else follows from it."""

import ipaddress
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath

from monitor.config.hub import LINE_PORT

PORT = 8883  # of MQTT over TLS (IANA: secure-mqtt)
HUB_LISTENS_ON = ("127.0.0.1", 1883)
TUNNEL_PORT = 18_883  # on the site's loopback: there its mosquitto reaches the hub, through stunnel
STUNNEL_CONF = "/etc/stunnel/vigie-hub.conf"  # of the service stunnel@vigie-hub
ETC = PurePosixPath("/etc/mosquitto")
LINE_USER = "vigie"
LINE_SECRET = "LINE_PASSWORD"  # noqa: S105  # the name of a variable
VIGIE_ENV = "/etc/vigie/vigie.env"  # which vigie.service reads
LINE_SERVICE = "vigie-line"
SIGNATURE = "# written by vigie bridge-config"


class Auth(StrEnum):
    """How a site proves at the hub who it is; all sites of a region alike."""

    CERTIFICATE = "certificate"
    PASSWORD = "password"  # noqa: S105  # a way, not a secret


@dataclass(frozen=True, slots=True)
class Plan:
    """One site's bridge. ``etc``: the folder of mosquitto's files on both machines."""

    peer: str
    host: str  # of the hub, as the sites reach it
    port: int = PORT
    base: str = "vigie"
    auth: Auth = Auth.CERTIFICATE
    etc: PurePosixPath = ETC
    hub_user: str = "hub"  # who the hub itself is at its own broker
    hub_listens_on: tuple[str, int] | None = HUB_LISTENS_ON  # None: elsewhere; its listener is not ours to write
    tunnel_port: int = TUNNEL_PORT
    line_port: int | None = LINE_PORT  # of the broker that has the bridge; None: the site's own broker has it
    line_user: str = LINE_USER  # who Vigie is at that broker

    @property
    def told(self) -> str:
        """The tree that the site writes, and nobody else."""
        return f"{self.base}-peers/{self.peer}/#"

    @property
    def asked(self) -> str:
        """The tree that the site reads, and no other site."""
        return f"{self.base}-asks/{self.peer}/#"

    @property
    def authority(self) -> PurePosixPath:
        """The certificate by which each side knows the other."""
        return self.etc / "certs" / "vigie-ca.crt"

    @property
    def bridge(self) -> PurePosixPath:
        """The file at the site that has the bridge. The line broker's is not in conf.d: its broker alone reads it."""
        return self.etc / "conf.d" / "vigie-bridge.conf" if self.line_port is None else self.etc / "vigie-line.conf"

    @property
    def line_acl(self) -> PurePosixPath:
        """Who may do what at the line broker."""
        return self.etc / "vigie-line.acl"

    @property
    def line_passwords(self) -> PurePosixPath:
        """The hashed password of Vigie at the line broker."""
        return self.etc / "vigie-line.passwords"

    @property
    def acl(self) -> PurePosixPath:
        """Who may do what at the hub's broker."""
        return self.etc / "vigie-hub.acl"

    @property
    def passwords(self) -> PurePosixPath:
        """The hashed passwords of the hub's broker."""
        return self.etc / "vigie-hub.passwords"

    @property
    def alternative_name(self) -> str:
        """How the hub's certificate names it, so that sites know that it is the one that they called."""
        try:
            return f"IP:{ipaddress.ip_address(self.host)}"
        except ValueError:
            return f"DNS:{self.host}"

    def certificate(self, who: str) -> PurePosixPath:
        """Return where the certificate of somebody lies, on their machine."""
        return self.etc / "certs" / f"vigie-{who}.crt"

    def key(self, who: str) -> PurePosixPath:
        """Return where the private key of somebody lies, on their machine and nowhere else."""
        return self.etc / "certs" / f"vigie-{who}.key"


HUB = "hub"
"""Who the hub is among the files of certificates; no site is called that."""
