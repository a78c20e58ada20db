"""Frames to what they show, for those who inspect one camera after the other: a recording, a trial, a measurement."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from monitor.config.model import PrinterSettings
from monitor.detector import Detector
from monitor.last_looks import LastLooks
from monitor.learning import LearnedTable
from monitor.looking import Inspection, Looker
from monitor.memory import Memory
from monitor.records import Frame

Memories = Mapping[str, Memory | None]
NOTHING_REMEMBERED: Memories = MappingProxyType({})


class Inspector:
    """A :class:`Looker` together with what the cameras showed last. Every picture is scored, and has its tile."""

    def __init__(
        self,
        detector: Detector | None,
        settings: Mapping[str, PrinterSettings],
        last_looks: LastLooks | None = None,
        *,
        batch_size: int = 8,
        score_unhealthy: bool = False,
        learned: LearnedTable | None = None,
    ) -> None:
        """See :class:`Looker`; ``last_looks`` None: of cameras never seen."""
        self._last_looks = last_looks or LastLooks(keeps_scores=score_unhealthy)
        self._looker = Looker(
            detector, settings, batch_size=batch_size, score_unhealthy=score_unhealthy, learned=learned
        )

    def inspect(self, frames: Sequence[Frame], memories: Memories = NOTHING_REMEMBERED) -> list[Inspection]:
        """Return one inspection a frame, in order. A bad frame gives an UNREADABLE one and spoils nothing else.

        ``memories`` by printer id: a printer that is not in it is one never seen.
        Raises :class:`DetectorError` when the model itself fails.
        """
        errands = [self._last_looks.errand(frame, memories.get(frame.printer)) for frame in frames]
        return [self._last_looks.settled(inspection) for inspection in self._looker.look(errands)]
