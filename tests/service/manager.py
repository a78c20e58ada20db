"""systemd's end of the socket: a real one, which takes what a service says."""

import queue
import socket
import threading
from pathlib import Path

from monitor.service import Loop, Turns
from tests.support import PATIENCE_S


class Manager:
    """Listens at an address, as systemd writes it into NOTIFY_SOCKET."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind(f"\0{address[1:]}" if address[0] == "@" else address)
        self._socket.settimeout(PATIENCE_S)

    def environment(self, **more: str) -> dict[str, str]:
        """Return what a service is started with."""
        return {"NOTIFY_SOCKET": self.address, **more}

    def message(self) -> str:
        """Return the next message; raises TimeoutError when none comes."""
        return self._socket.recv(4096).decode()

    def waiting(self) -> list[str]:
        """Return the messages that are there already."""
        messages = []
        self._socket.setblocking(False)
        try:
            while True:
                messages.append(self.message())
        except BlockingIOError:
            return messages
        finally:
            self._socket.settimeout(PATIENCE_S)

    def until(self, word: str) -> str:
        """Return the next message that has a word, and drop those before it."""
        while word not in (message := self.message()):
            pass
        return message

    def close(self) -> None:
        """Listen no more; the service may live on."""
        self._socket.close()
        if self.address[0] != "@":
            Path(self.address).unlink(missing_ok=True)


class StubbornLoop:
    """A thread that goes round with every task, and hangs in one until it is let go."""

    def __init__(self) -> None:
        self.turns: Turns = Turns("stubborn")
        self._tasks: queue.Queue[threading.Event | None] = queue.Queue()
        self._letting_go = threading.Event()
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    @property
    def loop(self) -> Loop:
        """What can be watched."""
        return self.turns

    def go_round(self) -> None:
        """Have it go round once, and wait for that."""
        done = threading.Event()
        self._tasks.put(done)
        assert done.wait(PATIENCE_S)

    def hang(self) -> None:
        """Have it hang."""
        self._tasks.put(self._letting_go)

    def let_go(self) -> None:
        """Have it go on."""
        self._letting_go.set()

    def close(self) -> None:
        """End it."""
        self._letting_go.set()
        self._tasks.put(None)
        self._thread.join()

    def _run(self) -> None:
        while (task := self._tasks.get()) is not None:
            if task is self._letting_go:
                task.wait(PATIENCE_S)
            self.turns.turn()
            task.set()
