"""TLS towards a server that Vigie is a client of."""

from pydantic import model_validator

from monitor.config.section import Section
from monitor.config.values import fault


class Tls(Section):
    """TLS towards a server; empty paths mean the system's authorities and no client certificate."""

    ca: str = ""
    """the path of the authorities' certificates"""
    cert: str = ""
    """the path of the client's certificate"""
    key: str = ""
    """the path of the client's key"""

    @model_validator(mode="after")
    def _pair(self) -> "Tls":
        if bool(self.cert) != bool(self.key):
            raise fault("has only one of cert and key", "write both paths, or neither")
        return self
