"""One node of a cluster as a state machine: what it has seen and what time it is go in, writes and grants come out.

No thread, no clock, no socket: :mod:`monitor.cluster.keeper` drives it. ``now`` is in seconds on the node's own clock
that never steps and runs on while the machine sleeps; ``unix_s`` is for people, and to begin epochs with.

Two nodes never both hold a grant for one printer that is certain (``tests/cluster/test_node.py`` plays delays, lost
answers, suspended nodes and clocks that jump against it). What it stands on:

1. all writes stand in one ordered log, and which of them hold is the same for all who read it
   (:mod:`monitor.cluster.chain`); the store's answers decide nothing;
2. a grant is a row that names our session, and only a session's own node or one that knows it to be over replaces it;
3. a session is over when its lease has run out and it can never be renewed (:mod:`monitor.cluster.membership`).
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import Enum

from monitor.cluster.lease import Timing
from monitor.cluster.membership import Condition, Identity, Membership
from monitor.cluster.records import Case, NodeView
from monitor.cluster.rows import NodeRow, Row
from monitor.cluster.serving import Serving
from monitor.cluster.shares import Moment, Shares, Wish
from monitor.cluster.store import Answer, Outcome, Write
from monitor.cluster.view import NEVER, View

UNSEEN_S = 2.0  # what was written should have come back by then
AGAIN_S = 0.2  # after a refusal or no answer
ANSWERED_S = 30.0  # the store answers everything, long before this
FORGET_S = 120.0


class Kept(Enum):
    """What became of a case."""

    YES = "yes"
    NOT_OURS = "not-ours"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class _Busy:
    """A key that nothing more is sent for: until then, or until this revision came back."""

    until: float
    revision: int = 0


@dataclass(frozen=True, slots=True)
class _Sent:
    """A write that may come back by the watch, and the case that it keeps."""

    write: Write
    wish: Wish | None = None


@dataclass(frozen=True, slots=True)
class Grants:
    """What a node may act on, until when on its own clock."""

    epochs: Mapping[str, int]
    until: float

    def epoch(self, printer: str, now: float) -> int | None:
        """Return the epoch of a printer that may be acted on at this moment."""
        return self.epochs.get(printer) if now < self.until else None


class Node:
    """The state machine. One thread calls it."""

    def __init__(self, me: Identity, timing: Timing | None = None) -> None:
        self.me, self.timing = me, timing or Timing()
        self.kept: list[tuple[int, Kept]] = []  # tickets that are done; who reads them empties it
        self.view = View(self.timing)
        self._stay, self._shares = Membership(me, self.timing), Shares()
        self._printers, self._digest = frozenset[str](), ""
        self._busy: dict[str, _Busy] = {}
        self._sent: dict[str, _Sent] = {}  # by what makes its row unlike all others
        self._closing = False
        self.serving = Serving(self.timing)  # whether we can pause what is ours; to be read
        self._silence_s: float | None = None
        self._why = ""
        self._catching_up = True

    @property
    def session(self) -> str:
        """Our session; empty while we are not in the cluster."""
        return self._stay.session

    @property
    def is_catching_up(self) -> bool:
        """Whether what is seen now may be of long ago."""
        return self._catching_up

    @property
    def is_closed(self) -> bool:
        """Whether we have left for good."""
        return self._stay.is_closed

    @property
    def grants(self) -> Grants:
        """What is ours and not on its way to others."""
        return Grants(self._shares.granted(self.view, self.session), self._stay.lease.until)

    def follow(self, printers: Collection[str], digest: str) -> None:
        """Take in the list of printers; ``digest`` is the same on nodes that have the same list."""
        self._printers, self._digest = frozenset(printers), digest

    def hears(self, silence_s: float | None, why: str = "") -> None:
        """Take in how long ago the broker was heard, and why that means that we cannot pause when it is long ago.

        None: nobody listens, and it is no concern of ours.
        """
        self._silence_s, self._why = silence_s, why

    def saw(self, key: str, row: Row | None, revision: int, now: float, *, readable: bool = True) -> None:
        """Take in the next row in the order of the log; it is None for what was removed, or is not ``readable``."""
        holds = self.view.saw(key, row, revision, now, readable=readable)
        busy = self._busy.get(key)
        if busy is not None and busy.revision and busy.revision <= revision:
            del self._busy[key]
        sent = self._sent.pop(row.write, None) if row is not None else None
        if sent is not None:
            self._came_back(sent, holds, now)
        self._stay.look(self.view, now)

    def watch_anew(self) -> None:
        """Take in that the watch begins anew: rows may have been missed, and which hold is not sure until the end."""
        self._catching_up = True
        self.view.miss()

    def caught_up(self, now: float) -> None:
        """Take in that everything that stands in the store was seen."""
        self._catching_up = False
        if self.view.began == NEVER:
            self.view.began = now

    def forget(self) -> None:
        """Take in that the store is another one than before, such as an empty one: nothing of what we knew holds."""
        self.view, self._catching_up = View(self.timing), True
        self._stay.leave()

    def answered(self, write: Write, answer: Answer, now: float) -> None:
        """Take in what the store has said of a write; every one is answered once."""
        if answer.outcome is Outcome.WRITTEN:
            if self.view.chain(write.key).last >= answer.revision:
                self._busy.pop(write.key, None)
            else:
                self._busy[write.key] = _Busy(now + UNSEEN_S, answer.revision)
            return
        self._busy[write.key] = _Busy(now + AGAIN_S)
        if write.key == self._stay.key:
            self._stay.failed()
        sent = self._sent.get(write.row.write)
        if sent is not None and sent.wish is not None:
            self._shares.keep_again(sent.wish)
            self._sent[write.row.write] = _Sent(write)
        if answer.outcome is Outcome.REFUSED:
            self._sent.pop(write.row.write, None)

    def leaving(self) -> dict[str, int]:
        """Return what goes to others as soon as the rest of Vigie has let go of it (:meth:`left`), and its epochs."""
        return self._shares.leaving()

    def left(self, printers: Mapping[str, int]) -> None:
        """Take in that the rest of Vigie does not have printers (any more) that were ours at these epochs."""
        self._shares.left(printers)

    def keep(self, wish: Wish) -> None:
        """Keep a case; what became of it appears in ``kept``."""
        if not self._shares.keep(wish):
            self.kept.append((wish.ticket, Kept.UNKNOWN))

    def close(self) -> None:
        """Hand over what we have, and take nothing any more."""
        self._closing = True

    def end(self, now: float) -> list[Write]:
        """Leave for good: what we still own can be claimed at once. Nothing is ours any more when this returns."""
        write = self._stay.end(self.view, now)
        return [write] if write is not None else []

    def step(self, now: float, unix_s: float) -> list[Write]:
        """Return what is to be written now. Grants must be looked at anew before any of it is sent."""
        if self._catching_up:
            return []
        self._forget_the_old(now)
        self._look_after_ourselves(now)
        moment = Moment(self.view, self._stay, self._printers, now, unix_s)
        begun = self._keep_cases(moment)
        sign = self._stay.sign(self.view, now, unix_s) if self._stay.key not in self._busy else None
        writes = [sign] if sign is not None else []
        if self.session:
            writes += self._stay.shut_out(self.view, now)
            writes += self._shares.moves(moment, {*self._busy, *(write.key for write in writes)})
        return begun + [write for write in writes if self._begin(_Sent(write))]

    def is_handing_over(self, now: float) -> bool:
        """Whether we still own something, and somebody is there to whom it can go."""
        others = [seen for node, seen in self.view.nodes.items() if seen.is_live and not self.view.is_draining(node)]
        held = self._shares.held(self.view, self.session)
        return bool(held and others) and self._stay.lease.is_certain(now)

    def namesake(self) -> NodeRow | None:
        """Return another process of our name that is at work, while we are not in."""
        return self._stay.namesake(self.view)

    def strangers(self) -> list[NodeRow]:
        """Return live nodes whose list of printers differs from ours."""
        rows = (seen.row for seen in self.view.nodes.values() if seen.is_live and seen.row is not None)
        return [row for row in rows if row.node != self.me.node and row.digest != self._digest]

    def owners(self) -> dict[str, str]:
        """Return printer -> node."""
        rows = (owned.row for owned in self.view.owners.values() if owned.row is not None)
        return {row.printer: row.node for row in rows if row.node}

    def case(self, printer: str) -> Case | None:
        """Return what is kept of a printer."""
        owned = self.view.owners.get(printer)
        return owned.row.case if owned is not None and owned.row is not None else None

    def _look_after_ourselves(self, now: float) -> None:
        fresh = (seen for seen in self.view.nodes.values() if now - seen.heard <= self.timing.fresh_s)
        able = (seen.row for seen in fresh if seen.is_live and seen.row is not None and seen.row.can_pause)
        alike = (row.node for row in able if row.digest == self._digest and row.node != self.me.node)
        self.serving.look(self._silence_s, now, others_can=any(not self.view.is_draining(node) for node in alike))
        can_pause, lets_go = self.serving.can_pause, self.serving.lets_go
        why = self._why if can_pause is False else ""
        self._stay.condition = Condition(len(self._printers), self._digest, self._closing, can_pause, why, lets_go)

    def _keep_cases(self, moment: Moment) -> list[Write]:
        writes, foreign, late = self._shares.cases(moment, self._busy)
        self.kept += [(wish.ticket, Kept.NOT_OURS) for wish in foreign]
        self.kept += [(wish.ticket, Kept.UNKNOWN) for wish in late]
        for wish, write in writes:
            self._begin(_Sent(write, wish))
        return [write for _, write in writes]

    def _begin(self, sent: "_Sent") -> bool:
        """Note what is about to be sent; False when something else of its key is on its way."""
        if sent.write.key in self._busy:
            return False
        self._busy[sent.write.key] = _Busy(sent.write.asked_at + ANSWERED_S)
        self._sent[sent.write.row.write] = sent
        return True

    def _came_back(self, sent: "_Sent", holds: bool, now: float) -> None:
        """Take in that a write of ours stands in the log, and whether it holds."""
        if holds and sent.write.key == self._stay.key and not self._catching_up:
            self._stay.signed(sent.write, now)
        if sent.wish is not None and holds:
            self.kept.append((sent.wish.ticket, Kept.YES))
        elif sent.wish is not None:
            self._shares.keep_again(sent.wish)

    def _forget_the_old(self, now: float) -> None:
        self._busy = {key: busy for key, busy in self._busy.items() if now < busy.until}
        self._sent = {token: sent for token, sent in self._sent.items() if now - sent.write.asked_at < FORGET_S}


def node_views(view: View, digest: str) -> list[NodeView]:
    """Return all nodes for people, by name; ``digest`` is of the list that they should have."""
    counts: dict[str, int] = {}
    for owned in view.owners.values():
        if owned.row is not None and owned.row.node:
            counts[owned.row.node] = counts.get(owned.row.node, 0) + 1
    views = []
    for name, seen in sorted(view.nodes.items()):
        row, drains = seen.row, view.is_draining(name)
        if row is None:
            odd = "" if seen.readable else "writes what this version cannot read: upgrade this node"
            views.append(NodeView(name, not seen.readable, 0.0, drains, 0.0, counts.get(name, 0), "", odd))
            continue
        odd = "has another list of printers: give all nodes the same file" if digest and row.digest != digest else ""
        odd = row.why if row.can_pause is False else odd
        live, since, has = seen.is_live, row.since if seen.is_live else row.at, counts.get(name, 0)
        views.append(NodeView(name, live, row.weight, drains, since, has, row.software, odd * live, row.can_pause))
    return views
