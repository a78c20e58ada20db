"""A simulated OctoPrint: records requests and answers as told. It knows nothing of printing; tests/stacks does."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class SimulatedOctoPrint:
    """One HTTP server on loopback. ``answers``: path -> (status, JSON body, or bytes as they are)."""

    def __init__(self) -> None:
        self.answers: dict[str, tuple[int, object]] = {"/api/job": (200, {"state": "Printing"})}
        self.requests: list[tuple[str, str, str | None, object]] = []
        self.is_mute = threading.Event()
        self._released = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.answer(self, None)

            def do_POST(self) -> None:
                server.answer(self, json.loads(self.rfile.read(int(self.headers["Content-Length"]))))

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), name="simulated octoprint")

    def start(self) -> None:
        """Serve in the background."""
        self._thread.start()

    def release(self) -> None:
        """Close the connections of whoever waits for an answer."""
        self._released.set()

    def stop(self) -> None:
        """Let go of whoever waits, and end."""
        self.release()
        self._http.shutdown()
        self._thread.join()
        self._http.server_close()

    def answer(self, request: BaseHTTPRequestHandler, body: object) -> None:
        """Record a request and answer it; say nothing while mute."""
        self.requests.append((request.command, request.path, request.headers["X-Api-Key"], body))
        if self.is_mute.is_set():
            self._released.wait(10)
            return
        status, said = self.answers[request.path]
        text = said if isinstance(said, bytes) else json.dumps(said).encode()
        request.send_response(status)
        request.send_header("Content-Length", str(len(text)))
        request.end_headers()
        request.wfile.write(text)
