"""Keeps this node in the cluster: drives the state machine with a store and clocks, and answers whose a printer is."""

import itertools
import logging
import queue
import threading
from collections.abc import Callable, Collection, Mapping
from concurrent.futures import Future
from concurrent.futures import TimeoutError as Late
from dataclasses import dataclass

from monitor.clock import Clock, uptime_s
from monitor.cluster.clocks import Clocks, told
from monitor.cluster.lease import Timing
from monitor.cluster.membership import Identity
from monitor.cluster.moves import Call, Mover
from monitor.cluster.node import Grants, Kept, Node, node_views
from monitor.cluster.records import KEEP_WITHIN_S, Case, NodeView
from monitor.cluster.rows import NodeRow
from monitor.cluster.shares import Wish
from monitor.cluster.store import UNKNOWN, Anew, Answered, CaughtUp, News, Replaced, Stood, Store
from monitor.errors import ClusterAway, NodeNameTaken, NotOwner
from monitor.service.turns import Turns

log = logging.getLogger(__name__)

TICK_S = 0.25
IN_WITHIN_S = 25.0  # a forerunner that died has to be silent for a while first
REACHED_WITHIN_S = 4.0
HAND_OVER_WITHIN_S = 15.0
GOODBYE_S = 2.0
PAUSE_S = 1.0  # after a fault
THEY_CAN = "other nodes can, and have its printers until it has been able to for a while"
NOBODY_CAN = "no other node is known that can, so nothing changes hands"
STUCK_S = 30.0  # who was told of moves should have dealt with them


@dataclass(frozen=True, slots=True)
class _Keep:
    case: Case
    done: Future[Kept]


@dataclass(frozen=True, slots=True)
class _Follow:
    printers: Collection[str]
    digest: str


@dataclass(frozen=True, slots=True)
class _Close:
    within_s: float


@dataclass(frozen=True, slots=True)
class _Wake:
    """Look again."""


_Message = News | _Keep | _Follow | _Close | _Wake


