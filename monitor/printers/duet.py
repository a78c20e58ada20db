"""Duet boards with RepRapFirmware 3, over the requests of their web page (``rr_...``); tried with a simulator only.

Sources: the wiki page "HTTP requests" and the OpenAPI file of RepRapFirmware 3.6 (github.com/Duet3D/RepRapFirmware);
for boards behind a single-board computer DuetWebServer of Duet Software Framework 3.5, which answers the same
requests. What to know of them:

- A session belongs to our address, and ends after 8 s without a request (HTTP 401 then): we connect again and repeat.
- M25 without a job is an error message and nothing more. M24 *starts* a selected file: it is sent to a paused job only.
- M25 is answered when it is queued: the state is read back.
- The board does not tell who paused a job; a message on its display is shown as the detail.
"""

from typing import Any

from monitor.config.control import DuetControl
from monitor.errors import PrinterRejected, PrinterUnreachable
from monitor.printers.adapter import CAN_PAUSE, Ability, Reading
from monitor.printers.http import TIMEOUT_S, HttpApi, Product
from monitor.printers.numbers import fraction
from monitor.records import JobState, PauseCommand

_DUET = Product(name="the Duet", remedy="write the password that M551 sets in its config.g as password")
_NO_SESSION = (401, 403)  # 403: from a single-board computer
_CONNECT, _MODEL, _GCODE = "/rr_connect", "/rr_model", "/rr_gcode"
_WRONG_PASSWORD, _NO_SESSION_LEFT = 1, 2  # "err" of rr_connect

_STATES = {  # "status" of the object model's key "state"
    "disconnected": JobState.OFFLINE,
    "starting": JobState.OFFLINE,
    "updating": JobState.OFFLINE,
    "off": JobState.ERROR,  # no power for the motors
    "halted": JobState.ERROR,  # emergency stop
    "pausing": JobState.PAUSING,
    "paused": JobState.PAUSED,
    "resuming": JobState.PRINTING,
    "processing": JobState.PRINTING,
    "cancelling": JobState.PRINTING,
    "simulating": JobState.IDLE,  # it reads a file and does not move
    "idle": JobState.IDLE,
}
_EITHER = ("busy", "changingTool")  # said with a job and without one


class Duet:
    """One Duet, which drives one printer."""

    def __init__(self, control: DuetControl, timeout_s: tuple[float, float] = TIMEOUT_S) -> None:
        """``timeout_s``: to connect, to answer."""
        self._http = HttpApi(_DUET, control.url, timeout_s=timeout_s)
        self._password = control.password

    def state(self) -> Reading:
        """Ask for the state, and for the job if there may be one; raises PrinterUnreachable, PrinterRejected."""
        state = self._model("state")
        job = {} if state.get("status") == "idle" else self._model("job")
        return parse_model(state, job)

    def can_pause(self) -> Ability:
        """Look whether it lets us in, and tells its state: whoever may look may pause."""
        if isinstance(self._model("state").get("status"), str):
            return CAN_PAUSE
        why = f"{self._http.url}{_MODEL} tells no status: is it a Duet's url, and is its firmware RepRapFirmware 3?"
        return Ability(can_pause=False, why=why)

    def pause(self, command: PauseCommand) -> None:  # noqa: ARG002 - G-code knows no ids
        """Order the pause; harmless when paused or idle."""
        self._gcode("M25")

    def resume(self) -> None:
        """Order to go on, if it is paused."""
        if self.state().state is JobState.PAUSED:
            self._gcode("M24")

    def close(self) -> None:
        """Close the kept-alive connection; the session ends by itself."""
        self._http.close()

    def _model(self, key: str) -> dict[str, Any]:
        """Return a part of the object model: all of its levels, verbose, with nulls."""
        result = self._ask(_MODEL, {"key": key, "flags": "d99vn"}).get("result")
        return result if isinstance(result, dict) else {}

    def _gcode(self, code: str) -> None:
        if self._ask(_GCODE, {"gcode": code}).get("err"):
            raise PrinterUnreachable(f"the Duet at {self._http.url} did not take {code}: it is busy")

    def _ask(self, path: str, params: dict[str, str]) -> dict[str, Any]:
        answer = self._http.request("GET", path, params=params, harmless=_NO_SESSION)
        if answer.status_code in _NO_SESSION:
            self._connect()
            answer = self._http.request("GET", path, params=params)
        return self._http.object_of(answer, path)

    def _connect(self) -> None:
        params = {"password": self._password} if self._password else {}
        answer = self._http.request("GET", _CONNECT, params=params)
        said = self._http.object_of(answer, _CONNECT).get("err")
        if said == _WRONG_PASSWORD:
            raise PrinterRejected(f"the Duet at {self._http.url} refuses the password: {_DUET.remedy}")
        if said == _NO_SESSION_LEFT:
            remedy = "close its web page where nobody needs it"
            raise PrinterUnreachable(f"the Duet at {self._http.url} serves as many clients as it can: {remedy}")


def parse_model(state: dict[str, Any], job: dict[str, Any]) -> Reading:
    """Turn the object model's "state" and "job" into a reading; what is missing or unheard of is UNKNOWN."""
    status = str(state.get("status") or "")
    file = job.get("file")
    file = file if isinstance(file, dict) else {}
    name = file.get("fileName")
    name = name if isinstance(name, str) and name else None
    if status in _EITHER:
        known = JobState.PRINTING if name else JobState.IDLE
    else:
        known = _STATES.get(status, JobState.UNKNOWN)
    return Reading(
        known,
        name.rpartition("/")[2] if name else None,
        fraction(job.get("filePosition"), file.get("size")),
        _message(state) or ("" if status in (known.value, "processing") else f"the Duet says: {status or 'nothing'}"),
    )


def _message(state: dict[str, Any]) -> str:
    """Return what stands on its display for somebody to answer, such as that there is no filament."""
    box = state.get("messageBox")
    said = [box.get("title"), box.get("message")] if isinstance(box, dict) else []
    return ": ".join(part for part in said if isinstance(part, str) and part)[:200]
