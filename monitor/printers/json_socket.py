"""One printer's interface over a websocket with JSON: the library's errors and refusals become ours, in one place."""

import time
from collections.abc import Callable
from enum import Enum, auto
from typing import Any

from pydantic_core import from_json, to_json
from websockets.exceptions import ConnectionClosed, InvalidHandshake, InvalidStatus
from websockets.protocol import State
from websockets.sync.client import ClientConnection, connect

from monitor.errors import PrinterRejected, PrinterUnreachable

CONNECT_S = 2.0
ANSWER_S = 3.0
_CLOSE_S = 1.0
_WELCOME_S = 1.0
_LARGEST_BYTES = 4 * 2**20  # printers send lists of files too
_WAITING = 256  # messages that came unasked since we last looked; more wait in the network
_CROWDED = 500  # with these words in its body, an SDCP printer says that it serves as many clients as it can
_CROWD = b"too many client"


class Heard(Enum):
    """What came while we listened."""

    NOTHING = auto()
    STRANGE = auto()  # only what this kind of printer never says
    OTHER = auto()  # objects, but not the one we waited for
    ANSWER = auto()


Take = Callable[[dict[str, Any]], bool]


class JsonSocket:
    """Connects when it is first needed, and again after the connection broke; one thread uses it."""

    def __init__(self, name: str, url: str, timeout_s: tuple[float, float] = (CONNECT_S, ANSWER_S)) -> None:
        """``name``: of the printer's interface, in sentences. ``timeout_s``: to connect, to answer."""
        self.url = url
        self._name = name
        self._connect_s, self._answer_s = timeout_s
        self._connection: ClientConnection | None = None

    def open(self) -> bool:
        """Connect if there is no connection; True when it is a new one. Raises PrinterUnreachable, PrinterRejected."""
        if self._connection is not None and self._connection.state is State.OPEN:
            return False
        self.close()
        self._connection = self._connected()
        return True

    def send(self, message: dict[str, Any] | str) -> None:
        """Send an object as JSON, or a text as it is; raises PrinterUnreachable."""
        if self._connection is None:
            raise PrinterUnreachable(f"{self._name} at {self.url} is not connected")
        try:
            self._connection.send(message if isinstance(message, str) else to_json(message).decode())
        except (ConnectionClosed, OSError) as exc:
            raise PrinterUnreachable(f"{self._name} at {self.url} closed the connection") from exc

    def drain(self, take: Take) -> None:
        """Hand on what came unasked since we last looked; raises PrinterUnreachable."""
        for _ in range(_WAITING):
            said = self._received(0.0)
            if said is None:
                return
            if body := parse_message(said):
                take(body)

    def welcome(self, take: Take) -> None:
        """After connecting, hand on what is said to whoever connects, until ``take`` has what it needs."""
        self._listen(take, _WELCOME_S)

    def ask(self, request: dict[str, Any], take: Take) -> bool:
        """Send a request, and hand on what comes until ``take`` says that this was the answer.

        False when other objects came and the answer did not. Raises PrinterUnreachable when nothing comes in time,
        PrinterRejected when nothing comes but what this kind of printer never says.
        """
        self.send(request)
        heard = self._listen(take, self._answer_s)
        if heard is Heard.STRANGE:
            raise PrinterRejected(f"{self.url} answers, but not as {self._name} does: is it the printer's address?")
        if heard is Heard.NOTHING:
            self.close()  # it may be gone without a word: the next try begins anew
            raise PrinterUnreachable(f"{self._name} at {self.url} does not answer within {self._answer_s:g} s")
        return heard is Heard.ANSWER

    def close(self) -> None:
        """Let go of the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _listen(self, take: Take, for_s: float) -> Heard:
        deadline = time.monotonic() + for_s
        heard = Heard.NOTHING
        while (left_s := deadline - time.monotonic()) > 0:
            said = self._received(left_s)
            if said is None:
                break
            body = parse_message(said)
            if body and take(body):
                return Heard.ANSWER
            if body:
                heard = Heard.OTHER
            elif body is None and heard is Heard.NOTHING:
                heard = Heard.STRANGE
        return heard

    def _received(self, timeout_s: float) -> str | bytes | None:
        """Return the next message; None when none came in time. Raises PrinterUnreachable."""
        if self._connection is None:
            raise PrinterUnreachable(f"{self._name} at {self.url} is not connected")
        try:
            return self._connection.recv(timeout=timeout_s)
        except TimeoutError:
            return None
        except (ConnectionClosed, OSError) as exc:
            raise PrinterUnreachable(f"{self._name} at {self.url} closed the connection") from exc

    def _connected(self) -> ClientConnection:
        try:
            return connect(
                self.url,
                open_timeout=self._connect_s,
                close_timeout=_CLOSE_S,
                ping_interval=None,  # our questions tell whether it lives
                max_size=_LARGEST_BYTES,
                max_queue=_WAITING,
                compression=None,
                proxy=None,  # nothing stands between us and a printer
            )
        except InvalidStatus as exc:
            raise self._refused(exc) from exc
        except InvalidHandshake as exc:
            raise PrinterRejected(f"{self.url} is no websocket: is it the printer's address and port?") from exc
        except OSError as exc:
            reason = "timed out" if isinstance(exc, TimeoutError) else _reason(exc)
            raise PrinterUnreachable(f"{self._name} at {self.url} does not answer: {reason}") from exc

    def _refused(self, error: InvalidStatus) -> PrinterRejected | PrinterUnreachable:
        status = error.response.status_code
        if status == _CROWDED and _CROWD in (error.response.body or b""):
            remedy = "close the apps and pages that watch it"
            return PrinterUnreachable(f"{self._name} at {self.url} serves as many clients as it can: {remedy}")
        if status >= 500:
            return PrinterUnreachable(f"{self._name} at {self.url} is not ready (HTTP {status})")
        return PrinterRejected(f"{self.url} answers HTTP {status}: is it {self._name}'s address and port?")


def parse_message(said: str | bytes) -> dict[str, Any] | None:
    """Return the JSON object in a message; empty for the bare words of a heartbeat, None for what is no JSON object.

    Some printers write the length of the message in front of it (the firmware of Elegoo's Centauri Carbon).
    """
    text = said.decode(errors="replace") if isinstance(said, bytes) else said
    text = text.strip()
    if text in ("ok", "ping", "pong"):
        return {}
    try:
        body = from_json(text[text.index("{") :] if text[:1].isdecimal() and "{" in text else text)
    except ValueError:
        return None
    return body if isinstance(body, dict) else None


def _reason(exc: OSError) -> str:
    return "connection refused" if isinstance(exc, ConnectionRefusedError) else exc.strerror or type(exc).__name__
