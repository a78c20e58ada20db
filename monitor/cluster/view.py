"""What one node has seen of the others, of owners and of drains: pure, and in the order in which the store wrote it."""

from dataclasses import dataclass, field

from monitor.cluster.chain import Chain
from monitor.cluster.lease import Timing
from monitor.cluster.rows import DrainRow, NodeRow, OwnerRow, Row

NEVER = float("-inf")
_NONE = Chain()


@dataclass(slots=True)
class Seen:
    """A node's key: its newest row and what was seen of it before."""

    row: NodeRow | None  # None: it was removed, or this version cannot read it
    readable: bool
    heard: float  # when this row was first seen, on our clock
    session_since: float  # when this session was
    signs: int = 0  # of life of this session, after everything that stood there was read
    ended: str = ""  # the last session that was seen ended

    @property
    def is_live(self) -> bool:
        """Whether its lease may be valid."""
        return self.row is not None and not self.row.ended


@dataclass(slots=True)
class Owned:
    """A printer's key."""

    row: OwnerRow | None  # None: there is none, or this version cannot read it
    readable: bool = True
    orphan_since: float | None = None  # when it was first found that nobody may act on it


@dataclass(slots=True)
class View:
    """The rows that hold, by key."""

    timing: Timing = field(default_factory=Timing)
    began: float = NEVER  # when everything that stood there was read; never, as long as it was not
    nodes: dict[str, Seen] = field(default_factory=dict)
    owners: dict[str, Owned] = field(default_factory=dict)
    drains: dict[str, DrainRow | None] = field(default_factory=dict)
    _chains: dict[str, Chain] = field(default_factory=dict)

    def saw(self, key: str, row: Row | None, revision: int, now: float, *, readable: bool = True) -> bool:
        """Take in the next row of a key and tell whether it holds; it is None for what was removed or is unreadable.

        What a person writes or removes holds whatever was there before.
        """
        chain = self._chains.setdefault(key, Chain())
        if not chain.take(revision, None if row is None or isinstance(row, DrainRow) else row.expected):
            return False
        kind, _, name = key.partition(".")
        if kind == "nodes" and not isinstance(row, (OwnerRow, DrainRow)):
            self._saw_node(name, row, now, readable)
        elif kind == "owners" and not isinstance(row, (NodeRow, DrainRow)):
            self.owners[name] = Owned(row, readable)
        elif kind == "drains" and not isinstance(row, (NodeRow, OwnerRow)):
            self.drains[name] = row
        return True

    def miss(self) -> None:
        """Take in that rows may have been missed: the watch begins anew."""
        for chain in self._chains.values():
            chain.miss()

    def chain(self, key: str) -> Chain:
        """Return which revisions of a key there are."""
        return self._chains.get(key, _NONE)

    def is_over(self, node: str, session: str, now: float) -> bool:
        """Whether a session can never act again.

        It was seen ended; or its own process has begun another one; or its key has held something else for so long
        that its lease has run out: it could not be renewed any more.
        """
        seen = self.nodes.get(node)
        if seen is None:
            return now - self.began >= self.timing.silent_s and self.began != NEVER
        row = seen.row
        if session == seen.ended:
            return True
        if not seen.readable:
            return False  # a newer version, alive for all we know
        if row is not None and row.session == session:
            return row.ended
        if row is not None and _instance(session) == row.instance and _number(session) < _number(row.session):
            return True
        return now - seen.session_since >= self.timing.silent_s

    def is_draining(self, node: str) -> bool:
        """Whether it hands over what it has: a person wants it, or it is about to stop."""
        drain = self.drains.get(node)
        seen = self.nodes.get(node)
        return bool((drain and drain.draining) or (seen and seen.row and seen.row.draining))

    def silent(self, now: float) -> list[NodeRow]:
        """Return the rows of live nodes that nothing was heard of for too long."""
        return [seen.row for seen in self.nodes.values() if seen.row is not None and self.is_silent(seen, now)]

    def is_silent(self, seen: Seen, now: float) -> bool:
        """Whether nothing was heard of a live node for longer than its lease lasts."""
        return seen.row is not None and seen.is_live and now - seen.heard >= self.timing.silence_of(seen.row.lease_s)

    def _saw_node(self, name: str, row: NodeRow | None, now: float, readable: bool) -> None:
        known = self.nodes.get(name)
        if known is None:
            ended = row.session if row and row.ended else ""
            self.nodes[name] = Seen(row, readable, now, now, ended=ended)
            return
        session, before = (r.session if r is not None else "" for r in (row, known.row))
        if session == before:
            known.signs += self.began != NEVER
        else:
            known.session_since, known.signs = now, 0
        if row is not None and row.ended:
            known.ended = row.session
        known.row, known.readable, known.heard = row, readable, now


def _instance(session: str) -> str:
    return session.rpartition(".")[0]


def _number(session: str) -> int:
    digits = session.rpartition(".")[2]
    return int(digits) if digits.isdecimal() else 0
