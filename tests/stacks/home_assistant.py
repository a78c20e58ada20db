"""A real Home Assistant on loopback, in a folder of its own, set up as a person would in the browser."""

import json
from pathlib import Path
from typing import Any

import requests

from tests.brokers import free_port
from tests.stacks.install import HomeAssistantInstall
from tests.stacks.processes import Program
from tests.support import PATIENCE_S, wait_until

READY_S = 120.0  # its first start compiles what it loads
SEEN_S = 60.0

_CONFIGURATION = """\
http: {{server_host: 127.0.0.1, server_port: {port}}}
api:
config:
onboarding:
logger: {{default: warning}}
"""

Json = dict[str, Any]


class HomeAssistantServer:
    """One instance. Everything is asked over its own interface."""

    def __init__(self, install: HomeAssistantInstall, folder: Path, mqtt_port: int) -> None:
        self.discovery = install.discovery
        self._mqtt_port = mqtt_port
        self._headers: dict[str, str] = {}
        port = free_port()
        self.url = f"http://127.0.0.1:{port}"
        folder.mkdir(parents=True)
        (folder / "configuration.yaml").write_text(_CONFIGURATION.format(port=port))
        command: list[str | Path] = [install.hass, "--config", folder, "--skip-pip", "--log-no-color"]
        self.program = Program(command, folder / "hass.out")

    def start(self) -> None:
        """Start it; :meth:`wait_ready` comes after."""
        self.program.start({"PYTHONDONTWRITEBYTECODE": ""})  # its thousands of modules are compiled once

    def wait_ready(self) -> None:
        """Wait until it runs; the first time, make its owner and give it the broker. Raises NotReady."""
        self.program.wait_ready(self._answers, READY_S)
        if not self._headers:
            self._make_owner()
            self._add_broker()
        self.program.wait_ready(self._is_running, READY_S)

    def stop(self) -> None:
        """End it."""
        self.program.stop()

    def entities(self) -> dict[str, Json]:
        """Return all that it shows, by entity id."""
        return {entity["entity_id"]: entity for entity in self._request("GET", "/api/states").json()}

    def entity(self, name: str) -> Json:
        """Return one entity; raises KeyError when there is none."""
        return self.entities()[name]

    def shows(self, name: str, state: str, timeout_s: float = SEEN_S) -> bool:
        """Wait until an entity has a state; tell whether it has."""
        return wait_until(lambda: self.entities().get(name, {}).get("state") == state, timeout_s, every_s=0.1)

    def has(self, *names: str, timeout_s: float = SEEN_S) -> bool:
        """Wait until it has these entities; tell whether it has."""
        return wait_until(lambda: set(names) <= self.entities().keys(), timeout_s, every_s=0.1)

    def lacks(self, *names: str, timeout_s: float = SEEN_S) -> bool:
        """Wait until it has none of these entities; tell whether that is so."""
        return wait_until(lambda: not set(names) & self.entities().keys(), timeout_s, every_s=0.1)

    def do(self, service: str, entity: str, **more: str) -> None:
        """Do what a person does with a button or a switch: ``button/press``."""
        self._request("POST", f"/api/services/{service}", json={"entity_id": entity, **more})

    def picture(self, entity: str) -> bytes:
        """Return the bytes that it serves for an image or a camera; none when it has none."""
        path = self.entity(entity)["attributes"]["entity_picture"]
        answer = requests.get(self.url + path, timeout=PATIENCE_S)
        return answer.content if answer.ok else b""

    def _answers(self) -> bool:
        try:
            return requests.get(f"{self.url}/api/onboarding", timeout=5).ok
        except requests.RequestException:
            return False

    def _is_running(self) -> bool:
        return bool(self._request("GET", "/api/config").json()["state"] == "RUNNING")

    def _make_owner(self) -> None:
        client = {"client_id": f"{self.url}/"}
        owner = client | {"name": "tests", "username": "tests", "password": "not a secret", "language": "en"}
        code = self._request("POST", "/api/onboarding/users", json=owner).json()["auth_code"]
        grant = client | {"grant_type": "authorization_code", "code": code}
        token = self._request("POST", "/auth/token", data=grant).json()["access_token"]
        self._headers = {"Authorization": f"Bearer {token}"}

    def _add_broker(self) -> None:
        flows = "/api/config/config_entries/flow"
        flow = self._request("POST", flows, json={"handler": "mqtt"}).json()["flow_id"]
        broker = {"broker": "127.0.0.1", "port": self._mqtt_port}
        made = self._request("POST", f"{flows}/{flow}", json=broker).json()
        assert "create_entry" == made["type"], json.dumps(made)

    def _request(self, method: str, path: str, **arguments: Any) -> requests.Response:
        answer = requests.request(method, self.url + path, headers=self._headers, timeout=30, **arguments)
        answer.raise_for_status()
        return answer
