"""A simulated server that pauses a printer by requests; every shop's own is different."""

import ssl
from http.server import BaseHTTPRequestHandler

from monitor.config.control import HttpControl
from monitor.records import JobState
from tests.printers.simulated_http import Answer, SimulatedHttp


class SimulatedWebhook(SimulatedHttp):
    """It prints visor.gcode as printer p1."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        super().__init__({}, tls)
        self.orders: list[str] = []
        self.status: dict[str, object] = {"status": {"state": "Printing"}, "job": "visor.gcode", "progress": 0.25}

    def does(self, state: JobState) -> None:
        """Do this from now on."""
        self.status["status"] = {"state": state.value}

    def control(self) -> HttpControl:
        """Return the control that fits."""
        return HttpControl(
            type="http",
            pause_url=self.url + "/{site}/{printer}/pause?why={incident}",
            pause_body='{"id": "{id}"}',
            resume_url=self.url + "/{site}/{printer}/resume",
            state_url=self.url + "/{site}/{printer}",
            state_path="status.state",
            headers={"Authorization": "Bearer s3cret"},
        )

    def answer_to(self, request: BaseHTTPRequestHandler) -> Answer:
        """Obey an order, or tell the status; what is in ``answers`` goes first."""
        path, _, _ = request.path.partition("?")
        if path in self.answers:
            return self.answers[path]
        order = path.rpartition("/")[2]
        if order in ("pause", "resume"):
            self.orders.append(order)
            self.does(JobState.PAUSING if order == "pause" else JobState.PRINTING)
            return (204, None)
        status = dict(self.status)
        if status["status"] == {"state": "pausing"}:
            self.does(JobState.PAUSED)
        return (200, status)
