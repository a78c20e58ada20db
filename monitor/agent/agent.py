"""MQTT in, printers out: hands each command to its printer's worker, and the workers' findings to MQTT."""

import logging
import threading
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping
from collections.abc import Set as AbstractSet
from functools import partial
from pathlib import Path

from monitor.agent.epochs import Epochs, KnownEpoch
from monitor.agent.intake import Decided, Ignored, Intake, Refusal, clock_warning
from monitor.agent.journal import Journal
from monitor.agent.pauses import Pauses
from monitor.agent.wanted import Wanted
from monitor.agent.worker import Order, PrinterWorker
from monitor.certificates import Certificates
from monitor.clock import Clock
from monitor.config.model import Config, Printer
from monitor.ignored import IgnoredMessages
from monitor.mqtt import Endpoint, Link, Message
from monitor.printers.open import open_adapter
from monitor.records import PauseCommand, PauseOutcome, PauseProgress, PauseResult, PrinterReport
from monitor.service.turns import Loop
from monitor.wire import PrinterState, Topics, encode_pause_progress, encode_pause_result, encode_report

log = logging.getLogger(__name__)

STOP_S = 4.0  # for all printers together; a request that hangs longer ends with the process
LAST_REPORTS_S = 1.0  # for the broker to take them


class Agent:
    """Serves the printers of some sites, or of all.

    Two links, because the broker bounds each client's queue and drops the newest: the session that is kept, so
    that a pause sent while we are away arrives, holds pauses only; printers' own chatter and wishes to resume go
    over a session that ends with the connection.
    """

    def __init__(
        self,
        config: Config,
        endpoint: Endpoint,
        clock: Clock,
        client_id: str,
        sites: Collection[str] | None = None,
        journal: Path | None = None,
    ) -> None:
        """``client_id``: stable, and unique at the broker. ``sites``: None means all of them.

        ``journal``: the file that keeps what was ordered; None forgets it with the process, for simulations only.
        """
        self._clock = clock
        self._base = config.messaging.base
        self._printers = _served(config, sites)
        self._topics = {site: Topics(self._base, site) for site in {p.site for p in self._printers.values()}}
        self._certificates = Certificates.beside(Path(config.storage.path))
        self._intake, self._ignored = Intake(self._printers), IgnoredMessages(clock, "agent")
        self._journal = Journal(journal, clock) if journal else None
        self._pauses = Pauses(self._journal.keep) if self._journal else Pauses()
        self._epochs = Epochs(self._journal.note) if self._journal else Epochs()
        self._orders = Link(endpoint, client_id, keep_session=True)
        self._chatter = Link(endpoint, f"{client_id}-printers")
        self._wanted = Wanted(self._chatter, self._topics.values(), self._take, clock, self._is_over)
        self._newest_is_taken = threading.Event()  # by the broker: it takes reports in order
        self._newest_is_taken.set()
        self._reporting = threading.Lock()
        self._workers = {printer.id: self._worker(printer) for printer in self._printers.values()}

    def start(self) -> None:
        """Take up what was not answered, subscribe and begin to serve; an absent broker is retried in the background.

        Raises StorageInUse when another agent has the journal, StorageDamaged when a newer version wrote it.
        """
        unanswered = self._remember()
        for topics in self._topics.values():
            self._listen_to(topics)
        self._chatter.on_connect(self._publish_anew)
        for command in unanswered:
            log.warning("%s: pause %s was not answered by the last run", command.printer, command.id)
            self._wanted.offer(command)
        self._wanted.start()
        self._orders.start()
        self._chatter.start()
        for worker in self._workers.values():
            worker.start()

    def stop(self) -> None:
        """Stop serving: reports say so, a pause under way is left to whoever comes next."""
        self._wanted.stop()
        self._end(self._workers)
        self._newest_is_taken.wait(LAST_REPORTS_S if self._chatter.connected else 0.0)
        self._orders.stop()
        self._chatter.stop()
        if self._journal is not None:
            self._journal.stop()

    def follow(self, config: Config, sites: Collection[str] | None = None) -> None:
        """Serve the printers of another configuration; those whose control stays as it is notice nothing.

        Call it from one thread, between :meth:`start` and :meth:`stop`. A pause that is under way at a printer whose
        control changes is taken up by the new one, when its monitor sends it again.
        """
        wanted = _served(config, sites)
        gone = {name: p for name, p in self._printers.items() if _key(wanted.get(name)) != _key(p)}
        self._end({name: self._workers[name] for name in gone})
        for name, printer in gone.items():
            del self._workers[name], self._printers[name]
            if _place(wanted.get(name)) != _place(printer):
                self._chatter.publish(self._topics[printer.site].printer(name), b"", retain=True)
        self._serve_sites({printer.site for printer in wanted.values()})
        fresh = {name: printer for name, printer in wanted.items() if name not in self._printers}
        self._printers.update(wanted)
        for name, printer in fresh.items():
            self._workers[name] = self._worker(printer)
            self._workers[name].start()

    @property
    def problem(self) -> str:
        """Why what is ordered cannot be kept on disk at present, with the remedy; empty when all is well."""
        return self._journal.problem if self._journal else ""

    @property
    def loops(self) -> Iterator[Loop]:
        """Those without which nothing is paused; a printer's own thread may hang with its printer."""
        yield from (self._orders, self._chatter, self._wanted.turns)
        if self._journal is not None:
            yield self._journal.turns

    @property
    def is_connected(self) -> bool:
        """Whether orders arrive."""
        return self._orders.connected and self._chatter.connected

    @property
    def printers(self) -> int:
        """How many are served."""
        return len(self._printers)

    @property
    def undecided(self) -> int:
        """Commands that came late, and wait until it is known whether they are wanted."""
        return self._wanted.waiting

    @property
    def ignored(self) -> Counter[str]:
        """How many messages were not obeyed, by reason; others' wishes are not for us, and not counted."""
        return self._ignored.counts

    def report(self, report: PrinterReport) -> None:
        """Publish what a printer does (retained); dropped without a broker, and published anew when it is back."""
        if not self._chatter.connected:
            return
        topics = self._topics_of(report.printer)
        if topics is None:
            return
        topic = topics.printer(report.printer)
        with self._reporting:
            taken = self._newest_is_taken = threading.Event()
            self._chatter.publish(topic, encode_report(report), retain=True, on_done=lambda _: taken.set())

    def progress(self, progress: PauseProgress) -> None:
        """Publish how far a pause has come."""
        topics = self._topics_of(progress.printer)
        if topics is None:
            return
        self._orders.publish(topics.pause_progress(progress.printer), encode_pause_progress(progress), qos=1)

    def result(self, result: PauseResult) -> None:
        """Publish how a pause ended."""
        topics = self._topics_of(result.printer)
        if topics is None:
            return
        self._orders.publish(topics.pause_result(result.printer), encode_pause_result(result), qos=1)

    def _topics_of(self, printer: str) -> Topics | None:
        """Return where a printer's news go; None when it is not served any more, but its thread still ends."""
        served = self._printers.get(printer)
        return self._topics.get(served.site) if served is not None else None

    def _listen_to(self, topics: Topics) -> None:
        self._orders.subscribe(topics.pause("+"), self._heard_pause)
        self._chatter.subscribe(topics.command("+"), self._heard_command)

    def _serve_sites(self, sites: AbstractSet[str]) -> None:
        for site in sites - self._topics.keys():
            self._topics[site] = Topics(self._base, site)
            self._listen_to(self._topics[site])
            self._wanted.listen_to(self._topics[site])
        for site in self._topics.keys() - sites:
            topics = self._topics.pop(site)
            self._wanted.leave(topics)
            self._orders.unsubscribe(topics.pause("+"), self._heard_pause)
            self._chatter.unsubscribe(topics.command("+"), self._heard_command)

    def _publish_anew(self) -> None:
        for worker in list(self._workers.values()):
            worker.publish_anew()

    def _end(self, workers: Mapping[str, PrinterWorker]) -> None:
        for worker in workers.values():
            worker.signal_stop()
        deadline = self._clock.now() + STOP_S
        for printer, worker in workers.items():
            if not worker.join(max(0.0, deadline - self._clock.now())):
                log.warning("%s: its control interface still hangs; not waiting for it", printer)

    def _worker(self, printer: Printer) -> PrinterWorker:
        connect = partial(open_adapter, printer, self._base, self._chatter, self._certificates)
        return PrinterWorker(printer.id, connect, self, self._pauses, self._clock)

    def _heard_pause(self, message: Message) -> None:
        command = self._decide(self._intake.pause, message)
        if not isinstance(command, PauseCommand):
            return
        self._epochs.hear(command.printer, command.epoch)
        if self._is_fenced(command):
            return
        warning = clock_warning(command, self._clock.now())
        if warning:
            log.warning("%s: %s", command.printer, warning)
        known = self._pauses.result(command)
        if known is None and self._wanted.is_late(command):
            self._wanted.offer(command)
            return
        if self._take(command):
            return
        log.info("%s: pause %s came again: %s", command.printer, command.id, known.outcome if known else "under way")
        if known is not None:
            self.result(known)

    def _take(self, command: PauseCommand) -> bool:
        """Have a command carried out; False when it is known, under way or answered."""
        if self._is_fenced(command) or not self._pauses.accept(command, self._clock.now()):
            return False
        if not self._hand_over(command):
            self._pauses.put_down(command)
        return True

    def _is_fenced(self, command: PauseCommand) -> bool:
        """Whether a command is not obeyed, because its monitor has lost the printer to another one; that is answered,
        unless the new owner goes on with the same command."""
        if not self._epochs.is_over(command.printer, command.epoch):
            return False
        answer = self._epochs.answer(command)
        topics = self._topics_of(command.printer)
        self._ignored.add(Ignored.OLD_EPOCH, topics.pause(command.printer) if topics else "", answer.detail)
        if not self._pauses.knows(command):
            self.result(answer)
        return True

    def _is_over(self, state: PrinterState) -> bool:
        """Whether a state comes from a monitor that has lost the printer."""
        if state.printer in self._printers:
            self._epochs.hear(state.printer, state.epoch)
        return self._epochs.is_over(state.printer, state.epoch)

    def _remember(self) -> list[PauseCommand]:
        """Read the journal; return the commands that are to be taken up again."""
        if self._journal is None:
            return []
        kept, unanswered = self._journal.start(lambda: [*self._pauses.everything(), *self._epochs.everything()])
        self._pauses.remember(kept)
        self._epochs.remember(entry for entry in kept if isinstance(entry, KnownEpoch))
        return [command for command in unanswered if command.printer in self._printers]

    def _heard_command(self, message: Message) -> None:
        wish = self._decide(self._intake.resume, message)
        if wish is not None:
            self._hand_over(wish)

    def _decide(self, decide: Callable[..., Decided | Refusal], message: Message) -> Decided | None:
        """Have the intake decide, and say in the log why a message is ignored."""
        parts = Topics(self._base, "+").parse(message.topic)
        decided = decide(parts, message.payload, retain=message.retain, now=self._clock.now())
        if not isinstance(decided, Refusal):
            return decided
        if decided.reason is not Ignored.NOT_OURS:
            self._ignored.add(decided.reason, message.topic, decided.detail)
        if decided.late is not None:
            self._answer_late(decided.late, decided.detail)
        return None

    def _answer_late(self, command: PauseCommand, detail: str) -> None:
        """Say why nothing is done: a monitor whose clock differs from ours still waits, and tells people."""
        late = PauseResult(command.id, command.printer, PauseOutcome.TIMEOUT, 0, f"expired here: {detail}")
        self.result(self._pauses.result(command) or late)

    def _hand_over(self, order: Order) -> bool:
        worker = self._workers.get(order.printer)
        taken = worker is not None and worker.order(order)
        if not taken:
            log.error("%s: too many orders wait for this printer; one was dropped", order.printer)
        return taken


def _served(config: Config, sites: Collection[str] | None) -> dict[str, Printer]:
    return {p.id: p for p in config.printers if sites is None or p.site in sites}


def _key(printer: Printer | None) -> object:
    """Return what a printer's worker depends on."""
    return None if printer is None else (printer.site, printer.control)


def _place(printer: Printer | None) -> object:
    return None if printer is None else printer.site
