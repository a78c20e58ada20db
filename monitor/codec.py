"""Records as JSON and back, strictly: how every payload over MQTT and every row of the history is written.

A payload is the JSON of one record plus ``schema``. Unknown keys are ignored, so that a newer Vigie may add some; a
schema above ours is refused.
"""

from typing import Any, Generic, TypeVar

from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import from_json

from monitor.errors import BadPayload, NewerPayload

SCHEMA = 1
MAX_PAYLOAD_BYTES = 64 * 1024

Record = TypeVar("Record")

_ON_THE_WIRE = {"failure_class": "class", "outcome": "result", "elapsed_ms": "ms"}
_CONFIG = ConfigDict(alias_generator=lambda name: _ON_THE_WIRE.get(name, name), strict=True, allow_inf_nan=False)


class Codec(Generic[Record]):
    """Records of one type as payloads, and back."""

    def __init__(
        self, record: type[Record], kind: str, at_most: int = MAX_PAYLOAD_BYTES, *, sparse: bool = False
    ) -> None:
        """``kind``: what a person calls it. ``at_most``: bytes. ``sparse`` leaves out what has its default value."""
        # pydantic gives a configuration to a union, not to a bare dataclass; null is refused in envelope
        self.adapter: TypeAdapter[Record] = TypeAdapter(record | None, config=_CONFIG)  # type: ignore[arg-type]
        self._kind, self._at_most, self._sparse = kind, at_most, sparse

    def encode(self, record: Record) -> bytes:
        """Return the payload of a record."""
        body = self.adapter.dump_json(record, by_alias=True, exclude_defaults=self._sparse)
        return b'{"schema":%d%s' % (SCHEMA, body[1:] if body == b"{}" else b"," + body[1:])

    def decode(self, payload: bytes) -> Record:
        """Return the record of a payload; raises BadPayload, and NewerPayload of a schema above ours."""
        envelope(payload, self._kind, self._at_most)
        try:
            return self.adapter.validate_json(payload)
        except ValidationError as exc:
            faults = "; ".join(f"{'.'.join(map(str, e['loc'])) or 'payload'}: {e['msg']}" for e in exc.errors()[:5])
            raise BadPayload(f"{self._kind} payload: {faults}") from exc


def envelope(payload: bytes, kind: str, at_most: int = MAX_PAYLOAD_BYTES) -> dict[str, Any]:
    """Return the JSON object of a payload whose schema we know; raises BadPayload, and NewerPayload of a higher one."""
    if len(payload) > at_most:
        raise BadPayload(f"{kind} payload: {len(payload)} bytes, at most {at_most} are accepted")
    try:
        body = from_json(payload, allow_inf_nan=False)
    except ValueError as exc:
        raise BadPayload(f"{kind} payload: not JSON ({exc})") from exc
    if not isinstance(body, dict):
        raise BadPayload(f"{kind} payload: a JSON object is expected, not {type(body).__name__}")
    schema = body.get("schema", SCHEMA)
    if type(schema) is not int or not 1 <= schema <= SCHEMA:
        fault = NewerPayload if type(schema) is int and schema > SCHEMA else BadPayload
        raise fault(f"{kind} payload: schema {schema!r}, this version reads up to {SCHEMA}: update Vigie here")
    return body
