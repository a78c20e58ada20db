"""A model server's client: KServe's open inference protocol, version 2, over HTTP, with Triton's binary tensors.

Specifications: KServe, *Open Inference Protocol* (``/v2/models/...``, JSON) and Triton's *Binary Tensor Data Extension*
(raw little-endian tensors after the JSON, whose length stands in a header) and *Model Configuration Extension* (which
tells parameters of the model). One connection, kept open; one request at a time; not shared between threads.
"""

import http.client
import json
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlsplit

import numpy as np
from numpy.typing import NDArray

from monitor.errors import ModelMismatch, PoolAway

HEADER = "Inference-Header-Content-Length"
LARGEST_ANSWER = 256 << 20

_DATATYPES: Mapping[str, type[np.generic]] = {"UINT8": np.uint8, "FP32": np.float32}
_NAMES = {np.dtype(kind): name for name, kind in _DATATYPES.items()}

Arrays = Mapping[str, NDArray[Any]]


@dataclass(frozen=True, slots=True)
class Tensor:
    """What a server says of an input or an output; -1 in a shape is free."""

    datatype: str
    shape: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ServedModel:
    """What a server says of a model."""

    inputs: Mapping[str, Tensor]
    outputs: Mapping[str, Tensor]
    parameters: Mapping[str, str]  # empty where the server does not tell


