"""A wall over a real cameras.yaml: what is wished at the wall is written there, and shown."""

from dataclasses import replace
from pathlib import Path

from monitor.board import Board
from monitor.certificates import Certificates
from monitor.clock import Clock, SystemClock
from monitor.config.change import Change
from monitor.config.edit import FarmEditor
from monitor.config.live import LiveConfig
from monitor.config.load import load
from monitor.live import FarmFile, FarmKeeper
from monitor.tryout.trials import Trials
from monitor.wall import create_app
from tests.wall.farm import Farm

SMALL = """\
# Our farm.
defaults:
  camera: {type: files}
  control: none
sites:
  - id: cochin
    name: Cochin
    rooms:
      - id: hall
        name: Hall
        printers:
          - id: p01
            name: First
            camera: {path: .}
            threshold: 0.7   # the mirror behind it
          - {id: p02, camera: {path: .}}
"""


class KeptFarm(Farm):
    """A farm of the tests of the wall whose printers stand in a file; no camera is opened."""

    def __init__(self, folder: Path, text: str = SMALL, clock: Clock | None = None) -> None:
        super().__init__(1, clock=clock)
        self.path = folder / "cameras.yaml"
        self.path.write_text(text, encoding="utf-8")
        self.config = load(self.path, {})
        self.live = LiveConfig(self.config)
        self.board = Board(self.config, threshold=0.5, started_at=self.clock.now())
        self.file = FarmFile(self.path, {}, self.live, self._apply, self.clock)
        keeper = FarmKeeper(FarmEditor(self.path, {}), self.file)
        trials = Trials(self.live, None, SystemClock(), Certificates())
        self.services = replace(self.services, board=self.board, config=self.live, keeper=keeper, trials=trials)
        self.app = create_app(self.services)

    @property
    def text(self) -> str:
        """The file as it is now."""
        return self.path.read_text(encoding="utf-8")

    def _apply(self, change: Change) -> None:
        self.config = change.now
        self.live.replace(change.now)
        self.board.follow(change.now, [printer.id for printer in change.removed], self.clock.now())
