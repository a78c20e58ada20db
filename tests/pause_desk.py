"""Stands where the monitor stands: orders pauses over MQTT, and keeps what agents answer and report."""

import threading
from collections import defaultdict

from monitor.clock import Clock
from monitor.ids import uuid7
from monitor.mqtt import Endpoint, Link, Message
from monitor.records import (
    PauseCommand,
    PauseProgress,
    PauseResult,
    PauseStep,
    PersonCommand,
    PersonCommandKind,
    PrinterReport,
    State,
)
from monitor.wire import (
    PrinterState,
    Topics,
    decode_pause_progress,
    decode_pause_result,
    decode_report,
    encode_pause,
    encode_person_command,
    encode_state,
)
from tests.support import PATIENCE_S, wait_until


class PauseDesk:
    """One site's orders, answers and reports."""

    def __init__(self, endpoint: Endpoint, clock: Clock, base: str = "vigie", site: str = "site") -> None:
        self.topics = Topics(base, site)
        self._clock = clock
        self._lock = threading.Lock()
        self._results: defaultdict[str, list[PauseResult]] = defaultdict(list)
        self._progress: defaultdict[str, list[PauseProgress]] = defaultdict(list)
        self._reports: defaultdict[str, list[PrinterReport]] = defaultdict(list)
        self.link = Link(endpoint, f"desk-{uuid7(clock.now())}")
        self.link.subscribe(self.topics.pause_result("+"), self._heard_result)
        self.link.subscribe(self.topics.pause_progress("+"), self._heard_progress)
        self.link.subscribe(self.topics.printer("+"), self._heard_report)

    def start(self) -> None:
        """Connect."""
        self.link.start()
        assert self.link.wait_connected(10)

    def stop(self) -> None:
        """Disconnect."""
        self.link.stop()

    def command(self, printer: str, *, lasts_s: float = 60.0, pause_id: str = "") -> PauseCommand:
        """Make an order that is valid from now on."""
        now = self._clock.now()
        number = pause_id or uuid7(now)
        return PauseCommand(number, self.topics.site, printer, f"incident of {number}", now, now + lasts_s, "spaghetti")

    def send(self, command: PauseCommand, *, retain: bool = False) -> None:
        """Publish an order; returns when the broker has it."""
        self._publish(self.topics.pause(command.printer), encode_pause(command), retain=retain)

    def tell(self, state: State, printer: str, incident: str | None, epoch: int = 0) -> None:
        """Publish, retained, what the monitor says of a printer; returns when the broker has it."""
        told = PrinterState(printer, state, self._clock.now(), None, None, incident, epoch=epoch)
        self._publish(self.topics.state(printer), encode_state(told), retain=True)

    def pause(self, printer: str, *, lasts_s: float = 60.0) -> PauseResult:
        """Order a pause and return its answer, which must come."""
        command = self.command(printer, lasts_s=lasts_s)
        self.send(command)
        return self.answer(command, lasts_s + 10)

    def answer(self, command: PauseCommand, timeout_s: float = 70.0, count: int = 1) -> PauseResult:
        """Wait for the order's answer (the ``count``-th) and return it."""
        assert wait_until(lambda: len(self.answers(command)) >= count, timeout_s), f"no answer to {command}"
        return self.answers(command)[count - 1]

    def answers(self, command: PauseCommand) -> list[PauseResult]:
        """Return all answers to an order so far."""
        with self._lock:
            return [result for result in self._results[command.id] if result.printer == command.printer]

    def steps(self, command: PauseCommand) -> list[PauseStep]:
        """Return how far an order has come, as the agent told."""
        with self._lock:
            return [told.step for told in self._progress[command.id] if told.printer == command.printer]

    def resume(self, printer: str) -> None:
        """Wish, as a person, that a printer goes on; returns when the broker has it."""
        wish = PersonCommand(printer, PersonCommandKind.RESUME, "the night watch", self._clock.now())
        self._publish(self.topics.command(printer), encode_person_command(wish))

    def reports(self, printer: str) -> list[PrinterReport]:
        """Return what was reported of a printer, oldest first."""
        with self._lock:
            return list(self._reports[printer])

    def newest(self, printer: str) -> PrinterReport | None:
        """Return the newest report."""
        return next(reversed(self.reports(printer)), None)

    def _publish(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        done = threading.Event()
        self.link.publish(topic, payload, retain=retain, on_done=lambda _: done.set())
        assert done.wait(PATIENCE_S)

    def _heard_result(self, message: Message) -> None:
        result = decode_pause_result(message.payload)
        with self._lock:
            self._results[result.id].append(result)

    def _heard_progress(self, message: Message) -> None:
        progress = decode_pause_progress(message.payload)
        with self._lock:
            self._progress[progress.id].append(progress)

    def _heard_report(self, message: Message) -> None:
        if not message.payload:
            return  # cleared: the printer is not served any more
        report = decode_report(message.payload)
        with self._lock:
            self._reports[report.printer].append(report)
