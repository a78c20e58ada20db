"""How one node comes into the cluster, stays in it, and shuts out those that have fallen silent: pure.

A node that was shut out comes back with a new session and owns nothing of what the old one did. A silent node is shut
out by compare-and-set on its own key: if that succeeds, the sign of life that we have watched for ``silent_s`` was its
last one, and it can send no other. No clock of a server has a part in it.
"""

from dataclasses import dataclass, replace
from itertools import count

from monitor.cluster.lease import Lease, Timing
from monitor.cluster.rows import NODES, NodeRow
from monitor.cluster.store import Write
from monitor.cluster.view import Seen, View


@dataclass(frozen=True, slots=True)
class Identity:
    """What a node says of itself."""

    node: str
    instance: str  # of this process alone
    weight: float
    software: str = ""
    host: str = ""


@dataclass(frozen=True, slots=True)
class Condition:
    """What changes about a node while it runs."""

    printers: int = 0
    digest: str = ""
    closing: bool = False  # it is about to stop
    can_pause: bool | None = None
    why: str = ""  # it cannot
    lets_go: bool = False  # of what it has, because it cannot pause it and others can

    @property
    def draining(self) -> bool:
        """Whether it hands over what it has. Every version takes heed of this one."""
        return self.closing or self.lets_go


class Membership:
    """One node's stay. Times ``now`` are seconds on its own clock (see :mod:`monitor.cluster.lease`)."""

    def __init__(self, me: Identity, timing: Timing) -> None:
        self.me, self.timing, self.lease = me, timing, Lease(timing)
        self.session, self.since = "", float("-inf")  # none, while we are out
        self.condition = Condition()
        self.is_closed = False
        self._numbers, self._tokens = count(1), count(1)
        self._entering = self._next_session()
        self._told: NodeRow | None = None
        self._asked_at = float("-inf")

    @property
    def key(self) -> str:
        """Our own key."""
        return f"{NODES}.{self.me.node}"

    def token(self) -> str:
        """Return what makes a row of ours unlike every other."""
        return f"{self.me.instance}/{next(self._tokens)}"

    def look(self, view: View, now: float) -> None:
        """Take in what has become of our key: whether we came in, or were shut out."""
        seen = view.nodes.get(self.me.node)
        row = seen.row if seen is not None else None
        if self.session and (row is None or row.session != self.session or row.ended):
            self.leave()
        if not self.session and not self.is_closed and row and row.session == self._entering and not row.ended:
            self.session, self.since = self._entering, now

    def leave(self) -> None:
        """Give up the session: whatever it owned may be another's by now."""
        if self.session:
            self.session, self._entering = "", self._next_session()
        self.lease.lost()

    def sign(self, view: View, now: float, unix_s: float) -> Write | None:
        """Return the next sign of life, or the first one, if it is time."""
        seen = view.nodes.get(self.me.node)
        if not self.session:
            return None if self.is_closed else self._enter(seen, view, now, unix_s)
        told = self._told
        changed = told is None or self._row(told.since) != replace(told, at=0.0, write="", expected=0)
        if now - self._asked_at < self.timing.renew_s and not changed:
            return None
        since = seen.row.since if seen is not None and seen.row is not None else unix_s
        return self._write(replace(self._row(since), at=unix_s), view, now)

    def end(self, view: View, now: float) -> Write | None:
        """Return the last word of our session: others may take over at once. We act no more from here on."""
        session, self.is_closed = self.session, True
        self.leave()
        seen = view.nodes.get(self.me.node)
        if not session or seen is None or seen.row is None:
            return None
        return self._ending(seen.row, view, now)

    def shut_out(self, view: View, now: float) -> list[Write]:
        """Return what shuts out the silent, if we can be sure that the silence is theirs."""
        if not self.lease.is_fit_to_judge(now):
            return []
        silent = (row for row in view.silent(now) if row.node != self.me.node)
        return [self._ending(row, view, now) for row in silent]

    def signed(self, write: Write, now: float) -> None:
        """Take in that a sign of life of ours holds."""
        if isinstance(write.row, NodeRow) and not write.row.ended:
            self.lease.renewed(write.asked_at, now)

    def failed(self) -> None:
        """Take in that one was not answered, or refused: the next one follows at once."""
        self.lease.failed()
        self._asked_at = float("-inf")

    def namesake(self, view: View) -> NodeRow | None:
        """Return the row of another process with our name that is at work: it has signed again while we looked."""
        seen = view.nodes.get(self.me.node)
        if self.session or seen is None or seen.row is None or not seen.is_live or not seen.signs:
            return None
        return seen.row if seen.row.instance != self.me.instance else None

    def _enter(self, seen: Seen | None, view: View, now: float, unix_s: float) -> Write | None:
        if seen is not None and not seen.readable:
            return None
        row = seen.row if seen is not None else None
        if row is None or row.ended or row.instance == self.me.instance:
            entering = replace(self._row(unix_s), session=self._entering, at=unix_s)
            return self._write(entering, view, now)
        if seen is not None and view.is_silent(seen, now):
            return self._ending(row, view, now)  # then its name is free
        return None

    def _row(self, since: float) -> NodeRow:
        me, condition = self.me, self.condition
        return NodeRow(
            me.node,
            self.session,
            "",
            me.weight,
            condition.draining,
            since=since,
            printers=condition.printers,
            digest=condition.digest,
            software=me.software,
            host=me.host,
            lease_s=self.timing.lease_s,
            can_pause=condition.can_pause,
            why=condition.why,
        )

    def _write(self, row: NodeRow, view: View, now: float) -> Write:
        chain = view.chain(self.key)
        row = replace(row, write=self.token(), expected=chain.held)
        self._told, self._asked_at = row, now
        return Write(row, chain.last, now)

    def _ending(self, row: NodeRow, view: View, now: float) -> Write:
        chain = view.chain(f"{NODES}.{row.node}")
        return Write(replace(row, ended=True, write=self.token(), expected=chain.held), chain.last, now)

    def _next_session(self) -> str:
        return f"{self.me.instance}.{next(self._numbers)}"
