"""A self-signed certificate such as printers make for themselves."""

import hashlib
import ssl
import subprocess
from pathlib import Path

from tests.support import require_program


class Certificate:
    """``cert.pem`` and ``key.pem`` in a folder."""

    def __init__(self, folder: Path, name: str, address: str = "") -> None:
        """``address``: the IP address that it stands for; printers leave that out."""
        folder.mkdir(parents=True, exist_ok=True)
        self.cert, self.key = folder / "cert.pem", folder / "key.pem"
        self._name = name
        self._more = ["-addext", f"subjectAltName=IP:{address}"] if address else []
        self.renew()

    def renew(self) -> None:
        """Make another one in its place, as a printer does when it is reset."""
        kind = "-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
        files = ["-keyout", str(self.key), "-out", str(self.cert)]
        command = [require_program("openssl"), "req", *kind.split(), "-subj", f"/CN={self._name}", *self._more, *files]
        subprocess.run(command, check=True, capture_output=True)

    @property
    def sha256(self) -> str:
        """Its fingerprint, as 64 small hexadecimal digits."""
        return hashlib.sha256(ssl.PEM_cert_to_DER_cert(self.cert.read_text())).hexdigest()

    def server_context(self) -> ssl.SSLContext:
        """Return the context of a server that shows it."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(self.cert, self.key)
        return context
