"""A simulated messaging service: a web server that takes what Apprise's json:// posts, or refuses it."""

import base64
import json
import threading
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.support import wait_until


@dataclass(frozen=True)
class Received:
    """One message as it arrived; ``to`` is the contact's path."""

    to: str
    title: str
    body: str
    pictures: tuple[bytes, ...]
    names: tuple[str, ...]


class SimulatedGateway:
    """Listens on loopback; ``refuses`` holds the contacts that get an error, ``hangs`` those that get no answer."""

    def __init__(self) -> None:
        self.received: list[Received] = []
        self.refuses: set[str] = set()
        self.refuses_pictures: set[str] = set()
        self.hangs: set[str] = set()
        self.tries = 0
        self._let_go = threading.Event()
        gateway = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                gateway.take(self)

            def log_message(self, format: str, *args: object) -> None:  # noqa: A002  (the base class's name)
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02})

    def start(self) -> None:
        """Start listening."""
        self._thread.start()

    def let_go(self) -> None:
        """End the requests that hang, without an answer."""
        self._let_go.set()

    def stop(self) -> None:
        """Let go of who hangs, and stop."""
        self.let_go()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()

    def url(self, contact: str) -> str:
        """Return a contact's URL for Apprise."""
        return f"json://127.0.0.1:{self._server.server_address[1]}/{contact}"

    def take(self, request: BaseHTTPRequestHandler) -> None:
        """Answer one request."""
        self.tries += 1
        to = request.path.strip("/")
        content = json.loads(request.rfile.read(int(request.headers["Content-Length"])))
        if to in self.hangs:
            self._let_go.wait(60)
            return
        attached = content.get("attachments", [])
        refused = to in self.refuses or (to in self.refuses_pictures and bool(attached))
        if not refused:
            pictures = tuple(base64.b64decode(item["base64"]) for item in attached)
            names = tuple(item["filename"] for item in attached)
            self.received.append(Received(to, content["title"], content["message"], pictures, names))
        request.send_response(503 if refused else 200)
        request.send_header("Content-Length", "0")
        request.end_headers()

    def told(self) -> list[tuple[str, str]]:
        """Return contact and title of all messages, in the order in which they came."""
        return [(message.to, message.title) for message in self.received]

    def gets(self, count: int, timeout_s: float = 20.0) -> bool:
        """Wait until so many messages came; tell whether they did."""
        return wait_until(lambda: len(self.received) >= count, timeout_s)
