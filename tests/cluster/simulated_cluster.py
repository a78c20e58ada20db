"""A simulated cluster: the real state machines against a model of the store, with everything that goes wrong between.

Time passes in steps of a quarter of a second. Each node has a clock of its own that runs on while it is suspended, and
a wall clock that may say anything. Requests, answers and what is watched are late by chance, or do not arrive at all;
a request may arrive after its sender has given it up, and the store's compare-and-set is not to be relied on.
"""

import random
from bisect import bisect
from collections import Counter
from dataclasses import dataclass, field

from monitor.cluster.membership import Identity
from monitor.cluster.node import Grants, Node
from monitor.cluster.rows import Row, key_of
from monitor.cluster.store import REFUSED, UNKNOWN, Answer, Outcome, Write

STEP_S = 0.25
HISTORY = 8  # rows of a key that are kept
GIVEN_UP_S = 1.5  # a write that was not answered within this is unknown


class SimulatedStore:
    """The log of all that was written. Its compare-and-set lets two through now and then, as real servers do."""

    def __init__(self, chance: random.Random) -> None:
        self.log: list[tuple[str, Row | None]] = []  # None: removed by hand
        self.times: list[float] = []
        self.is_up = True
        self._revisions: dict[str, list[tuple[int, float]]] = {}  # of each key, and when they came
        self._chance = chance

    def write(self, write: Write, now: float) -> Answer:
        """Compare and set, mostly."""
        revisions = [(0, -1e9), *self._revisions.get(write.key, [])]
        last_came_at = revisions[-1][1]
        is_late = len(revisions) > 2 and revisions[-2][0] == write.revision and now - last_came_at < 2.0
        is_let_through = write.revision == 0 or (is_late and self._chance.random() < 0.7)
        if revisions[-1][0] == write.revision or is_let_through:
            return Answer(Outcome.WRITTEN, self.put(write.row, now))
        return REFUSED

    def put(self, row: Row, now: float) -> int:
        """Write whatever stands there; return the revision."""
        return self._append(key_of(row), row, now)

    def remove(self, key: str, now: float) -> None:
        """Remove a key, as a person can with the tools of the store."""
        self._append(key, None, now)

    def keeps(self, key: str, revision: int) -> bool:
        """Whether a row is still there for who comes later."""
        return revision >= self._revisions[key][-HISTORY:][0][0]

    def _append(self, key: str, row: Row | None, now: float) -> int:
        self.log.append((key, row))
        self.times.append(now)
        self._revisions.setdefault(key, []).append((len(self.log), now))
        return len(self.log)


@dataclass(slots=True)
class _Sent:
    write: Write
    arrives_at: float
    given_up_at: float
    answer_arrives_at: float = 0.0
    answer: Answer | None = None
    arrived: bool = False


@dataclass
class SimulatedNode:
    """One node's process, its line and its clocks."""

    name: str
    clock_from: float
    unix_from: float
    printers: list[str]
    instances: int = 0
    alive: bool = False
    suspended: bool = False
    requests_cut: bool = False
    answers_cut: bool = False
    delay_s: float = 0.1
    is_deaf: bool = False  # its line to the broker is cut
    heard_at: float = float("-inf")  # the broker
    is_newer: bool = True  # it knows that somebody may not hear the broker
    grants: Grants = field(default_factory=lambda: Grants({}, 0.0))
    told: dict[str, int] = field(default_factory=dict)
    leaving: list[tuple[float, dict[str, int]]] = field(default_factory=list)
    sent: list[_Sent] = field(default_factory=list)
    read: int = 0  # how much of the log it has seen
    blind: bool = True  # it has to watch anew
    node: Node = field(init=False)

    def start(self) -> None:
        """Begin a new process."""
        self.instances += 1
        self.node = Node(Identity(self.name, f"{self.name}-{self.instances}", 1.0))
        self.node.follow(self.printers, f"digest of {len(self.printers)}")
        self.alive, self.suspended, self.blind, self.read = True, False, True, 0
        self.heard_at = float("-inf")
        self.grants, self.told = Grants({}, 0.0), {}
        self.leaving, self.sent = [], [sent for sent in self.sent if not sent.arrived]

    def clock(self, true_s: float) -> float:
        """Return what its clock says."""
        return self.clock_from + true_s

    def can_act(self, printer: str, true_s: float) -> int | None:
        """Return the epoch under which the rest of its Vigie would act at this moment."""
        return self.grants.epoch(printer, self.clock(true_s)) if self.alive else None


