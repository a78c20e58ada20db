"""Real processes: three NATS servers, a broker, agents, three monitors; and rounds that are played on them."""

import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from pathlib import Path

from monitor.errors import StorageError
from monitor.records import EventKind
from tests.brokers import Mosquitto
from tests.cluster.servers import NatsServer, nats_servers
from tests.cluster_rounds.nodes import PAUSE_TIMEOUT_S, SITES, Node, agent, draw_pictures, owners
from tests.cluster_rounds.onlooker import Onlooker
from tests.cluster_rounds.rounds import NODES, PRINTERS, Fault, Round, drawn
from tests.cluster_rounds.verdict import Outcome, Told, judge
from tests.crash.printers import CountingPrinter, Floor

TURN_S = 0.05
READY_S = 240.0
LONGEST_S = 150.0  # then a round that has not settled has lost something
QUIET_S = 4.0  # how long we look whether nothing more happens
PERSON_S = 5.0  # until somebody has seen that a printer stands still, and has it go on
REST_ROUNDS = 3  # a printer that has failed does not fail for so many rounds


class Stage:
    """Start it, play rounds, stop it."""

    def __init__(self, folder: Path, clock_skews_s: Mapping[str, float] | None = None) -> None:
        """``clock_skews_s``: by how much nodes' clocks are ahead."""
        self.folder, self._clock_skews_s = folder, clock_skews_s or {}
        self._running = ExitStack()
        self._rested_at = dict.fromkeys(PRINTERS, 0)  # the round from which on it may fail
        self._played = 0
        self._fault_at = 0.0
        self._failing_at: dict[str, float] = {}
        self._before: dict[str, int] = {}  # pauses
        self._stood_at = 0.0  # when the one that is to be resumed was seen to stand still

    def start(self) -> None:
        """Start all, and wait until all printers are watched."""
        draw_pictures(self.folder)
        for name in ("mosquitto", "nats"):
            (self.folder / name).mkdir()
        self.servers: list[NatsServer] = self._running.enter_context(nats_servers(self.folder / "nats"))
        broker = self.broker = Mosquitto(self.folder / "mosquitto", "allow_anonymous true\nautosave_on_changes false")
        broker.start()
        self._running.callback(broker.stop)
        printers = [CountingPrinter(name, 0.2) for name in PRINTERS]
        self.floor, self.onlooker = Floor(broker.endpoint, [], printers), Onlooker(broker.endpoint)
        for one in (self.floor, self.onlooker):
            one.start()
            self._running.callback(one.stop)
        for site in SITES:
            program = agent(self.folder, broker, site)
            program.start()
            self._running.callback(program.kill)
        skews = self._clock_skews_s
        self.nodes = {name: Node(self.folder, name, broker, self.servers, skews.get(name, 0.0)) for name in NODES}
        for node in self.nodes.values():
            self._running.callback(node.end)
            node.program.start()
        assert self._turn_until(self._is_calm, READY_S), f"not ready: {self._state()}"

    def stop(self) -> None:
        """End all. Idempotent."""
        self._running.close()

    def play(self, seed: int) -> Outcome:
        """Play a round to its end, and judge it."""
        began = time.monotonic()
        calm = self._turn_until(self._is_calm, LONGEST_S)
        self.onlooker.forget()
        at = owners(list(self.nodes.values()))
        rested = [printer for printer in PRINTERS if self._rested_at[printer] <= self._played]
        story = drawn(seed, {printer: node for printer, (node, _) in at.items()}, rested)
        outcome = Outcome(story, trouble=[] if calm else [f"seed {seed}: not calm before: {self._state()}"])
        before = self._before = {name: printer.pauses for name, printer in self.floor.printers.items()}
        self._stood_at = 0.0
        theirs = {printer: epoch for printer, (node, epoch) in at.items() if node == story.victim}
        self._act(story, outcome)
        outcome.lost += [] if self._settle(story) else [f"seed {seed}: not settled: {self._state()}"]
        told = {printer: self._told(printer) for printer in story.fails_at_s}
        judge(outcome, before, self.floor.printers, told)
        self._measure(outcome, theirs)
        self._clear(story)
        outcome.seconds = time.monotonic() - began
        self._played += 1
        return outcome

    def _act(self, story: Round, outcome: Outcome) -> None:
        """Have the fault come and go, and prints fail around it."""
        self._failing_at = {}
        fault_at = time.time() + max(0.0, -min(story.fails_at_s.values(), default=0.0))
        self._fault_at = fault_at
        if story.is_stubborn:
            self.floor.printers[story.is_stubborn].is_stubborn = True
        is_begun = is_over = False
        turning = threading.Event()
        while not (is_over and len(self._failing_at) == len(story.fails_at_s)):
            now = time.time()
            for printer, at_s in story.fails_at_s.items():
                if now >= fault_at + at_s and printer not in self._failing_at:
                    self._failing_at[printer] = now
                    (self.folder / "failing" / printer).touch()
            if now >= fault_at and not is_begun:
                is_begun = True
                self._begin(story, outcome)
            if now >= fault_at + story.lasts_s and not is_over:
                is_over = True
                self._end(story)
            self._resume(story.is_resumed)
            turning.wait(TURN_S)

    def _begin(self, story: Round, outcome: Outcome) -> None:
        node = self.nodes[story.victim]
        if not node.program.is_running:
            outcome.trouble.append(f"seed {story.seed}: {node.name} had ended by itself: {node.program.said()[-800:]}")
            node.program.start()
        match story.fault:
            case Fault.KILL:
                node.program.kill()
            case Fault.FREEZE:
                node.program.process.suspend()
            case Fault.KILL_SERVER:
                self.servers[NODES.index(story.victim)].kill()
            case _:
                store = story.fault in (Fault.CUT_STORE, Fault.CUT_BOTH)
                node.cut(store=store, broker=story.fault in (Fault.CUT_BROKER, Fault.CUT_BOTH))

    def _end(self, story: Round) -> None:
        node = self.nodes[story.victim]
        match story.fault:
            case Fault.KILL:
                node.program.start()
            case Fault.FREEZE:
                node.program.process.resume()
            case Fault.KILL_SERVER:
                self.servers[NODES.index(story.victim)].start()
            case _:
                node.heal()

    def _settle(self, story: Round) -> bool:
        """Wait until all that failed was paused or told, all nodes are back, and nothing more happens."""
        is_settled = self._turn_until(lambda: self._is_over(story), LONGEST_S)
        is_settled = self._turn_until(self._is_shared, LONGEST_S) and is_settled
        self._turn_until(lambda: False, QUIET_S)
        return is_settled

    def _clear(self, story: Round) -> None:
        """Take what has failed off its printers, and have them print anew."""
        for printer in story.fails_at_s:
            (self.folder / "failing" / printer).unlink(missing_ok=True)
            self.floor.printers[printer].is_stubborn = False
            self.floor.clear(printer)
            self._rested_at[printer] = self._played + REST_ROUNDS
        self._turn_until(lambda: not any(map(self.onlooker.is_open, story.fails_at_s)), LONGEST_S)
        for printer in story.fails_at_s:
            self.floor.begin(printer)

    def _measure(self, outcome: Outcome, theirs: dict[str, int]) -> None:
        if outcome.round.is_takeover:
            for printer, epoch in theirs.items():
                at = self.onlooker.took_over(printer, epoch, self._fault_at)
                if at is not None:
                    outcome.takeovers_s.append(at - self._fault_at)
                else:
                    outcome.trouble.append(f"seed {outcome.round.seed}: nobody took {printer} over")
        for printer, failing_at in self._failing_at.items():
            ordered = [line for line in self.floor.printers[printer].story if line.endswith("ordered while printing")]
            times = [float(line.split()[0]) for line in ordered if float(line.split()[0]) >= failing_at]
            outcome.pauses_s += [] if printer == outcome.round.is_stubborn else [one - failing_at for one in times[:1]]

    def _is_over(self, story: Round) -> bool:
        resumed = story.is_resumed
        is_resumed = not resumed or self._resume(resumed) or self._told(resumed).escalated
        return is_resumed and all(map(self._is_dealt_with, story.fails_at_s))

    def _resume(self, printer: str) -> bool:
        """Have a person resume a printer some seconds after it stands still, once; tell whether that has happened."""
        if not printer or self.floor.printers[printer].pauses == self._before[printer]:
            return False
        if self._stood_at == 0.0 and self.floor.state(printer) == "paused":
            self._stood_at = time.time()
        if 0.0 < self._stood_at < time.time() - PERSON_S:
            self._stood_at = float("inf")
            self.floor.order(printer, "resume")
        return self._stood_at == float("inf")

    def _is_dealt_with(self, printer: str) -> bool:
        is_paused = self.floor.printers[printer].pauses > self._before[printer]
        return is_paused or self._told(printer).escalated

    def _told(self, printer: str) -> Told:
        since, until = min(self._failing_at.values()) - 1.0, time.time() + 10.0
        escalated = False
        for node in self.nodes.values():
            try:
                happened = node.past.happenings(printer, since, until)
            except StorageError:
                continue  # being taken up again
            escalated = escalated or EventKind.PAUSE_FAILED in [event.kind for event in happened]
        return Told(self.onlooker.incidents(printer), escalated)

    def _is_shared(self) -> bool:
        """Whether every printer has an owner, and every node has some that is not too late for all agents."""
        at = owners(list(self.nodes.values()))
        able = {name for name in NODES if self._clock_skews_s.get(name, 0.0) > -PAUSE_TIMEOUT_S}
        return len(at) == len(PRINTERS) and able <= {node for node, _ in at.values()}

    def _is_calm(self) -> bool:
        reported = self.onlooker.reported()
        return (
            self._is_shared()
            and all(reported.get(printer) == "printing" for printer in PRINTERS)
            and not any(map(self.onlooker.is_open, PRINTERS))
        )

    def _state(self) -> str:
        at = owners(list(self.nodes.values()))
        counts = {name: sum(node == name for node, _ in at.values()) for name in NODES}
        reported = self.onlooker.reported()
        odd = [printer for printer in PRINTERS if reported.get(printer) != "printing"]
        still = [printer for printer in PRINTERS if self.onlooker.is_open(printer)]
        alive = [name for name, node in self.nodes.items() if node.program.is_running]
        return f"owned {counts}, running {alive}, not printing {odd[:5]} ({len(odd)}), open {still}"

    def _turn_until(self, is_done: Callable[[], bool], longest_s: float) -> bool:
        turning = threading.Event()
        deadline = time.monotonic() + longest_s
        while time.monotonic() < deadline:
            if is_done():
                return True
            turning.wait(TURN_S * 4)
        return False
