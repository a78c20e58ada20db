"""A simulated printer's interface over HTTP: records requests and answers as told. It knows nothing of printing."""

import json
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.support import PATIENCE_S

Answer = tuple[int, object]  # status code; what is sent as JSON, or bytes that are sent as they are


class SimulatedHttp:
    """One HTTP server on loopback. ``answers``: by path, or by method and path, such as "PUT /api/v1/job/7/pause"."""

    def __init__(self, answers: dict[str, Answer], tls: ssl.SSLContext | None = None) -> None:
        self.answers = answers
        self.requests: list[tuple[str, str, str | None, object]] = []  # method, path, key, body
        self.authorizations: list[str] = []
        self.is_mute = threading.Event()  # while set, requests are taken and nothing is said
        self.mute_paths: set[str] = set()  # the same for some paths
        self._released = threading.Event()
        server = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                server.answer(self)

            do_POST = do_PUT = do_GET  # noqa: N815 - the names that http.server calls

            def log_message(self, *_: object) -> None:
                """Stay quiet."""

        self._http = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        if tls is not None:
            self._http.socket = tls.wrap_socket(self._http.socket, server_side=True)
        self.url = f"{'https' if tls else 'http'}://127.0.0.1:{self._http.server_address[1]}"
        self._thread = threading.Thread(target=self._http.serve_forever, args=(0.01,), name="simulated printer")

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

    def answer(self, request: BaseHTTPRequestHandler) -> None:
        """Record a request and answer it; say nothing while mute."""
        length = int(request.headers.get("Content-Length") or 0)
        body = json.loads(request.rfile.read(length)) if length else None
        self.requests.append((request.command, request.path, request.headers["X-Api-Key"], body))
        self.authorizations.append(request.headers["Authorization"] or "")
        if self.is_mute.is_set() or request.path in self.mute_paths:
            self._released.wait(PATIENCE_S)
            return
        status, said = self.answer_to(request)
        text = b"" if said is None else said if isinstance(said, bytes) else json.dumps(said).encode()
        request.send_response(status)
        for name, value in self.headers(status).items():
            request.send_header(name, value)
        request.send_header("Content-Length", str(len(text)))
        request.end_headers()
        request.wfile.write(text)

    def answer_to(self, request: BaseHTTPRequestHandler) -> Answer:
        """Return what to say."""
        return self.answers.get(f"{request.command} {request.path}") or self.answers[request.path]

    def headers(self, status: int) -> dict[str, str]:
        """Return the headers that go with it."""
        return {}
