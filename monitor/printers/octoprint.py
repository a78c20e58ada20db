"""OctoPrint over its REST interface (docs.octoprint.org, "Job operations"); checked against OctoPrint 1.11.

The pause always carries ``action``: without it OctoPrint toggles, and a repeated order would resume the print.
Who paused a job, OctoPrint's REST interface does not tell (only its event PrintPaused names a user, to plugins and
sockets), so a paused reading leaves that open.
"""

from typing import Any

from monitor.config.model import OctoPrintControl
from monitor.printers.adapter import CAN_PAUSE, Ability, Reading
from monitor.printers.http import TIMEOUT_S, HttpApi, Product
from monitor.records import JobState, PauseCommand

_OCTOPRINT = Product(
    name="OctoPrint",
    remedy="create an application key for a user with the permissions STATUS and PRINT, and set it as api_key",
    refusals=frozenset({400, 401, 403}),  # it says 400 ("CSRF") to an unknown key, and 403 to a weak one
)
_NO_JOB = 409  # nothing to pause or to resume: the next reading tells what it does instead

# OctoPrint's state texts (the "state" of /api/job), by their first word; "Offline after error" is Offline too.
_STATES = {
    "operational": JobState.IDLE,
    "printing": JobState.PRINTING,
    "starting": JobState.PRINTING,
    "resuming": JobState.PRINTING,
    "finishing": JobState.PRINTING,
    "cancelling": JobState.PRINTING,
    "sending": JobState.IDLE,  # a file to the SD card
    "transferring": JobState.IDLE,
    "pausing": JobState.PAUSING,
    "paused": JobState.PAUSED,
    "error": JobState.ERROR,
    "offline": JobState.OFFLINE,
    "opening": JobState.OFFLINE,
    "detecting": JobState.OFFLINE,
    "connecting": JobState.OFFLINE,
}


class OctoPrint:
    """One OctoPrint instance, which drives one printer."""

    def __init__(self, control: OctoPrintControl, timeout_s: tuple[float, float] = TIMEOUT_S) -> None:
        """``timeout_s``: to connect, to answer."""
        self._http = HttpApi(_OCTOPRINT, control.url, headers={"X-Api-Key": control.api_key}, timeout_s=timeout_s)

    def state(self) -> Reading:
        """Ask for the job; raises PrinterUnreachable, PrinterRejected."""
        return parse_job(self._http.ask("/api/job"))

    def can_pause(self) -> Ability:
        """Look whether the key's user has the permission to pause."""
        permissions = self._http.ask("/api/currentuser").get("permissions") or []
        if "PRINT" not in permissions:
            return Ability(can_pause=False, why=f"the API key lacks the permission PRINT: {_OCTOPRINT.remedy}")
        return CAN_PAUSE

    def pause(self, command: PauseCommand) -> None:  # noqa: ARG002 - OctoPrint knows no ids
        """Order the pause; harmless when paused or idle."""
        self._job("pause")

    def resume(self) -> None:
        """Order to go on; harmless when printing."""
        self._job("resume")

    def close(self) -> None:
        """Close the kept-alive connection."""
        self._http.close()

    def _job(self, action: str) -> None:
        self._http.request("POST", "/api/job", {"command": "pause", "action": action}, harmless=(_NO_JOB,))


def parse_job(body: dict[str, Any]) -> Reading:
    """Turn the answer of ``/api/job`` into a reading; what is missing or unheard of is UNKNOWN."""
    text = str(body.get("state") or "")
    word = text.split(" ", 1)[0].rstrip(":").lower()
    state = _STATES.get(word, JobState.UNKNOWN)
    if state is JobState.OFFLINE:
        detail = f"OctoPrint is not connected to its printer ({text})"
    else:
        detail = str(body.get("error") or "") or ("" if word == state.value else text)
    return Reading(state, _text(body, "job", "file", "name"), _fraction(body), detail)


def _text(body: Any, *path: str) -> str | None:
    for key in path:
        body = body.get(key) if isinstance(body, dict) else None
    return str(body) if body else None


def _fraction(body: dict[str, Any]) -> float | None:
    progress = body.get("progress")
    percent = progress.get("completion") if isinstance(progress, dict) else None
    return min(1.0, max(0.0, percent / 100)) if isinstance(percent, int | float) else None