class KserveClient:
    """One model of one server. Every method takes ``within_s``, and raises PoolAway when that is over.

    It also raises PoolAway for whatever else keeps the server from answering, and ModelMismatch when it has no such
    model.
    """

    def __init__(self, url: str, model: str, version: str = "") -> None:
        """``url`` is the server's, such as ``http://gpu:8000``; an empty version is the one that the server chooses."""
        where = urlsplit(url)
        kind = http.client.HTTPSConnection if where.scheme == "https" else http.client.HTTPConnection
        self._url, self._model = url, model
        self._connection = kind(where.hostname or "", where.port)
        self._path = f"{where.path.rstrip('/')}/v2/models/{quote(model)}" + (f"/versions/{version}" if version else "")
        self._served: ServedModel | None = None

    def describe(self, within_s: float) -> ServedModel:
        """Ask what the model takes and gives."""
        until = time.monotonic() + within_s
        said = self._json("GET", "", until)
        try:
            self._served = ServedModel(_tensors(said["inputs"]), _tensors(said["outputs"]), self._parameters(until))
        except (KeyError, TypeError, ValueError) as exc:
            raise PoolAway(f"{self._url} describes {self._model} in words that we do not understand: {exc!r}") from exc
        return self._served

    def infer(self, inputs: Arrays, outputs: Sequence[str], within_s: float) -> list[NDArray[Any]]:
        """Run the model on arrays [N, ...] and return its outputs [N, ...], in that order."""
        until = time.monotonic() + within_s
        head, body = self._request(inputs, outputs)
        headers = {HEADER: str(len(head)), "Content-Type": "application/octet-stream"}
        answer, size = self._exchange("POST", "/infer", b"".join([head, *body]), headers, until)
        try:
            found = _arrays(answer, size)
            return [found[name] for name in outputs]
        except (KeyError, TypeError, ValueError) as exc:
            raise PoolAway(f"{self._url} answers for {self._model} with something else: {exc!r}") from exc

    def close(self) -> None:
        """Hang up; the next call dials again."""
        self._connection.close()

    def _request(self, inputs: Arrays, outputs: Sequence[str]) -> tuple[bytes, list[bytes]]:
        described, body = [], []
        for name, values in inputs.items():
            raw = np.ascontiguousarray(values).tobytes()
            body.append(raw)
            described.append(
                {
                    "name": name,
                    "shape": self._shape_of(name, values),
                    "datatype": _NAMES[values.dtype],
                    "parameters": {"binary_data_size": len(raw)},
                }
            )
        wanted = [{"name": name, "parameters": {"binary_data": True}} for name in outputs]
        return json.dumps({"inputs": described, "outputs": wanted}).encode(), body

    def _shape_of(self, name: str, values: NDArray[Any]) -> list[int]:
        """Return the shape as the server counts: where one number a picture is a dimension of its own, it says so."""
        said = self._served.inputs.get(name) if self._served else None
        more = len(said.shape) - values.ndim if said else 0
        return [*values.shape, *[1] * more]

    def _parameters(self, until: float) -> dict[str, str]:
        try:
            said = self._json("GET", "/config", until).get("parameters", {})
            return {name: value["string_value"] for name, value in said.items()}
        except (ModelMismatch, AttributeError, KeyError, TypeError):
            return {}  # a server without this extension

    def _json(self, method: str, path: str, until: float) -> Any:
        answer, _ = self._exchange(method, path, b"", {}, until)
        try:
            return json.loads(answer)
        except ValueError as exc:
            raise PoolAway(f"{self._url} is no model server: its answer is no JSON") from exc

    def _exchange(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str], until: float
    ) -> tuple[bytes, int]:
        """Return an answer, and how many of its bytes are JSON."""
        try:
            response = self._respond(method, path, body, headers, until)
            content = self._content(response, until)
        except (OSError, http.client.HTTPException) as exc:
            self.close()
            raise PoolAway(f"{self._url}: {str(exc) or type(exc).__name__}") from exc
        if response.status != http.HTTPStatus.OK:
            raise self._refusal(response.status, content)
        return content, _length(response.getheader(HEADER), len(content))

    def _respond(
        self, method: str, path: str, body: bytes, headers: Mapping[str, str], until: float
    ) -> http.client.HTTPResponse:
        """Ask. A connection that was open may have been closed by the server meanwhile: then a new one is tried."""
        was_open = self._connection.sock is not None
        try:
            self._allow(until)
            self._connection.request(method, self._path + path, body or None, dict(headers))
            self._allow(until)
            return self._connection.getresponse()
        except ConnectionError:  # also what is raised for a line that was closed before the answer
            if not was_open:
                raise
            self.close()
        return self._respond(method, path, body, headers, until)

    def _content(self, response: http.client.HTTPResponse, until: float) -> bytes:
        parts: list[bytes] = []
        size = 0
        while True:
            self._allow(until)
            part = response.read(1 << 16)
            if not part:
                return b"".join(parts)
            parts.append(part)
            size += len(part)
            if size > LARGEST_ANSWER:
                raise http.client.HTTPException("its answer has no end")

    def _allow(self, until: float) -> None:
        """Let the next step take what is left of the time."""
        left = until - time.monotonic()
        if left <= 0:
            raise TimeoutError("no answer in time")
        self._connection.timeout = left
        if self._connection.sock is not None:
            self._connection.sock.settimeout(left)

    def _refusal(self, status: int, content: bytes) -> PoolAway | ModelMismatch:
        try:
            why = str(json.loads(content)["error"])[:300]
        except (KeyError, TypeError, ValueError):
            why = http.client.responses.get(status, "")
        text = f"{self._url} refuses {self._model}: {status} {why}"
        # 400 and 404 are what servers say of a model or a version that they do not have.
        return ModelMismatch(text) if status in (400, 404) else PoolAway(text)


def _length(said: str | None, size: int) -> int:
    """Return how many bytes are JSON; all where the server does not say."""
    return int(said) if said is not None and said.isdigit() else size


def _tensors(said: Sequence[Mapping[str, Any]]) -> dict[str, Tensor]:
    return {one["name"]: Tensor(one["datatype"], tuple(map(int, one["shape"]))) for one in said}


def _arrays(answer: bytes, size: int) -> dict[str, NDArray[Any]]:
    """Take an answer apart. Raises KeyError, TypeError or ValueError when it is none."""
    found: dict[str, NDArray[Any]] = {}
    at = size
    for one in json.loads(answer[:size])["outputs"]:
        kind, shape = np.dtype(_DATATYPES[one["datatype"]]), one["shape"]
        length = one.get("parameters", {}).get("binary_data_size")
        if length is None:
            values = np.array(one["data"], kind)
        else:
            values = np.frombuffer(answer[at : at + length], kind)
            at += length
        found[one["name"]] = values.reshape(shape)
    return found
