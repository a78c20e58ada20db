"""Secrets that machines carry: 256 random bits, of which only the SHA-256 is kept.

A slow hash is for what people think up; nobody guesses these.
"""

import hashlib
import secrets

BYTES = 32


def new_key(prefix: str = "") -> str:
    """Return a fresh secret, fit for a URL and a cookie; the prefix tells people and scanners what it is."""
    return prefix + secrets.token_urlsafe(BYTES)


def digest(key: str) -> str:
    """Return what is kept of a secret."""
    return hashlib.sha256(key.encode("utf-8", "replace")).hexdigest()


def short_id() -> str:
    """Return an identifier that is no secret."""
    return secrets.token_hex(4)
