"""Which printers are ours at present, asked by all who act or speak: an :class:`monitor.owning.Owning`."""

import logging
from collections.abc import Callable, Mapping

from monitor.clock import Clock
from monitor.cluster.records import KEEP_WITHIN_S, Case, Ownership
from monitor.history import Change
from monitor.records import Answer, PersonCommand, Reception
from monitor.sharing.shelf import Shelf

log = logging.getLogger(__name__)

NOT_CERTAIN = "it was not sent: this node could not be certain that the printer is still its own"
NOT_YET_SAFE = "done here, but not safe yet: the cluster does not answer, and if this machine fails now it is forgotten"
OLDER_THAN_ALL = 1
"""The epoch of what is said of a printer that is not ours: no agent that has heard of its owner obeys it."""


class Sharing:
    """Every method may be called from any thread."""

    is_shared = True

    def __init__(self, ownership: Ownership, clock: Clock) -> None:
        self._ownership = ownership
        self._epochs: Mapping[str, int] = {}  # of those that are ours; replaced as a whole
        self._ask_owner: Callable[[PersonCommand], Answer] | None = None
        self.shelf = Shelf(ownership, clock)

    def meet(self, elsewhere: Callable[[PersonCommand], Answer]) -> None:
        """From now on have ``elsewhere`` ask the node that has a printer."""
        self._ask_owner = elsewhere

    def stop(self) -> None:
        """Nothing is ours any more. Idempotent."""
        self._epochs = {}
        self.shelf.stop()

    @property
    def node(self) -> str:
        """Our node's name."""
        return self._ownership.node

    @property
    def problem(self) -> str:
        """Why printers are not paused from here at present, with the remedy; empty when all is well."""
        return self._ownership.problem or self.shelf.problem

    @property
    def unsent(self) -> str:
        """Why an order was not sent, as far as that is known here."""
        is_certain = not self._epochs or bool(self._ownership.owned())
        return "" if is_certain and not self.shelf.problem else f"{NOT_CERTAIN}: {self.problem}"

    def owned(self) -> Mapping[str, int]:
        """Return the printers that are ours, with their epochs."""
        return self._epochs

    def is_ours(self, printer: str) -> bool:
        """Whether we watch a printer."""
        return printer in self._epochs

    def epoch(self, printer: str) -> int:
        """Return what our words about a printer carry."""
        return self._epochs.get(printer, OLDER_THAN_ALL)

    def may_speak(self, printer: str) -> bool:
        """Whether a printer is ours for certain at this moment, and what is to be said of it was kept."""
        epoch = self._epochs.get(printer)
        return epoch is not None and self._ownership.epoch(printer) == epoch and self.shelf.is_kept(printer)

    def keep(self, change: Change) -> None:
        """Have what was written kept for the next owner; nothing is sent of its printers before."""
        self.shelf.keep(change)

    def take(self, printer: str, epoch: int, case: Case | None) -> None:
        """A printer is ours, and what its last owner kept is about to be gone on with."""
        self.shelf.begin(printer, epoch, case)
        self._epochs = {**self._epochs, printer: epoch}

    def give(self, printer: str) -> None:
        """A printer is not ours any more; nothing is said of it from now on."""
        self._epochs = {name: epoch for name, epoch in self._epochs.items() if name != printer}

    def act(self, command: PersonCommand, take: Callable[[PersonCommand], Answer]) -> Answer:
        """Do what a person asked for, and answer when that is kept for the next owner; or have its owner do it.

        Raises NotAnswered when that one does not answer.
        """
        if not self.is_ours(command.printer):
            return self._elsewhere(command)
        answer = take(command)
        if not answer.counts or self.shelf.wait(command.printer, KEEP_WITHIN_S):
            return answer
        log.error("%s: %s by %s is not kept for other nodes yet", command.printer, command.kind, command.by)
        detail = f"{answer.detail}; {NOT_YET_SAFE}" if answer.detail else NOT_YET_SAFE
        return Answer(answer.reception, detail, answer.verdict, answer.overruled)

    def _elsewhere(self, command: PersonCommand) -> Answer:
        """Ask the owner; but what another node asks us for goes no further, so that nothing runs in a circle."""
        owner = self._ownership.owners().get(command.printer, "")
        if command.id or self._ask_owner is None:
            return Answer(Reception.REFUSED, f"{owner or 'no node'} has this printer now: ask again")
        return self._ask_owner(command)
