"""How printers look that other nodes watch, for our fleet guard.

The light of a room goes out for all of its printers, and each node has a third of them: what it sees of its own says
too little, and three that fail by themselves look like a common cause where one node happens to have no others. What
nodes tell each other of their printers comes within a second or two; the guard looks at windows of twenty.
"""

from collections.abc import Callable, Mapping

from monitor.board import Board, PrinterView
from monitor.config.live import LiveConfig
from monitor.config.model import Printer
from monitor.fleet import Look, look_of
from monitor.judge import Judgement, JudgeSettings
from monitor.records import JobState

EVERY_S = 1.0
_RESTING = (JobState.IDLE, JobState.PAUSED, JobState.PAUSING)


class Elsewhere:
    """Told by the board, told on to the guard. One thread uses it."""

    def __init__(
        self,
        board: Board,
        config: LiveConfig,
        owners: Callable[[], Mapping[str, str]],
        is_ours: Callable[[str], bool],
        tell: Callable[[Mapping[str, Look]], object],
    ) -> None:
        """``owners`` says which node has each printer; ``tell`` takes how all of them look that are not ours."""
        self._board, self._config = board, config
        self._owners_now, self._is_ours, self._tell = owners, is_ours, tell
        self._owners: Mapping[str, str] = {}

    def tick(self) -> None:
        """Look. What has just changed hands is left out once: its next owner begins without pictures, and that is no
        trouble of the printer's."""
        before, self._owners = self._owners, self._owners_now()
        views = (view for view in self._board.snapshot().printers if view.is_known and not self._is_ours(view.id))
        stayed = (view for view in views if view.id in before and before[view.id] == self._owners.get(view.id))
        known = (view for view in stayed if self._config.knows(view.id))
        self._tell({view.id: seen_elsewhere(view, self._config.printer(view.id)) for view in known})


def seen_elsewhere(view: PrinterView, printer: Printer) -> Look:
    """Return how a printer looks to whoever watches it, as far as that was told."""
    settings = printer.settings
    judge = JudgeSettings(
        threshold=view.threshold,
        suspect_after_s=settings.suspect_after_s,
        fail_after_s=settings.fail_after_s,
        recover_after_s=settings.recover_after_s,
        blind_after_s=settings.blind_after_s,
    )
    judgement = Judgement(view.phase, view.since, view.evidence_s, view.score, view.health)
    is_resting = view.report is not None and view.report.state in _RESTING
    return look_of(judgement, judge, is_resting=is_resting, camera_is_out=bool(view.camera_problem))
