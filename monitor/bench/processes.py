"""The processes beside a measured monitor: cameras, printers, a broker, a viewer. Their cost is their own."""

import contextlib
import json
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from types import FrameType
from typing import Any

from monitor.errors import VigieError
from monitor.mqtt import Endpoint

_BESIDE: set[int] = set()
START_S = 60.0  # a thousand pictures to render, on a machine that does other things too


@contextlib.contextmanager
def ending_in_order() -> Iterator[None]:
    """Have SIGTERM and SIGINT end what is done meanwhile as an exception does: what it has started ends with it.

    A shell that starts a program in the background has it ignore SIGINT. For the main thread.
    """
    before = {number: signal.signal(number, _leave) for number in (signal.SIGTERM, signal.SIGINT)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _leave(number: int, frame: FrameType | None) -> None:  # noqa: ARG001  # as signal wants it
    sys.exit(128 + number)


@contextlib.contextmanager
def broker(folder: Path) -> Iterator[Endpoint]:
    """Run mosquitto, as a farm does. Raises VigieError when there is none."""
    port = free_port()
    conf = folder / "mosquitto.conf"
    conf.write_text(f"listener {port} 127.0.0.1\nallow_anonymous true\nmax_queued_messages 10000\n", encoding="utf-8")
    with _server("mosquitto", ["-c", str(conf)], port):
        yield Endpoint("127.0.0.1", port)


@contextlib.contextmanager
def nats_server(folder: Path) -> Iterator[str]:
    """Run one nats-server with JetStream in ``folder``; yield its URL. Raises VigieError when there is none."""
    port = free_port()
    with _server("nats-server", ["-a", "127.0.0.1", "-p", str(port), "-js", "-sd", str(folder)], port):
        yield f"nats://127.0.0.1:{port}"


@contextlib.contextmanager
def _server(name: str, arguments: Sequence[str], port: int) -> Iterator[None]:
    with subprocess.Popen([program(name), *arguments], stderr=subprocess.DEVNULL) as process:  # noqa: S603
        try:
            _BESIDE.add(process.pid)
            wait_for_port(port, name)
            yield
        finally:
            _BESIDE.discard(process.pid)
            process.terminate()


@contextlib.contextmanager
def module(name: str, *arguments: str, heard: Callable[[dict[str, Any]], None] | None = None) -> Iterator[str]:
    """Run one of our modules, which says a word when it is ready and then a JSON object a line; yield the word.

    ``heard`` gets each object, on a thread. Raises VigieError when it ends without a word.
    """
    command = [sys.executable, "-m", name, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603  # our own module
        assert process.stdout is not None  # noqa: S101  # given by PIPE
        _BESIDE.add(process.pid)
        word = process.stdout.readline().strip()
        if not word:
            _BESIDE.discard(process.pid)
            process.wait()
            raise VigieError(f"{' '.join(command[1:])} did not start: run it by hand to see why")
        lines = process.stdout
        listening = threading.Thread(target=lambda: _listen(lines, heard), name=f"ear of {name}", daemon=True)
        listening.start()
        try:
            yield word
        finally:
            _BESIDE.discard(process.pid)
            process.terminate()
            process.wait()
            listening.join()


def program(name: str) -> str:
    """Return the path of a program. Raises VigieError when there is none."""
    found = shutil.which(name) or shutil.which(name, path="/usr/sbin")
    if found is None:
        raise VigieError(f"there is no {name} here: apt install {name}")
    return found


def beside() -> frozenset[int]:
    """Return the ids of the processes that run beside the monitor now: their cost is not the monitor's."""
    return frozenset(_BESIDE)


def _listen(lines: Any, heard: Callable[[dict[str, Any]], None] | None) -> None:
    for line in lines:
        if heard is not None:
            heard(json.loads(line))


def free_port() -> int:
    """Return a port that is free on loopback at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def wait_for_port(port: int, name: str = "mosquitto") -> None:
    """Wait until a server listens on loopback. Raises VigieError when none does in time."""
    deadline = time.monotonic() + START_S
    while time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1.0):
            return
        time.sleep(0.05)
    raise VigieError(f"{name} does not listen on 127.0.0.1:{port}: start it by hand to see why")
