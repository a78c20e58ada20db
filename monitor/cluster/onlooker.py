"""Looks at a cluster from outside, and tells it what a person wants: it owns nothing, and nobody waits for it."""

import queue
import time
import uuid
from collections.abc import Callable
from types import TracebackType
from typing import Self

from monitor.cluster.node import node_views
from monitor.cluster.records import NodeView
from monitor.cluster.rows import DRAINS, DrainRow
from monitor.cluster.store import Anew, Answered, CaughtUp, News, Outcome, Replaced, Stood, Store, Write
from monitor.cluster.view import View
from monitor.errors import ClusterAway, ClusterError

READ_WITHIN_S = 10.0


class Onlooker:
    """Reads what stands in the store, as long as it is entered. One thread uses it."""

    def __init__(self, store: Callable[[Callable[[News], None]], Store], digest: str) -> None:
        """``digest``: of the list of printers that all nodes should have."""
        self._news: queue.SimpleQueue[News] = queue.SimpleQueue()
        self._store, self._digest = store(self._news.put), digest
        self._view, self._caught_up = View(), False

    def __enter__(self) -> Self:
        """Read everything that stands there; raises ClusterAway when the servers do not answer."""
        self._store.start()
        try:
            self._until(lambda: self._caught_up, "it cannot be read")
        except ClusterAway:
            self._store.stop()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, at: TracebackType | None) -> None:
        """End the connection."""
        self._store.stop()

    @property
    def nodes(self) -> list[NodeView]:
        """All nodes, by name."""
        return node_views(self._view, self._digest)

    @property
    def owners(self) -> dict[str, str]:
        """Printer -> node."""
        rows = (owned.row for owned in self._view.owners.values() if owned.row is not None)
        return {row.printer: row.node for row in rows if row.node}

    def look(self, for_s: float) -> None:
        """Take in what changes, for so many seconds."""
        until = time.monotonic() + for_s
        while (left_s := until - time.monotonic()) > 0:
            self._hear(left_s)

    def drain(self, node: str, by: str, at: float, *, draining: bool = True) -> None:
        """Have a node hand over what it has and take nothing, or end that. Raises ClusterError and ClusterAway.

        ``by`` and ``at`` (unix seconds): who wants it, and since when.
        """
        self._refuse_what_leaves_nobody(node, draining)
        row = DrainRow(node, draining, uuid.uuid4().hex, by, at)
        until = time.monotonic() + READ_WITHIN_S
        while time.monotonic() < until:
            answers = list[Answered]()
            self._store.write(Write(row, self._view.chain(f"{DRAINS}.{node}").last, 0.0))
            self._until(answers.__len__, "it is not known whether that was written", answers)
            if answers[0].answer.outcome is Outcome.WRITTEN:
                return
            self.look(0.2)
        raise ClusterAway(f"node {node}: nothing was changed: {self._store.problem or 'no answer'}")

    def _refuse_what_leaves_nobody(self, node: str, draining: bool) -> None:
        known = {view.node for view in self.nodes}
        if node not in known:
            raise ClusterError(f"the cluster has no node {node!r}: it has {', '.join(sorted(known)) or 'none yet'}")
        staying = [view for view in self.nodes if view.live and not view.draining and view.can_pause is not False]
        others = [view.node for view in staying if view.node != node]
        if draining and not others:
            raise ClusterError(f"node {node} cannot be drained: no other node is there that could take its printers")

    def _until(self, is_done: Callable[[], object], what: str, answers: list[Answered] | None = None) -> None:
        until = time.monotonic() + READ_WITHIN_S
        while not is_done():
            if time.monotonic() > until:
                raise ClusterAway(f"{what}: {self._store.problem or 'no answer from the cluster'}")
            self._hear(0.1, answers)

    def _hear(self, within_s: float, answers: list[Answered] | None = None) -> None:
        try:
            news = self._news.get(timeout=max(0.0, within_s))
        except queue.Empty:
            return
        match news:
            case Stood(key, row, revision, readable):
                self._view.saw(key, row, revision, time.monotonic(), readable=readable)
            case CaughtUp():
                self._caught_up = True
            case Replaced():
                self._view = View()
            case Answered() if answers is not None:
                answers.append(news)
            case Anew() | Answered():
                pass
