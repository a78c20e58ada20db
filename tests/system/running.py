"""``vigie`` as a process: started, asked over HTTP, ended as a person or a service manager would."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
import requests

from tests.brokers import free_port
from tests.stacks.processes import Program
from tests.support import PATIENCE_S, wait_until

VIGIE = Path(sys.executable).with_name("vigie")

READY_WITHIN_S = 90.0
STOPPED_WITHIN_S = 15.0  # 5 are promised on a machine that is not busy
GONE_WITHIN_S = PATIENCE_S  # a hung one is waited for no longer

Json = dict[str, Any]

QUICK = {
    "inspect_every_s": 0.25,
    "suspect_after_s": 1,
    "fail_after_s": 2,
    "recover_after_s": 5,
    "blind_after_s": 2,
    "camera": "simulated",
    "control": "simulated",
}
"""Defaults of a farm whose decisions a test can wait for."""

FAILING_PRINT = "vase"
HEALTHY_PRINT = "basket"  # the simulation has no failure for it


def vigie(
    *arguments: str | Path, cwd: Path | None = None, timeout_s: float = 150.0
) -> subprocess.CompletedProcess[str]:
    """Run a command that ends by itself."""
    command = [VIGIE, *arguments]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, timeout=timeout_s, check=False)


def farm(printers: Sequence[Json], **sections: Any) -> Json:
    """Return a cameras.yaml with one room; ``sections`` are added or replace the usual ones."""
    rooms = [{"id": "hall", "printers": list(printers)}]
    usual = {"defaults": dict(QUICK), "detector": {"sessions": 1}, "sites": [{"id": "site", "rooms": rooms}]}
    return usual | sections


def simulated(name: str, made: str = HEALTHY_PRINT) -> Json:
    """Return a simulated printer."""
    return {"id": name, "camera": {"type": "simulated", "print": made}}


@dataclass(frozen=True)
class Ending:
    """How a program ended. ``left``: its children that outlived it."""

    status: int | None
    in_time: bool
    has_traceback: bool
    left: tuple[psutil.Process, ...] = ()


CLEAN = Ending(0, in_time=True, has_traceback=False)


class RunningVigie:
    """``vigie run`` on a configuration, in a folder of its own. The wall's port is chosen unless it is given."""

    def __init__(self, config: Json, folder: Path) -> None:
        self.folder = folder
        self.port = int(config.get("wall", {}).get("port") or free_port())
        self.file = folder / "cameras.yaml"
        content = (
            {"storage": {"path": "vigie.db"}}
            | config
            | {"wall": {"access": "open"} | config.get("wall", {}) | {"port": self.port}}
        )
        self.file.write_text(json.dumps(content))  # YAML contains JSON
        self._program = Program([VIGIE, "run", self.file], folder / "vigie.log", cwd=folder)

    def start(self) -> None:
        """Start the process; it is not up yet."""
        self._program.start()

    def wait_ready(self) -> None:
        """Wait until the wall answers."""
        self._program.wait_ready(self.answers, READY_WITHIN_S)

    @property
    def is_running(self) -> bool:
        """Whether the process lives."""
        return self._program.is_running

    @property
    def process(self) -> psutil.Process:
        """The running process."""
        return self._program.process

    def said(self) -> str:
        """Return its log so far."""
        return self._program.said()

    def says(self, *words: str, timeout_s: float = PATIENCE_S) -> bool:
        """Wait until the log has all these words; tell whether it has."""
        return wait_until(lambda: all(word in self.said() for word in words), timeout_s, every_s=0.05)

    def url(self, path: str) -> str:
        """Return an address at the wall."""
        return f"http://127.0.0.1:{self.port}{path}"

    def answers(self) -> bool:
        """Tell whether the wall answers."""
        try:
            return requests.get(self.url("/health"), timeout=5).ok
        except requests.RequestException:
            return False

    def get(self, path: str) -> Json:
        """Return what the wall's API answers."""
        answer = requests.get(self.url(path), timeout=PATIENCE_S)
        answer.raise_for_status()
        body: Json = answer.json()
        return body

    def health(self) -> Json:
        """Return how the monitor itself is."""
        return self.get("/health")

    def printers(self) -> dict[str, Json]:
        """Return everything about all printers, by id."""
        return {printer["id"]: printer for printer in self.get("/api/printers")["printers"]}

    def states(self) -> dict[str, str]:
        """Return the printers' states, by id."""
        return {name: printer["state"] for name, printer in self.printers().items()}

    def sees(self, condition: Callable[[dict[str, Json]], bool], timeout_s: float = PATIENCE_S) -> bool:
        """Wait until the printers are so; tell whether they are."""
        return wait_until(lambda: condition(self.printers()), timeout_s, every_s=0.1)

    def watches(self, *names: str, timeout_s: float = PATIENCE_S) -> bool:
        """Wait until these printers are watched; tell whether they are."""
        return self.sees(lambda printers: all(printers[n]["state"] == "watching" for n in names), timeout_s)

    def is_well(self) -> bool:
        """Wait until nothing is wrong with the monitor itself; tell whether that is so."""
        return wait_until(lambda: self.health()["status"] == "ok", every_s=0.1)

    def history(self) -> list[Json]:
        """Return what ``vigie history --json`` prints."""
        done = vigie("history", self.file, "--json")
        assert (0, "") == (done.returncode, done.stderr)
        return [json.loads(line) for line in done.stdout.splitlines()]

    def end(self, how: signal.Signals = signal.SIGINT) -> Ending:
        """End it with a signal, and tell how it went."""
        children = self._program.process.children(recursive=True)
        self._program.process.send_signal(how)
        in_time = wait_until(lambda: not self.is_running, STOPPED_WITHIN_S, every_s=0.02)
        wait_until(lambda: not self.is_running, GONE_WITHIN_S)
        left = tuple(child for child in children if child.is_running())
        return Ending(self._program.exit_status, in_time, "Traceback" in self.said(), left)

    def clean_up(self) -> None:
        """End it by force, if it still runs."""
        self._program.stop()


@contextmanager
def running_vigie(config: Mapping[str, Any], folder: Path) -> Iterator[RunningVigie]:
    """Run until the block ends; yields as soon as the wall answers."""
    program = RunningVigie(dict(config), folder)
    program.start()
    try:
        program.wait_ready()
        yield program
    finally:
        program.clean_up()
