"""A cluster in memory that does what it is told: whoever lives in a cluster is tested with it."""

import threading
from collections.abc import Callable, Mapping

from monitor.cluster.records import Case, Moves
from monitor.errors import ClusterAway, NotOwner

Call = Callable[[Moves], None]


class ScriptedCluster:
    """Owners, epochs and cases that all of its nodes share. Printers move when :meth:`move` says so, never by
    themselves; those who listen are called on the mover's thread, the loser first, and before the new owner can act.
    """

    def __init__(self, owners: Mapping[str, str] | None = None) -> None:
        """``owners``: printer -> node, all at epoch 1."""
        self._lock = threading.RLock()
        self._moving = threading.Lock()
        self._owners: dict[str, tuple[str, int]] = {printer: (node, 1) for printer, node in (owners or {}).items()}
        self._cases: dict[str, Case] = {}
        self._nodes: dict[str, ScriptedOwnership] = {}
        self._uncertain: set[str] = set()

    def node(self, name: str) -> "ScriptedOwnership":
        """Return what one node sees of it; the same object for the same name."""
        with self._lock:
            return self._nodes.setdefault(name, ScriptedOwnership(name, self))

    def move(self, printer: str, to: str, *, in_order: bool = True) -> int:
        """Give a printer to a node ("" to nobody) and return the new epoch.

        ``in_order``: the loser is told first and may still keep a case, as when it hands over. Otherwise it finds out
        afterwards, as one that was suspended.
        """
        with self._moving:
            before, epoch = self._owner(printer)
            if in_order:
                self._leave(printer, before)
            with self._lock:
                self._owners[printer] = (to, epoch + 1)
            if not in_order:
                self._tell(before, Moves(lost=frozenset({printer})))
            self._tell(to, Moves(gained={printer: epoch + 1}))
        return epoch + 1

    def steal(self, printer: str, to: str) -> int:
        """Give a printer to a node without a word to the one that has it: the moment before that one finds out."""
        with self._moving:
            _, epoch = self._owner(printer)
            with self._lock:
                self._owners[printer] = (to, epoch + 1)
            self._tell(to, Moves(gained={printer: epoch + 1}))
        return epoch + 1

    def cut_off(self, node: str) -> None:
        """Let a node's lease lapse: it owns what it owns, but cannot be certain; nothing can be kept."""
        with self._lock:
            self._uncertain.add(node)

    def reach(self, node: str) -> None:
        """Let a node be certain again."""
        with self._lock:
            self._uncertain.discard(node)

    def kept(self, printer: str) -> Case | None:
        """Return what is kept, whoever asks."""
        with self._lock:
            return self._cases.get(printer)

    def is_cut_off(self, node: str) -> bool:
        """Whether a node's lease has lapsed."""
        with self._lock:
            return node in self._uncertain

    def epochs_of(self, node: str) -> dict[str, int]:
        """Return what a node owns, certain or not, less what it is about to hand over."""
        with self._lock:
            leaving = self._nodes[node].leaving if node in self._nodes else frozenset[str]()
            owned = {printer: epoch for printer, (owner, epoch) in self._owners.items() if owner == node}
            return {printer: epoch for printer, epoch in owned.items() if printer not in leaving}

    def owners(self) -> dict[str, str]:
        """Return printer -> node."""
        with self._lock:
            return {printer: owner for printer, (owner, _) in self._owners.items() if owner}

    def keep(self, node: str, case: Case) -> None:
        """Keep a node's case, as the store's compare-and-set would."""
        with self._lock:
            if node in self._uncertain:
                raise ClusterAway(f"{case.printer}: its case is not kept: node {node} is cut off from the cluster")
            owner, epoch = self._owners.get(case.printer, ("", 0))
            if (owner, epoch) != (node, case.epoch):
                raise NotOwner(f"{case.printer} belongs to {owner or 'nobody'} since epoch {epoch}: nothing is kept")
            self._cases[case.printer] = case

    def _owner(self, printer: str) -> tuple[str, int]:
        with self._lock:
            return self._owners.get(printer, ("", 0))

    def _leave(self, printer: str, node: str) -> None:
        if node and node in self._nodes:
            self._nodes[node].leaving = frozenset({printer})
            self._tell(node, Moves(lost=frozenset({printer})))
            self._nodes[node].leaving = frozenset()

    def _tell(self, node: str, moves: Moves) -> None:
        if node in self._nodes:
            self._nodes[node].tell(moves)


class ScriptedOwnership:
    """One node of a :class:`ScriptedCluster`; a :class:`monitor.cluster.records.Ownership`."""

    def __init__(self, node: str, cluster: ScriptedCluster) -> None:
        self._node, self._cluster = node, cluster
        self._calls: list[Call] = []
        self.leaving: frozenset[str] = frozenset()

    @property
    def node(self) -> str:
        """This node's name."""
        return self._node

    @property
    def problem(self) -> str:
        """Says so when it is cut off."""
        is_cut_off = self._cluster.is_cut_off(self._node)
        return f"node {self._node} is cut off from the cluster (scripted): nothing is paused" if is_cut_off else ""

    def epoch(self, printer: str) -> int | None:
        """Return our epoch, or None when it is not ours or we are cut off."""
        return self.owned().get(printer)

    def owned(self) -> Mapping[str, int]:
        """Return what is ours and its epochs; nothing while we are cut off."""
        return {} if self._cluster.is_cut_off(self._node) else self._cluster.epochs_of(self._node)

    def owners(self) -> Mapping[str, str]:
        """Return printer -> node."""
        return self._cluster.owners()

    def on_change(self, call: Call) -> None:
        """Call it with what is ours, if anything, and with every move."""
        self._calls.append(call)
        if owned := self._cluster.epochs_of(self._node):
            call(Moves(gained=owned))

    def case(self, printer: str) -> Case | None:
        """Return what is kept; raises NotOwner when the printer is not ours."""
        if printer not in self._cluster.epochs_of(self._node):
            raise NotOwner(f"{printer} is not ours: its case is its owner's")
        return self._cluster.kept(printer)

    def keep(self, case: Case) -> None:
        """Keep a case; raises NotOwner and ClusterAway."""
        self._cluster.keep(self._node, case)

    def tell(self, moves: Moves) -> None:
        """Call those who listen."""
        for call in self._calls:
            call(moves)
