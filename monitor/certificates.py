"""Trusting devices whose certificates nobody signed: by a fingerprint of cameras.yaml, or the one that was seen first.

A printer in LAN mode shows a self-signed certificate (Bambu's is X.509 version 1, which no verifier takes), so its
chain proves nothing. What can be known is that it is *the same* certificate as before, as with SSH: the fingerprint
is compared when the handshake is done and before the first byte of ours, the access code above all, is sent.
"""

import hashlib
import json
import logging
import ssl
import threading
from collections.abc import Callable
from pathlib import Path

log = logging.getLogger(__name__)

FILE_NAME = "printer-certificates.json"  # beside the database of storage.path


class CertificateChanged(ssl.SSLCertVerificationError):
    """A device shows another certificate than the expected one; says both, and the remedy."""


class Certificates:
    """The fingerprints of devices that were trusted at first use, in a small JSON file; thread-safe.

    Several of these may share a file: it is read anew for every check. A file that cannot be written is no reason not
    to pause a printer: what it should hold is then remembered until the end of this run only, and the log says so.
    """

    _writing = threading.Lock()  # of all instances: they may share a file

    def __init__(self, path: Path | None = None) -> None:
        """``path``: None remembers until the end of this run only."""
        self.path = path
        self._unsaved: dict[str, str] = {}

    @classmethod
    def beside(cls, database: Path) -> "Certificates":
        """Return those that are kept in the folder of the database."""
        return cls(database.with_name(FILE_NAME))

    def first_or_remembered(self, peer: str, fingerprint: str) -> str:
        """Return the fingerprint that the peer is remembered by; when it has none yet, this one becomes it."""
        with self._writing:
            known = self._read()
            if peer in known:
                return known[peer]
            log.info("%s: trusting its certificate, seen for the first time: %s", peer, fingerprint)
            self._write({**known, peer: fingerprint})
            return fingerprint

    def _read(self) -> dict[str, str]:
        try:
            body = json.loads(self.path.read_text()) if self.path else {}
        except FileNotFoundError:
            body = {}
        except (OSError, ValueError) as exc:
            log.error("%s cannot be read (%s): certificates are trusted as if seen for the first time", self.path, exc)  # noqa: TRY400
            body = {}
        known = body if isinstance(body, dict) else {}
        return self._unsaved | {str(peer): str(fingerprint) for peer, fingerprint in known.items()}

    def _write(self, known: dict[str, str]) -> None:
        if self.path is None:
            self._unsaved = known
            return
        new = self.path.with_name(f"{self.path.name}.new")
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            new.write_text(json.dumps(known, indent=2, sort_keys=True) + "\n")
            new.replace(self.path)
        except OSError as exc:
            self._unsaved = known
            log.warning("%s cannot be written (%s): trusted until the end of this run only", self.path, exc.strerror)


class Pin:
    """Whom to believe at one address: the pinned fingerprint, or else the remembered one."""

    def __init__(self, peer: str, pinned_sha256: str, certificates: Certificates) -> None:
        """``peer``: ``host:port``. ``pinned_sha256``: of cameras.yaml, 64 small hexadecimal digits, or empty."""
        self._peer = peer
        self._pinned = pinned_sha256
        self._certificates = certificates
        self.refusal = ""  # why the newest handshake was broken off, with both fingerprints and the remedy

    def context(self) -> ssl.SSLContext:
        """Return a TLS context whose handshakes raise CertificateChanged at any other certificate."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE  # the fingerprint is what is verified
        context.sslsocket_class = _checked_socket(self.check)
        return context

    def check(self, certificate: bytes) -> None:
        """Compare a peer's certificate (DER); raises CertificateChanged when it is not the expected one."""
        actual = hashlib.sha256(certificate).hexdigest()
        expected = self._pinned or self._certificates.first_or_remembered(self._peer, actual)
        self.refusal = "" if actual == expected else self._explain(expected, actual)
        if self.refusal:
            raise CertificateChanged(1, self.refusal)

    def _explain(self, expected: str, actual: str) -> str:
        if self._pinned:
            where, remedy = "certificate_sha256 says", "correct certificate_sha256"
        else:
            where, remedy = "it was", f"remove the line of {self._peer} from {self._certificates.path}"
        return (
            f"{self._peer} shows another certificate than before: {where} {expected}, it is {actual}. "
            f"If this printer was reset, replaced or has a new address, {remedy}; else somebody stands in between"
        )


def _checked_socket(check: Callable[[bytes], None]) -> type[ssl.SSLSocket]:
    class CheckedSocket(ssl.SSLSocket):
        """Lets ``check`` see the peer's certificate at the end of each handshake; whatever fails, it is closed."""

        def do_handshake(self, block: bool = False) -> None:
            try:
                super().do_handshake(block)
                check(self.getpeercert(binary_form=True) or b"")
            except BaseException:
                self.close()
                raise

    return CheckedSocket