class SimulatedCluster:
    """Some nodes and their store; ``seed`` decides about delays."""

    def __init__(self, names: str, printers: int, seed: int) -> None:
        self.now = 0.0
        self.printers = [f"p{number:02}" for number in range(printers)]
        self.highest: Counter[str] = Counter()
        self.holder: dict[str, tuple[str, int]] = {}
        self._random = random.Random(seed)  # noqa: S311  # a test's
        self.store = SimulatedStore(self._random)
        self.has_broker = True
        self.nodes = {
            name: SimulatedNode(name, 1000.0 * number, 1_585_000_000.0 + 300 * number, list(self.printers))
            for number, name in enumerate(names)
        }

    def run(self, seconds: float) -> None:
        """Let time pass; raises AssertionError as soon as two nodes may act on one printer."""
        until = self.now + seconds
        while self.now < until:
            self.now += STEP_S
            for node in self.nodes.values():
                self._arrive(node)
                self.check()
                if node.alive and not node.suspended:
                    self._live(node)
                    self.check()

    def acting(self) -> dict[str, str]:
        """Return printer -> the node that may act on it at this moment."""
        return {
            printer: node.name
            for printer in self.printers
            for node in self.nodes.values()
            if node.can_act(printer, self.now) is not None
        }

    def check(self) -> None:
        """Hold the promise: one node at most may act on a printer, and under a higher epoch than any node before."""
        for printer in self.printers:
            may = [(node.name, epoch) for node in self.nodes.values() if (epoch := node.can_act(printer, self.now))]
            assert len(may) <= 1, f"{printer} at {self.now}: {may}"
            if may and may[0] != self.holder.get(printer):
                assert may[0][1] > self.highest[printer], f"{printer} at {self.now}: {may} after {self.holder[printer]}"
                self.holder[printer] = may[0]
                self.highest[printer] = may[0][1]

    def heal(self) -> None:
        """End every disturbance, and start those that are dead."""
        self.store.is_up = self.has_broker = True
        for node in self.nodes.values():
            node.requests_cut = node.answers_cut = node.suspended = node.is_deaf = False
            node.delay_s = 0.1
            if not node.alive or node.node.is_closed:
                node.start()

    def _arrive(self, node: SimulatedNode) -> None:
        """Requests arrive at the store, whatever has become of who sent them."""
        for sent in node.sent:
            if not sent.arrived and sent.arrives_at <= self.now and self.store.is_up and not node.requests_cut:
                sent.arrived = True
                sent.answer = self.store.write(sent.write, self.now)
                sent.answer_arrives_at = self.now + self._delay(node)
        node.sent = [sent for sent in node.sent if not sent.arrived or sent.given_up_at]

    def _live(self, node: SimulatedNode) -> None:
        """Do what the keeper's thread does."""
        clock = node.clock(self.now)
        self._watch(node, clock)
        self._answers(node, clock)
        for at, printers in [due for due in node.leaving if due[0] <= self.now]:
            node.node.left(printers)
            node.leaving.remove((at, printers))
        if self.has_broker and not node.is_deaf:
            node.heard_at = self.now
        node.node.hears(self.now - node.heard_at if node.is_newer else None)
        writes = node.node.step(clock, node.unix_from + self.now)
        self._show(node)
        self.check()  # what is shown must hold before anything is sent
        for write in writes:
            node.sent.append(_Sent(write, self.now + self._delay(node), self.now + GIVEN_UP_S))

    def _watch(self, node: SimulatedNode, clock: float) -> None:
        if node.answers_cut or not self.store.is_up:
            node.blind = True
            return
        late = 0 if self._random.random() < 0.7 else self._random.randrange(4)
        if node.delay_s > 1.0:
            late = len(self.store.log) - bisect(self.store.times, self.now - node.delay_s)
        upto = max(node.read, len(self.store.log) - late)
        if node.blind:
            node.node.watch_anew()
            node.blind, upto = False, len(self.store.log)
        for revision in range(node.read + 1, upto + 1):
            key, row = self.store.log[revision - 1]
            if self.store.keeps(key, revision):
                node.node.saw(key, row, revision, clock)
        node.read = upto
        if upto == len(self.store.log):
            node.node.caught_up(clock)

    def _answers(self, node: SimulatedNode, clock: float) -> None:
        for sent in list(node.sent):
            if not sent.write.row.write.startswith(f"{node.name}-{node.instances}/") or sent.given_up_at == 0.0:
                continue
            if sent.answer is not None and sent.answer_arrives_at <= self.now and not node.answers_cut:
                answer = sent.answer
            elif sent.given_up_at <= self.now:
                answer = UNKNOWN
            else:
                continue
            sent.given_up_at = 0.0  # answered once
            node.node.answered(sent.write, answer, clock)

    def _show(self, node: SimulatedNode) -> None:
        node.grants = node.node.grants
        lost = {p: epoch for p, epoch in node.told.items() if node.grants.epochs.get(p) != epoch}
        node.told = dict(node.grants.epochs)
        awaited = {p for _, printers in node.leaving for p in printers}
        node.node.left({p: e for p, e in node.node.leaving().items() if p not in awaited and p not in lost})
        if lost:
            node.leaving.append((self.now + self._random.random(), lost))

    def _delay(self, node: SimulatedNode) -> float:
        return node.delay_s * self._random.random() * 2
