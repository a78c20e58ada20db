"""Several whole monitors in this process, which share printers as a scripted cluster says; printers that count."""

import json
import threading
from collections import defaultdict
from collections.abc import Callable, Collection
from pathlib import Path
from typing import Any

from monitor.agent import Agent
from monitor.app import App
from monitor.baseline import HealthySettings
from monitor.clock import Clock, SystemClock
from monitor.cluster.records import Ownership
from monitor.cluster.scripted import ScriptedCluster
from monitor.config.load import load
from monitor.config.model import Config
from monitor.inspectors import Inspectors
from monitor.mqtt import Link, Message
from monitor.records import Incident
from monitor.service.turns import Turns
from monitor.sharing.life import Life
from monitor.wire import Topics, decode_incident, decode_pause, decode_state
from tests.brokers import Mosquitto
from tests.crash.monitor_process import ScriptedLooker
from tests.crash.printers import CountingPrinter, Floor
from tests.inspection.pictures import jpeg, scene
from tests.support import wait_until

PRINTERS = ("m1", "m2", "m3")
BEHIND_MQTT = {
    "type": "mqtt",
    "pause_topic": "shop/{printer}/do",
    "pause_payload": "pause",
    "resume_topic": "shop/{printer}/do",
    "resume_payload": "resume",
    "state_topic": "shop/{printer}/is",
    "state_path": "state",
}


class ScriptedMember:
    """A node of a scripted cluster as a monitor's place in it."""

    def __init__(self, ownership: Ownership) -> None:
        self._ownership = ownership
        self.epoch, self.owned, self.owners = ownership.epoch, ownership.owned, ownership.owners
        self.on_change, self.case, self.keep = ownership.on_change, ownership.case, ownership.keep
        self.followed: list[str] = []
        self.turns = Turns("cluster")

    @property
    def node(self) -> str:
        """Its name."""
        return self._ownership.node

    @property
    def problem(self) -> str:
        """Its trouble."""
        return self._ownership.problem

    @property
    def is_certain(self) -> bool:
        """Whether it is not cut off."""
        return not self.problem

    def start(self, silence: Callable[[], float], why: Callable[[], str]) -> None:
        """It is in the cluster always, and takes note of who tells when the broker was heard."""
        self.silence, self.why = silence, why

    def stop(self) -> None:
        """What it owns stays its own: as when it crashes."""

    def follow(self, printers: Collection[str], digest: str) -> None:
        """Take note."""
        assert digest
        self.followed = sorted(printers)


