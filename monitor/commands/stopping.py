"""SIGINT and SIGTERM as an event to wait for."""

import os
import signal
import socket
import threading

SIGNALS = (signal.SIGINT, signal.SIGTERM)


def on_signals() -> threading.Event:
    """Return an event that the first signal sets; a second one ends the process at once. Call it in the main thread.

    The system may hand a signal to any thread, and Python runs its handlers in the main thread, when that moves next:
    one that waits for an event would sleep on. But whichever thread is hit writes to the wake-up descriptor, and
    there a thread of ours listens.
    """
    stopping = threading.Event()
    heard, told = socket.socketpair()
    told.setblocking(False)
    for number in SIGNALS:
        signal.signal(number, _nothing_else)
    signal.set_wakeup_fd(told.detach(), warn_on_full_buffer=False)
    threading.Thread(target=_listen, args=(heard, stopping), name="signals", daemon=True).start()
    return stopping


def _listen(heard: socket.socket, stopping: threading.Event) -> None:
    heard.recv(1)
    stopping.set()
    (number,) = heard.recv(1)
    os._exit(128 + number)  # told twice: a part hangs, and nothing that must be kept is only in memory


def _nothing_else(number: int, frame: object) -> None:
    """Take the place of Python's own handler, or of the system's."""
