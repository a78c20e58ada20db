"""A line that can be cut: it passes TCP connections on to a server, or lets nothing through."""

import socket
import threading
from types import TracebackType
from typing import Self


class Relay:
    """Listens on loopback. While it is cut, connections hang as they do when a cable is pulled: nobody is told."""

    def __init__(self, port: int) -> None:
        """``port``: of the server on loopback."""
        self._target = port
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listening.getsockname()[1]
        self._through = threading.Event()
        self._through.set()
        self._ended = False
        self._sockets: set[socket.socket] = set()
        self._threads = [threading.Thread(target=self._accept, name="relay")]
        self._threads[0].start()

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"nats://127.0.0.1:{self.port}"

    def cut(self) -> None:
        """Let nothing through."""
        self._through.clear()

    def heal(self) -> None:
        """Let everything through, also what has waited."""
        self._through.set()

    def close(self) -> None:
        """End all connections and threads."""
        self._ended = True
        self.heal()
        for one in [self._listening, *self._sockets]:
            _shut(one)
        for thread in self._threads:
            thread.join()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _accept(self) -> None:
        while not self._ended:
            try:
                ours, _ = self._listening.accept()
            except OSError:
                continue
            self._through.wait()
            try:
                theirs = socket.create_connection(("127.0.0.1", self._target), 5)
            except OSError:
                _shut(ours)  # the server is away, and a client hears that
                continue
            theirs.settimeout(None)
            self._sockets |= {ours, theirs}
            for source, sink in ((ours, theirs), (theirs, ours)):
                thread = threading.Thread(target=self._pass_on, args=(source, sink), name="relay-line")
                self._threads.append(thread)
                thread.start()

    def _pass_on(self, source: socket.socket, sink: socket.socket) -> None:
        try:
            while data := source.recv(65536):
                self._through.wait()
                sink.sendall(data)
        except OSError:
            pass
        finally:
            self._sockets -= {source, sink}
            _shut(source)
            _shut(sink)


def _shut(one: socket.socket) -> None:
    try:
        one.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass
    finally:
        one.close()
