"""Which printers one node claims, hands over and gives up: pure.

What may be done to a printer's key, always by compare-and-set on the revision that was seen:

- its owner keeps a case in it, gives it to another live session, or to nobody (a printer that is not on its list);
- anybody whose lease is certain claims what nobody may act on: its session is over, or it is nobody's.

A printer that is on its way from us is not ours any more, also when the answer to the write was lost: it can only come
back with a new epoch.
"""

from collections import deque
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from monitor.cluster.membership import Membership
from monitor.cluster.placement import place, ranked
from monitor.cluster.records import Case
from monitor.cluster.rows import OWNERS, OwnerRow
from monitor.cluster.store import Write
from monitor.cluster.view import Owned, View

LEAVING_AT_ONCE = 25  # printers on their way to others: each is looked at by nobody for a moment
KEEPS_AT_MOST = 16  # cases of one printer that wait to be kept


@dataclass(frozen=True, slots=True)
class Wish:
    """A case that is to be kept, and until when that makes sense, on our clock."""

    ticket: int
    case: Case
    until: float


@dataclass(slots=True)
class _Leaving:
    epoch: int
    stopped: bool = False  # the rest of Vigie has let go of it


_HERE = _Leaving(epoch=-1)


@dataclass(frozen=True)
class Moment:
    """One look at the cluster: what the decisions of one step are made of."""

    view: View
    stay: Membership
    printers: frozenset[str]
    now: float
    unix_s: float

    @property
    def me(self) -> str:
        """This node."""
        return self.stay.me.node

    @cached_property
    def weights(self) -> Mapping[str, float]:
        """Those who share the printers: live, with our list, and not draining unless all are."""
        live = (seen.row for seen in self.view.nodes.values() if seen.is_live and seen.row is not None)
        digest = self.stay.condition.digest
        alike = {row.node: row.weight for row in live if row.digest == digest or row.node == self.me}
        staying = {node: weight for node, weight in alike.items() if not self.view.is_draining(node)}
        return staying or alike

    @cached_property
    def placed(self) -> Mapping[str, str]:
        """Who should own what."""
        return place(self.printers, self.weights)

    def write(self, row: OwnerRow) -> Write:
        """Return what puts a row in the place of the one that holds."""
        chain = self.view.chain(f"{OWNERS}.{row.printer}")
        return Write(replace(row, write=self.stay.token(), expected=chain.held), chain.last, self.now)

    def rank(self, printer: str) -> int:
        """Return how many should claim a printer before us."""
        first = self.placed.get(printer)
        if first == self.me:
            return 0
        others = [node for node in ranked(printer, self.weights) if node != first]
        return 1 + (others.index(self.me) if self.me in others else len(others))

    def heir(self, printer: str) -> tuple[str, str] | None:
        """Return the node that a printer of ours goes to, and its session; None when it stays."""
        if printer not in self.printers:
            return "", ""
        node, timing = self.placed.get(printer, self.me), self.stay.timing
        seen = self.view.nodes.get(node)
        if node == self.me or seen is None or seen.row is None or self.now - seen.heard > timing.fresh_s:
            return None
        if seen.row.can_pause is False and not self.stay.condition.closing:
            return None  # it may be about to let go of what it has
        steady_s = timing.fresh_s if self.me not in self.weights else timing.steady_s
        return (node, seen.row.session) if self.now - seen.session_since >= steady_s else None


