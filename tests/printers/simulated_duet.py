"""A simulated Duet, after RepRapFirmware's published requests; no real one was seen."""

from http.server import BaseHTTPRequestHandler
from typing import Any
from urllib.parse import parse_qs, urlsplit

from monitor.records import JobState
from tests.printers.simulated_http import Answer, SimulatedHttp

STATUS = {
    JobState.IDLE: "idle",
    JobState.PRINTING: "processing",
    JobState.PAUSING: "pausing",
    JobState.PAUSED: "paused",
    JobState.ERROR: "halted",
}


class SimulatedDuet(SimulatedHttp):
    """It prints visor.gcode. Without a session it says 401, as a Duet with a password does."""

    def __init__(self) -> None:
        super().__init__({})
        self.password = "reprap"
        self.has_session = False
        self.connects: list[str] = []  # the passwords that came
        self.connect_error = 0
        self.codes: list[str] = []
        self.code_error = 0
        self.state: dict[str, Any] = {"status": "processing", "messageBox": None}
        self.job: dict[str, Any] = {"file": {"fileName": "0:/gcodes/visor.gcode", "size": 400}, "filePosition": 100}

    @property
    def orders(self) -> list[str]:
        """Return what it was told to do."""
        return [{"M25": "pause", "M24": "resume"}[code] for code in self.codes]

    def does(self, state: JobState) -> None:
        """Do this from now on."""
        self.state["status"] = STATUS[state]

    def answer_to(self, request: BaseHTTPRequestHandler) -> Answer:
        """Answer as the firmware would; what is in ``answers`` goes first."""
        parts = urlsplit(request.path)
        query = {key: values[0] for key, values in parse_qs(parts.query).items()}
        if parts.path in self.answers:
            return self.answers[parts.path]
        if parts.path == "/rr_connect":
            return self._connect(query.get("password", "reprap"))
        if not self.has_session:
            return (401, None)
        return self._code(query["gcode"]) if parts.path == "/rr_gcode" else self._model(query)

    def _connect(self, password: str) -> Answer:
        self.connects.append(password)
        error = self.connect_error or int(password != self.password)
        self.has_session = not error
        return (200, {"err": error, "sessionTimeout": 8000, "boardType": "duet3mini5plus", "apiLevel": 1})

    def _code(self, code: str) -> Answer:
        if not self.code_error:
            self.codes.append(code)
            self.does(JobState.PAUSING if code == "M25" else JobState.PRINTING)
        return (200, {"buff": 240, "err": self.code_error})

    def _model(self, query: dict[str, str]) -> Answer:
        result = dict(self.state if query["key"] == "state" else self.job)
        if self.state["status"] == "pausing" and query["key"] == "state":
            self.does(JobState.PAUSED)
        return (200, {"key": query["key"], "flags": query["flags"], "result": result})
