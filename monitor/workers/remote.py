"""Somebody who looks at pictures in another process, as the pipeline sees it.

A worker that dies (a picture may bring a decoder down, the system may take its memory back) is started again, and its
batch is looked at once more, picture by picture: the one that ends the worker a second time is told as unreadable, and
the others lose nothing.
"""

import logging
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from multiprocessing.connection import Connection, Pipe
from typing import Any

from monitor.config import model as config
from monitor.errors import DetectorError
from monitor.learning import LearnedTable
from monitor.looking import Errand, Inspection
from monitor.records import Health, Observation
from monitor.workers.block import SharedBlock
from monitor.workers.parcel import PLENTY_BYTES, Batch, Failed, Found, Known, Task, dumps, inspection_of, loads, pack

log = logging.getLogger(__name__)

PROGRAM = "monitor.workers"

ANSWER_WITHIN_S = 30.0
"""A batch takes a fifth of a second on a slow machine; a worker that needs so long hangs."""
READY_WITHIN_S = 120.0
AGAIN_AFTER_S = 1.0
"""Between two starts: a worker that cannot be started must not keep a core busy with trying."""
ENDS_WITHIN_S = 5.0

_ENDED_BY = "the process that looked at this picture was ended by it; check the camera's connection, and report it"


class _Gone(Exception):
    """The worker has died, or hangs."""


class RemoteLooker:
    """A worker process. Everything but :meth:`stop` belongs to one thread at a time.

    ``settings`` and ``learned`` are shared with whoever follows the configuration: what has changed goes with the next
    batch. ``program`` is the module that the process runs.
    """

    def __init__(
        self,
        detector: config.Detector,
        batch: int,
        settings: Mapping[str, config.PrinterSettings],
        learned: LearnedTable,
        program: str = PROGRAM,
    ) -> None:
        self._task = Task(detector, batch, logging.getLogger().getEffectiveLevel())
        self._settings, self._learned = settings, learned
        self._program = program
        self._block = SharedBlock.new(batch * PLENTY_BYTES)
        self._told: dict[str, Known] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._line: Connection | None = None
        self._stopping = threading.Event()

    def start(self) -> None:
        """Start the process; :meth:`wait_ready` comes after, so that several can start side by side."""
        self._told = {}
        ours, theirs = Pipe()
        arguments = [str(theirs.fileno()), str(self._block.descriptor), str(self._block.size_bytes)]
        self._process = subprocess.Popen(  # noqa: S603  # our own Python, our own module, numbers
            [sys.executable, "-m", self._program, *arguments],
            stdin=subprocess.DEVNULL,
            pass_fds=(theirs.fileno(), self._block.descriptor),
            env={**os.environ, "OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1"},
        )
        theirs.close()
        self._line = ours
        self._send(self._task)

    def wait_ready(self) -> None:
        """Wait until its detector is loaded. Raises DetectorError when it cannot be, or the process ends."""
        try:
            self._receive(READY_WITHIN_S)
        except _Gone as gone:
            raise DetectorError(
                f"a worker process did not start: {gone}; see the log above, start Vigie again"
            ) from gone

    @property
    def pid(self) -> int | None:
        """The process's id while there is one."""
        return self._process.pid if self._process else None

    def look(self, errands: Sequence[Errand]) -> list[Inspection]:
        """Return one inspection an errand, in order. Raises :class:`DetectorError` when the model itself fails."""
        if self._stopping.is_set():
            raise DetectorError("the worker was stopped")
        try:
            return self._ask(errands)
        except _Gone as gone:
            log.warning("worker process %s: %s; it is started again", self.pid, gone)
            self._start_again()
        return [self._look_alone(errand) for errand in errands]

    def stop(self) -> None:
        """End the process, and give its memory back; from any thread. Idempotent."""
        self._stopping.set()
        self._end()
        self._block.close()

    def _look_alone(self, errand: Errand) -> Inspection:
        try:
            return self._ask([errand])[0]
        except _Gone as gone:
            log.error("%s: a picture has ended a worker process twice: %s", errand.frame.printer, gone)  # noqa: TRY400
            self._start_again()
        seen = Observation(errand.frame.printer, errand.frame.taken_at, Health.UNREADABLE, detail=_ENDED_BY)
        return Inspection(errand.frame, seen, None, is_picture=False)

    def _ask(self, errands: Sequence[Errand]) -> list[Inspection]:
        self._send(Batch(pack(errands, self._block), self._news(errands)))
        found: list[Found] = self._receive(ANSWER_WITHIN_S)
        return [inspection_of(errand, what) for errand, what in zip(errands, found, strict=True)]

    def _news(self, errands: Sequence[Errand]) -> dict[str, Known]:
        """Return what the worker has not been told of the printers that it is about to see."""
        news = {}
        for errand in errands:
            printer = errand.frame.printer
            view, learned = self._settings.get(printer), self._learned.of(printer)
            told = self._told.get(printer)
            if told is None or told[0] is not view or told[1] != learned:
                news[printer] = self._told[printer] = (view, learned)
        return news

    def _send(self, message: object) -> None:
        try:
            self._open_line.send_bytes(dumps(message))
        except OSError as exc:
            raise _Gone(self._how_it_ended()) from exc

    def _receive(self, within_s: float) -> Any:
        line = self._open_line
        try:
            if not line.poll(within_s):
                raise _Gone(f"no answer within {within_s:.0f} s")
            answer = loads(line.recv_bytes())
        except (EOFError, OSError) as exc:
            raise _Gone(self._how_it_ended()) from exc
        if isinstance(answer, Failed):
            raise DetectorError(answer.why)
        return answer

    @property
    def _open_line(self) -> Connection:
        if self._line is None:
            raise _Gone("it was not started")
        return self._line

    def _how_it_ended(self) -> str:
        if self._process is None:
            return "it was not started"
        try:
            status = self._process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            return "it closed its line"
        return f"ended by {signal.Signals(-status).name}" if status < 0 else f"ended with status {status}"

    def _start_again(self) -> None:
        self._end()
        if self._stopping.wait(AGAIN_AFTER_S):
            raise DetectorError("the worker was stopped")
        self.start()
        self.wait_ready()

    def _end(self) -> None:
        line, self._line = self._line, None
        process, self._process = self._process, None
        if line is not None:
            line.close()
        if process is None:
            return
        try:
            process.wait(ENDS_WITHIN_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def start_all(workers: Sequence[RemoteLooker]) -> None:
    """Start workers side by side and wait for all. Raises DetectorError; then none of them runs."""
    try:
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.wait_ready()
    except BaseException:
        for worker in workers:
            worker.stop()
        raise
