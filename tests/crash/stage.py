"""One run on real processes: broker, monitor, agent, and printers that survive."""

import json
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from monitor.errors import StorageError
from monitor.history import HistoryReader
from monitor.mqtt import Link, Message
from monitor.records import EventKind, PersonCommand, PersonCommandKind
from monitor.wire import Topics, encode_person_command
from tests.brokers import Mosquitto
from tests.crash.printers import CountingPrinter, Floor
from tests.crash.story import HEALTHY, HTTP_PRINTERS, MQTT_PRINTERS, Story
from tests.crash.verdict import Outcome, Told, is_settled, judge
from tests.crash.victims import BrokerVictim, Victim
from tests.inspection.pictures import jpeg, scene
from tests.stacks.processes import Program

PAUSE_TIMEOUT_S = 15.0
TURN_S = 0.02
LOOK_S = 0.25  # between two looks into the history
READY_S = 30.0
LONGEST_S = 90.0  # then a run that has not settled has lost something
QUIET_S = 1.5  # how long we look whether nothing more happens
AGAIN_S = 3.0  # until a person whose wish had no effect tries again


class Stage:
    """Everything of one run. Start it, :meth:`play`, stop it."""

    def __init__(self, story: Story, folder: Path) -> None:
        self._story, self._folder = story, folder
        (folder / "failing").mkdir(parents=True)
        (folder / "mosquitto").mkdir()
        self._broker = Mosquitto(folder / "mosquitto")
        self.floor = Floor(
            self._broker.endpoint, [self._printer(n) for n in HTTP_PRINTERS], [self._printer(n) for n in MQTT_PRINTERS]
        )
        self._topics = Topics("vigie", "site")
        self._seen: set[str] = set()  # broker's steps since the first failure
        self._reported: set[str] = set()
        self._statuses: dict[str, str] = {}
        self._wished_at: dict[str, float] = {}
        self._begun_at: float | None = None  # of the first failure
        self._link = Link(self._broker.endpoint, "onlooker")
        self._link.subscribe("vigie/#", self._heard)
        self._reader = HistoryReader(folder / "vigie.db")
        file = self._write_files()
        self.monitor = self._victim("monitor", file)
        self.agent = self._victim("agent", file)
        self.broker = BrokerVictim(
            self._broker, [k for k in story.kills if k.target == "broker"], self._has_seen, forgets=story.broker_forgets
        )

    def start(self) -> None:
        """Start all, in any order that a farm's machines may come up in."""
        self._broker.start()
        self._link.start()
        self.floor.start()
        self.monitor.start()
        self.agent.start()

    def stop(self) -> None:
        """End all."""
        self.monitor.end()
        self.agent.end()
        self.floor.stop()
        self._link.stop()
        self._broker.stop()

    def play(self) -> Outcome:
        """Tell the story to its end, and judge it."""
        started_at = time.monotonic()
        self._turn_until(lambda: len(self._reported) == len(self.floor.printers), READY_S)
        self._begun_at = time.monotonic()
        self._turn_until(self._is_over, LONGEST_S)
        self._turn_until(lambda: False, QUIET_S)
        self._turn_until(self._is_over, LONGEST_S / 2)  # what was killed meanwhile has come back
        outcome = Outcome(self._story.seed)
        judge(outcome, self.floor.printers, self._story.fails_at_s, self._told())
        for target, victim in (("monitor", self.monitor), ("agent", self.agent), ("broker", self.broker)):
            outcome.kills.update({(target, step): count for step, count in victim.kills.items()})
        outcome.lost += [f"seed {outcome.seed}: {fault}" for fault in (*self.monitor.faults, *self.agent.faults)]
        outcome.seconds = time.monotonic() - started_at
        return outcome

    @property
    def _story_s(self) -> float:
        return -1.0 if self._begun_at is None else time.monotonic() - self._begun_at

    def _turn_until(self, is_done: Callable[[], bool], longest_s: float) -> bool:
        turning = threading.Event()
        deadline = time.monotonic() + longest_s
        look_at = 0.0
        while time.monotonic() < deadline:
            for victim in (self.broker, self.monitor, self.agent):
                victim.tend(self._story_s)
            self._fail_and_resume()
            if time.monotonic() >= look_at:
                look_at = time.monotonic() + LOOK_S
                if is_done():
                    return True
            turning.wait(TURN_S)
        return False

    def _fail_and_resume(self) -> None:
        for printer, at_s in self._story.fails_at_s.items():
            if self._story_s >= at_s:
                (self._folder / "failing" / printer).touch()
        for printer in self._story.resumed_over_mqtt:
            is_shown = self._statuses.get(printer) == "paused"
            if is_shown and self.floor.printers[printer].resumes == 0 and self.floor.state(printer) == "paused":
                self._say(printer, PersonCommandKind.RESUME)
        for printer in self._story.refused:
            if self._statuses.get(printer) == "pausing":
                self._say(printer, PersonCommandKind.LET_PRINT)

    def _say(self, printer: str, kind: PersonCommandKind) -> None:
        if time.monotonic() - self._wished_at.get(printer, 0.0) < AGAIN_S or not self._link.connected:
            return
        self._wished_at[printer] = time.monotonic()
        wish = PersonCommand(printer, kind, "the night watch", time.time())
        self._link.publish(self._topics.command(printer), encode_person_command(wish))

    def _is_over(self) -> bool:
        told = self._told()
        return (
            not any(victim.is_busy for victim in (self.monitor, self.agent, self.broker))
            and all(is_settled(told, printer) for printer in self._story.fails_at_s)
            and all(
                self.floor.printers[printer].resumes or not self.floor.printers[printer].pauses
                for printer in (*self._story.resumed_at_printer, *self._story.resumed_over_mqtt)
            )
        )

    def _told(self) -> list[Told]:
        try:
            incidents = self._reader.incidents()
            return [Told(one, [event.kind for event in self._reader.events(one.id)]) for one in incidents]
        except StorageError:
            return []  # not there yet, or in the middle of being taken up again

    def _has_seen(self, step: str) -> bool:
        return step in self._seen or (step == "ordered" and self.floor.ordered.is_set())

    def _heard(self, message: Message) -> None:
        parts = self._topics.parse(message.topic)
        if parts is None:
            return
        if parts.leaf == "printer":
            self._reported.add(parts.printer)
        if parts.leaf == "incident":
            self._statuses[parts.printer] = json.loads(message.payload)["status"] if message.payload else ""
        if parts.leaf == "event" and json.loads(message.payload)["kind"] == EventKind.LET_PRINT:
            self.floor.printers[parts.printer].refused_at = time.time()
        if self._begun_at is not None and not message.retain:
            self._seen.add(parts.leaf)

    def _printer(self, name: str) -> CountingPrinter:
        story = self._story
        drains_s = story.drains_s.get(name, 0.0)
        return CountingPrinter(name, drains_s, name in story.stubborn, story.resumed_at_printer.get(name))

    def _victim(self, target: str, file: Path) -> Victim:
        command = [sys.executable, "-m", f"tests.crash.{target}_process", str(file)]
        program = Program(command, self._folder / f"{target}.log", cwd=Path(__file__).resolve().parents[2])
        return Victim(program, [kill for kill in self._story.kills if kill.target == target])

    def _write_files(self) -> Path:
        (self._folder / "pictures").mkdir()
        (self._folder / "pictures" / "1.jpg").write_bytes(jpeg(scene(1)))
        file = self._folder / "cameras.yaml"
        file.write_text(json.dumps(self._config()))
        return file

    def _config(self) -> dict[str, Any]:
        printers = [{"id": n, "control": self._octoprint(n)} for n in HTTP_PRINTERS]
        printers += [{"id": n, "control": _BEHIND_MQTT} for n in MQTT_PRINTERS]
        rooms = [{"id": "room", "printers": printers}]
        return {
            "mqtt": {"host": "127.0.0.1", "port": self._broker.endpoint.port, "pause_timeout_s": PAUSE_TIMEOUT_S},
            "wall": {"port": 0, "access": "open"},
            "storage": {"path": str(self._folder / "vigie.db")},
            "fleet": {"guard": False},  # all fail at once here, and each by itself
            "defaults": {
                "inspect_every_s": 0.25,
                "suspect_after_s": 0.25,
                "fail_after_s": 0.5,
                "camera": {"type": "files", "path": str(self._folder / "pictures"), "frames_per_s": 4},
            },
            "sites": [{"id": "site", "agent": "elsewhere", "rooms": rooms}],
        }

    def _octoprint(self, name: str) -> dict[str, str]:
        return {"type": "octoprint", "url": f"{self.floor.url}/{name}", "api_key": "key"}


_BEHIND_MQTT = {
    "type": "mqtt",
    "pause_topic": "shop/{printer}/do",
    "pause_payload": "pause",
    "resume_topic": "shop/{printer}/do",
    "resume_payload": "resume",
    "state_topic": "shop/{printer}/is",
    "state_path": "state",
}

assert HEALTHY in HTTP_PRINTERS


def run(story: Story, folder: Path) -> Outcome:
    """Play one story in a folder of its own."""
    stage = Stage(story, folder)
    try:
        stage.start()
        return stage.play()
    finally:
        stage.stop()
