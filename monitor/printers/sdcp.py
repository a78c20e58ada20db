"""Printers with SDCP version 3, such as Elegoo's Centauri Carbon, over their websocket; tried with a simulator only.

Sources: the makers' protocol (github.com/cbd-tech/SDCP-Smart-Device-Control-Protocol-V3.0.0); what the Centauri Carbon
makes of it in OpenCentauri's docs/software/api.md; the status codes of Elegoo's own elegoo-link as listed, with
experience from firmware 1.1.46, in docs/PROTOCOL.md of github.com/bjan/pycentauri. What to know of them:

- Five clients at once; a sixth is refused.
- Orders name the MainboardID. It is learnt from what the printer sends, and may be written in cameras.yaml: a printer
  that is paused when we connect sends its attributes only when it is asked.
- "Ack" 0 says that an order was taken: the state is read back.
- The codes of preparing (homing, heating ...) are said between prints too: whether a task runs is "CurrentStatus".
"""

import time
import uuid
from typing import Any

from monitor.config.control import SdcpControl
from monitor.errors import PrinterRejected, PrinterUnreachable
from monitor.printers.adapter import CAN_PAUSE, Ability, Reading
from monitor.printers.json_socket import ANSWER_S, CONNECT_S, JsonSocket
from monitor.printers.numbers import fraction
from monitor.records import JobState, PauseCommand, PausedBy

_STATUS, _PAUSE, _CONTINUE = 0, 129, 131  # "Cmd"
_TAKEN, _BUSY = 0, 1  # "Ack"
_TASK_RUNS = 1  # in "CurrentStatus"
_MAY_CONTROL = "PRINT_CONTROL"  # in the attributes' "Capabilities"
_TELL_ID = "write mainboard_id, which the printer's network page or its maker's slicer shows"

_STATES = {  # "Status" of "PrintInfo"
    0: JobState.IDLE,
    2: JobState.PRINTING,  # 2 to 4: resin printers
    3: JobState.PRINTING,
    4: JobState.PRINTING,
    5: JobState.PAUSING,
    6: JobState.PAUSED,
    7: JobState.PRINTING,  # stopping
    8: JobState.IDLE,
    9: JobState.IDLE,
    12: JobState.PRINTING,  # resuming
    13: JobState.PRINTING,
    14: JobState.ERROR,
}
_PREPARING = frozenset({1, 10, 11, *range(15, 23)})  # homing, checks, levelling, heating, resonances


