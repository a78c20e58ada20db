"""A real OctoPrint with its virtual printer, on loopback, in a folder of its own.

Its two YAML files are written as JSON, which YAML contains.
"""

import json
from pathlib import Path
from typing import Any

import requests

from tests.brokers import free_port
from tests.stacks.install import OctoPrintInstall
from tests.stacks.processes import Program
from tests.support import PATIENCE_S, wait_until

READY_S = 120.0
OWNER_KEY = "OWNER000000000000000000000000000"  # the tests' own: uploads, prints, looks
PAUSE_KEY = "PAUSE000000000000000000000000000"  # what docs tell people to give to Vigie: STATUS and PRINT
LOOK_KEY = "LOOK0000000000000000000000000000"  # STATUS only: sees a failing print, and cannot pause it
_QUIET = ["announcements", "discovery", "errortracking", "health_check", "pi_support", "softwareupdate", "tracking"]


class OctoPrintServer:
    """One instance. ``state()`` and the like ask its own interface, never our adapter."""

    def __init__(self, install: OctoPrintInstall, folder: Path) -> None:
        self._folder = folder
        self._port = free_port()
        self.url = f"http://127.0.0.1:{self._port}"
        folder.mkdir(parents=True)
        (folder / "config.yaml").write_text(json.dumps(_configuration(self._port)))
        (folder / "users.yaml").write_text(json.dumps(_users()))
        command: list[str | Path] = [
            install.octoprint, "serve", "--iknowwhatimdoing", "--basedir", folder,
            "--host", "127.0.0.1", "--port", str(self._port),
        ]  # fmt: skip
        self.program = Program(command, folder / "octoprint.out")

    def start(self) -> None:
        """Start it; :meth:`wait_ready` comes after, so that several can start side by side."""
        self.program.start()

    def wait_ready(self) -> None:
        """Wait until its virtual printer is connected; raises NotReady."""
        self.program.wait_ready(self._is_operational, READY_S)

    def stop(self) -> None:
        """End it."""
        self.program.stop()

    def print_forever(self) -> None:
        """Upload a job that lasts long and start it; returns when it prints."""
        lines = ["G28", *(f"G1 X{10 + n % 100} Y{10 + n % 90} F3000\nG4 P200" for n in range(5000))]
        upload = {"file": ("long.gcode", "\n".join(lines).encode())}
        answer = self._request("POST", "/api/files/local", files=upload, data={"select": "true", "print": "true"})
        answer.raise_for_status()
        assert wait_until(lambda: self.state() == "Printing")

    def cancel(self) -> None:
        """Cancel the job and wait until it has ended."""
        self.job("cancel")
        assert wait_until(lambda: self.state() == "Operational")

    def job(self, command: str, **more: str) -> None:
        """Give an order as a person would in its own web page: ``pause`` with an action, ``cancel``."""
        self._request("POST", "/api/job", json={"command": command, **more}).raise_for_status()

    def state(self) -> str:
        """Return its own word: Operational, Printing, Pausing, Paused ..."""
        return str(self._request("GET", "/api/job").json()["state"])

    def pauses(self) -> int:
        """Return how often a job of its was paused so far, by its own log."""
        log = self._folder / "logs" / "octoprint.log"
        return log.read_text(errors="replace").count('to "Pausing"')

    def _is_operational(self) -> bool:
        try:
            return self.state() == "Operational"
        except (requests.RequestException, KeyError):
            return False

    def _request(self, method: str, path: str, **arguments: Any) -> requests.Response:
        headers = {"X-Api-Key": OWNER_KEY}
        return requests.request(method, self.url + path, headers=headers, timeout=PATIENCE_S, **arguments)


def _configuration(port: int) -> dict[str, Any]:
    return {
        "server": {
            "host": "127.0.0.1",
            "port": port,
            "firstRun": False,
            "seenWizards": {"corewizard": 4, "tracking": None, "classicwebcam": 1},
            "onlineCheck": {"enabled": False},
            "pluginBlacklist": {"enabled": False},
        },
        "accessControl": {"salt": "tests", "autologinLocal": False},
        "plugins": {
            "_disabled": _QUIET,
            "virtual_printer": {"_config_version": 1, "enabled": True, "throttle": 0.01},
        },
        "serial": {"autoconnect": True, "port": "VIRTUAL", "baudrate": 115200, "additionalPorts": ["VIRTUAL"]},
    }


def _users() -> dict[str, Any]:
    def user(key: str, groups: list[str], permissions: list[str]) -> dict[str, Any]:
        return {
            "active": True, "apikey": key, "groups": groups, "permissions": permissions,
            "password": "nobody logs in with one", "settings": {},
        }  # fmt: skip

    return {
        "owner": user(OWNER_KEY, ["admins", "users"], []),
        "vigie": user(PAUSE_KEY, [], ["STATUS", "PRINT"]),
        "looker": user(LOOK_KEY, [], ["STATUS"]),
    }
