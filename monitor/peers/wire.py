"""What peers say to each other: topics, records, codecs (docs/mqtt.md, "Peers"). Times are unix seconds.

Topics have a tree of their own, so that a bridge can be given exactly that and nothing runs in a circle: what a peer
tells lies below ``{base}-peers/{peer}``, what it is asked below ``{base}-asks/{peer}``.
"""

import re
import struct
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import to_json

from monitor.codec import SCHEMA, Codec, envelope
from monitor.errors import BadPayload
from monitor.peers.records import (
    CompactView,
    EvidenceAsk,
    Farm,
    FarmPrinter,
    FarmRoom,
    FarmSite,
    Look,
    PageAsk,
    PeerTile,
    Pulse,
    Views,
    WishAnswer,
)
from monitor.records import PersonCommand
from monitor.records.journal import Cursor, JournalKind, JournalRow, Page
from monitor.wire import decode_person_command, encode_person_command

__all__ = [
    "CompactView",
    "Cursor",
    "EvidenceAsk",
    "Farm",
    "FarmPrinter",
    "FarmRoom",
    "FarmSite",
    "JournalKind",
    "JournalRow",
    "Look",
    "Page",
    "PageAsk",
    "PeerTile",
    "Pulse",
    "Views",
    "WishAnswer",
]

VIEWS_BYTES = 32_000  # of a message of views, at most
PAGE_BYTES = 48_000  # of a page, at most, unless a single row is longer
TILE_BYTES = 12_000  # of a tile's JPEG, at most
EVIDENCE_BYTES = 64_000  # of an incident's JPEG, made small, at most
_FARM_BYTES = 1_000_000  # a thousand printers are 150 kB
_LONG_PAGE_BYTES = 160_000
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_TAKEN_AT = struct.Struct(">d")


@dataclass(frozen=True, slots=True)
class PeerTopic:
    """A topic below ``{base}-peers``, taken apart. ``which``: the printer of a tile, the incident of an evidence."""

    peer: str
    leaf: str  # "pulse", "farm", "views", "tile", "page", "evidence", "answer"
    which: str = ""


class PeerTopics:
    """The topics of one peer, or with ``+`` the filters of those who listen to all."""

    def __init__(self, base: str, peer: str) -> None:
        """``base`` is ``mqtt.base`` of cameras.yaml."""
        self.told = f"{base}-peers"
        told, asked = f"{self.told}/{peer}", f"{base}-asks/{peer}"
        self.pulse = f"{told}/pulse"
        self.farm = f"{told}/farm"
        self.views = f"{told}/views"
        self.page = f"{told}/page"
        self.answer = f"{told}/answer"
        self._tile, self._evidence = f"{told}/tile", f"{told}/evidence"
        self.ask_page = f"{asked}/page"
        self.ask_evidence = f"{asked}/evidence"
        self.ask_look = f"{asked}/look"
        self.ask_views = f"{asked}/views"
        self.ask_command = f"{asked}/command"

    def tile(self, printer: str) -> str:
        """Not retained, QoS 0: :class:`PeerTile`."""
        return f"{self._tile}/{printer}"

    def evidence(self, incident: str) -> str:
        """Not retained, QoS 1: a JPEG of at most EVIDENCE_BYTES; empty when there is none."""
        return f"{self._evidence}/{incident}"

    def parse(self, topic: str) -> PeerTopic | None:
        """Take what a peer told apart, of whatever peer; None when it is not of this form."""
        head, levels = topic[: len(self.told) + 1], topic[len(self.told) + 1 :].split("/")
        if head != f"{self.told}/" or not all(levels) or {"+", "#"} & set(levels):
            return None
        match levels:
            case [peer, "pulse" | "farm" | "views" | "page" | "answer" as leaf]:
                return PeerTopic(peer, leaf)
            case [peer, "tile" | "evidence" as leaf, which]:
                return PeerTopic(peer, leaf, which)
        return None


_PULSE = Codec(Pulse, "pulse")
_FARM = Codec(Farm, "farm", _FARM_BYTES)
_VIEWS = Codec(Views, "views", sparse=True)  # for the line is thin
_PAGE = Codec(Page, "page", 2 * _LONG_PAGE_BYTES)
_ANSWER = Codec(WishAnswer, "answer")
_PAGE_ASK = Codec(PageAsk, "page question")
_EVIDENCE_ASK = Codec(EvidenceAsk, "evidence question")
_LOOK = Codec(Look, "look")

PAYLOADS: dict[str, TypeAdapter[Any]] = {
    "pulse": _PULSE.adapter,
    "farm": _FARM.adapter,
    "views": _VIEWS.adapter,
    "page": _PAGE.adapter,
    "answer": _ANSWER.adapter,
    "ask/page": _PAGE_ASK.adapter,
    "ask/evidence": _EVIDENCE_ASK.adapter,
    "ask/look": _LOOK.adapter,
}
"""What is JSON on each topic; for those who describe the contract. ``ask/views`` is an empty object."""