class Sdcp:
    """One printer, which is asked for its status each time."""

    def __init__(self, control: SdcpControl, timeout_s: tuple[float, float] = (CONNECT_S, ANSWER_S)) -> None:
        """``timeout_s``: to connect, to answer."""
        self._socket = JsonSocket("the SDCP printer", f"ws://{control.host}:{control.port}/websocket", timeout_s)
        self._board = control.mainboard_id
        self._status: dict[str, Any] = {}
        self._capabilities: list[Any] | None = None  # None: it sent no attributes yet
        self._answers: dict[str, dict[str, Any]] = {}  # to orders, by request

    def state(self) -> Reading:
        """Ask for the status; raises PrinterUnreachable, PrinterRejected."""
        if self._socket.open() and not self._board:
            self._socket.welcome(self._take_name)
        self._socket.drain(self._take)
        self._status = {}  # only what it says from now on counts
        self._socket.ask(self._request(_STATUS), self._take)
        return parse_status(self._status)

    def can_pause(self) -> Ability:
        """Look whether it takes orders, and whether we know the name that orders carry."""
        if not self._board:
            return Ability(can_pause=False, why=f"{self._socket.url} does not tell its MainboardID: {_TELL_ID}")
        if self._capabilities is not None and _MAY_CONTROL not in self._capabilities:
            why = (
                f"{self._socket.url} does not take orders from the network ({_MAY_CONTROL} is not among its abilities)"
            )
            return Ability(can_pause=False, why=why)
        return CAN_PAUSE

    def pause(self, command: PauseCommand) -> None:  # noqa: ARG002 - SDCP knows requests of its own
        """Order the pause, if it prints or does not say what it does."""
        if self.state().state in (JobState.PRINTING, JobState.UNKNOWN):
            self._order(_PAUSE, "pause")

    def resume(self) -> None:
        """Order to go on, if it is paused."""
        if self.state().state is JobState.PAUSED:
            self._order(_CONTINUE, "resume")

    def close(self) -> None:
        """Let go of the connection."""
        self._socket.close()

    def _order(self, cmd: int, word: str) -> None:
        if not self._board:
            raise PrinterRejected(f"{self._socket.url} does not tell its MainboardID: {_TELL_ID}")
        request = self._request(cmd)
        number = request["Data"]["RequestID"]
        self._answers = {}

        def is_answer(body: dict[str, Any]) -> bool:
            self._take(body)
            return number in self._answers

        if not self._socket.ask(request, is_answer):
            raise PrinterUnreachable(f"{self._socket.url} does not say whether it will {word}")
        acknowledged = self._answers[number].get("Ack")
        if acknowledged == _BUSY:
            raise PrinterUnreachable(f"{self._socket.url} is too busy to {word}")
        if acknowledged != _TAKEN:
            why = f"{self._socket.url} refuses to {word} (Ack {acknowledged!r})"
            raise PrinterRejected(f"{why}: look at the printer's display, and {word} it there")

    def _request(self, cmd: int) -> dict[str, Any]:
        data = {
            "Cmd": cmd,
            "Data": {},
            "RequestID": uuid.uuid4().hex,
            "MainboardID": self._board,
            "TimeStamp": int(time.time()),
            "From": 1,  # as Elegoo's own programs
        }
        return {"Id": uuid.uuid4().hex, "Data": data, "Topic": f"sdcp/request/{self._board}"}

    def _take_name(self, body: dict[str, Any]) -> bool:
        self._take(body)
        return bool(self._board)

    def _take(self, body: dict[str, Any]) -> bool:
        """Remember what a message tells; True if it is a status."""
        data = _section(body, "Data")
        board = body.get("MainboardID") or data.get("MainboardID")
        if not self._board and isinstance(board, str):
            self._board = board
        if number := data.get("RequestID"):
            self._answers[str(number)] = _section(data, "Data")
        capabilities = (_section(body, "Attributes") or _section(data, "Attributes")).get("Capabilities")
        if isinstance(capabilities, list):
            self._capabilities = capabilities
        status = _section(body, "Status") or _section(data, "Status")
        self._status = status or self._status
        return bool(status)


def parse_status(status: dict[str, Any]) -> Reading:
    """Turn the "Status" of a status message into a reading; what is missing or unheard of is UNKNOWN."""
    task = _section(status, "PrintInfo")
    code = task.get("Status")
    state = _job_state(code, status.get("CurrentStatus", status.get("CurrenStatus")))
    error = next((number for key in ("ErrorNumber", "ErrorStatusReason") if (number := task.get(key))), 0)
    unknown = f"its status is {code!r}, which is not known" if state is JobState.UNKNOWN else ""
    name = task.get("Filename")
    return Reading(
        state,
        name if isinstance(name, str) and name else None,
        _fraction(task),
        f"error {error!r}"[:60] if error else unknown,
        PausedBy.PRINTER if error and state is JobState.PAUSED else PausedBy.UNKNOWN,
    )


def _job_state(code: Any, machine: Any) -> JobState:
    if isinstance(code, bool) or not isinstance(code, int):
        return JobState.UNKNOWN
    if code in _PREPARING:
        is_between = isinstance(machine, list) and bool(machine) and _TASK_RUNS not in machine
        return JobState.IDLE if is_between else JobState.PRINTING
    return _STATES.get(code, JobState.UNKNOWN)


def _fraction(task: dict[str, Any]) -> float | None:
    share = fraction(task.get("Progress"), 100)
    return fraction(task.get("CurrentTicks"), task.get("TotalTicks")) if share is None else share


def _section(body: dict[str, Any], name: str) -> dict[str, Any]:
    section = body.get(name)
    return section if isinstance(section, dict) else {}
