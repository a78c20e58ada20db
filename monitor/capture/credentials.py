"""Answers a camera's challenge for a user and password: basic (RFC 7617) and digest (RFC 7616). Pure."""

import base64
import hashlib
import re
import secrets
from collections.abc import Iterable
from urllib.request import parse_http_list, parse_keqv_list

_HASHES = {"MD5": hashlib.md5, "SHA-256": hashlib.sha256}  # the first is the default of a challenge that names none
_NEXT_SCHEME = re.compile(r",\s*(?=(?:basic|digest)\s)", re.IGNORECASE)


class Credentials:
    """A user and a password, sent only after a challenge, and in clear only when the camera knows nothing better."""

    def __init__(self, username: str, password: str) -> None:
        self._username = username
        self._password = password
        self._basic = False
        self._digest: dict[str, str] = {}
        self._count = 0  # of requests with the present nonce

    def accept(self, challenges: Iterable[str]) -> bool:
        """Take the ``WWW-Authenticate`` headers of a 401; tell whether there is an answer to them."""
        self._basic, self._digest, self._count = False, {}, 0
        for challenge in (part for text in challenges for part in _NEXT_SCHEME.split(text)):
            scheme, _, rest = challenge.partition(" ")
            fields = parse_keqv_list([field for field in parse_http_list(rest) if "=" in field])
            self._basic = self._basic or scheme.lower() == "basic"
            if scheme.lower() == "digest" and not self._digest and _is_answerable(fields):
                self._digest = fields
        return bool(self._username) and (self._basic or bool(self._digest))

    def header(self, path: str) -> str | None:
        """Return the ``Authorization`` header for a GET of this path with query, None before a challenge."""
        if self._digest:
            self._count += 1
            return self._answer(path, secrets.token_hex(8))
        if self._basic:
            return "Basic " + base64.b64encode(f"{self._username}:{self._password}".encode()).decode()
        return None

    def _answer(self, path: str, client_nonce: str) -> str:
        """Return the digest of RFC 7616, 3.4.1, or of RFC 2069 when the challenge has no ``qop``."""
        realm, nonce = self._digest["realm"], self._digest["nonce"]
        algorithm = self._digest.get("algorithm", "MD5")

        def digest(*parts: str) -> str:
            return _HASHES[algorithm.upper()](":".join(parts).encode()).hexdigest()

        secret, target = digest(self._username, realm, self._password), digest("GET", path)
        fields = f'username="{self._username}", realm="{realm}", nonce="{nonce}", uri="{path}", algorithm={algorithm}'
        if "opaque" in self._digest:
            fields += f', opaque="{self._digest["opaque"]}"'
        if "qop" not in self._digest:
            return f'Digest {fields}, response="{digest(secret, nonce, target)}"'
        response = digest(secret, nonce, f"{self._count:08x}", client_nonce, "auth", target)
        return f'Digest {fields}, qop=auth, nc={self._count:08x}, cnonce="{client_nonce}", response="{response}"'


def _is_answerable(fields: dict[str, str]) -> bool:
    qop = fields.get("qop", "auth").replace(" ", "").split(",")
    return {"realm", "nonce"} <= fields.keys() and fields.get("algorithm", "MD5").upper() in _HASHES and "auth" in qop
