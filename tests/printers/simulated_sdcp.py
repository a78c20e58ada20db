"""A simulated SDCP printer, after the published protocol and the reports on a Centauri Carbon; no real one was seen."""

import json
from typing import Any

from websockets.sync.server import ServerConnection

from monitor.records import JobState
from tests.printers.simulated_websocket import SimulatedWebsocket

BOARD = "000000000001d354"
CODES = {JobState.IDLE: 0, JobState.PRINTING: 13, JobState.PAUSING: 5, JobState.PAUSED: 6, JobState.ERROR: 14}
_ORDERS = {129: ("pause", JobState.PAUSING), 131: ("resume", JobState.PRINTING)}


class SimulatedSdcp(SimulatedWebsocket):
    """It prints visor.gcode; an order is obeyed, pausing first."""

    def __init__(self) -> None:
        super().__init__()
        self.orders: list[str] = []
        self.ack = 0
        self.task: dict[str, Any] = {"Filename": "visor.gcode", "Progress": 25, "ErrorNumber": 0}
        self.capabilities = ["FILE_TRANSFER", "PRINT_CONTROL", "VIDEO_STREAM"]
        self.prefix = ""  # in front of each message
        self.tells_board = True
        self.is_chatty = False  # a status comes before each answer
        self.boards: list[str] = []  # that requests named
        self.does(JobState.PRINTING)

    def does(self, state: JobState) -> None:
        """Do this from now on."""
        self.task["Status"] = CODES[state]

    def greet(self, connection: ServerConnection) -> None:
        """Send the attributes, unless it is paused: as the Centauri Carbon does."""
        if self.task["Status"] != CODES[JobState.PAUSED]:
            self.say(connection, self.message("attributes", Attributes={"Capabilities": self.capabilities}))

    def hear(self, connection: ServerConnection, message: dict[str, Any]) -> None:
        """Acknowledge a request; a status follows the request for one, and an order is obeyed."""
        data = message["Data"]
        self.boards.append(data["MainboardID"])
        answer = {"Cmd": data["Cmd"], "Data": {"Ack": 0}, "RequestID": data["RequestID"]}
        if data["Cmd"] in _ORDERS:
            word, state = _ORDERS[data["Cmd"]]
            self.orders.append(word)
            answer["Data"] = {"Ack": self.ack}
            if self.ack == 0:
                self.does(state)
        if self.is_chatty:
            self.say(connection, self.message("status", Status=self.status()))
        self.say(connection, self.message("response", Data=answer))
        if data["Cmd"] == 0:
            self.say(connection, self.message("status", Status=self.status()))
            self.go_on()

    def status(self) -> dict[str, Any]:
        """Return the "Status" of a status message."""
        is_at_work = self.task["Status"] in (13, 5, 6)
        return {"CurrentStatus": [1 if is_at_work else 0], "TempOfNozzle": 210.1, "PrintInfo": self.task}

    def go_on(self) -> None:
        """Be paused, after it was about to pause."""
        if self.task["Status"] == CODES[JobState.PAUSING]:
            self.does(JobState.PAUSED)

    def message(self, topic: str, **parts: Any) -> str | dict[str, Any]:
        """Return a message as the printer sends it."""
        board = {"MainboardID": BOARD} if self.tells_board else {}
        body = {**parts, **board, "TimeStamp": 1687069655, "Topic": f"sdcp/{topic}/{BOARD}"}
        return f"{self.prefix}{json.dumps(body)}" if self.prefix else body
