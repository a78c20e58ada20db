"""Creality's K1, K2 and their relatives with Creality's own firmware, over its websocket; tried with a simulator only.

Creality does not publish the protocol. Sources: the work of others who watched Creality's own pages and slicer,
github.com/hawky358/ha_creality_ws (tried by its authors with a K1C) and Research/Creality of
github.com/Lorttexwolf/Connect3Dp. What to know of them:

- All is told once after connecting; later messages carry what has changed, so they are laid over one another.
- Nothing answers an order: the state is read back. An order says pause or go on, it never toggles.
- Klipper runs inside, and a pause of an *idle* Klipper spoils the next one: nothing is ordered unless it prints.
- Another firmware may tell something else: a printer that tells no state is shown as one that cannot be paused.
"""

from typing import Any

from monitor.config.control import CrealityControl
from monitor.printers.adapter import CAN_PAUSE, Ability, Reading
from monitor.printers.json_socket import ANSWER_S, CONNECT_S, JsonSocket
from monitor.printers.numbers import fraction, number
from monitor.records import JobState, PauseCommand, PausedBy

_HEARTBEAT = "heart_beat"
_ASK = {"method": "get", "params": {"ReqPrinterPara": 1}}

_STATES: dict[float, JobState] = {  # "state"
    0: JobState.IDLE,
    1: JobState.PRINTING,
    2: JobState.IDLE,  # complete
    3: JobState.ERROR,  # failed
    4: JobState.IDLE,  # stopped
    5: JobState.PAUSED,
    6: JobState.PAUSING,
    7: JobState.PRINTING,  # stopping
    8: JobState.PRINTING,  # after a power cut
}


class Creality:
    """One printer, whose messages are collected."""

    def __init__(self, control: CrealityControl, timeout_s: tuple[float, float] = (CONNECT_S, ANSWER_S)) -> None:
        """``timeout_s``: to connect, to answer."""
        self._socket = JsonSocket("the Creality printer", f"ws://{control.host}:{control.port}/", timeout_s)
        self._told: dict[str, Any] = {}  # since the connection was made

    def state(self) -> Reading:
        """Ask for news, and read all that was told; raises PrinterUnreachable, PrinterRejected."""
        if self._socket.open():
            self._told = {}
        self._socket.drain(self._take)
        self._socket.ask(_ASK, self._take)
        return parse_told(self._told)

    def can_pause(self) -> Ability:
        """Look whether it tells its state: a pause that cannot be seen is none."""
        if "state" in self._told:
            return CAN_PAUSE
        why = f"{self._socket.url} does not tell its state: is it a Creality printer with its maker's own firmware?"
        return Ability(can_pause=False, why=f"{why} A rooted one is paused through its Moonraker")

    def pause(self, command: PauseCommand) -> None:  # noqa: ARG002 - Creality knows no ids
        """Order the pause, if it prints or does not say what it does."""
        if self.state().state in (JobState.PRINTING, JobState.UNKNOWN):
            self._set(pause=1)

    def resume(self) -> None:
        """Order to go on, if it is paused."""
        if self.state().state is JobState.PAUSED:
            self._set(pause=0)

    def close(self) -> None:
        """Let go of the connection."""
        self._socket.close()

    def _set(self, **params: int) -> None:
        self._socket.send({"method": "set", "params": params})

    def _take(self, body: dict[str, Any]) -> bool:
        """Lay a message over what was told; True if it may be the answer to a question."""
        if body.get("ModeCode") == _HEARTBEAT:
            self._socket.send("ok")
            return False
        self._told = {**self._told, **body}
        return "state" in self._told


def parse_told(told: dict[str, Any]) -> Reading:
    """Turn what was told into a reading; what is missing or unheard of is UNKNOWN."""
    code = _number(told.get("state"))
    state = JobState.UNKNOWN if code is None else _STATES.get(code, JobState.UNKNOWN)
    failure = told.get("err")
    error = _number(failure.get("errcode")) if isinstance(failure, dict) else None
    unknown = f"its state is {told.get('state')!r}, which is not known"[:80] if state is JobState.UNKNOWN else ""
    percent = _number(told.get("printProgress", told.get("dProgress")))
    name = told.get("printFileName")
    return Reading(
        state,
        name.rpartition("/")[2] if isinstance(name, str) and name else None,
        fraction(percent, 100),
        f"error {error:g}" if error else unknown,
        PausedBy.PRINTER if error and state is JobState.PAUSED else PausedBy.UNKNOWN,
    )


def _number(value: Any) -> float | None:
    """Return a number, also one that came as a text: its firmware writes some so."""
    is_text = isinstance(value, str) and value.isascii() and value.replace(".", "", 1).isdecimal()
    return number(float(value) if is_text else value)
