"""What stands in the cluster's store: one small JSON object a key, each written by compare-and-set.

    nodes.{node}      NodeRow    a node's sign of life; a row that says ``ended`` shuts that session out for good
    owners.{printer}  OwnerRow   whose a printer is, its epoch, and the case that its owner kept
    drains.{node}     DrainRow   whether a person wants the node to hand over what it has

A *session* is one unbroken stay of a node in the cluster: ``{instance}.{number}``, the instance being its process.
``write`` is different in every row written, so that its writer knows it again; ``expected`` is the revision that it
builds on (:mod:`monitor.cluster.chain`).
"""

import json
from dataclasses import MISSING, asdict, dataclass
from typing import Any

from monitor.cluster.records import Case
from monitor.errors import BadPayload

SCHEMA = 1
NODES, OWNERS, DRAINS = "nodes", "owners", "drains"


@dataclass(frozen=True, slots=True)
class NodeRow:
    """A node's sign of life. Its times are for people: no decision reads another machine's clock."""

    node: str
    session: str
    write: str
    weight: float
    draining: bool = False  # it is about to stop, or cannot pause while others can
    ended: bool = False  # this session can never act again
    at: float = 0.0  # unix seconds
    since: float = 0.0  # unix seconds
    printers: int = 0  # on its list
    digest: str = ""  # of its list
    software: str = ""
    host: str = ""
    expected: int = 0
    lease_s: float = 0.0  # how long it may act after a sign of life
    can_pause: bool | None = None  # None: it does not tell, as older versions do
    why: str = ""  # it cannot, and the remedy

    @property
    def instance(self) -> str:
        """The process that the session belongs to."""
        return self.session.rpartition(".")[0]


@dataclass(frozen=True, slots=True)
class OwnerRow:
    """Whose a printer is; of nobody when ``node`` is empty."""

    printer: str
    node: str
    session: str
    epoch: int
    write: str
    since: float = 0.0  # unix seconds
    case: Case | None = None
    expected: int = 0


@dataclass(frozen=True, slots=True)
class DrainRow:
    """Whether a person wants a node to hand over what it has and to take nothing."""

    node: str
    draining: bool
    write: str
    by: str = ""
    at: float = 0.0  # unix seconds


Row = NodeRow | OwnerRow | DrainRow
_KINDS: dict[str, type[Row]] = {NODES: NodeRow, OWNERS: OwnerRow, DRAINS: DrainRow}


def key_of(row: Row) -> str:
    """Return the key that a row stands under."""
    match row:
        case NodeRow():
            return f"{NODES}.{row.node}"
        case OwnerRow():
            return f"{OWNERS}.{row.printer}"
        case DrainRow():
            return f"{DRAINS}.{row.node}"


def encode(row: Row) -> bytes:
    """Return a row as JSON."""
    return json.dumps({"schema": SCHEMA, **asdict(row)}, separators=(",", ":")).encode()


def decode(key: str, value: bytes) -> Row:
    """Return the row that stands under a key; raises BadPayload when this version cannot read it."""
    kind = _KINDS.get(key.partition(".")[0])
    if kind is None:
        raise BadPayload(f"{key}: no such key is known here")
    try:
        fields = json.loads(value)
    except (ValueError, RecursionError) as exc:
        raise BadPayload(f"{key}: not JSON: {exc}") from exc
    if not isinstance(fields, dict) or not isinstance(fields.get("schema"), int):
        raise BadPayload(f"{key}: no object with a schema")
    if fields["schema"] > SCHEMA:
        raise BadPayload(f"{key}: has schema {fields['schema']}, and this version reads {SCHEMA}: upgrade this node")
    if kind is OwnerRow and fields.get("case") is not None:
        fields["case"] = Case(**_fields(Case, fields["case"], key))
    row = kind(**_fields(kind, fields, key))
    if key_of(row) != key:
        raise BadPayload(f"{key}: holds the row of {key_of(row)}")
    return row


def _fields(kind: type[Row | Case], fields: object, key: str) -> dict[str, Any]:
    """Return the fields that a dataclass knows, each of the type that it declares."""
    if not isinstance(fields, dict):
        raise BadPayload(f"{key}: {kind.__name__} is no object")
    known = {name: fields[name] for name in kind.__dataclass_fields__ if name in fields}
    for name, declared in kind.__dataclass_fields__.items():
        if name not in known and declared.default is MISSING:
            raise BadPayload(f"{key}: {name} is missing")
        if name in known and not _fits(known[name], declared.type):
            raise BadPayload(f"{key}: {name} is {str(known[name])[:40]!r}")
    return known


def _fits(value: object, declared: Any) -> bool:
    if declared is float:
        return isinstance(value, (int, float)) and not isinstance(value, bool) and value == value  # noqa: PLR0124  # NaN
    if declared is int:
        return isinstance(value, int) and not isinstance(value, bool)
    return isinstance(value, declared)
