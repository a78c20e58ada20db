"""OctoPrint over its REST interface (docs.octoprint.org, "Job operations"); checked against OctoPrint 1.11.

The pause always carries ``action``: without it OctoPrint toggles, and a repeated order would resume the print.
"""

from typing import Any

import requests

from monitor.config.model import OctoPrintControl
from monitor.errors import PrinterRejected, PrinterUnreachable
from monitor.printers.adapter import CAN_PAUSE, Ability, Reading
from monitor.records import JobState, PauseCommand

TIMEOUT_S = (2.0, 3.0)
_NO_JOB = 409  # nothing to pause or to resume: the next reading tells what it does instead
_KEY_REMEDY = "create an application key for a user with the permissions STATUS and PRINT, and set it as api_key"

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
        self._timeout_s = timeout_s
        self._url = control.url.rstrip("/")
        self._session = requests.Session()
        self._session.trust_env = False  # no proxy stands between us and a printer, and no .netrc
        self._session.headers["X-Api-Key"] = control.api_key

    def state(self) -> Reading:
        """Ask for the job; raises PrinterUnreachable, PrinterRejected."""
        return parse_job(self._json("/api/job"))

    def can_pause(self) -> Ability:
        """Look whether the key's user has the permission to pause."""
        permissions = self._json("/api/currentuser").get("permissions") or []
        if "PRINT" not in permissions:
            return Ability(can_pause=False, why=f"the API key lacks the permission PRINT: {_KEY_REMEDY}")
        return CAN_PAUSE

    def pause(self, command: PauseCommand) -> None:  # noqa: ARG002 - OctoPrint knows no ids
        """Order the pause; harmless when paused or idle."""
        self._job("pause")

    def resume(self) -> None:
        """Order to go on; harmless when printing."""
        self._job("resume")

    def close(self) -> None:
        """Close the kept-alive connection."""
        self._session.close()

    def _job(self, action: str) -> None:
        self._request("POST", "/api/job", {"command": "pause", "action": action})

    def _json(self, path: str) -> dict[str, Any]:
        try:
            body = self._request("GET", path).json()
        except requests.JSONDecodeError as exc:
            raise PrinterRejected(f"{self._url}{path} answers, but not with JSON: is it OctoPrint's url?") from exc
        if not isinstance(body, dict):
            raise PrinterRejected(f"{self._url}{path} does not answer as OctoPrint does: is it OctoPrint's url?")
        return body

    def _request(self, method: str, path: str, body: dict[str, str] | None = None) -> requests.Response:
        try:
            answer = self._session.request(
                method, self._url + path, json=body, timeout=self._timeout_s, allow_redirects=False
            )
        except requests.RequestException as exc:
            raise PrinterUnreachable(f"OctoPrint at {self._url} does not answer: {_reason(exc)}") from exc
        self._check(answer)
        return answer

    def _check(self, answer: requests.Response) -> None:
        """Raise for an answer that is a refusal. OctoPrint says 400 ("CSRF") to an unknown key, 403 to a weak one."""
        status = answer.status_code
        if (answer.ok and status < 300) or status == _NO_JOB:
            return
        if status in (400, 401, 403):
            raise PrinterRejected(f"OctoPrint at {self._url} refuses the API key (HTTP {status}): {_KEY_REMEDY}")
        if status >= 500:
            raise PrinterUnreachable(f"OctoPrint at {self._url} is not ready (HTTP {status})")
        raise PrinterRejected(f"{answer.url} answers HTTP {status}: is {self._url} OctoPrint's url?")


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


def _reason(exc: requests.RequestException) -> str:
    """Shorten requests' nested message to what a person can use."""
    if isinstance(exc, requests.Timeout):
        return "timed out"
    return "connection refused" if "refused" in str(exc) else type(exc).__name__
