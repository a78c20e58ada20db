"""For whom a monitor speaks: for all of its printers, or for those that it owns at present (:mod:`monitor.sharing`)."""

from collections.abc import Callable, Mapping
from typing import Protocol

from monitor.history import Change
from monitor.records import Answer, PersonCommand


class Owning(Protocol):
    """Whose printers are whose. Every method may be called from any thread, under any lock, and returns at once."""

    @property
    def is_shared(self) -> bool:
        """Whether other monitors may own printers of the same list."""

    @property
    def node(self) -> str:
        """What this monitor is called among those that share its printers; empty where none do."""

    @property
    def unsent(self) -> str:
        """Why an order was not sent, as far as that is known here; empty when nothing is."""

    def owned(self) -> Mapping[str, int] | None:
        """Return the printers that are ours, with their epochs; None where all are."""

    def is_ours(self, printer: str) -> bool:
        """Whether we watch a printer, and nobody else does as far as we know."""

    def epoch(self, printer: str) -> int:
        """Return what our words about a printer carry; 0 where printers are not shared."""

    def may_speak(self, printer: str) -> bool:
        """Whether what is said of a printer may be sent at this moment."""

    def act(self, command: PersonCommand, take: Callable[[PersonCommand], Answer]) -> Answer:
        """Have whoever owns a printer do what a person asked for, ourselves by ``take``. Unlike the rest it may wait.

        Raises StorageError when it is about something that cannot be read.
        """

    def keep(self, change: Change) -> None:
        """Have what was written kept for whoever owns its printers next; nothing is sent of them before."""


class Alone:
    """All printers are ours, always."""

    is_shared = False
    node = unsent = ""

    def owned(self) -> Mapping[str, int] | None:
        """Return None."""
        return None

    def is_ours(self, printer: str) -> bool:
        """Return True."""
        del printer
        return True

    def epoch(self, printer: str) -> int:
        """Return 0."""
        del printer
        return 0

    def may_speak(self, printer: str) -> bool:
        """Return True."""
        del printer
        return True

    def act(self, command: PersonCommand, take: Callable[[PersonCommand], Answer]) -> Answer:
        """Do it."""
        return take(command)

    def keep(self, change: Change) -> None:
        """Nobody owns them next: the history is enough."""
