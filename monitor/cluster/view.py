"""What one node has seen of the others, of owners and of drains: pure, and in the order in which the store wrote it."""

from dataclasses import dataclass, field

from monitor.cluster.lease import SILENT_S
from monitor.cluster.rows import DrainRow, NodeRow, OwnerRow, Row

FRESH_S = 5.0  # a node that was heard of within this is given printers
NEVER = float("-inf")


@dataclass(slots=True)
class Seen:
    """A node's key: its newest row and what was seen of it before."""

    row: NodeRow | None  # None: it was removed, or this version cannot read it
    readable: bool
    revision: int
    heard: float  # when this revision was first seen, on our clock
    session_since: float  # when this session was
    revisions: int = 1  # of this session
    ended: str = ""  # the last session that was seen ended

    @property
    def is_live(self) -> bool:
        """Whether its lease may be valid."""
        return self.row is not None and not self.row.ended


@dataclass(slots=True)
class Owned:
    """A printer's key."""

    row: OwnerRow | None  # None: there is none, or this version cannot read it
    revision: int
    readable: bool = True
    orphan_since: float | None = None  # when it was first found that nobody may act on it


@dataclass(slots=True)
class View:
    """The newest rows by key. Only a row of a higher revision changes anything."""

    began: float = NEVER  # when everything that stood there was read; never, as long as it was not
    nodes: dict[str, Seen] = field(default_factory=dict)
    owners: dict[str, Owned] = field(default_factory=dict)
    drains: dict[str, tuple[DrainRow | None, int]] = field(default_factory=dict)

    def saw(self, key: str, row: Row | None, revision: int, now: float, *, readable: bool = True) -> None:
        """Take in what stands under a key since ``revision``; ``row`` is None for what was removed or is unreadable."""
        kind, _, name = key.partition(".")
        if kind == "nodes" and not isinstance(row, (OwnerRow, DrainRow)):
            self._saw_node(name, row, revision, now, readable)
        elif kind == "owners" and not isinstance(row, (NodeRow, DrainRow)):
            if self.revision(key) < revision:
                self.owners[name] = Owned(row, revision, readable)
        elif kind == "drains" and not isinstance(row, (NodeRow, OwnerRow)) and self.revision(key) < revision:
            self.drains[name] = (row, revision)

    def revision(self, key: str) -> int:
        """Return the revision that the next write of a key builds on; 0 when there is no such key."""
        kind, _, name = key.partition(".")
        if kind == "nodes":
            return self.nodes[name].revision if name in self.nodes else 0
        if kind == "owners":
            return self.owners[name].revision if name in self.owners else 0
        return self.drains[name][1] if name in self.drains else 0

    def is_over(self, node: str, session: str, now: float) -> bool:
        """Whether a session can never act again.

        It was seen ended; or its own process has begun another one; or its key has held something else for so long
        that its lease has run out: it could not be renewed any more.
        """
        seen = self.nodes.get(node)
        if seen is None:
            return now - self.began >= SILENT_S and self.began != NEVER
        row = seen.row
        if session == seen.ended:
            return True
        if not seen.readable:
            return False  # a newer version, alive for all we know
        if row is not None and row.session == session:
            return row.ended
        if row is not None and _instance(session) == row.instance and _number(session) < _number(row.session):
            return True
        return now - seen.session_since >= SILENT_S

    def is_draining(self, node: str) -> bool:
        """Whether it hands over what it has: a person wants it, or it is about to stop."""
        drain = self.drains.get(node, (None, 0))[0]
        seen = self.nodes.get(node)
        return bool((drain and drain.draining) or (seen and seen.row and seen.row.draining))

    def silent(self, now: float) -> list[NodeRow]:
        """Return the rows of live nodes that nothing was heard of for too long."""
        live = (seen for seen in self.nodes.values() if seen.is_live)
        return [seen.row for seen in live if seen.row is not None and now - seen.heard >= SILENT_S]

    def _saw_node(self, name: str, row: NodeRow | None, revision: int, now: float, readable: bool) -> None:
        known = self.nodes.get(name)
        if known is None:
            ended = row.session if row and row.ended else ""
            self.nodes[name] = Seen(row, readable, revision, now, now, ended=ended)
            return
        if revision <= known.revision:
            return
        session, before = (r.session if r is not None else "" for r in (row, known.row))
        if session == before:
            known.revisions += 1
        else:
            known.session_since, known.revisions = now, 1
        if row is not None and row.ended:
            known.ended = row.session
        known.row, known.readable, known.revision, known.heard = row, readable, revision, now


def _instance(session: str) -> str:
    return session.rpartition(".")[0]


def _number(session: str) -> int:
    digits = session.rpartition(".")[2]
    return int(digits) if digits.isdecimal() else 0
