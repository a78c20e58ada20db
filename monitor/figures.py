"""Gathers what the rooms know about their own work, when it is asked for."""

from collections.abc import Mapping

from monitor.capture.readers import Readers
from monitor.capture.slot import LatestFrame
from monitor.errors import StorageError
from monitor.history import TallyKeeper
from monitor.inspectors import Inspectors
from monitor.pipeline.loop import Pipeline
from monitor.records.tally import Tally
from monitor.wall.figures import Figures


class FiguresDesk:
    """Asks the rooms. Callable from any thread."""

    def __init__(
        self,
        pipeline: Pipeline,
        readers: Readers,
        slots: Mapping[str, LatestFrame],
        tally: TallyKeeper,
        inspectors: Inspectors,
    ) -> None:
        self._pipeline, self._readers, self._slots = pipeline, readers, slots
        self._tally, self._inspectors = tally, inspectors

    def figures(self) -> Figures:
        """Return the figures of now."""
        done = self._pipeline.figures()
        return Figures(
            inspections_due=done.inspections_due,
            inspections_done=done.inspections_done,
            inspections_unscored=done.unscored,
            ages_s=done.ages_s,
            faults=done.faults,
            cameras=self._readers.statuses(),
            overwritten={printer: slot.overwritten for printer, slot in list(self._slots.items())},
            load=done.load,
            tally=self._count(),
            model_sha256="" if self._inspectors.problem else self._inspectors.model_sha256,
        )

    def _count(self) -> Tally | None:
        try:
            return self._tally.tally()
        except StorageError:  # the report on health tells it
            return None
