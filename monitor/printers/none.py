"""A printer that nobody can pause from here."""

from monitor.errors import PrinterRejected
from monitor.printers.adapter import Ability, Reading
from monitor.records import PauseCommand

_WHY = "cameras.yaml names no control for this printer: somebody has to pause it by hand"


class NoPrinter:
    """Stands where a control interface is missing: it says so, and never pretends."""

    def state(self) -> Reading:
        """Raise PrinterRejected."""
        raise PrinterRejected(_WHY)

    def can_pause(self) -> Ability:
        """Tell why not."""
        return Ability(can_pause=False, why=_WHY)

    def pause(self, command: PauseCommand) -> None:  # noqa: ARG002
        """Raise PrinterRejected."""
        raise PrinterRejected(_WHY)

    def resume(self) -> None:
        """Raise PrinterRejected."""
        raise PrinterRejected(_WHY)

    def close(self) -> None:
        """Nothing to let go of."""
