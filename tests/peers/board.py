"""A board of a few printers on a clock of its own, for what is told to other monitors."""

from monitor.board import Board
from monitor.clock import Clock
from monitor.config.live import LiveConfig
from monitor.config.model import Mqtt
from monitor.judge import Judgement, Phase
from monitor.records import Health, JobState, Observation, PrinterReport
from monitor.tiles import Tiles
from tests.farms import a_farm, a_printer
from tests.inspection.pictures import frame, jpeg, scene

PICTURE = jpeg(scene())


class Hall:
    """Some printers, as a board has them."""

    def __init__(self, clock: Clock, printers: int = 2, rotate: int = 0, client_id: str = "vigie") -> None:
        farm = a_farm(*(a_printer(f"p{number}", rotate=rotate) for number in range(1, printers + 1)))
        farm = farm.model_copy(update={"mqtt": Mqtt(host="127.0.0.1", client_id=client_id)})
        self.config, self.clock = LiveConfig(farm), clock
        self.board = Board(farm, 0.5, clock.now())
        self.tiles = Tiles(self.board, self.config, clock)
        self._frames = 0

    def look(self, printer: str, score: float = 0.1, phase: Phase = Phase.WATCHING) -> None:
        """Let an inspection come in, now."""
        self._frames += 1
        at = self.clock.now()
        seen = Observation(printer, at, Health.OK, score)
        judgement = Judgement(phase, at, 0.0, score, Health.OK)
        self.board.inspected(seen, judgement, frame(PICTURE, printer, at, self._frames), None)

    def report(self, printer: str, state: JobState = JobState.PRINTING, progress: float | None = None) -> None:
        """Let the printer say what it does."""
        self.board.reported(PrinterReport(printer, state, self.clock.now(), True, "visor.gcode", progress))
