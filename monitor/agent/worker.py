"""One thread a printer: obeys its orders, reads its state in between. A printer that hangs delays only itself."""

import logging
import queue
import threading
from collections.abc import Callable
from typing import Protocol

from monitor.agent.intake import expired
from monitor.agent.pauses import Pauses, overruled_by
from monitor.agent.reports import Reporter
from monitor.clock import Clock
from monitor.errors import PrinterError, PrinterRejected
from monitor.printers.adapter import Ability, Adapter
from monitor.printers.handshake import Handshake, Move, Step
from monitor.records import (
    JobState,
    PauseCommand,
    PausedBy,
    PauseOutcome,
    PauseProgress,
    PauseResult,
    PauseStep,
    PersonCommand,
    PrinterReport,
)

log = logging.getLogger(__name__)

POLL_S = 3.0  # between two readings while nothing happens
READ_BACK_S = 0.1  # while a pause is under way, unless the printer hints that it changed
PATIENT_AFTER_S, PATIENT_READ_BACK_S = 5.0, 0.5  # one that heats up, or drains long moves
READ_GAP_S = 0.02  # a printer that talks a lot while it pauses is not asked more often than this
HINT_GAP_S = 0.5  # a printer that talks a lot is not asked more often than this
ABILITY_S = 60.0  # between two looks at whether a pause would be obeyed
MAX_ORDERS = 16

_WORTH_ANOTHER_TRY = (PauseOutcome.UNREACHABLE, PauseOutcome.TIMEOUT)  # as long as the monitor repeats the command

Order = PauseCommand | PersonCommand


class Outbox(Protocol):
    """Where a worker's findings go."""

    def report(self, report: PrinterReport) -> None:
        """Publish what a printer does."""

    def progress(self, progress: PauseProgress) -> None:
        """Publish how far a pause has come."""

    def result(self, result: PauseResult) -> None:
        """Publish how a pause ended."""


