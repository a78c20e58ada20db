"""Programs that the tests start: each keeps its log, and ends by its process id, with its children."""

import os
import subprocess
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import psutil

from tests.support import wait_until

STOP_S = 10.0


class NotReady(Exception):
    """A program did not come up; carries the end of its log."""


class Program:
    """One program that runs in the background, with everything that it says in ``log``."""

    def __init__(self, command: Sequence[str | Path], log: Path, cwd: Path | None = None) -> None:
        self._command = [str(part) for part in command]
        self._log = log
        self._cwd = cwd
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, environment: Mapping[str, str] | None = None) -> None:
        """Start it; what it says is appended to the log."""
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                self._command, stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd=self._cwd,
                env={**os.environ, **(environment or {})},
            )  # fmt: skip

    def wait_ready(self, is_ready: Callable[[], bool], timeout_s: float) -> None:
        """Poll until it answers; raises NotReady when it ended or takes too long."""
        if not wait_until(lambda: not self.is_running or is_ready(), timeout_s, every_s=0.1) or not self.is_running:
            raise NotReady(f"{self._command[0]} is not ready: {self.said()[-2000:]}")

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._process is not None and self._process.poll() is None

    @property
    def exit_status(self) -> int | None:
        """How it ended; None while it lives."""
        return self._process.poll() if self._process is not None else None

    @property
    def process(self) -> psutil.Process:
        """The running process, for its id and its memory."""
        assert self._process is not None
        return psutil.Process(self._process.pid)

    def said(self) -> str:
        """Return its log so far."""
        return self._log.read_text(errors="replace")

    def kill(self) -> None:
        """End it at once, as a power cut would."""
        self._end(psutil.Process.kill)

    def stop(self) -> None:
        """Ask it to end, and end it if it does not."""
        self._end(psutil.Process.terminate)

    def _end(self, how: Callable[[psutil.Process], None]) -> None:
        if self._process is None:
            return
        family = self._family()
        for member in family:
            _unless_gone(how, member)
        _, alive = psutil.wait_procs(family, timeout=STOP_S)
        for member in alive:
            _unless_gone(psutil.Process.kill, member)
        self._process.wait(STOP_S)
        self._process = None

    def _family(self) -> list[psutil.Process]:
        try:
            return [self.process, *self.process.children(recursive=True)]
        except psutil.NoSuchProcess:
            return []


def _unless_gone(how: Callable[[psutil.Process], None], process: psutil.Process) -> None:
    try:
        how(process)
    except psutil.NoSuchProcess:
        return


class Server(Protocol):
    """Something that takes its time to come up."""

    def start(self) -> None:
        """Start it."""

    def wait_ready(self) -> None:
        """Wait until it can be used; raises NotReady."""

    def stop(self) -> None:
        """End it."""


@contextmanager
def running(*servers: Server) -> Iterator[None]:
    """Run servers side by side, and end them whatever happens."""
    try:
        for server in servers:
            server.start()
        for server in servers:
            server.wait_ready()
        yield
    finally:
        for server in servers:
            server.stop()