class Shares:
    """One node's printers."""

    def __init__(self) -> None:
        self._leaving: dict[str, _Leaving] = {}
        self._keeps: dict[str, deque[Wish]] = {}

    def held(self, view: View, session: str) -> dict[str, OwnerRow]:
        """Return every row that says that this session owns the printer."""
        rows = (owned.row for owned in view.owners.values() if owned.row is not None)
        return {row.printer: row for row in rows if row.session == session} if session else {}

    def granted(self, view: View, session: str) -> dict[str, int]:
        """Return what is ours, less what is on its way to others, and its epochs."""
        held = self.held(view, session)
        return {p: row.epoch for p, row in held.items() if self._leaving.get(p, _HERE).epoch != row.epoch}

    def leaving(self) -> dict[str, int]:
        """Return what is on its way from us as soon as the rest of Vigie has let go of it, and its epochs."""
        return {printer: leaving.epoch for printer, leaving in self._leaving.items() if not leaving.stopped}

    def left(self, printers: Mapping[str, int]) -> None:
        """Take in that the rest of Vigie has let go of printers that it had at these epochs."""
        for printer, epoch in printers.items():
            leaving = self._leaving.get(printer)
            if leaving is not None and leaving.epoch == epoch:
                leaving.stopped = True

    def keep(self, wish: Wish) -> bool:
        """Take a case that is to be kept; False when too many wait."""
        waiting = self._keeps.setdefault(wish.case.printer, deque())
        if len(waiting) >= KEEPS_AT_MOST:
            return False
        waiting.append(wish)
        return True

    def keep_again(self, wish: Wish) -> None:
        """Put a case back whose write was refused, not answered, or void."""
        self._keeps.setdefault(wish.case.printer, deque()).appendleft(wish)

    def cases(self, moment: Moment, busy: Collection[str]) -> tuple[list[tuple[Wish, Write]], list[Wish], list[Wish]]:
        """Return what keeps the waiting cases, those that are not ours to keep, and those that have waited too long."""
        writes, foreign, late = list[tuple[Wish, Write]](), list[Wish](), list[Wish]()
        for printer, waiting in list(self._keeps.items()):
            while waiting and (f"{OWNERS}.{printer}" not in busy or moment.now >= waiting[0].until):
                wish = waiting.popleft()
                owned = moment.view.owners.get(printer)
                if moment.now >= wish.until:
                    late.append(wish)
                elif owned is None or owned.row is None or not self._is_ours(owned.row, wish.case.epoch, moment):
                    foreign.append(wish)
                else:
                    writes.append((wish, moment.write(replace(owned.row, case=wish.case))))
                    break
            if not waiting:
                del self._keeps[printer]
        return writes, foreign, late

    def moves(self, moment: Moment, busy: Collection[str]) -> list[Write]:
        """Return what claims, hands over and gives up, as far as it is time and our lease is certain."""
        held = self.held(moment.view, moment.stay.session)
        self._forget_those_that_left(held)
        if not moment.stay.lease.is_certain(moment.now):
            return []
        self._begin_to_leave(held, moment)
        handed = (self._handed(printer, moment) for printer, leaving in self._leaving.items() if leaving.stopped)
        writes = [*handed, *self._claims(held, moment)]
        return [write for write in writes if write.key not in busy and write.row.printer not in self._keeps]  # type: ignore[union-attr]

    def _forget_those_that_left(self, held: Mapping[str, OwnerRow]) -> None:
        """Keep those whose key still says what it said when they began to leave; others left, or came back."""
        epochs = {printer: row.epoch for printer, row in held.items()}
        self._leaving = {p: leaving for p, leaving in self._leaving.items() if epochs.get(p) == leaving.epoch}

    def _begin_to_leave(self, held: Mapping[str, OwnerRow], moment: Moment) -> None:
        is_closing = moment.stay.condition.closing  # then nobody looks at any of them any more
        for printer, row in held.items():
            if len(self._leaving) >= LEAVING_AT_ONCE and not is_closing:
                return
            if printer not in self._leaving and moment.heir(printer) is not None:
                self._leaving[printer] = _Leaving(row.epoch)

    def _handed(self, printer: str, moment: Moment) -> Write:
        """Return what gives a printer to its heir; or what takes it back, if there is none any more."""
        node, session = moment.heir(printer) or (moment.me, moment.stay.session)
        return self._given(printer, node, session, moment)

    def _claims(self, held: Mapping[str, OwnerRow], moment: Moment) -> Iterable[Write]:
        for printer in moment.printers - held.keys():
            owned = moment.view.owners.setdefault(printer, Owned(None))
            if not self._is_orphan(owned, moment):
                owned.orphan_since = None
                continue
            if owned.orphan_since is None:
                owned.orphan_since = moment.now
            if moment.now - owned.orphan_since >= moment.stay.timing.stand_in_s * moment.rank(printer):
                yield self._given(printer, moment.me, moment.stay.session, moment)

    def _is_orphan(self, owned: Owned, moment: Moment) -> bool:
        row = owned.row
        if row is None:  # a store that has lost everything looks so, too: leases from before must have run out
            return owned.readable and moment.now - moment.stay.since >= moment.stay.timing.silent_s
        return not row.node or moment.view.is_over(row.node, row.session, moment.now)

    def _given(self, printer: str, node: str, session: str, moment: Moment) -> Write:
        owned = moment.view.owners[printer]
        before = owned.row.epoch if owned.row is not None else 0
        case = owned.row.case if owned.row is not None else None
        # Seconds since 1970 keep epochs growing even where a store has lost everything and counts anew.
        epoch = max(before + 1, int(moment.unix_s))
        return moment.write(OwnerRow(printer, node, session, epoch, "", moment.unix_s, case))

    @staticmethod
    def _is_ours(row: OwnerRow, epoch: int, moment: Moment) -> bool:
        return bool(moment.stay.session) and row.session == moment.stay.session and row.epoch == epoch
