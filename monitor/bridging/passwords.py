"""Passwords of sites: made here, kept at the site as they are, and at the hub as mosquitto hashes them."""

import base64
import hashlib
import secrets

PASSWORD_PLACE = "PASSWORD"  # noqa: S105  # where one must be written
ITERATIONS = 101  # mosquitto's own; the passwords have 192 bits of chance, which no guessing gets through
_KIND = "7"  # PBKDF2 with HMAC-SHA512, as of mosquitto 2.0 (its password_mosq.c)
_SALT_BYTES, _HASH_BYTES = 12, 64


def new_password() -> str:
    """Return a password that nobody has to type."""
    return secrets.token_urlsafe(24)


def password_line(user: str, password: str, salt: bytes | None = None) -> str:
    """Return a user's line of mosquitto's password file, without its end."""
    salt = salt or secrets.token_bytes(_SALT_BYTES)
    return f"{user}:${_KIND}${ITERATIONS}${_text(salt)}${_text(_hashed(password, salt, ITERATIONS))}"


def with_line(text: str, user: str, password: str) -> str:
    """Return a password file in which the user has this password; unchanged where that is so already."""
    lines = text.splitlines()
    theirs = [line for line in lines if line.startswith(f"{user}:")]
    if len(theirs) == 1 and is_of(theirs[0], password):
        return text
    return "\n".join([*(line for line in lines if line not in theirs), password_line(user, password)]) + "\n"


def is_of(line: str, password: str) -> bool:
    """Tell whether a line is of this password."""
    try:
        nothing, kind, iterations, salt, hashed = line.partition(":")[2].split("$")
        found = _hashed(password, base64.b64decode(salt, validate=True), int(iterations))
    except ValueError:
        return False
    return (nothing, kind) == ("", _KIND) and secrets.compare_digest(_text(found), hashed)


def _hashed(password: str, salt: bytes, iterations: int) -> bytes:
    return hashlib.pbkdf2_hmac("sha512", password.encode(), salt, iterations, _HASH_BYTES)


def _text(value: bytes) -> str:
    return base64.b64encode(value).decode()
