"""A line that counts what it carries, and that can be cut: it passes TCP connections on to a server on loopback."""

import contextlib
import select
import socket
import threading
from dataclasses import dataclass, field
from enum import Enum
from types import TracebackType
from typing import Self

_CHUNK = 65_536
_DIAL_S = 5.0


class LineState(Enum):
    """What becomes of bytes."""

    UP = "up"
    HANGS = "hangs"  # as with a cable pulled: nobody is told, and what was sent waits
    REFUSES = "refuses"  # as with a server that is away: connections break, and no new one is made
    CLOSES = "closes"  # as with a proxy whose server is away: a new connection is taken, and closed without a word


@dataclass(frozen=True, slots=True)
class Carried:
    """Bytes that TCP has carried so far, with TLS and without TCP's own headers. ``up``: from whoever has connected."""

    up_bytes: int = 0
    down_bytes: int = 0
    up_chunks: int = 0  # pieces that were read at once: a packet each, while the line is quiet
    down_chunks: int = 0

    def __sub__(self, other: "Carried") -> "Carried":
        return Carried(
            self.up_bytes - other.up_bytes,
            self.down_bytes - other.down_bytes,
            self.up_chunks - other.up_chunks,
            self.down_chunks - other.down_chunks,
        )


@dataclass(slots=True, eq=False)
class _Flow:
    """One direction of one connection; what was read and not passed on yet is ``waiting``."""

    source: socket.socket
    sink: socket.socket
    is_up: bool
    waiting: bytes = field(default=b"")


class Relay:
    """Runs from construction to :meth:`close`, on a thread of its own. Every method may be called from any thread."""

    def __init__(self, target_port: int, port: int = 0) -> None:
        """``target_port``: of the server on loopback; ``port``: where to listen, by default any that is free."""
        self._target_port = target_port
        self._listening: socket.socket | None = socket.create_server(("127.0.0.1", port))
        self.port: int = self._listening.getsockname()[1]
        self._woken, self._waking = socket.socketpair()
        self._state, self._ended = LineState.UP, False
        self._flows: list[_Flow] = []
        self._carried = Carried()
        self._thread = threading.Thread(target=self._run, name="relay")
        self._thread.start()

    def carried(self) -> Carried:
        """Return what it has carried so far."""
        return self._carried

    def be(self, state: LineState) -> None:
        """Cut it, or mend it."""
        self._state = state
        self._wake()

    def close(self) -> None:
        """End all connections. Idempotent."""
        self._ended = True
        self._wake()
        self._thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _wake(self) -> None:
        with contextlib.suppress(OSError):  # closed already
            self._waking.send(b"!")

    def _run(self) -> None:
        while not self._ended:
            self._turn()
        self._break()
        self._listen(is_wanted=False)
        for one in (self._woken, self._waking):
            one.close()

    def _turn(self) -> None:
        if self._state in (LineState.REFUSES, LineState.CLOSES):
            self._break()
        self._listen(is_wanted=self._state is not LineState.REFUSES)
        flows = [] if self._state is LineState.HANGS else self._flows
        heard = [self._woken]
        if self._listening is not None and self._state is not LineState.HANGS:
            heard.append(self._listening)
        heard += [flow.source for flow in flows if not flow.waiting]
        readable, writable, _ = select.select(heard, [flow.sink for flow in flows if flow.waiting], [])
        if self._woken in readable:
            self._woken.recv(_CHUNK)
            return  # what it is may have changed
        for flow in flows:
            if flow.source in readable:
                self._read(flow)
            elif flow.sink in writable:
                self._pass_on(flow)
        if self._listening is not None and self._listening in readable:
            self._accept(self._listening)

    def _listen(self, *, is_wanted: bool) -> None:
        if self._listening is not None and not is_wanted:
            self._listening.close()
            self._listening = None
        elif self._listening is None and is_wanted:
            self._listening = socket.create_server(("127.0.0.1", self.port))

    def _accept(self, listening: socket.socket) -> None:
        ours, _ = listening.accept()
        if self._state is LineState.CLOSES:
            ours.close()
            return
        try:
            theirs = socket.create_connection(("127.0.0.1", self._target_port), _DIAL_S)
        except OSError:
            ours.close()
            return
        for one in (ours, theirs):
            one.setblocking(False)
            one.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._flows = [*self._flows, _Flow(ours, theirs, is_up=True), _Flow(theirs, ours, is_up=False)]

    def _read(self, flow: _Flow) -> None:
        try:
            flow.waiting = flow.source.recv(_CHUNK)
        except OSError:
            flow.waiting = b""
        if not flow.waiting:
            self._hang_up(flow)
            return
        size, so_far = len(flow.waiting), self._carried
        if flow.is_up:
            self._carried = Carried(so_far.up_bytes + size, so_far.down_bytes, so_far.up_chunks + 1, so_far.down_chunks)
        else:
            self._carried = Carried(so_far.up_bytes, so_far.down_bytes + size, so_far.up_chunks, so_far.down_chunks + 1)
        self._pass_on(flow)

    def _pass_on(self, flow: _Flow) -> None:
        try:
            flow.waiting = flow.waiting[flow.sink.send(flow.waiting) :]
        except BlockingIOError:
            pass
        except OSError:
            self._hang_up(flow)

    def _hang_up(self, flow: _Flow) -> None:
        for one in (flow.source, flow.sink):
            one.close()
        self._flows = [other for other in self._flows if other.source not in (flow.source, flow.sink)]

    def _break(self) -> None:
        for flow in self._flows:
            flow.source.close()
        self._flows = []
