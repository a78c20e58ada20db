"""A simulated Creality K1, after what others saw a K1C say; no real one was seen."""

from typing import Any

from websockets.sync.server import ServerConnection

from monitor.records import JobState
from tests.printers.simulated_websocket import SimulatedWebsocket

CODES = {JobState.IDLE: 0, JobState.PRINTING: 1, JobState.PAUSING: 6, JobState.PAUSED: 5, JobState.ERROR: 3}


class SimulatedCreality(SimulatedWebsocket):
    """It prints visor.gcode; all is told to whoever connects, and later what has changed."""

    def __init__(self) -> None:
        super().__init__()
        self.orders: list[str] = []
        self.all: dict[str, Any] = {
            "model": "K1C",
            "state": CODES[JobState.PRINTING],
            "deviceState": 0,
            "err": {"errcode": 0, "key": 0},
            "printFileName": "/usr/data/printer_data/gcodes/visor.gcode",
            "printProgress": 25,
        }

    def does(self, state: JobState) -> None:
        """Do this from now on, and tell everybody the change."""
        self.all["state"] = CODES[state]
        self.push({"state": CODES[state]})

    def greet(self, connection: ServerConnection) -> None:
        """Tell all."""
        self.say(connection, self.all)

    def hear(self, connection: ServerConnection, message: dict[str, Any]) -> None:
        """Answer a question with the position, and obey an order without a word of its own."""
        if message["method"] == "set" and "pause" in message["params"]:
            is_pause = message["params"]["pause"] == 1
            self.orders.append("pause" if is_pause else "resume")
            self.does(JobState.PAUSING if is_pause else JobState.PRINTING)
        elif message["method"] == "get":
            self.say(connection, {"curPosition": "X:1.00 Y:2.00 Z:3.00"})
            if self.all.get("state") == CODES[JobState.PAUSING]:
                self.does(JobState.PAUSED)