class Keeper:
    """This node's :class:`monitor.cluster.records.Ownership`. One thread of its own owns the state machine."""

    def __init__(
        self,
        me: Identity,
        store: Callable[[Callable[[News], None]], Store],
        clock: Clock,
        uptime: Callable[[], float] = uptime_s,
        timing: Timing | None = None,
        on_grants: Callable[[Grants], object] = lambda _: None,
    ) -> None:
        """``store``: makes the store, given who is told its news. Nothing is connected yet.

        ``timing``: alike on all nodes. ``on_grants`` is called on the keeper's thread with what may be acted on from
        now on, before anything is sent that follows from it.
        """
        self._me, self._clock, self._uptime = me, clock, uptime
        self._messages: queue.SimpleQueue[_Message] = queue.SimpleQueue()
        self._store = store(self._messages.put)
        self._on_grants = on_grants
        self._machine = Node(me, timing)
        self._clocks = Clocks()
        self._mover = Mover(lambda: self._messages.put(_Wake()))
        self._silence: Callable[[], float | None] = lambda: None
        self._why: Callable[[], str] = lambda: ""
        self._grants = Grants({}, float("-inf"))
        self._owners: Mapping[str, str] = {}
        self._views: tuple[NodeView, ...] = ()
        self._problem = ""
        self._digest = ""
        self._keeps: dict[int, Future[Kept]] = {}
        self._tickets = itertools.count(1)
        self._replaced = 0  # how often the store was another one
        self._sent: dict[str, int] = {}  # writes under way, and which store they went to
        self._ending_at: float | None = None
        self._is_in, self._settled, self._pause = threading.Event(), threading.Event(), threading.Event()
        self._taken = ""
        self.turns, self._thread = Turns("cluster"), threading.Thread(target=self._run, name="cluster-keeper")

    @property
    def node(self) -> str:
        """This node's name."""
        return self._me.node

    @property
    def problem(self) -> str:
        """What is wrong and what to do; empty when all is well."""
        if self._is_in.is_set() and self._uptime() >= self._grants.until:
            return self._cut_off()
        return self._problem

    @property
    def is_certain(self) -> bool:
        """Whether our lease is certain at this moment, whatever we own."""
        return self._uptime() < self._grants.until

    @property
    def nodes(self) -> tuple[NodeView, ...]:
        """All nodes as last known, by name."""
        return self._views

    @property
    def grants(self) -> Grants:
        """What is ours, and until when on the clock that was given, as of this moment."""
        return self._grants

    def epoch(self, printer: str) -> int | None:
        """Return our epoch, or None: it is not ours, or our lease is not certain at this moment."""
        return self._grants.epoch(printer, self._uptime())

    def owned(self) -> Mapping[str, int]:
        """Return what is ours and its epochs; nothing while our lease is not certain."""
        grants = self._grants
        return grants.epochs if self._uptime() < grants.until else {}

    def owners(self) -> Mapping[str, str]:
        """Return printer -> node, as last known."""
        return self._owners

    def on_change(self, call: Call) -> None:
        """Call it with what is ours, if anything, and with what changes; see :class:`Ownership`."""
        self._mover.listen(call)

    def follow(self, printers: Collection[str], digest: str) -> None:
        """Take in the list of printers; ``digest`` is the same where the list is."""
        self._messages.put(_Follow(frozenset(printers), digest))

    def case(self, printer: str) -> Case | None:
        """Return what is kept of a printer of ours; raises NotOwner."""
        if printer not in self._grants.epochs:
            raise NotOwner(f"{printer} is not ours: its case is its owner's")
        return self._machine.case(printer)

    def keep(self, case: Case) -> None:
        """Keep a case for the next owner; raises NotOwner and ClusterAway."""
        if not self._thread.is_alive():
            raise ClusterAway(f"{case.printer}: its case is not kept: this node has left the cluster")
        done: Future[Kept] = Future()
        self._messages.put(_Keep(case, done))
        try:
            kept = done.result(KEEP_WITHIN_S)
        except Late:
            kept = Kept.UNKNOWN
        if kept is Kept.NOT_OURS:
            owner = self._owners.get(case.printer, "nobody")
            raise NotOwner(f"{case.printer} is not ours any more at epoch {case.epoch}: {owner} has it")
        if kept is Kept.UNKNOWN:
            raise ClusterAway(f"{case.printer}: whether its case is kept is not known: {self.problem or 'no answer'}")

    def start(self, silence: Callable[[], float | None] = lambda: None, why: Callable[[], str] = lambda: "") -> None:
        """Come into the cluster. Blocks until we are in, or the servers are not reached for some seconds: then it goes
        on in the background, and ``problem`` says so.

        ``silence``: seconds since the broker was heard, which is how pauses travel; None where that is not known.
        ``why``: what is the matter when that is long ago, with the remedy.

        Raises NodeNameTaken when another process of our name is at work; then everything is stopped again.
        """
        self._silence, self._why = silence, why
        self._store.start()
        self._mover.start()
        self._thread.start()
        began = self._uptime()
        while not self._settled.wait(TICK_S):
            waited_s = self._uptime() - began
            if waited_s > IN_WITHIN_S or (waited_s > REACHED_WITHIN_S and self._store.problem):
                log.warning("cluster: node %s goes on without the cluster: %s", self.node, self.problem)
                return
        if self._taken and not self._is_in.is_set():
            self.stop()
            raise NodeNameTaken(self._taken)

    def stop(self, hand_over_within_s: float = HAND_OVER_WITHIN_S) -> None:
        """Hand over what we have, tell so, leave, and join all threads. Idempotent, also when it never ran."""
        self._messages.put(_Close(hand_over_within_s))
        if self._thread.ident is not None:
            self._thread.join()
            self._store.stop()
        self._mover.show({})
        self._mover.stop()

    def _run(self) -> None:
        while self._ending_at is None or not self._has_ended():
            try:
                self._take_all()
                self._step()
                self.turns.turn()
            except Exception:  # the root of the thread; the lease runs out by itself
                log.exception("cluster: the keeper met a fault")
                self._problem = "the keeper of the cluster met a fault: see the log"
                self._pause.wait(PAUSE_S)
        self._end()

    def _take_all(self) -> None:
        """Wait for a message, a tick at most, and take in all that there are."""
        try:
            self._take(self._messages.get(timeout=TICK_S))
            while True:
                self._take(self._messages.get_nowait())
        except queue.Empty:
            return

    def _take(self, message: _Message) -> None:
        machine, now = self._machine, self._uptime()
        match message:
            case _Keep(case, done):
                ticket = next(self._tickets)
                self._keeps[ticket] = done
                machine.keep(Wish(ticket, case, now + KEEP_WITHIN_S))
            case _Follow(printers, digest):
                self._digest = digest
                machine.follow(printers, digest)
            case _Close(within_s):
                if self._ending_at is None:
                    self._ending_at = now + within_s
                    machine.close()
            case _Wake():
                pass
            case _:
                self._hear(message, now)

    def _hear(self, news: News, now: float) -> None:
        machine = self._machine
        match news:
            case Stood(key, row, revision, readable):
                if isinstance(row, NodeRow) and row.node != self.node and not machine.is_catching_up:
                    self._clocks.signed(row, self._clock.now())
                machine.saw(key, row, revision, now, readable=readable)
            case Anew():
                machine.watch_anew()
            case CaughtUp():
                machine.caught_up(now)
            case Replaced():
                log.warning("cluster: the bucket is another one than before: nothing of what was known holds")
                self._replaced += 1
                machine.forget()
            case Answered(write, answer):
                went_here = self._sent.pop(write.row.write, self._replaced) == self._replaced
                machine.answered(write, answer if went_here else UNKNOWN, now)

    def _step(self) -> None:
        machine, now = self._machine, self._uptime()
        gone = {printer: epoch for printer, epoch in machine.leaving().items() if not self._mover.has(printer, epoch)}
        machine.left(gone)
        machine.hears(self._silence(), self._why())
        writes = machine.step(now, self._clock.now())
        self._show()  # before anything is sent: what is given away is not ours any more
        for write in writes:
            self._sent[write.row.write] = self._replaced
            self._store.write(write)
        self._answer_keeps()

    def _show(self) -> None:
        machine = self._machine
        grants = machine.grants
        self._grants = grants if self._ending_at is None else Grants({}, grants.until)  # nothing is begun any more
        self._on_grants(self._grants)
        self._mover.show(self._grants.epochs)
        self._owners = machine.owners()
        self._views = tuple(node_views(machine.view, self._digest))
        problem = self._told()
        if problem and problem.partition(":")[0] != self._problem.partition(":")[0]:
            log.warning("cluster: %s", problem)
        self._problem = problem
        if machine.session:
            self._is_in.set()
            self._settled.set()
        elif self._taken:
            self._settled.set()

    def _answer_keeps(self) -> None:
        for ticket, kept in self._machine.kept:
            done = self._keeps.pop(ticket, None)
            if done is not None:
                done.set_result(kept)
        self._machine.kept.clear()

    def _has_ended(self) -> bool:
        now = self._uptime()
        is_over = self._mover.is_done and not self._keeps and not self._machine.is_handing_over(now)
        return is_over or now >= (self._ending_at or now)

    def _end(self) -> None:
        """Say that our session is over, so that what we still own is taken over at once."""
        writes = self._machine.end(self._uptime())
        self._show()
        for write in writes:
            self._sent[write.row.write] = self._replaced
            self._store.write(write)
        until = self._uptime() + GOODBYE_S
        while any(write.row.write in self._sent for write in writes) and self._uptime() < until:
            self._take_all()
        for done in self._keeps.values():
            done.set_result(Kept.UNKNOWN)
        self._keeps.clear()

    def _told(self) -> str:
        """Return what is wrong, the worst first."""
        machine = self._machine
        namesake = machine.namesake()
        if namesake is not None:
            where = f" on {namesake.host}" if namesake.host else ""
            self._taken = (
                f"two monitors are called node {self.node}: the other one{where} is at work. Give each its own "
                "cluster.node, or end one of them; this one pauses nothing"
            )
            return self._taken
        if not machine.session:
            return self._cut_off()
        if machine.serving.can_pause is False:
            return f"node {self.node} {self._why()}; {THEY_CAN if machine.serving.lets_go else NOBODY_CAN}"
        strangers = sorted(row.node for row in machine.strangers())
        if strangers:
            names = ", ".join(strangers)
            return (
                f"the list of printers of node {names} differs from ours: give all nodes the same cameras.yaml; "
                "until then no printer changes hands between them but after a failure"
            )
        if self._mover.busy_s > STUCK_S:
            return f"what has changed hands is not taken in for {self._mover.busy_s:.0f} s: see the log"
        return next((told(node, ahead_s) for node, ahead_s in self._clocks.apart()), "")

    def _cut_off(self) -> str:
        why = self._store.problem or "no sign of life of ours is answered"
        lasts_s = self._machine.timing.lease_s
        return f"node {self.node} is not certain of its printers, and pauses none (a lease lasts {lasts_s:g} s): {why}"
