"""Where a broker is, how it is spoken to, and what to say when that does not work."""

import ssl
from dataclasses import dataclass
from typing import Literal

from paho.mqtt.reasoncodes import ReasonCode

from monitor.certificates import CertificateChanged
from monitor.config.model import Mqtt, Tls
from monitor.errors import BrokerError

BAD_CREDENTIALS = frozenset({0x86, 0x87})  # MQTT 5, 3.2.2.2: bad user name or password, not authorized


@dataclass(frozen=True, slots=True)
class Remedies:
    """What to check when there is no connection, in the words of the section that names the broker."""

    credentials: str = "check mqtt.username and mqtt.password"
    tls: str = "check mqtt.port, and mqtt.tls.ca against the broker's certificate"
    network: str = "check mqtt.host and mqtt.port, and that the broker runs"


@dataclass(frozen=True, slots=True)
class Endpoint:
    """Where the broker is and how it is spoken to."""

    host: str
    port: int
    username: str = ""
    password: str = ""
    tls: Tls | ssl.SSLContext | None = None  # a context of one's own, for a broker that no authority knows
    version: Literal[4, 5] = 5  # 4 is MQTT 3.1.1
    remedies: Remedies = Remedies()
    suffix: str = ""  # of each client id: monitors with the same cameras.yaml are told apart by it

    @classmethod
    def of(cls, mqtt: Mqtt) -> "Endpoint":
        """Return the broker that cameras.yaml names."""
        return cls(mqtt.host, mqtt.port, mqtt.username, mqtt.password, mqtt.tls)

    def __repr__(self) -> str:
        """Name the endpoint without its secret."""
        user = f"{self.username}@" if self.username else ""
        return f"{'mqtts' if self.tls else 'mqtt'}://{user}{self.host}:{self.port}"


def tls_context(tls: Tls | ssl.SSLContext) -> ssl.SSLContext:
    """Return the context that checks the broker; raises BrokerError when the files cannot be used."""
    if isinstance(tls, ssl.SSLContext):
        return tls
    try:
        context = ssl.create_default_context(cafile=tls.ca or None)
        if tls.cert:
            context.load_cert_chain(tls.cert, tls.key or None)
    except (OSError, ValueError) as exc:
        files = ", ".join(name for name in (tls.ca, tls.cert, tls.key) if name)
        raise BrokerError(f"mqtt.tls: {files}: {exc}: give the paths of PEM files that can be read") from exc
    return context


def user_of(endpoint: Endpoint) -> str:
    """Name whom the broker sees, for a message to people."""
    return f"user {endpoint.username!r}" if endpoint.username else "anonymous clients"


def refusal(endpoint: Endpoint, code: ReasonCode) -> str:
    """Say why the broker turned us away, and what to do."""
    if code.value in BAD_CREDENTIALS:
        return f"{endpoint!r} refuses {user_of(endpoint)} ({code}): {endpoint.remedies.credentials}"
    return f"{endpoint!r} refuses the connection ({code}); it is tried again"


def unreachable(endpoint: Endpoint, exc: BaseException | None) -> str:
    """Say why there is no connection, and what to do."""
    if isinstance(exc, CertificateChanged):
        return str(exc)
    if isinstance(exc, ssl.SSLError):
        return f"no TLS with {endpoint!r} ({exc}): {endpoint.remedies.tls}"
    return f"cannot reach {endpoint!r} ({exc}): {endpoint.remedies.network}; it is tried again"
