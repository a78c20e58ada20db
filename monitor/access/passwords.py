"""Passwords: which will do, and their hashes (scrypt, RFC 7914, by werkzeug.security)."""

import threading
from collections.abc import Iterable

from werkzeug.security import check_password_hash, generate_password_hash

from monitor.errors import Refusal, Refused

AT_LEAST = 10
AT_MOST = 200
_DISTINCT = 5
_AT_ONCE = 2  # a hash takes 32 MiB and some 60 ms of a core, and the pictures need both more than an attacker
_COMMON = (
    "password",
    "motdepasse",
    "azerty",
    "qwerty",
    "12345",
    "vigie",
    "hospital",
    "hopital",
    "imprimante",
    "printer",
)


def check_password(password: str, names: Iterable[str]) -> None:
    """Raise Refused when a password is too easy to guess. ``names``: that may not be it, or most of it."""
    if not AT_LEAST <= len(password) <= AT_MOST:
        raise Refused(Refusal.PASSWORD_LENGTH, f"a password has {AT_LEAST} to {AT_MOST} characters")
    rest = password.casefold()
    for easy in (*_COMMON, *(name.casefold() for name in names if len(name) > 2)):
        rest = rest.replace(easy, "")
    if len(set(rest)) < _DISTINCT:
        raise Refused(
            Refusal.PASSWORD_EASY, "this password is easy to guess: take some words that do not belong together"
        )


class Passwords:
    """Makes and checks hashes, few at a time."""

    def __init__(self, method: str = "scrypt") -> None:
        """``method``: as in ``werkzeug.security``; tests take a cheap one."""
        self._method = method
        self._turns = threading.BoundedSemaphore(_AT_ONCE)
        self._nobodys = generate_password_hash("nobody has this password", method)

    def hashed(self, password: str) -> str:
        """Return the hash of a password, with its salt and its parameters."""
        with self._turns:
            return generate_password_hash(password, self._method)

    def matches(self, kept: str, password: str) -> bool:
        """Tell whether a password has this hash; an empty hash takes as long, and no password has it."""
        with self._turns:
            return check_password_hash(kept or self._nobodys, password[:AT_MOST]) and bool(kept)
