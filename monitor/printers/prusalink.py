"""Prusa's printers over PrusaLink's own interface, version 1; checked against PrusaLink 0.8 (MK2.5 and MK3).

The newer printers (MINI, MK3.5, MK4, XL, CORE One) speak the same interface from their firmware; that was read, not
tried. What to know of the two:

- The answer to an order (204) only says that it was taken: the state is read back. 409 says that there is nothing to
  pause or to resume (any more), 404 that the job is gone.
- PrusaLink says ATTENTION when the printer waits for somebody at its display. On an MK2.5 or MK3 that is its "paused
  for user": it stands still, by itself. The newer firmware says ATTENTION also for a mere warning on the display of a
  printer that goes on printing, and refuses a pause then: nothing is proven.
- A plain PAUSED may come from a person, from the G-code or from us: it does not tell.
"""

from typing import Any

from requests.auth import HTTPDigestAuth

from monitor.config.model import PrusaLinkControl
from monitor.printers.adapter import CAN_PAUSE, Ability, Reading
from monitor.printers.http import TIMEOUT_S, HttpApi, Product
from monitor.records import JobState, PauseCommand, PausedBy

_PRUSALINK = Product(
    name="PrusaLink",
    remedy="write the key or the user and password that it shows: on the printer's display under Settings > Network > "
    "PrusaLink, or, for an MK2.5 or MK3, on PrusaLink's web page under Settings",
)
_TOO_LATE = (404, 409)  # the job is gone, or is paused already, or is not: the next reading tells
_STATUS = "/api/v1/status"

_STATES = {
    "IDLE": JobState.IDLE,
    "READY": JobState.IDLE,
    "FINISHED": JobState.IDLE,
    "STOPPED": JobState.IDLE,
    "PRINTING": JobState.PRINTING,
    "PAUSED": JobState.PAUSED,
    "ERROR": JobState.ERROR,
}
_HARDWARE = "hardware"  # in the one of PrusaLink's complaints that comes from the printer; all others say it is lost


class PrusaLink:
    """One PrusaLink, which drives one printer."""

    def __init__(self, control: PrusaLinkControl, timeout_s: tuple[float, float] = TIMEOUT_S) -> None:
        """``timeout_s``: to connect, to answer."""
        headers = {"X-Api-Key": control.api_key} if control.api_key else None
        auth = None if control.api_key else HTTPDigestAuth(control.username, control.password)
        self._http = HttpApi(_PRUSALINK, control.url, headers=headers, auth=auth, timeout_s=timeout_s)
        self._named: tuple[int, str] | None = None  # the newest job that was asked for its file

    def state(self) -> Reading:
        """Ask for the status; raises PrinterUnreachable, PrinterRejected."""
        status = self._http.ask(_STATUS)
        return parse_status(status, self._file_of(job_id(status)))

    def can_pause(self) -> Ability:
        """Look whether it lets us in, and answers as PrusaLink does: a key that may look may pause."""
        if _text(self._http.ask(_STATUS), "printer", "state"):
            return CAN_PAUSE
        return Ability(can_pause=False, why=f"{self._http.url}{_STATUS} tells no state: is it PrusaLink's url?")

    def pause(self, command: PauseCommand) -> None:  # noqa: ARG002 - PrusaLink knows no ids
        """Order the pause of its job; harmless when paused or idle."""
        self._order("pause")

    def resume(self) -> None:
        """Order to go on with its job; harmless when printing."""
        self._order("resume")

    def close(self) -> None:
        """Close the kept-alive connection."""
        self._http.close()

    def _order(self, order: str) -> None:
        job = job_id(self._http.ask(_STATUS))
        if job is not None:
            self._http.request("PUT", f"/api/v1/job/{job}/{order}", harmless=_TOO_LATE)

    def _file_of(self, job: int | None) -> str | None:
        """Return the name of a job's file, asked for once a job."""
        if job is None:
            return None
        if self._named is None or self._named[0] != job:
            path = "/api/v1/job"
            answer = self._http.request("GET", path, harmless=_TOO_LATE)
            body = self._http.object_of(answer, path) if answer.status_code == 200 else {}
            name = _text(body, "file", "display_name") or _text(body, "file", "name")
            self._named = (job, name) if name else None
        return self._named[1] if self._named else None


def parse_status(status: dict[str, Any], file: str | None) -> Reading:
    """Turn the answer of ``/api/v1/status`` into a reading; what is missing or unheard of is UNKNOWN."""
    word = _text(status, "printer", "state") or ""
    job, progress, said = job_id(status), _fraction(status), _complaint(status)
    if said and _HARDWARE not in said.lower():  # whatever the state: it may still be the one of before
        return Reading(JobState.OFFLINE, file, detail=f"PrusaLink has lost its printer: {said}")
    if word == "ATTENTION" and job is not None:
        return _attention(status, file, progress, said)
    if word in ("ATTENTION", "BUSY") and job is None:
        return Reading(JobState.IDLE, detail=said or f"the printer says {word}, without a job")
    state = _STATES.get(word, JobState.UNKNOWN)
    detail = f"the printer says {word or 'no state'}" if state is JobState.UNKNOWN else said
    return Reading(state, file, progress, detail)


def job_id(status: dict[str, Any]) -> int | None:
    """Return the number of the job under way."""
    job = status.get("job")
    number = job.get("id") if isinstance(job, dict) else None
    return number if isinstance(number, int) and not isinstance(number, bool) else None


def _attention(status: dict[str, Any], file: str | None, progress: float | None, said: str) -> Reading:
    if "status_printer" in status["printer"]:  # an MK2.5 or MK3: the newer firmware has no such key
        detail = said or "the printer waits for somebody at its display"
        return Reading(JobState.PAUSED, file, progress, detail, PausedBy.PRINTER)
    detail = "the printer asks for somebody at its display (ATTENTION): it may stand still, or go on printing"
    return Reading(JobState.UNKNOWN, file, progress, detail)


def _complaint(status: dict[str, Any]) -> str:
    """Return what PrusaLink says is wrong with its printer, or an empty text."""
    printer = status.get("printer")
    health = printer.get("status_printer") if isinstance(printer, dict) else None
    if not isinstance(health, dict) or health.get("ok") is not False:
        return ""
    return str(health.get("message") or "")[:200]


def _fraction(status: dict[str, Any]) -> float | None:
    job = status.get("job")
    percent = job.get("progress") if isinstance(job, dict) else None
    if not isinstance(percent, int | float) or isinstance(percent, bool):
        return None
    return min(1.0, max(0.0, percent / 100))


def _text(body: Any, *path: str) -> str | None:
    for key in path:
        body = body.get(key) if isinstance(body, dict) else None
    return body if isinstance(body, str) and body else None
