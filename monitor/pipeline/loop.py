"""The one loop: scheduler -> inspectors (a worker thread each) -> judge -> incidents and board.

One thread owns the scheduler and all watches. Workers only turn frames into inspections, at most one micro-batch each
at a time, so nothing can queue up: a worker that is busy is not asked.
"""

import logging
import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace

from monitor.archive import Recorder
from monitor.board import Board
from monitor.capture.slot import NEVER, LatestFrame
from monitor.clock import Clock
from monitor.config.model import Printer
from monitor.fleet import FleetGuard, look_of
from monitor.incidents import Incidents
from monitor.judge import Judgement, Phase
from monitor.last_looks import LastLooks
from monitor.looking import Errand, Inspection, Looks
from monitor.pacing import most_at_once, portions
from monitor.pipeline.figures import Figures
from monitor.pipeline.rates import Pace, Rates
from monitor.pipeline.under_way import UnderWay
from monitor.pipeline.watch import Verdict, Watch
from monitor.records import CameraStatus, Frame, IncidentStatus, PrinterReport, Standing
from monitor.records.load import Load
from monitor.service.turns import Turns

log = logging.getLogger(__name__)

POLL_S = 0.02
"""How often the loop looks for new pictures: the delay that it may add to one. What comes in between goes together,
for each look and each batch that is handed over costs time of the one thread that all wait for."""

TICK_S = 1.0
AFTER_FAULT_S = 0.1
AGES_KEPT = 20_000

FAILS_AFTER_RESTART = "it was held before the restart; it goes on failing, and no others with it"


