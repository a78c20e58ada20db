"""Pauses that a person ordered where there is no incident: the same order to the agent, kept in memory until proven."""

from dataclasses import dataclass, replace

from monitor.incidents.life import RESEND_S
from monitor.records import EventKind, PauseCommand, PauseResult

Told = tuple[PauseCommand, EventKind, str]


@dataclass(frozen=True, slots=True)
class _Order:
    command: PauseCommand
    resend_at: float
    last_answer: str = "no answer"


class ManualPauses:
    """Not thread-safe; its owner holds a lock. Bounded by the orders' expiry."""

    def __init__(self) -> None:
        self._orders: dict[str, _Order] = {}

    def add(self, command: PauseCommand) -> None:
        """Remember an order that goes out."""
        self._orders[command.id] = _Order(command, command.issued_at + RESEND_S)

    def answered(self, result: PauseResult) -> Told | None:
        """Take an agent's answer; return what happened when it is the last word."""
        order = self._orders.get(result.id)
        if order is None or order.command.printer != result.printer:
            return None
        answer = f"{result.outcome}: {result.detail}" if result.detail else str(result.outcome)
        if result.outcome.is_proven:
            del self._orders[result.id]
            return order.command, EventKind.PAUSE_CONFIRMED, answer
        self._orders[result.id] = replace(order, last_answer=answer)
        return None

    def forget(self, printer: str) -> list[PauseCommand]:
        """Give up a printer's orders, because somebody wants it to go on; return them."""
        given_up = [order.command for order in self._orders.values() if order.command.printer == printer]
        for command in given_up:
            del self._orders[command.id]
        return given_up

    def ticked(self, now: float) -> tuple[list[PauseCommand], list[Told]]:
        """Return the orders to send again, and those that are given up."""
        again: list[PauseCommand] = []
        failed: list[Told] = []
        for id_, order in list(self._orders.items()):
            if now >= order.command.expires_at:
                del self._orders[id_]
                failed.append((order.command, EventKind.PAUSE_FAILED, order.last_answer))
            elif now >= order.resend_at:
                self._orders[id_] = replace(order, resend_at=now + RESEND_S)
                again.append(order.command)
        return again, failed
