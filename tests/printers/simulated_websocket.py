"""A simulated printer's interface over a websocket, whose answers are told; it knows nothing of printing."""

import json
import threading
from typing import Any

from websockets.exceptions import ConnectionClosed
from websockets.http11 import Response
from websockets.sync.server import ServerConnection, serve

from tests.support import PATIENCE_S


class SimulatedWebsocket:
    """One server on loopback. A subclass says what it answers, by overriding :meth:`greet` and :meth:`hear`."""

    def __init__(self) -> None:
        self.is_mute = threading.Event()  # while set, messages are taken and nothing is said
        self.texts: list[str] = []  # what came and was no JSON
        self._connections: list[ServerConnection] = []
        self._server = serve(
            self._serve,
            "127.0.0.1",
            0,
            compression=None,
            ping_interval=None,
            process_request=lambda _connection, _request: self.refusal(),
        )
        self.port = int(self._server.socket.getsockname()[1])
        self._thread = threading.Thread(target=self._server.serve_forever, name="simulated printer")

    def start(self) -> None:
        """Serve in the background."""
        self._thread.start()

    def stop(self) -> None:
        """Let go of whoever is connected, and end."""
        self._server.shutdown()
        self._thread.join()
        self.drop()

    def drop(self) -> None:
        """Close all connections, as a printer does that restarts."""
        for connection in self._connections:
            connection.close()
        self._connections = []

    def push(self, message: object) -> None:
        """Send a message to everybody: an object as JSON, a text as it is."""
        for connection in self._connections:
            self.say(connection, message)

    def settle(self) -> None:
        """Wait until all that was pushed can be read.

        The client answers a ping when it has parsed what came before it, and a second one when it has put that into
        its queue.
        """
        for connection in self._connections:
            for _ in range(2):
                assert connection.ping().wait(PATIENCE_S)

    def say(self, connection: ServerConnection, message: object) -> None:
        """Send a message to one of them."""
        connection.send(message if isinstance(message, str) else json.dumps(message))

    def refusal(self) -> Response | None:
        """Return what is said instead of opening a websocket; nothing opens one."""
        return None

    def greet(self, connection: ServerConnection) -> None:
        """Say what is said to somebody who has just connected."""

    def hear(self, connection: ServerConnection, message: dict[str, Any]) -> None:
        """Answer a message."""

    def _serve(self, connection: ServerConnection) -> None:
        self._connections.append(connection)
        try:
            if not self.is_mute.is_set():
                self.greet(connection)
            for text in connection:
                self._heard(connection, str(text))
        except ConnectionClosed:
            pass  # whoever it was went without a word

    def _heard(self, connection: ServerConnection, text: str) -> None:
        if not text.startswith("{"):
            self.texts.append(text)
        elif not self.is_mute.is_set():
            self.hear(connection, json.loads(text))
