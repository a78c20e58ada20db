"""What people ask for: taken once, in time, and carried out; agents are told what is their part."""

import logging
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import replace

from monitor.history import Change, Outgoing
from monitor.incidents import life, messages, policy
from monitor.incidents.case import NOT_ORDERED, Case
from monitor.incidents.cases import Cases
from monitor.incidents.judging import Judging
from monitor.incidents.manual import ManualPauses
from monitor.incidents.told import NO, stands_still_by_us, told
from monitor.incidents.verdicts import KINDS, Verdicts
from monitor.owning import Owning
from monitor.records import Answer, EventKind, IncidentStatus, PersonCommand, PersonCommandKind, Reception

log = logging.getLogger(__name__)

COMMANDS_REMEMBERED = 1_000  # the broker echoes our own commands, and may deliver others' twice
COMMAND_TOO_OLD_S = messages.COMMAND_LASTS_S
MUTE_MINUTES = 30.0  # unless somebody says for how long

_ANSWER = Answer(Reception.TAKEN)
_MAY_PAUSE = (*NOT_ORDERED, IncidentStatus.PAUSE_FAILED)


class Wishes:
    """Not thread-safe; its owner holds a lock."""

    def __init__(
        self,
        cases: Cases,
        manual: ManualPauses,
        judging: Judging,
        verdicts: Verdicts,
        sites: Mapping[str, str],
        pause_timeout_s: float,
        owning: Owning,
    ) -> None:
        """``sites``: the site of each printer by id."""
        self._owning = owning
        self._judging, self._verdicts = judging, verdicts
        self._cases, self._manual, self._sites, self._pause_timeout_s = cases, manual, sites, pause_timeout_s
        self._carried_out_by: Mapping[PersonCommandKind, Callable[[PersonCommand, float], Answer]] = {
            PersonCommandKind.MUTE: self._mute,
            PersonCommandKind.PAUSE: self._pause,
            PersonCommandKind.ARM: self._arm,
            PersonCommandKind.DISARM: self._arm,
            PersonCommandKind.MISSED: judging.missed,
            PersonCommandKind.WITHDRAW: judging.withdraw,
        }
        self._commands: OrderedDict[PersonCommand, None] = OrderedDict()

    def take(self, command: PersonCommand, now: float) -> Answer:
        """Carry out a wish; tell how it was taken. The same one counts once, one that comes too late not at all.

        Raises StorageError when it is about something that cannot be read, or a picture that cannot be kept.
        """
        if command.printer not in self._sites:
            return Answer(Reception.NOT_FOUND, "cameras.yaml has no such printer")
        if not self._is_new(command):
            return Answer(Reception.KNOWN, "this very wish was heard before")
        if now - command.at > COMMAND_TOO_OLD_S:
            log.warning("%s: %s by %s came too late", command.printer, command.kind, command.by)
            return Answer(Reception.REFUSED, "it came too late")
        return self._carried_out_by.get(command.kind, self._decide)(command, now)

    def _is_new(self, command: PersonCommand) -> bool:
        if command in self._commands:
            return False
        self._commands[command] = None
        if len(self._commands) > COMMANDS_REMEMBERED:
            self._commands.popitem(last=False)
        return True

    def _decide(self, command: PersonCommand, now: float) -> Answer:
        case = self._cases.of(command.printer)
        is_another = command.incident is not None and (case is None or case.incident.id != command.incident)
        if is_another or (case is None and command.kind in KINDS):
            return self._about_another(command, now)
        if command.kind in (PersonCommandKind.RESUME, PersonCommandKind.LET_PRINT):
            for pause in self._manual.forget(command.printer):
                self._cases.commit(Change(), withdrawn=pause.id)
        answer = _ANSWER
        if case is not None and command.kind in KINDS:
            answer = self._verdicts.said(command, case.incident, now)
            if not answer.counts:
                return answer
        wishes = self._for_the_agent(command, case)
        step = told(case, command, now) if case else None
        verdicts = (answer.verdict,) if answer.verdict else ()
        if step is not None:
            self._cases.take(step, now, wishes=wishes, verdicts=verdicts)
        elif wishes:
            self._cases.commit(Change(outgoing=wishes))
        self._verdicts.keep(verdicts, now)
        return answer if step is not None or wishes else Answer(Reception.KNOWN, "nothing changes by it")

    def _for_the_agent(self, command: PersonCommand, case: Case | None) -> tuple[Outgoing, ...]:
        """Return the wish to resume for the agent; one that names the incident undoes our pause of it, and no other."""
        if not _asks_agent_to_resume(command, case):
            return ()
        is_paused = case is not None and case.incident.status is IncidentStatus.PAUSED
        is_plain = command.kind is PersonCommandKind.RESUME or (
            is_paused and command.kind is PersonCommandKind.LET_PRINT
        )
        incident = None if is_plain or case is None else case.incident.id
        resume = replace(command, kind=PersonCommandKind.RESUME, incident=incident)
        self._is_new(resume)  # the broker echoes it to us, too
        return (messages.command_message(resume, self._sites[command.printer]),)

    def _about_another(self, command: PersonCommand, now: float) -> Answer:
        """A word about an incident that is not the open one, or a verdict when none is: the one that it names, or the
        newest."""
        wanted = command.incident
        found = (
            self._judging.newest(command.printer) if wanted is None else self._judging.incident(wanted, command.printer)
        )
        if found is None:
            what = "no incident was ever opened" if wanted is None else f"there is no incident {wanted} of this printer"
            return Answer(Reception.NOT_FOUND, what)
        if command.kind in KINDS:
            return self._judging.judge(command, found, now)
        return Answer(Reception.REFUSED, f"incident {found.id} is closed: {found.detail}")

    def _pause(self, command: PersonCommand, now: float) -> Answer:
        site, case = self._sites[command.printer], self._cases.of(command.printer)
        incident = case.incident.id if case else ""
        expires_at = now + self._pause_timeout_s
        why, epoch = f"{command.by} asked for it", self._owning.epoch(command.printer)
        pause = messages.new_pause(site, command.printer, incident, why, now, expires_at, epoch)
        if case is None:
            self._manual.add(pause)
            self._cases.send_pause(pause, now)
            return _ANSWER
        if case.incident.status not in _MAY_PAUSE:
            return Answer(Reception.KNOWN, f"it is {case.incident.status} already")
        self._cases.take(life.ordered(case, pause), now)
        return _ANSWER

    def _mute(self, command: PersonCommand, now: float) -> Answer:
        minutes = MUTE_MINUTES if command.minutes is None else command.minutes
        until = command.at + minutes * 60 if minutes > 0 else None
        detail = command.by if until is None else f"{command.by}, for {minutes:g} minutes"
        detail = f"{detail}: {command.reason}" if command.reason else detail
        standing = replace(self._cases.standings.of(command.printer), muted_until=until)
        kind = EventKind.UNMUTED if until is None else EventKind.MUTED
        self._cases.record(self._sites[command.printer], command.printer, kind, now, detail, (standing,))
        return _ANSWER

    def _arm(self, command: PersonCommand, now: float) -> Answer:
        armed = command.kind is PersonCommandKind.ARM
        former = self._cases.standings.of(command.printer)
        if former.armed is armed:
            return Answer(Reception.KNOWN, "it is so already")
        detail = f"{command.by}: {command.reason}" if command.reason else command.by
        kind, standing = EventKind.ARMED if armed else EventKind.DISARMED, replace(former, armed=armed)
        self._cases.record(self._sites[command.printer], command.printer, kind, now, detail, (standing,))
        case = self._cases.of(command.printer)
        if case is not None and case.incident.status is IncidentStatus.ASKING and not armed:
            self._cases.take(policy.withheld(case), now)
        return _ANSWER


def _asks_agent_to_resume(command: PersonCommand, case: Case | None) -> bool:
    """Whether an agent must hear of it: a wish to resume, or a no to a pause that it may be carrying out now."""
    if command.kind is PersonCommandKind.RESUME:
        return True
    if case is None or command.kind not in NO:
        return False
    is_let_print = case.incident.status is IncidentStatus.PAUSED and command.kind is PersonCommandKind.LET_PRINT
    is_undone = command.kind is PersonCommandKind.FALSE_ALARM and stands_still_by_us(case)
    return case.incident.status is IncidentStatus.PAUSING or is_let_print or is_undone