class Pipeline:
    """Runs the loop in a thread of its own."""

    def __init__(
        self,
        watches: Sequence[Watch],
        slots: Mapping[str, LatestFrame],
        lookers: Sequence[Looks],
        batch: int,
        board: Board,
        incidents: Incidents,
        model_sha256: str,
        clock: Clock,
        guard: FleetGuard | None = None,
        archive: Recorder | None = None,
        last_looks: LastLooks | None = None,
        is_looked_at: Callable[[str], bool] = lambda _: True,
        pace: Pace | None = None,
    ) -> None:
        """``guard`` None: each failure is acted on, whatever other printers do. ``archive`` None: nothing is kept.

        ``is_looked_at``: does somebody want a printer's tiles now? ``pace`` hears how often each picture is wanted.
        """
        self._watches = {watch.printer.id: watch for watch in watches}
        self._slots = dict(slots)
        self._idle = list(lookers)
        self._last_looks = last_looks or LastLooks()
        self._is_looked_at = is_looked_at
        self._batch = batch
        self._board = board
        self._incidents = incidents
        self._model_sha256 = model_sha256
        self._clock = clock
        self._guard = guard or FleetGuard(())
        self._archive = archive
        self._cameras_out: set[str] = set()
        self._held_before: set[str] = set()  # the start; the guard has not been asked about them yet
        wishes = {name: watch.wish for name, watch in self._watches.items()}
        self._workers = len(lookers)
        self._rates = Rates(wishes, self._workers, clock.now(), pace)
        self._scheduler = self._rates.scheduler
        self._looks_at = 0.0  # monotonic, whatever clock the rest goes by
        self._inbox: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        self._stopping = threading.Event()
        self._ages: deque[float] = deque(maxlen=AGES_KEPT)
        self._faults = self._unscored = 0
        self.turns, self.under_way = Turns("pipeline"), UnderWay()
        self._pool = ThreadPoolExecutor(max_workers=max(1, len(lookers)), thread_name_prefix="inspect")
        self._thread = threading.Thread(target=self._run, name="pipeline")

    def start(self) -> None:
        """Start inspecting; failures that have an incident from before the start get no second one."""
        for watch in self._watches.values():
            self._recall(watch)
        self._thread.start()

    def stop(self) -> None:
        """Finish the batches in hand, then end; waits for it."""
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        self._pool.shutdown(wait=True)

    def hear(self, report: PrinterReport) -> None:
        """Take in a printer's report; callable from any thread."""
        self._inbox.put(lambda: self._heard(report))

    def camera(self, status: CameraStatus) -> None:
        """Take in how a camera's connection is doing; callable from any thread."""
        change = self._cameras_out.add if status.error else self._cameras_out.discard
        self._inbox.put(lambda: change(status.printer))

    def stand(self, standing: Standing) -> None:
        """Take in what people decided for a printer; callable from any thread."""
        self._inbox.put(lambda: self._stood(standing))

    def add(self, watch: Watch, slot: LatestFrame) -> None:
        """Begin to inspect a printer; callable from any thread."""
        self._inbox.put(lambda: self._add(watch, slot))

    def remove(self, printer: str) -> None:
        """Inspect a printer no more; callable from any thread."""
        self._inbox.put(lambda: self._remove(printer))

    def follow(self, printer: Printer, *, sees_anew: bool) -> None:
        """Go by another configuration of a printer, perhaps with another view; callable from any thread."""
        self._inbox.put(lambda: self._follow(printer, sees_anew=sees_anew))

    def with_guard(self, do: Callable[[FleetGuard], None]) -> None:
        """Have something done with the guard, on our thread, which owns it; callable from any thread."""
        self._inbox.put(lambda: do(self._guard))

    def settle(self, timeout_s: float) -> bool:
        """Wait until all that was asked for before is done; tell whether it is. Not for the pipeline's own thread."""
        done = threading.Event()
        self._inbox.put(done.set)
        return done.wait(timeout_s)

    @property
    def load(self) -> Load:
        """How much there is to look at, and how much of it is done; may be asked from any thread."""
        return self._rates.load

    def figures(self) -> Figures:
        """Return what has been done so far; callable from any thread."""
        now = self._clock.now()
        tally = self._scheduler.tally(now, self._newest)
        remembered = sum(watch.remembered(now) is not None for watch in self._watches.values())
        return Figures(tally.due, tally.done, tuple(self._ages), self._faults, remembered, self._unscored, self.load)

    def _run(self) -> None:
        next_tick = self._clock.now()
        while not self._stopping.is_set():
            try:
                self._dispatch()
                self._take_one()
                if (now := self._clock.now()) >= next_tick:
                    next_tick = now + TICK_S
                    self._tick(now)
                self.turns.turn()
            except Exception:  # the root of the thread: the loop must outlive any fault, and tell
                self._faults += 1
                log.exception("the pipeline met a fault and goes on; please report it")
                self._stopping.wait(AFTER_FAULT_S)  # one that comes each time must not fill the disk with its log

    def _dispatch(self) -> None:
        """Share out what is due among the idle workers."""
        now = self._clock.now()
        self._rates.note(self._workers - len(self._idle), now)
        if time.monotonic() >= self._looks_at:
            self._looks_at = time.monotonic() + POLL_S
            self._scheduler.look(now, self._newest)
        if not self._idle:
            return
        most = most_at_once(self._batch, self._workers, self.load.capacity_hz)
        frames = self._due_frames(now, limit=most * len(self._idle))
        for portion in portions(frames, len(self._idle), most):
            self._hand_over(self._idle.pop(), portion, now)

    def _add(self, watch: Watch, slot: LatestFrame) -> None:
        printer = watch.printer.id
        self._recall(watch)
        self._watches = {**self._watches, printer: watch}  # others may be counting them
        self._slots[printer] = slot
        self._rates.add(printer, watch.wish, self._clock.now())

    def _recall(self, watch: Watch) -> None:
        """Take note of an incident from before, so that the failure gets no second one."""
        incident = self._incidents.open_incident(watch.printer.id)
        if incident is not None:
            watch.handled(incident.job)
            if incident.status is IncidentStatus.HELD:
                self._held_before.add(watch.printer.id)

    def _remove(self, printer: str) -> None:
        self._watches = {name: watch for name, watch in self._watches.items() if name != printer}
        self._slots.pop(printer, None)
        self._rates.remove(printer)
        self._guard.forget(printer)
        self._cameras_out.discard(printer)
        self._held_before.discard(printer)

    def _follow(self, printer: Printer, *, sees_anew: bool) -> None:
        watch, now = self._watches[printer.id], self._clock.now()
        watch.follow(printer)
        if sees_anew:
            watch.see_anew(now)
        self._rates.wish(printer.id, watch.wish, now)

    def _hand_over(self, looker: Looks, frames: Sequence[Frame], now: float) -> None:
        for frame in frames:
            self._scheduler.started(frame.printer, frame.number, now, frame.taken_at)
        future, number = self._pool.submit(looker.look, [*map(self._errand, frames)]), self.under_way.begin()
        future.add_done_callback(lambda done: self._inbox.put(lambda: self._inspected(looker, frames, done, number)))

    def _errand(self, frame: Frame) -> Errand:
        watch = self._watches[frame.printer]
        return self._last_looks.errand(
            frame,
            watch.remembered(frame.taken_at),
            wants_tile=self._is_looked_at(frame.printer),
            wants_features=watch.wants_features(frame.taken_at),
            may_stand_still=watch.may_stand_still,
        )

    def _due_frames(self, now: float, limit: int) -> list[Frame]:
        due = self._scheduler.ready(now, self._newest, limit)
        return [frame for printer in due if (frame := self._slots[printer].latest()) is not None]

    def _newest(self, printer: str) -> tuple[int, float]:
        slot = self._slots.get(printer)
        return NEVER if slot is None else slot.newest

    def _take_one(self) -> None:
        began = self._clock.now()
        try:
            call = self._inbox.get(timeout=POLL_S)
        except queue.Empty:
            return
        finally:
            self._rates.rested(self._clock.now() - began)
        call()

    def _inspected(self, looker: Looks, frames: Sequence[Frame], done: "Future[list[Inspection]]", number: int) -> None:
        self.under_way.end(number)
        self._idle.append(looker)
        for frame in frames:
            self._scheduler.finished(frame.printer)
        self._dispatch()  # the worker does not wait until its last pictures are judged
        for inspection in done.result():
            self._unscored += inspection.is_same
            self._judge(self._last_looks.settled(inspection))

    def _judge(self, inspection: Inspection) -> None:
        frame, observation = inspection.frame, inspection.observation
        watch = self._watches.get(observation.printer)
        if watch is None or observation.taken_at < watch.begins_at:
            return  # cameras.yaml has changed while it was inspected
        verdict = watch.observe(observation, inspection.features)
        now = self._clock.now()
        self._ages.append(now - observation.taken_at)
        self._board.inspected(observation, verdict.judgement, frame, inspection.tile_jpeg)
        self._record(watch, verdict, now)
        self._rates.wish(watch.printer.id, watch.wish, now)
        self._note_look(watch, verdict.judgement, now)
        if verdict.opens_incident:
            self._failed(watch, inspection, verdict.judgement, now)
        elif watch.printer.id in self._held_before and verdict.judgement.phase is Phase.FAILING:
            self._failed_again(watch, now)
        if self._archive is not None:
            self._archive.inspected(
                frame, observation, verdict.judgement, is_resting=watch.is_resting, is_picture=inspection.is_picture
            )

    def _failed(self, watch: Watch, inspection: Inspection, judgement: Judgement, now: float) -> None:
        seen = replace(inspection.observation, score=judgement.score)  # comparable to the threshold, as on the wall
        self._incidents.failed(
            watch.printer,
            seen,
            inspection.frame.jpeg,
            self._model_sha256,
            watch.parameters,
            now,
            hold=self._guard.decided(watch.printer.id, now),
            job=watch.job,
            job_progress=watch.pace.progress,
            job_left_s=watch.pace.left_s,
        )

    def _failed_again(self, watch: Watch, now: float) -> None:
        """What the last run held is decided by this run's pictures."""
        self._held_before.discard(watch.printer.id)
        if self._guard.decided(watch.printer.id, now) is None:
            self._incidents.release(watch.printer, now, FAILS_AFTER_RESTART)

    def _note_look(self, watch: Watch, judgement: Judgement, now: float) -> None:
        """Let the guard know how a printer looks."""
        is_out = watch.printer.id in self._cameras_out
        look = look_of(judgement, watch.judge_settings, is_resting=watch.is_resting, camera_is_out=is_out)
        self._guard.note(watch.printer.id, look, now)

    def _tick(self, now: float) -> None:
        for watch in self._watches.values():
            silence = watch.silence(now)
            if silence is not None:
                self._heard(silence)
            verdict = watch.tick(now)
            self._board.judged(watch.printer.id, verdict.judgement, now)
            self._board.muted(watch.printer.id, watch.muted_until(now), now)
            self._record(watch, verdict, now)
            self._note_look(watch, verdict.judgement, now)
        self._rates.tick(now)
        for release in self._guard.tick(now):
            self._incidents.release(self._watches[release.printer].printer, now, release.why)
        self._incidents.tick(now)
        if self._archive is not None:
            self._archive.tick(self._board.snapshot().printers, now)

    def _record(self, watch: Watch, verdict: Verdict, now: float) -> None:
        for kind in verdict.events:
            self._incidents.happened(watch.printer, kind, now)

    def _heard(self, report: PrinterReport) -> None:
        watch = self._watches.get(report.printer)
        if watch is None:
            return
        now = self._clock.now()
        is_new_job = watch.hear(report, now)
        if is_new_job and self._archive is not None:
            self._archive.job_started(report.printer, report.job or "", now)
        self._rates.wish(report.printer, watch.wish, now)
        self._board.reported(report)

    def _stood(self, standing: Standing) -> None:
        watch = self._watches.get(standing.printer)
        if watch is None:
            return  # decided when cameras.yaml still had it
        now = self._clock.now()
        watch.stand(standing)
        self._board.muted(standing.printer, watch.muted_until(now), now)
