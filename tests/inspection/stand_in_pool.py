"""A stand-in for a model server: KServe v2 over HTTP with binary tensors, run by onnxruntime in a thread.

It is no Triton: tests/stacks has the real one. This one can hang, die and lie.
"""

import json
import re
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar

import numpy as np
import onnxruntime as ort
from numpy.typing import NDArray

HEADER = "Inference-Header-Content-Length"
KINDS: Mapping[str, type[np.generic]] = {"UINT8": np.uint8, "FP32": np.float32}
NAMES = {"tensor(uint8)": "UINT8", "tensor(float)": "FP32"}
SLOW_S = 30.0


@dataclass
class StandInPool:
    """One model under one name. Its behaviour may be changed at any time."""

    model: bytes
    name: str
    sha256: str = ""  # told as Triton tells parameters of a model
    says_json: bool = False  # answers without the binary extension
    hangs: bool = False
    answers_nan: bool = False
    fails_with: int = 0  # status
    batches: list[int] = field(default_factory=list)
    port: int = 0
    _server: ThreadingHTTPServer | None = None
    _thread: threading.Thread | None = None
    _going: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Serve, at the same port as before."""
        self._going = threading.Event()
        session = ort.InferenceSession(self.model, providers=["CPUExecutionProvider"])
        handler = type("Handler", (_Handler,), {"pool": self, "session": session, "going": self._going})
        self._server = _Server(("127.0.0.1", self.port), handler)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.01})
        self._thread.start()

    def stop(self) -> None:
        """End, and hang up on everybody. Idempotent."""
        self._going.set()
        if self._server is not None and self._thread is not None:
            self._server.shutdown()
            self._thread.join()
            self._server.hang_up()  # type: ignore[attr-defined]
            self._server.server_close()
            self._server = None

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.port}"


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    allow_reuse_address = True

    def __init__(self, *arguments: Any) -> None:
        self.lines: set[Any] = set()
        super().__init__(*arguments)

    def get_request(self) -> Any:
        line, address = super().get_request()
        self.lines.add(line)
        return line, address

    def hang_up(self) -> None:
        for line in list(self.lines):
            try:
                line.shutdown(2)
            except OSError:
                continue


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    pool: ClassVar[StandInPool]
    session: ClassVar[ort.InferenceSession]
    going: ClassVar[threading.Event]

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def do_GET(self) -> None:
        path = re.fullmatch(rf"/v2/models/{re.escape(self.pool.name)}(/versions/\d+)?(/config)?", self.path)
        if path is None:
            self._answer(404, json.dumps({"error": f"Request for unknown model: {self.path}"}).encode())
        elif path[2]:
            said = {"sha256": {"string_value": self.pool.sha256}} if self.pool.sha256 else {}
            self._answer(200, json.dumps({"parameters": said}).encode())
        else:
            described = {
                "name": self.pool.name,
                "inputs": [_described(node) for node in self.session.get_inputs()],
                "outputs": [_described(node) for node in self.session.get_outputs()],
            }
            self._answer(200, json.dumps(described).encode())

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"]))
        if self.pool.hangs:
            self.going.wait(SLOW_S)
            self.close_connection = True
            return
        if self.pool.fails_with:
            self._answer(self.pool.fails_with, json.dumps({"error": "out of memory"}).encode())
            return
        size = int(self.headers[HEADER])
        asked, inputs, at = json.loads(body[:size]), {}, size
        for one in asked["inputs"]:
            length = one["parameters"]["binary_data_size"]
            inputs[one["name"]] = np.frombuffer(body[at : at + length], KINDS[one["datatype"]]).reshape(one["shape"])
            at += length
        names = [one["name"] for one in asked["outputs"]]
        self.pool.batches.append(len(next(iter(inputs.values()))))
        self._tell(names, self.session.run(names, inputs))

    def _tell(self, names: Sequence[str], outputs: Sequence[NDArray[Any]]) -> None:
        if self.pool.answers_nan:
            outputs = [values * np.float32("nan") for values in outputs]
        described: list[dict[str, Any]] = []
        for name, values in zip(names, outputs, strict=True):
            said: dict[str, Any] = {"name": name, "datatype": "FP32", "shape": values.shape}
            how: dict[str, Any] = {"data": values.ravel().tolist()} if self.pool.says_json else {}
            described.append(said | (how or {"parameters": {"binary_data_size": values.nbytes}}))
        head = json.dumps({"outputs": described}).encode()
        raw = b"" if self.pool.says_json else b"".join(values.tobytes() for values in outputs)
        self._answer(200, head + raw, {} if self.pool.says_json else {HEADER: str(len(head))})

    def _answer(self, status: int, content: bytes, headers: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        for name, value in (headers or {}).items():
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)


def _described(node: Any) -> dict[str, Any]:
    return {
        "name": node.name,
        "datatype": NAMES[node.type],
        "shape": [size if isinstance(size, int) else -1 for size in node.shape],
    }
