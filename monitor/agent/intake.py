"""Which messages the agent obeys. Pure: a message and the time go in, a command or the reason to ignore it come out."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar

from monitor.config.model import Printer
from monitor.errors import BadPayload
from monitor.records import PauseCommand, PersonCommand, PersonCommandKind
from monitor.wire import TopicParts, decode_pause, decode_person_command

Decided = TypeVar("Decided", PauseCommand, PersonCommand)

RESUME_LASTS_S = 60.0  # an older wish to resume may have been overtaken by what happened since
SKEW_S = 5.0  # of two machines' clocks, from which on we say so


class Ignored(StrEnum):
    """Why a message was not obeyed; the name of its counter."""

    RETAINED = "retained"
    UNKNOWN_PRINTER = "unknown printer"
    BAD_PAYLOAD = "bad payload"
    WRONG_PRINTER = "another printer in the payload than in the topic"
    EXPIRED = "expired"
    FROM_THE_FUTURE = "from the future"
    OLD_EPOCH = "old epoch"
    NOT_OURS = "not for the agent"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A message that is ignored, and why, in words for the log."""

    reason: Ignored
    detail: str = ""
    late: PauseCommand | None = None  # what has expired: where a clock is wrong, its monitor still waits for an answer


class Intake:
    """Decides. ``printers``: those this agent serves, by id."""

    def __init__(self, printers: Mapping[str, Printer]) -> None:
        self._printers = printers

    def pause(self, topic: TopicParts | None, payload: bytes, *, retain: bool, now: float) -> PauseCommand | Refusal:
        """Decide on a message of a ``pause`` topic."""
        printer = self._addressed(topic, retain=retain)
        return printer if isinstance(printer, Refusal) else _pause_of(printer, payload, now)

    def resume(self, topic: TopicParts | None, payload: bytes, *, retain: bool, now: float) -> PersonCommand | Refusal:
        """Decide on a message of a ``command`` topic, of which only ``resume`` is the agent's."""
        printer = self._addressed(topic, retain=retain)
        return printer if isinstance(printer, Refusal) else _resume_of(printer, payload, now)

    def _addressed(self, topic: TopicParts | None, *, retain: bool) -> Printer | Refusal:
        printer = self._printers.get(topic.printer) if topic is not None else None
        if printer is None or topic is None or printer.site != topic.site:
            return Refusal(Ignored.UNKNOWN_PRINTER, "cameras.yaml here has no such printer at this site")
        if retain:
            return Refusal(Ignored.RETAINED, "a retained command would be obeyed again after every reconnect")
        return printer


def _pause_of(printer: Printer, payload: bytes, now: float) -> PauseCommand | Refusal:
    try:
        command = decode_pause(payload)
    except BadPayload as exc:
        return Refusal(Ignored.BAD_PAYLOAD, str(exc))
    if (command.site, command.printer) != (printer.site, printer.id):
        return Refusal(Ignored.WRONG_PRINTER, f"{command.site}/{command.printer}")
    return expired(command, now) or command


def _resume_of(printer: Printer, payload: bytes, now: float) -> PersonCommand | Refusal:
    try:
        command = decode_person_command(payload)
    except BadPayload as exc:
        return Refusal(Ignored.BAD_PAYLOAD, str(exc))
    if command.kind is not PersonCommandKind.RESUME:
        return Refusal(Ignored.NOT_OURS, command.kind)
    if command.printer != printer.id:
        return Refusal(Ignored.WRONG_PRINTER, command.printer)
    if now - command.at > RESUME_LASTS_S:
        return Refusal(Ignored.EXPIRED, f"asked for {now - command.at:.0f} s ago")
    if command.at - now > RESUME_LASTS_S:
        return Refusal(Ignored.FROM_THE_FUTURE, f"asked for {command.at - now:.0f} s from now: set the clocks by NTP")
    return command


def expired(command: PauseCommand, now: float) -> Refusal | None:
    """Return a refusal when the command has lost its force. Checked when it arrives and again before it is obeyed."""
    if now < command.expires_at:
        return None
    late_s, age_s = now - command.expires_at, now - command.issued_at
    detail = f"{late_s:.1f} s late, {age_s:.1f} s after it was issued, if this machine's clock is right"
    return Refusal(Ignored.EXPIRED, detail, command)


def clock_warning(command: PauseCommand, now: float) -> str:
    """Return what to tell when a command comes from the future: one of the two machines' clocks is wrong."""
    ahead_s = command.issued_at - now
    if ahead_s <= SKEW_S:
        return ""
    return f"the monitor's clock is {ahead_s:.0f} s ahead of this machine's: set both by NTP, or pauses expire wrongly"
