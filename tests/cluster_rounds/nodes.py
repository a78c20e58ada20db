"""The nodes, each behind lines of its own that can be cut: to every NATS server, and to the broker."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from monitor.history import HistoryReader
from tests.brokers import Mosquitto
from tests.cluster.relay import Relay
from tests.cluster.servers import NatsServer
from tests.cluster_rounds.rounds import PRINTERS
from tests.inspection.pictures import jpeg, scene
from tests.stacks.processes import Program

REPOSITORY = Path(__file__).resolve().parents[2]
PAUSE_TIMEOUT_S = 30.0
SITES = ("s1", "s2", "s3")
_BEHIND_MQTT = {
    "type": "mqtt",
    "pause_topic": "shop/{printer}/do",
    "pause_payload": "pause",
    "resume_topic": "shop/{printer}/do",
    "resume_payload": "resume",
    "state_topic": "shop/{printer}/is",
    "state_path": "state",
}


def site_of(printer: str) -> str:
    """Return where a printer stands."""
    return SITES[PRINTERS.index(printer) * len(SITES) // len(PRINTERS)]


def farm(folder: Path, broker_port: int, name: str) -> dict[str, Any]:
    """Return what every cameras.yaml says; ``name``: of the database's file."""
    sites = []
    for site in SITES:
        printers = [{"id": printer, "control": _BEHIND_MQTT} for printer in PRINTERS if site_of(printer) == site]
        sites.append({"id": site, "agent": "elsewhere", "rooms": [{"id": "room", "printers": printers}]})
    return {
        "mqtt": {"host": "127.0.0.1", "port": broker_port, "pause_timeout_s": PAUSE_TIMEOUT_S},
        "wall": {"port": 0, "access": "open"},
        "storage": {"path": str(folder / f"{name}.db")},
        "fleet": {"guard": False},  # what fails here fails by itself, however many do at once
        "defaults": {
            "inspect_every_s": 1,
            "suspect_after_s": 0.5,
            "fail_after_s": 2,
            "recover_after_s": 2,
            "camera": {"type": "files", "path": str(folder / "pictures"), "frames_per_s": 2},
        },
        "sites": sites,
    }


def draw_pictures(folder: Path) -> None:
    """Write the one picture that all cameras show; whether it fails is told to the inspector."""
    (folder / "pictures").mkdir()
    (folder / "failing").mkdir()
    (folder / "pictures" / "1.jpg").write_bytes(jpeg(scene(1, 160, 120)))


class Node:
    """One monitor."""

    def __init__(
        self,
        folder: Path,
        name: str,
        broker: Mosquitto,
        servers: Sequence[NatsServer],
        clock_skew_s: float = 0.0,
        alias: str = "",
    ) -> None:
        """``alias``: what its files are called, where two have one name."""
        self.name, alias = name, alias or name
        self.to_store = [Relay(server.port) for server in servers]
        self.to_broker = Relay(broker.endpoint.port)
        self.past = HistoryReader(folder / f"{alias}.db")
        self._owned = folder / f"{alias}.owned"
        file = folder / f"{alias}.yaml"
        content = farm(folder, self.to_broker.port, alias)
        content["cluster"] = {"urls": [relay.url for relay in self.to_store], "node": name, "weight": 1}
        file.write_text(json.dumps(content))
        module = "tests.cluster_rounds.node_process"
        command = [sys.executable, "-m", module, str(file), str(folder / "failing"), str(self._owned)]
        command += ["--clock-skew", str(clock_skew_s)]
        self.program = Program(command, folder / f"{alias}.log", REPOSITORY)
        self.is_away = False  # on purpose

    @property
    def owned(self) -> dict[str, int]:
        """What it was given, with the epochs, as it knows itself."""
        if not self.program.is_running or not self._owned.exists():
            return {}
        lines = [line for line in self._owned.read_text().splitlines(keepends=True) if line.endswith("\n")]
        return dict(json.loads(lines[-1])) if lines else {}

    def cut(self, *, store: bool, broker: bool) -> None:
        """Cut its lines."""
        for relay in (*(self.to_store if store else ()), *((self.to_broker,) if broker else ())):
            relay.cut()

    def heal(self) -> None:
        """Mend its lines."""
        for relay in (*self.to_store, self.to_broker):
            relay.heal()

    def end(self) -> None:
        """End it, and its lines."""
        if self.program.is_running:
            self.program.process.resume()
        self.program.kill()
        for relay in (*self.to_store, self.to_broker):
            relay.close()


def owners(nodes: Sequence[Node]) -> dict[str, tuple[str, int]]:
    """Return the node and the epoch of each printer, as those know that live; the highest epoch holds."""
    found: dict[str, tuple[str, int]] = {}
    for node in nodes:
        for printer, epoch in node.owned.items():
            if printer not in found or found[printer][1] < epoch:
                found[printer] = (node.name, epoch)
    return found


def agent(folder: Path, broker: Mosquitto, site: str) -> Program:
    """Return the agent of a site, as ``vigie agent`` runs it next to the printers."""
    file = folder / f"agent-{site}.yaml"
    file.write_text(json.dumps(farm(folder, broker.endpoint.port, f"agent-{site}")))
    command = [sys.executable, "-m", "monitor", "agent", str(file), "--site", site]
    return Program(command, folder / f"agent-{site}.log", REPOSITORY)
