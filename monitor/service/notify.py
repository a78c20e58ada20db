"""The service manager's socket: one datagram a message, lines of NAME=value; sd_notify(3) of systemd.

A few lines of our own: what they do is a promise of systemd's ("stable and covered by the Interface Portability and
Stability Promise"), and a package for it would be longer than they are.
"""

import logging
import os
import socket
from collections.abc import Mapping

log = logging.getLogger(__name__)

SEND_S = 1.0
STATUS_CHARACTERS = 500  # systemd reads 4,096 bytes, and a person a line


class Notify:
    """Sends messages to the service manager. May be used from any thread; says nothing where there is none."""

    def __init__(self, address: str = "") -> None:
        """``address``: a socket's path, or @ and its name in Linux' abstract namespace; empty: there is none."""
        if address and address[0] not in "/@":
            log.warning("NOTIFY_SOCKET=%s is no Unix socket: the service manager is told nothing", address)
            address = ""
        self._address, self._is_deaf = address, False

    @classmethod
    def of(cls, environment: Mapping[str, str]) -> "Notify":
        """Speak to whom the environment names."""
        return cls(environment.get("NOTIFY_SOCKET", ""))

    @property
    def is_heard(self) -> bool:
        """Whether there is somebody to be told."""
        return bool(self._address)

    def send(self, **values: str) -> None:
        """Send a message; that nobody takes it is logged, and no reason to end."""
        if not self._address:
            return
        message = "".join(f"{name}={one_line(value)}\n" for name, value in values.items()).encode()
        address = f"\0{self._address[1:]}" if self._address[0] == "@" else self._address
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM | socket.SOCK_CLOEXEC) as one:
                one.settimeout(SEND_S)  # one that does not read must not hold us up
                one.sendto(message, address)
        except OSError as exc:
            if not self._is_deaf:
                log.warning("the service manager does not listen at %s: %s", self._address, exc)
            self._is_deaf = True
        else:
            self._is_deaf = False


def one_line(text: str) -> str:
    """Return a text without what would begin another line of the message, and not longer than a person reads."""
    words = " ".join("".join(c if c.isprintable() else " " for c in text).split())
    return words if len(words) <= STATUS_CHARACTERS else f"{words[: STATUS_CHARACTERS - 1]}…"


def watchdog_s(environment: Mapping[str, str]) -> float | None:
    """Return within how many seconds the service manager wants to hear of us again, or None; sd_watchdog_enabled(3)."""
    text, meant = environment.get("WATCHDOG_USEC", ""), environment.get("WATCHDOG_PID", "")
    if meant and meant != str(os.getpid()):
        return None  # it means the process that started us
    return int(text) / 1e6 if text.isascii() and text.isdigit() and int(text) > 0 else None
