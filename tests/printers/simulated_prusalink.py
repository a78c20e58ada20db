"""A simulated PrusaLink, whose answers are told; tests/stacks has the real one."""

from http.server import BaseHTTPRequestHandler
from typing import Any

from tests.printers.simulated_http import Answer, SimulatedHttp

CHALLENGE = 'Digest realm="Administrator", nonce="0123456789abcdef", algorithm="MD5", qop="auth"'


class SimulatedPrusaLink(SimulatedHttp):
    """It prints visor.gcode as job 7, until it is told otherwise."""

    def __init__(self) -> None:
        super().__init__(
            {
                "/api/v1/job": (200, {"id": 7, "file": {"name": "VISOR~1.GCO", "display_name": "visor.gcode"}}),
                "PUT /api/v1/job/7/pause": (204, None),
                "PUT /api/v1/job/7/resume": (204, None),
            }
        )
        self.wants_digest = False
        self.challenge = CHALLENGE
        self.says("PRINTING", job=7)

    def says(self, state: str, job: int | None = None, **more: Any) -> None:
        """Set the status; ``more``: keys of its "printer" beside the state."""
        status: dict[str, Any] = {"printer": {"state": state, **more}}
        if job is not None:
            status["job"] = {"id": job, "progress": 25.0}
        self.answers["/api/v1/status"] = (200, status)

    def orders(self) -> list[str]:
        """Return the paths of the orders so far."""
        return [path for method, path, _, _ in self.requests if method == "PUT"]

    def answer_to(self, request: BaseHTTPRequestHandler) -> Answer:
        """Ask for a digest first, if that is wanted."""
        if self.wants_digest and not request.headers["Authorization"]:
            return (401, None)
        return super().answer_to(request)

    def headers(self, status: int) -> dict[str, str]:
        """Send the challenge with each 401."""
        return {"WWW-Authenticate": self.challenge} if status == 401 else {}