# what decodes raises BadPayload, and NewerPayload when the peer's schema is above ours
encode_pulse, decode_pulse = _PULSE.encode, _PULSE.decode
encode_farm, decode_farm = _FARM.encode, _FARM.decode
encode_views, decode_views = _VIEWS.encode, _VIEWS.decode
encode_answer, decode_answer = _ANSWER.encode, _ANSWER.decode
encode_look, decode_look = _LOOK.encode, _LOOK.decode
encode_page_ask, encode_evidence_ask = _PAGE_ASK.encode, _EVIDENCE_ASK.encode
encode_wish = encode_person_command  # one that has an id and expires_at


def encode_tile(tile: PeerTile) -> bytes:
    """Encode the payload of ``tile``: the time as a float64, big end first, then the JPEG."""
    return _TAKEN_AT.pack(tile.taken_at) + tile.jpeg


def decode_tile(payload: bytes) -> PeerTile:
    """Decode the payload of ``tile``; raises BadPayload."""
    if not _TAKEN_AT.size < len(payload) <= _TAKEN_AT.size + TILE_BYTES:
        raise BadPayload(f"tile payload: {len(payload)} bytes, at most {TILE_BYTES} of a JPEG after 8 are accepted")
    (taken_at,) = _TAKEN_AT.unpack_from(payload)
    jpeg = payload[_TAKEN_AT.size :]
    if not 0.0 <= taken_at < 1e11 or not jpeg.startswith(b"\xff\xd8"):
        raise BadPayload("tile payload: a time (float64, big end first) and a JPEG are expected")
    return PeerTile(taken_at, jpeg)


def encode_page(page: Page) -> bytes:
    """Encode the payload of ``page``; the rows' bodies stand in it as JSON."""
    rows = b",".join(_encode_row(row) for row in page.rows)
    head = to_json({"id": page.id, "history": page.history, "after": page.after, "upto": page.upto, "head": page.head})
    return b'{"schema":%d,%s,"rows":[%s]}' % (SCHEMA, head[1:-1], rows)


def row_bytes(row: JournalRow) -> int:
    """Return how long a row is in a page."""
    return len(_encode_row(row)) + 1


def _encode_row(row: JournalRow) -> bytes:
    return b'{"seq":%d,"kind":%s,"id":%s,"body":%s}' % (row.seq, to_json(row.kind), to_json(row.id), row.body.encode())


def decode_page(payload: bytes) -> Page:
    """Decode the payload of ``page``; raises BadPayload. The rows' bodies are checked by who imports them."""
    body = envelope(payload, "page", _LONG_PAGE_BYTES)
    rows = body.get("rows")
    if not isinstance(rows, list) or not all(map(_has_a_body, rows)):
        raise BadPayload("page payload: rows: a list of objects is expected, each with an object as its body")
    flat = {**body, "rows": [{**row, "body": to_json(row["body"]).decode()} for row in rows]}
    page = _PAGE.decode(to_json(flat))
    numbers = [page.after, *(row.seq for row in page.rows)]
    if not all(a < b for a, b in pairwise(numbers)) or not numbers[-1] <= page.upto <= page.head:
        raise BadPayload("page payload: the numbers of its rows do not rise from after to upto, or upto is above head")
    return page


def _has_a_body(row: object) -> bool:
    return isinstance(row, dict) and isinstance(row.get("body"), dict)


def decode_page_ask(payload: bytes) -> PageAsk:
    """Decode the question for a page; raises BadPayload."""
    ask = _PAGE_ASK.decode(payload)
    _check_name(ask.id, "page question: id")
    if ask.after < 0:
        raise BadPayload("page question: after: a number from 0 on is expected")
    return ask


def decode_evidence_ask(payload: bytes) -> EvidenceAsk:
    """Decode the question for an evidence; raises BadPayload."""
    ask = _EVIDENCE_ASK.decode(payload)
    _check_name(ask.incident, "evidence question: incident")
    return ask


def decode_wish(payload: bytes) -> PersonCommand:
    """Decode a command from another place; raises BadPayload."""
    command = decode_person_command(payload)
    _check_name(command.id, "command payload: id")
    if command.expires_at is None:
        raise BadPayload("command payload: expires_at: what comes from another place says until when it holds")
    return command


def _check_name(name: str, what: str) -> None:
    """Refuse what cannot stand in a topic and need not stand in a table."""
    if _NAME.fullmatch(name) is None:
        raise BadPayload(f"{what}: 1 to 64 letters, digits, -, _ or . are expected")
