"""A whole monitor in this process, over a cameras.yaml that the tests edit, with a scripted eye and a real broker."""

import os
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from monitor.app import App
from monitor.baseline import HealthySettings
from monitor.clock import SystemClock
from monitor.config.load import load
from monitor.config.model import Config
from monitor.inspectors import Inspectors
from monitor.records import Incident, IncidentStatus
from tests.brokers import Mosquitto, mosquitto_broker
from tests.crash.monitor_process import ScriptedLooker
from tests.support import wait_until

__all__ = ["mosquitto_broker"]

FARM = """\
mqtt: {{host: 127.0.0.1, port: {port}, pause_timeout_s: 30}}
wall: {{port: 0, access: open}}
storage: {{path: vigie.db}}
simulation: {{first_failure_after_s: 86000, failure_every_s: 86000}}
defaults:
  inspect_every_s: 0.1
  suspect_after_s: 0.3
  fail_after_s: 1
  camera: {{type: simulated, print: basket}}
  control: simulated
  on_failure: alert
sites:
  - id: here
    rooms:
      - id: hall
        printers:
          - id: p01
          - id: p02
          - id: p03
"""


@dataclass
class Running:
    """The monitor, its file, and the folder in which a file of a printer's name makes its print fail."""

    app: App
    path: Path
    broker: Mosquitto
    begin: Callable[[], App]  # starts the next one

    @property
    def text(self) -> str:
        """The file as it is."""
        return self.path.read_text()

    def edit(self, old: str, new: str) -> None:
        """Edit the file as an editor that writes in place."""
        assert old in self.text
        self.path.write_text(self.text.replace(old, new))

    def shows(self, *printers: str) -> bool:
        """Wait until the wall shows exactly these printers."""
        return wait_until(lambda: list(printers) == [view.id for view in self.app.board.snapshot().printers])

    def watches(self, printer: str) -> bool:
        """Wait until a printer's pictures are inspected."""
        return wait_until(lambda: self.app.board.view(printer).frame_taken_at is not None)

    def fails(self, printer: str) -> Incident:
        """Let a print fail, and wait for its incident."""
        (self.path.parent / "failing" / printer).touch()
        assert wait_until(lambda: self.app.incidents.open_incident(printer) is not None)
        incident = self.app.incidents.open_incident(printer)
        assert incident is not None
        return incident

    def closed(self, incident: str) -> Incident | None:
        """Return an incident if it is closed."""
        found = [one for one in self.app.history.reader.incidents() if one.id == incident]
        return found[0] if found and found[0].status is IncidentStatus.CLOSED else None

    def threads(self, word: str) -> list[str]:
        """Return the names of the threads with a word in them."""
        return sorted(thread.name for thread in threading.enumerate() if word in thread.name)


@pytest.fixture
def running(tmp_path: Path, mosquitto_broker: Mosquitto) -> Iterator[Running]:
    """A monitor of three printers that print."""
    path = tmp_path / "cameras.yaml"
    path.write_text(FARM.format(port=mosquitto_broker.endpoint.port))
    (tmp_path / "failing").mkdir()

    def scripted(_: Config) -> Inspectors:
        return Inspectors((ScriptedLooker(tmp_path / "failing"),), 0.5, "00" * 32, HealthySettings())

    def begin() -> App:
        app = App(load(path, os.environ), SystemClock(), scripted, file=path)
        app.start()
        return app

    running = Running(begin(), path, mosquitto_broker, begin)
    try:
        assert all(running.watches(printer) for printer in ("p01", "p02", "p03"))
        yield running
    finally:
        running.app.stop()
