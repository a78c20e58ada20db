"""A real PrusaLink on loopback; only the printer at its serial port is simulated."""

import hashlib
import sys
import tempfile
from pathlib import Path
from typing import Any

import requests

from tests.brokers import free_port
from tests.stacks.install import PrusaLinkInstall
from tests.stacks.processes import Program
from tests.support import wait_until

READY_S = 120.0
PROJECT = Path(__file__).parents[2]
API_KEY = "PRUSALINKKEY00000000"
USERNAME, PASSWORD = "maker", "Passw0rd1"
_REALM = "Administrator"

_PRUSALINK_INI = """\
[daemon]
data_dir = {folder}
pid_file = {folder}/prusalink.pid
[http]
address = 127.0.0.1
port = {port}
[printer]
port = {folder}/tty
settings = {folder}/settings.ini
directory = {gcodes}
[cameras]
auto_detect = False
"""

_SETTINGS_INI = """\
[printer]
type = MK3S
name = p1
location = here
[network]
hostname = p1
[service::connect]
hostname = 127.0.0.1
tls = False
port = 9
token =
[service::local]
enable = 1
username = {username}
digest = {digest}
api_key = {key}
"""


class PrusaLinkServer:
    """One instance. ``state()`` and the like ask its own interface, never our adapter."""

    def __init__(self, install: PrusaLinkInstall, folder: Path, storage: Path) -> None:
        """``storage``: a folder for its G-code; PrusaLink refuses to keep any below /tmp."""
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        self._gcodes = tempfile.TemporaryDirectory(prefix="prusalink-gcodes-", dir=storage)
        self._tty = folder / "tty"
        folder.mkdir(parents=True)
        ini = _PRUSALINK_INI.format(folder=folder, port=self._port, gcodes=self._gcodes.name)
        digest = hashlib.md5(f"{USERNAME}:{_REALM}:{PASSWORD}".encode(), usedforsecurity=False).hexdigest()
        (folder / "prusalink.ini").write_text(ini)
        (folder / "settings.ini").write_text(_SETTINGS_INI.format(username=USERNAME, digest=digest, key=API_KEY))
        self.printer = Program(
            [sys.executable, "-m", "tests.stacks.simulated_mk3", self._tty], folder / "mk3.out", cwd=PROJECT
        )
        launcher = Path(__file__).parent / "prusalink_on_loopback.py"
        command: list[str | Path] = [install.python, launcher, "-f", "-c", folder / "prusalink.ini"]
        self.program = Program(command, folder / "prusalink.out", cwd=folder)

    def start(self) -> None:
        """Start both; :meth:`wait_ready` comes after, so that several can start side by side."""
        if not self.printer.is_running:
            self.printer.start()
            self.printer.wait_ready(self._tty.exists, 10)
        self.program.start()

    def wait_ready(self) -> None:
        """Wait until it has learned all it wants to know of its printer; raises NotReady."""
        self.program.wait_ready(lambda: self.state() == "IDLE", READY_S)

    def stop(self) -> None:
        """End both, and remove the G-code."""
        self.program.stop()
        self.printer.stop()
        self._gcodes.cleanup()

    def print_forever(self) -> None:
        """Upload a job that lasts long and start it; returns when it prints."""
        self.print_gcode("".join(f"G1 X{10 + n % 100} Y{10 + n % 90} F3000\n" for n in range(50_000)))

    def print_gcode(self, gcode: str) -> None:
        """Upload a job and start it; returns when it prints.

        PrusaLink 0.8 may lock itself up when a job starts while it still learns about its printer, seen once in 40
        starts on a busy machine: from then on it writes nothing into its log and answers nobody. Then it is started
        anew, as its owner would.
        """
        try:
            self._print(gcode)
        except requests.ReadTimeout:
            self.program.kill()
            self.start()
            self.wait_ready()
            self._print(gcode)

    def _print(self, gcode: str) -> None:
        headers = {"Content-Type": "text/x.gcode", "Overwrite": "?1"}
        self._request("PUT", "/api/v1/files/local/long.gcode", data=gcode.encode(), headers=headers)
        self._select(f"/api/files/local/{Path(self._gcodes.name).name}/long.gcode")
        self._request("POST", "/api/job", json={"command": "start"})
        assert wait_until(lambda: self.state() in ("PRINTING", "ATTENTION")), self.state()

    def _select(self, path: str) -> None:
        """Name the job's file before the start, not with it: PrusaLink 0.8 forgets to until its printer has answered.

        Its sender dies of a name that is not there yet, when the printer is faster than PrusaLink's bookkeeping.
        """
        assert wait_until(lambda: self._request_any("POST", path, json={"command": "select"}).ok, 30, every_s=0.2)

    def cancel(self) -> None:
        """Cancel the job and wait until it has ended; a printer that waits for somebody is waited for."""
        assert wait_until(lambda: self.state() != "ATTENTION", 30)
        job = self._status().get("job")
        if job:
            self._request("DELETE", f"/api/v1/job/{job['id']}")
        assert wait_until(lambda: self.state() == "IDLE", 30), self.state()

    def order(self, order: str) -> None:
        """Pause or resume the job as a person would on its web page."""
        self._request("PUT", f"/api/v1/job/{self._status()['job']['id']}/{order}")

    def state(self) -> str:
        """Return its own word: IDLE, PRINTING, PAUSED ...; empty while it does not answer."""
        try:
            return str(self._status()["printer"]["state"])
        except (requests.RequestException, KeyError):
            return ""

    def pauses(self) -> int:
        """Return how often its printer was told to pause so far."""
        return self.printer.said().count("M601")

    def _status(self) -> dict[str, Any]:
        status: dict[str, Any] = self._request("GET", "/api/v1/status").json()
        return status

    def _request(self, method: str, path: str, **arguments: Any) -> requests.Response:
        answer = self._request_any(method, path, **arguments)
        answer.raise_for_status()
        return answer

    def _request_any(self, method: str, path: str, **arguments: Any) -> requests.Response:
        headers = {"X-Api-Key": API_KEY, **arguments.pop("headers", {})}
        return requests.request(method, self.url + path, headers=headers, timeout=30, **arguments)