class PrinterWorker:
    """Serves one printer; :meth:`order` and :meth:`hint` may be called from any thread."""

    def __init__(
        self,
        printer: str,
        connect: Callable[[Callable[[], None]], Adapter],
        outbox: Outbox,
        pauses: Pauses,
        clock: Clock,
    ) -> None:
        """``connect`` makes the adapter; it is given :meth:`hint`, to be called when it is worth asking the printer."""
        self._printer = printer
        self._outbox = outbox
        self._pauses = pauses
        self._clock = clock
        self._orders: queue.Queue[Order] = queue.Queue(MAX_ORDERS)
        self._stopping = threading.Event()
        self._urgent = threading.Event()  # an order, or the end
        self._wake = threading.Event()  # that, or a hint
        self._is_unpublished = threading.Event()
        self._reporter = Reporter(printer, clock.now())
        self._ability = Ability(can_pause=False, why="not asked yet")
        self._ability_at: float | None = None
        self._news = str(JobState.UNKNOWN)  # what the log was told last; that nothing is known yet is no news
        self._wish: PersonCommand | None = None  # to resume, waiting: it ends a pause that is under way
        self._told: set[PauseStep] = set()  # of the pause under way
        self._adapter = connect(self.hint)
        self._thread = threading.Thread(target=self._run, name=f"printer {printer}", daemon=True)
        self.errors = 0  # exceptions that nobody foresaw

    def start(self) -> None:
        """Begin to read the printer's state and to obey."""
        self._thread.start()

    def signal_stop(self) -> None:
        """Ask the thread to end; a pause under way is left unanswered, so that it is sent again."""
        self._stopping.set()
        self._urgent.set()
        self._wake.set()

    def join(self, timeout_s: float) -> bool:
        """Wait for the thread's end, if it ever began; False when the printer's interface still blocks it."""
        if self._thread.ident is not None:
            self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def order(self, order: Order) -> bool:
        """Queue a pause or a resume; False when too many wait already."""
        try:
            self._orders.put_nowait(order)
        except queue.Full:
            return False
        if isinstance(order, PersonCommand):
            self._wish = order
        self._urgent.set()
        self._wake.set()
        return True

    def hint(self) -> None:
        """Have the state read soon: the printer may have changed."""
        self._wake.set()

    def publish_anew(self) -> None:
        """Have the state published soon, changed or not: the broker may have lost it, or never have had it."""
        self._is_unpublished.set()
        self._wake.set()

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.turn()
            except Exception:  # root of the thread: a bug must not leave a printer without its agent
                self.errors += 1
                log.exception("%s: unexpected error, its agent goes on", self._printer)
                self._failed(PrinterRejected("an error of the agent itself: see its log"))
            self._clock.wait(self._urgent, HINT_GAP_S)
            self._clock.wait(self._wake, POLL_S - HINT_GAP_S)
        self._outbox.report(self._reporter.stopped(self._clock.now()))
        self._adapter.close()

    def turn(self) -> None:
        """Obey the orders that wait, then read the state once."""
        self._urgent.clear()
        self._wake.clear()
        while not self._stopping.is_set():
            try:
                order = self._orders.get_nowait()
            except queue.Empty:
                break
            self._pause(order) if isinstance(order, PauseCommand) else self._resume(order)
        self._poll()

    def _poll(self) -> None:
        if self._is_unpublished.is_set():
            self._is_unpublished.clear()
            self._reporter.forget()
        try:
            reading = self._adapter.state()
            self._look_at_ability()
        except PrinterError as exc:
            self._failed(exc)
        else:
            self._publish(self._reporter.heard(reading, self._ability, self._clock.now()))

    def _look_at_ability(self) -> None:
        now = self._clock.now()
        if self._ability_at is None or not self._ability.can_pause or now - self._ability_at >= ABILITY_S:
            self._ability = self._adapter.can_pause()
            self._ability_at = now

    def _failed(self, error: PrinterError) -> None:
        self._ability_at = None
        self._publish(self._reporter.failed(error, self._clock.now()))

    def _publish(self, report: PrinterReport | None) -> None:
        if report is None:
            return
        why_not = "" if report.can_pause else f", cannot be paused: {report.detail}"
        news = f"{report.state}{why_not}"
        if news != self._news:
            self._news = news
            log.info("%s: %s", self._printer, news)
        self._outbox.report(report)

    def _pause(self, command: PauseCommand) -> None:
        """Carry out the handshake and answer; what ends without a last word is put down, so that it may come again."""
        now = self._clock.now()
        late = expired(command, now)
        if late is not None:
            log.warning("%s: pause %s ignored: it expired while it waited: %s", self._printer, command.id, late.detail)
            self._pauses.put_down(command)
            return
        log.info("%s: pause %s: %s", self._printer, command.id, command.reason)
        pause = self._pauses.begin(command)
        self._told.clear()
        self._tell(command, PauseStep.ACCEPTED)
        result = None
        try:
            handshake = Handshake(now, command.expires_at, pause.ordered_at, pause.pausing_at)
            result = self._prove(command, handshake, min(pause.accepted_at, now))
        finally:
            if result is None or result.outcome in _WORTH_ANOTHER_TRY:
                self._pauses.put_down(command)
            else:
                self._pauses.answered(command, result)
        if result is not None:
            self._outbox.result(result)
            log.info("%s: pause %s: %s after %d ms", self._printer, result.id, result.outcome, result.elapsed_ms)

    def _prove(self, command: PauseCommand, handshake: Handshake, started_at: float) -> PauseResult | None:
        while not self._stopping.is_set():
            wish = self._wish
            if wish is not None and not self._pauses.has_resumed(wish):
                return overruled_by(wish, command, self._ms_since(started_at))
            self._wake.clear()  # before the reading: what changes during it leads to the next one
            step = self._step(command, handshake)
            if step.outcome is not None:
                elapsed_ms = self._ms_since(started_at)
                return PauseResult(command.id, self._printer, step.outcome, elapsed_ms, step.detail, step.paused_by)
            is_patient = self._clock.now() - started_at > PATIENT_AFTER_S
            self._clock.wait(self._stopping, READ_GAP_S)
            self._clock.wait(self._wake, PATIENT_READ_BACK_S if is_patient else READ_BACK_S)
        return None

    def _ms_since(self, started_at: float) -> int:
        return round((self._clock.now() - started_at) * 1000)

    def _step(self, command: PauseCommand, handshake: Handshake) -> Step:
        try:
            reading = self._adapter.state()
            step = handshake.read(reading, self._clock.now())
            if step.outcome is PauseOutcome.PAUSED:
                self._reporter.proven(step.paused_by)
            self._publish(self._reporter.heard(reading, self._ability, self._clock.now()))
            if step.news is PauseStep.PAUSING:
                self._pauses.pausing(command, self._clock.now())
                self._tell(command, PauseStep.PAUSING)
            if step.move is Move.ORDER:
                self._order(command, handshake)
        except PrinterError as exc:
            self._failed(exc)
            return handshake.failed(exc, self._clock.now())
        return step

    def _order(self, command: PauseCommand, handshake: Handshake) -> None:
        now = self._clock.now()
        self._pauses.ordering(command, now)
        handshake.ordering(now)
        self._adapter.pause(command)
        handshake.ordered(self._clock.now())
        self._tell(command, PauseStep.ORDERED)

    def _tell(self, command: PauseCommand, step: PauseStep) -> None:
        if step not in self._told:
            self._told.add(step)
            self._outbox.progress(PauseProgress(command.id, self._printer, step, self._clock.now()))

    def _resume(self, wish: PersonCommand) -> None:
        if self._wish == wish:
            self._wish = None
        overruled = self._pauses.resuming(wish)
        if overruled is None:
            return  # it came twice: a pause may have followed the first
        for result in overruled:
            self._outbox.result(result)
        if wish.incident and not self._is_undone_by(wish, wish.incident):
            log.info("%s: not resumed, says %s's wish: it was not Vigie that paused it", self._printer, wish.by)
            return
        log.info("%s: %s asks to resume", self._printer, wish.by)
        try:
            self._adapter.resume()
        except PrinterError as exc:
            log.warning("%s: not resumed: %s", self._printer, exc)

    def _is_undone_by(self, wish: PersonCommand, incident: str) -> bool:
        """Whether a wish that names an incident, such as a false alarm, finds our pause to undo, and nobody else's."""
        if not self._pauses.is_ours(wish.printer, incident):
            return False
        try:
            return self._adapter.state().paused_by not in (PausedBy.PERSON, PausedBy.PRINTER)
        except PrinterError:
            return True  # then it cannot be resumed either, and that is told