class Household:
    """A broker, printers that count, their agent, and monitors by node's name."""

    def __init__(self, folder: Path, broker: Mosquitto) -> None:
        self.folder, self._broker = folder, broker
        self.cluster = ScriptedCluster(dict.fromkeys(PRINTERS, "north"))
        self.floor = Floor(broker.endpoint, [], [CountingPrinter(name, 0.0) for name in PRINTERS])
        self.apps: dict[str, App] = {}
        self.lives: dict[str, Life] = {}
        self.members: dict[str, ScriptedMember] = {}
        self.topics = Topics("vigie", "site")
        self._heard = threading.Lock()
        self.pauses: list[Any] = []
        self.states: list[Any] = []
        self.incidents: list[Incident] = []
        self.statuses: list[bytes] = []
        self.cleared: defaultdict[str, set[str]] = defaultdict(set)  # leaves, by printer
        self._link = Link(broker.endpoint, "onlooker")
        self._link.subscribe("vigie/#", self._take)
        (folder / "failing").mkdir()
        (folder / "pictures").mkdir()
        (folder / "pictures" / "1.jpg").write_bytes(jpeg(scene(1)))
        self._agent: Agent | None = None

    def start(self) -> None:
        """Begin with printers and their agent, and no monitor."""
        self.floor.start()
        self._link.start()
        self.start_agent()

    def start_agent(self) -> None:
        """Serve the printers."""
        config = self.config("agent")
        self._agent = Agent(config, self._broker.endpoint, SystemClock(), "agent", None, self.folder / "agent.db")
        self._agent.start()

    def stop(self) -> None:
        """End all."""
        for node in list(self.apps):
            self.end(node)
        self.stop_agent()
        self._link.stop()
        self.floor.stop()

    def stop_agent(self) -> None:
        """Serve the printers no more."""
        if self._agent is not None:
            self._agent.stop()
        self._agent = None

    def begin(self, node: str, *, follows: bool = False) -> App:
        """Start the monitor of a node; ``follows``: changes of its cameras.yaml, which is ``<node>.yaml``."""

        def living(_: Config, clock: Clock) -> Life:
            self.members[node] = ScriptedMember(self.cluster.node(node))
            self.lives[node] = Life(self.members[node], clock)
            return self.lives[node]

        def scripted(_: Config) -> Inspectors:
            return Inspectors((ScriptedLooker(self.folder / "failing"),), 0.5, "00" * 32, HealthySettings())

        config, file = self.config(node), self.folder / f"{node}.yaml"
        app = App(config, SystemClock(), scripted, file=file if follows else None, cluster=living)
        self.apps[node] = app
        app.start()
        return app

    def end(self, node: str) -> None:
        """Stop the monitor of a node; what it has stays its own."""
        self.apps.pop(node).stop()

    def watches(self, node: str, *printers: str) -> bool:
        """Wait until a node inspects exactly these printers."""
        pipeline, since = self.apps[node].pipeline, SystemClock().now()

        def does() -> bool:
            views = {view.id: view.frame_taken_at or 0.0 for view in self.apps[node].board.snapshot().printers}
            fresh = {printer for printer, taken_at in views.items() if taken_at > since}
            return set(printers) <= fresh and set(printers) == set(pipeline._watches)

        return wait_until(does)

    def prints(self, *nodes: str) -> bool:
        """Wait until nodes know that all printers print."""
        boards = [self.apps[node].board for node in nodes]
        return wait_until(
            lambda: all(
                view.report is not None and view.report.state == "printing"
                for board in boards
                for view in board.snapshot().printers
            )
        )

    def fail(self, printer: str) -> None:
        """Let its pictures show a failure."""
        (self.folder / "failing" / printer).touch()

    def heal(self, printer: str) -> None:
        """Let its pictures look well."""
        (self.folder / "failing" / printer).unlink()

    def open_at(self, node: str, printer: str) -> Incident | None:
        """Return the incident that a node goes on with."""
        return self.apps[node].incidents.open_incident(printer)

    def said(self, printer: str) -> list[Any]:
        """Return the states that were told of a printer."""
        with self._heard:
            return [state for state in self.states if state.printer == printer]

    def pauses_of(self, printer: str) -> list[Any]:
        """Return the orders that were given."""
        with self._heard:
            return [pause for pause in self.pauses if pause.printer == printer]

    def publish(self, topic: str, payload: bytes) -> None:
        """Say something that is retained, as whoever."""
        self._link.publish(topic, payload, retain=True)

    def config(self, node: str) -> Config:
        """Return what cameras.yaml says; each node has a database of its own."""
        file = self.folder / f"{node}.yaml"
        printers = [{"id": name, "control": BEHIND_MQTT} for name in PRINTERS]
        content = {
            "mqtt": {"host": "127.0.0.1", "port": self._broker.endpoint.port, "pause_timeout_s": 5},
            "wall": {"port": 0, "access": "open"},
            "storage": {"path": str(self.folder / f"{node}.db")},
            "fleet": {"guard": False},
            "defaults": {
                "inspect_every_s": 0.1,
                "suspect_after_s": 0.3,
                "fail_after_s": 1,
                "camera": {"type": "files", "path": str(self.folder / "pictures"), "frames_per_s": 10},
            },
            "sites": [{"id": "site", "agent": "elsewhere", "rooms": [{"id": "room", "printers": printers}]}],
        }
        file.write_text(json.dumps(content))
        return load(file, {})

    def _take(self, message: Message) -> None:
        leaf = message.topic.rpartition("/")[2]
        with self._heard:
            if not message.payload:
                self.cleared[message.topic.split("/")[-2]].add(leaf)
            elif leaf == "pause":
                self.pauses.append(decode_pause(message.payload))
            elif leaf == "state" and message.payload:
                self.states.append(decode_state(message.payload))
            elif leaf == "incident" and message.payload:
                self.incidents.append(decode_incident(message.payload))
            elif leaf == "status":
                self.statuses.append(message.payload)
