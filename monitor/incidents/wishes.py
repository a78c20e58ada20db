"""What people ask for: taken once, in time, and carried out; agents are told what is their part."""

import logging
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import replace

from monitor.errors import StorageError
from monitor.history import Change, HistoryReader, Outgoing
from monitor.incidents import life, messages, policy
from monitor.incidents.case import NOT_ORDERED, Case
from monitor.incidents.cases import Cases
from monitor.incidents.manual import ManualPauses
from monitor.incidents.told import NO, told
from monitor.records import EventKind, IncidentStatus, PersonCommand, PersonCommandKind

log = logging.getLogger(__name__)

COMMANDS_REMEMBERED = 1_000  # the broker echoes our own commands, and may deliver others' twice
COMMAND_TOO_OLD_S = messages.COMMAND_LASTS_S
MUTE_MINUTES = 30.0  # unless somebody says for how long

_MAY_PAUSE = (*NOT_ORDERED, IncidentStatus.PAUSE_FAILED)


class Wishes:
    """Not thread-safe; its owner holds a lock."""

    def __init__(
        self,
        cases: Cases,
        manual: ManualPauses,
        reader: HistoryReader,
        sites: Mapping[str, str],
        pause_timeout_s: float,
    ) -> None:
        """``sites``: the site of each printer by id."""
        self._reader = reader
        self._cases, self._manual, self._sites, self._pause_timeout_s = cases, manual, sites, pause_timeout_s
        self._commands: OrderedDict[PersonCommand, None] = OrderedDict()

    def take(self, command: PersonCommand, now: float) -> bool:
        """Carry out a wish; tell whether it counts. The same one counts once, one that comes too late not at all."""
        if command.printer not in self._sites or not self._is_new(command):
            return False
        if now - command.at > COMMAND_TOO_OLD_S:
            log.warning("%s: %s by %s came too late", command.printer, command.kind, command.by)
            return False
        match command.kind:
            case PersonCommandKind.MUTE:
                self._mute(command, now)
            case PersonCommandKind.PAUSE:
                self._pause(command, now)
            case PersonCommandKind.ARM | PersonCommandKind.DISARM:
                self._arm(command, now)
            case _:
                self._decide(command, now)
        return True

    def _is_new(self, command: PersonCommand) -> bool:
        if command in self._commands:
            return False
        self._commands[command] = None
        if len(self._commands) > COMMANDS_REMEMBERED:
            self._commands.popitem(last=False)
        return True

    def _decide(self, command: PersonCommand, now: float) -> None:
        case = self._cases.of(command.printer)
        wishes: tuple[Outgoing, ...] = ()
        if command.kind in (PersonCommandKind.RESUME, PersonCommandKind.LET_PRINT):
            for pause in self._manual.forget(command.printer):
                self._cases.commit(Change(), withdrawn=pause.id)
        if _asks_agent_to_resume(command, case):
            resume = replace(command, kind=PersonCommandKind.RESUME)
            self._is_new(resume)  # the broker echoes it to us, too
            wishes = (messages.command_message(resume, self._sites[command.printer]),)
        step = told(case, command, now) if case else None
        if step is not None:
            self._cases.take(step, now, wishes=wishes)
        elif wishes:
            self._cases.commit(Change(outgoing=wishes))
        elif case is None and command.kind is PersonCommandKind.FALSE_ALARM:
            self._judge_afterwards(command, now)

    def _judge_afterwards(self, command: PersonCommand, now: float) -> None:
        """Take a verdict on the printer's newest incident, once: what is withheld at night is judged in the morning."""
        try:
            newest = self._reader.incidents(command.printer, limit=1)
            known = {event.kind for incident in newest for event in self._reader.events(incident.id)}
        except StorageError as exc:
            log.warning(
                "%s: false alarm, says %s, but the incident cannot be read: %s", command.printer, command.by, exc
            )
            return
        if newest and EventKind.FALSE_ALARM not in known:
            said = f"{command.by}: {command.reason}" if command.reason else command.by
            self._cases.judged(newest[0], EventKind.FALSE_ALARM, now, said)

    def _pause(self, command: PersonCommand, now: float) -> None:
        site, case = self._sites[command.printer], self._cases.of(command.printer)
        incident = case.incident.id if case else ""
        expires_at = now + self._pause_timeout_s
        pause = messages.new_pause(site, command.printer, incident, f"{command.by} asked for it", now, expires_at)
        if case is None:
            self._manual.add(pause)
            self._cases.send_pause(pause, now)
        elif case.incident.status in _MAY_PAUSE:
            self._cases.take(life.ordered(case, pause), now)

    def _mute(self, command: PersonCommand, now: float) -> None:
        minutes = MUTE_MINUTES if command.minutes is None else command.minutes
        until = command.at + minutes * 60 if minutes > 0 else None
        detail = command.by if until is None else f"{command.by}, for {minutes:g} minutes"
        standing = replace(self._cases.standings.of(command.printer), muted_until=until)
        kind = EventKind.UNMUTED if until is None else EventKind.MUTED
        self._cases.record(self._sites[command.printer], command.printer, kind, now, detail, (standing,))

    def _arm(self, command: PersonCommand, now: float) -> None:
        armed = command.kind is PersonCommandKind.ARM
        former = self._cases.standings.of(command.printer)
        if former.armed is armed:
            return
        detail = f"{command.by}: {command.reason}" if command.reason else command.by
        kind, standing = EventKind.ARMED if armed else EventKind.DISARMED, replace(former, armed=armed)
        self._cases.record(self._sites[command.printer], command.printer, kind, now, detail, (standing,))
        case = self._cases.of(command.printer)
        if case is not None and case.incident.status is IncidentStatus.ASKING and not armed:
            self._cases.take(policy.withheld(case), now)


def _asks_agent_to_resume(command: PersonCommand, case: Case | None) -> bool:
    """Whether an agent must hear of it: a wish to resume, or a no to a pause that it may be carrying out now."""
    if command.kind is PersonCommandKind.RESUME:
        return True
    if case is None or command.kind not in NO:
        return False
    is_standing_still = case.incident.status is IncidentStatus.PAUSED and command.kind is PersonCommandKind.LET_PRINT
    return case.incident.status is IncidentStatus.PAUSING or is_standing_still
