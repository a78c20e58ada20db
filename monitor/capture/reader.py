"""One thread a camera: dial, read, leave the newest frame in the slot, back off, dial again."""

import logging
import threading
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from monitor.capture.backoff import HEALTHY_AFTER_S, Backoff
from monitor.capture.polling import Polling
from monitor.capture.slot import LatestFrame
from monitor.capture.source import Source
from monitor.clock import Clock
from monitor.errors import CameraError
from monitor.records import CameraState, CameraStatus, Frame

_log = logging.getLogger(__name__)

_STACK_BYTES = 512 * 1024
"""Enough for a video decoder; the usual 8 MiB of a thousand readers would fill small address spaces."""
_STOP_TIMEOUT_S = 5.0
"""Everything but the system's name resolver can be interrupted sooner."""

_stack_size_lock = threading.Lock()


def _ignore(_: CameraStatus) -> None:
    pass


class CameraReader:
    """Keeps a camera connected. The thread lives from :meth:`start` to :meth:`stop`, whatever the camera does.

    Frames are numbered on from the one in the slot: no number stands for two pictures when a camera is replaced.

    ``generation`` counts connections, so that what was meant for an old one never touches its successor.
    ``on_change`` is called in the reader's thread with every change of state, not with every frame; a quick call.
    """

    def __init__(
        self,
        printer: str,
        connect: Callable[[], Source],
        slot: LatestFrame,
        clock: Clock,
        on_change: Callable[[CameraStatus], None] = _ignore,
        polling: Polling | None = None,
    ) -> None:
        """``polling``: of a camera that has to be asked for each picture."""
        self._printer = printer
        self._connect = connect
        self._slot = slot
        self._clock = clock
        self._on_change = on_change
        self._polling = polling
        self._thread = threading.Thread(target=self._run, name=f"camera of {printer}", daemon=True)
        self._wake = threading.Event()
        self._stopping = False
        self._lock = threading.Lock()  # guards the next two, which other threads look at
        self._status = CameraStatus(printer, CameraState.STOPPED, clock.now())
        self._source: Source | None = None
        self._frames = max(0, slot.number)  # these two change with each frame, in the reader's thread only
        self._last_frame_at: float | None = None
        self._backoff = Backoff()
        self._streaming_since: float | None = None  # of this connection
        self._logged = ""
        self._tells_recovery = True

    @property
    def status(self) -> CameraStatus:
        """How the connection is doing now."""
        with self._lock:
            dropped = self._status.dropped + (self._source.dropped if self._source else 0)
            return replace(self._status, frames=self._frames, last_frame_at=self._last_frame_at, dropped=dropped)

    def start(self) -> None:
        """Start reading; the camera need not be there."""
        with _stack_size_lock:
            usual = threading.stack_size(_STACK_BYTES)
            self._thread.start()
            threading.stack_size(usual)

    def request_stop(self) -> None:
        """Tell the thread to end, without waiting: so that many cameras stop side by side."""
        self._stopping = True
        self._interrupt()

    def stop(self) -> None:
        """End the thread and wait for it; the camera's connection is closed then."""
        self.request_stop()
        if self._thread.ident is None:
            return
        self._thread.join(_STOP_TIMEOUT_S)
        if self._thread.is_alive():
            _log.warning("camera of %s: still waiting for the system to look its host name up", self._printer)

    def pace(self, every_s: float, *, beyond_configured: bool = False) -> None:
        """Ask every so often from now on, see :meth:`Polling.pace`; nothing happens to a stream."""
        if self._polling is not None:
            self._polling.pace(every_s, self._clock.now(), beyond_configured=beyond_configured)

    def reconnect(self, generation: int) -> None:
        """Drop this connection, or the wait for the next, and dial at once; harmless if that generation is over."""
        self._interrupt(generation)

    def _interrupt(self, generation: int | None = None) -> None:
        with self._lock:
            if generation not in (None, self._status.generation):
                return
            self._wake.set()
            source = self._source
        if source is not None:
            source.close()

    def _run(self) -> None:
        goes_on = True
        while goes_on and not self._stopping:
            try:
                goes_on = self._live_one_connection()
            except Exception as error:  # noqa: BLE001  (a fault of ours must not end the watch over this printer)
                _log.exception("camera of %s: unexpected error, dialling again", self._printer)
                self._set(state=CameraState.WAITING, error=f"unexpected {type(error).__name__}: see the log, report it")
                self._clock.wait(self._wake, self._backoff.failed(streamed_s=0.0))
        self._change(CameraState.STOPPED, retry_at=None)

    def _live_one_connection(self) -> bool:
        """Dial, read until it ends, wait after a failure; tell whether there may be more pictures."""
        with self._lock:
            if not self._stopping:
                self._wake.clear()
            self._status = replace(self._status, generation=self._status.generation + 1)
        self._streaming_since = None
        self._change(CameraState.CONNECTING, retry_at=None)
        try:
            self._read()
        except CameraError as error:
            self._failed(str(error))
            return True
        return self._wake.is_set()  # else a recording has been played to its end

    def _read(self) -> None:
        source = self._connect()
        with self._lock:
            self._source = source
        try:
            if not (self._stopping or self._wake.is_set()):
                for jpeg in source.frames():
                    self._received(jpeg)
        finally:
            source.close()
            with self._lock:
                self._source = None
                self._status = replace(self._status, dropped=self._status.dropped + source.dropped)

    def _received(self, jpeg: bytes) -> None:
        self._last_frame_at = now = self._clock.now()
        self._frames += 1
        self._slot.put(Frame(self._printer, jpeg, now, self._frames, self._status.generation))
        if self._streaming_since is None:
            self._streaming_since = now
            self._change(CameraState.STREAMING, error="")
            _log.log(logging.INFO if self._tells_recovery else logging.DEBUG, "camera of %s: streaming", self._printer)
            self._tells_recovery = False

    def _failed(self, error: str) -> None:
        """Take note, tell the log if this is news, and wait."""
        last, since = self._last_frame_at, self._streaming_since
        streamed_s = last - since if last is not None and since is not None else 0.0
        delay_s = self._backoff.failed(streamed_s)
        if error != self._logged or streamed_s >= HEALTHY_AFTER_S:
            _log.warning("camera of %s: %s", self._printer, error)
            self._logged, self._tells_recovery = error, True
        self._change(CameraState.WAITING, error=error, retry_at=self._clock.now() + delay_s)
        self._clock.wait(self._wake, delay_s)

    def _change(self, state: CameraState, **changes: Any) -> None:
        self._set(state=state, since=self._clock.now(), **changes)
        self._on_change(self.status)

    def _set(self, **changes: Any) -> None:
        with self._lock:
            self._status = replace(self._status, **changes)
