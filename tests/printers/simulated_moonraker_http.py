"""A simulated Moonraker over HTTP, whose answers are told; tests/stacks has the real one."""

import ssl
from typing import Any

from tests.printers.simulated_http import SimulatedHttp

QUERY, LIST = "/printer/objects/query", "/printer/objects/list"
PAUSE, RESUME, SCRIPT = "/printer/print/pause", "/printer/print/resume", "/printer/gcode/script"


class SimulatedMoonrakerHttp(SimulatedHttp):
    """Its Klipper prints, until it is told otherwise."""

    def __init__(self, tls: ssl.SSLContext | None = None) -> None:
        self.status: dict[str, dict[str, Any]] = {
            "webhooks": {"state": "ready"},
            "print_stats": {"state": "printing", "filename": "visor.gcode"},
            "pause_resume": {"is_paused": False},
            "virtual_sdcard": {"progress": 0.25},
        }
        super().__init__(
            {
                QUERY: (200, {"result": {"eventtime": 1.0, "status": self.status}}),
                LIST: (200, {"result": {"objects": list(self.status)}}),
                **{order: (200, {"result": "ok"}) for order in (PAUSE, RESUME, SCRIPT)},
            },
            tls,
        )

    def refuses(self, path: str, status: int, message: str) -> None:
        """Answer an error, as Moonraker words it."""
        self.answers[path] = (status, {"error": {"code": status, "message": message, "traceback": "..."}})

    def orders(self) -> list[str]:
        """Return the paths of the orders so far."""
        return [path for _, path, _, _ in self.requests if path not in (QUERY, LIST)]
