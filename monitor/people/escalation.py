"""Who must be told what, and when: facts and times go in, notices that are due come out. No clock, thread or socket.

One notice for each incident, step and contact. What nobody acknowledges goes to the next contact after a while; a
contact in its quiet time is skipped, and told later if it is still true then. A failed pause is told although somebody
has acknowledged the failure before, and when everybody rests the last contact is woken for it; so it is when Vigie
itself cannot work. That it works again is told to those who had heard that it did not.
"""

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import Enum

from monitor.config.model import Config
from monitor.ids import uuid7
from monitor.people.line import Line
from monitor.records import Notice, NoticeStep

GATHER_S = 5.0
"""What many printers may share waits so long for the others, and is one message then."""

_TOGETHER = frozenset({NoticeStep.CANNOT_PAUSE, NoticeStep.BLIND})
_ONCE = _TOGETHER | {NoticeStep.IMPAIRED}  # not urgent, and nothing that somebody could acknowledge


@dataclass(frozen=True, slots=True)
class Matter:
    """Something that people should know, as it is now. ``key`` is the incident's id where there is one."""

    key: str
    printer: str
    step: NoticeStep
    since: float
    is_acknowledged: bool = False
    cause: str = ""  # the same for all that share one
    is_resting: bool = False  # nothing about it needs to be told at present
    site: str = ""  # where no printer is meant: the site; empty: all of them

    @property
    def is_shared(self) -> bool:
        """Whether others of its kind belong into the same message."""
        return bool(self.cause) or self.step in _TOGETHER

    @property
    def still_to_tell(self) -> bool:
        """Whether anybody who was not told yet may be told."""
        return not self.is_resting and (not self.is_acknowledged or self.step is NoticeStep.PAUSE_FAILED)


class _Fate(Enum):
    PENDING = "pending"
    SENT = "sent"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class _Mark:
    fate: _Fate
    at: float
    notice: Notice


@dataclass(slots=True)
class _File:
    """All about one matter."""

    matter: Matter
    marks: dict[tuple[str, str], _Mark] = field(default_factory=dict)  # by step and contact

    def at(self, contact: str) -> _Mark | None:
        """Return what became of the present step's notice to a contact."""
        return self.marks.get((self.matter.step, contact))

    def is_reached(self, contact: str) -> bool:
        """Whether the present step's notice is sent, or on its way."""
        mark = self.at(contact)
        return mark is not None and mark.fate is not _Fate.FAILED

    def has_heard(self, contact: str) -> bool:
        """Whether the contact was told of any step."""
        return any(mark.fate is _Fate.SENT for (_, who), mark in self.marks.items() if who == contact)


class Escalation:
    """The state of all matters that are open."""

    def __init__(self, line: Line, escalate_after_s: float, gather_s: float = GATHER_S) -> None:
        self._line, self._escalate_after_s, self._gather_s = line, escalate_after_s, gather_s
        self._files: dict[str, _File] = {}

    def follow(self, config: Config) -> None:
        """Know the printers of another configuration."""
        self._line.follow(config)

    def __contains__(self, key: str) -> bool:
        """Whether the matter is open."""
        return key in self._files

    def matters(self) -> list[Matter]:
        """Return all that are open."""
        return [file.matter for file in self._files.values()]

    def matter(self, key: str) -> Matter | None:
        """Return a matter as it is now; None when it is over."""
        file = self._files.get(key)
        return file.matter if file else None

    def learn(self, matter: Matter, before: Iterable[Notice] = ()) -> None:
        """Take in how a matter stands; ``before``: what was written about it in an earlier run."""
        file = self._files.setdefault(matter.key, _File(matter))
        is_news = file.matter.step is not matter.step
        file.matter = matter if is_news else replace(matter, since=file.matter.since)
        for notice in before:
            fate = _Fate.FAILED if notice.sent_at is None else _Fate.SENT
            at = notice.due_at if notice.sent_at is None else notice.sent_at
            at = 0.0 if fate is _Fate.FAILED else at  # due again: it was not sent when we ended
            file.marks.setdefault((notice.step, notice.contact), _Mark(fate, at, notice))

    def rest(self, key: str) -> None:
        """Tell nothing of a matter until it is learnt anew; who was told of it so far stays known."""
        if key in self._files:
            self._files[key].matter = replace(self._files[key].matter, is_resting=True)

    def over(self, key: str) -> None:
        """Nothing more is told about a matter."""
        self._files.pop(key, None)

    def is_wanted(self, notice: Notice) -> bool:
        """Whether a notice that is due still says what is true, to somebody who should know."""
        matter = self.matter(notice.incident)
        return matter is not None and matter.step == notice.step and matter.still_to_tell

    def due(self, now: float) -> list[Notice]:
        """Return what must be told now; each counts as on its way from here on."""
        awake = self._line.awake(now)
        return [notice for file in self._files.values() for notice in self._due(file, awake, now)]

    def sent(self, notice: Notice, at: float) -> Notice:
        """A service has taken it; return it as it must be written."""
        return self._marked(replace(notice, sent_at=at, detail=""), _Fate.SENT, at)

    def failed(self, notice: Notice, at: float, why: str) -> Notice:
        """No service has taken it; return it as it must be written. The next contact is due at once."""
        return self._marked(replace(notice, detail=why), _Fate.FAILED, at)

    def dropped(self, notice: Notice) -> None:
        """It was not sent, as it is not true any more."""
        file = self._files.get(notice.incident)
        if file is not None:
            file.marks.pop((notice.step, notice.contact), None)

    def unreached(self) -> list[Matter]:
        """Return the matters of which somebody should know, and every try to tell has failed."""
        return [file.matter for file in self._files.values() if self._is_unreached(file)]

    def _is_unreached(self, file: _File) -> bool:
        if file.matter.step is NoticeStep.ABLE_AGAIN:
            return False
        line = self._line_of(file)
        has_failed = any((mark := file.at(contact)) and mark.fate is _Fate.FAILED and mark.at for contact in line)
        return file.matter.still_to_tell and has_failed and not any(file.is_reached(contact) for contact in line)

    def _marked(self, notice: Notice, fate: _Fate, at: float) -> Notice:
        file = self._files.get(notice.incident)
        if file is not None:
            file.marks[notice.step, notice.contact] = _Mark(fate, at, notice)
        return notice

    def _due(self, file: _File, awake: frozenset[str], now: float) -> list[Notice]:
        matter, line = file.matter, self._line_of(file)
        gathered = matter.since + (self._gather_s if matter.is_shared else 0.0)
        if now < gathered or not matter.still_to_tell:
            return []
        if matter.step is NoticeStep.ABLE_AGAIN:
            return [self._write(file, c, now) for c in line if self._hears_the_end(file, c, awake, now)]
        follow = [c for c in line if c in awake and file.has_heard(c) and self._may_try(file, c, now)]
        chosen = [*follow, *self._next(file, line, awake, follow, now)]
        return [self._write(file, contact, now) for contact in chosen]

    def _hears_the_end(self, file: _File, contact: str, awake: frozenset[str], now: float) -> bool:
        was_woken = (NoticeStep.UNABLE, contact) in file.marks
        return file.has_heard(contact) and (contact in awake or was_woken) and self._may_try(file, contact, now)

    def _line_of(self, file: _File) -> tuple[str, ...]:
        return self._line.of(file.matter.printer, file.matter.site)

    def _next(
        self, file: _File, line: tuple[str, ...], awake: frozenset[str], follow: list[str], now: float
    ) -> list[str]:
        """Return the contact whose turn it is, if it is time for another one."""
        if follow or not self._is_time(file, line, now):
            return []
        candidates = [c for c in line if c in awake and self._may_try(file, c, now)]
        if candidates or not file.matter.step.is_urgent:
            return candidates[:1]
        return self._last_resort(file, line, now)

    def _is_time(self, file: _File, line: tuple[str, ...], now: float) -> bool:
        told = [mark.at for c in line if file.is_reached(c) and (mark := file.at(c)) is not None]
        if not told:
            return True
        is_settled = file.matter.is_acknowledged or file.matter.step in _ONCE
        return not is_settled and now >= max(told) + self._escalate_after_s

    def _last_resort(self, file: _File, line: tuple[str, ...], now: float) -> list[str]:
        """Everybody who is awake knows or cannot be reached: wake the last one, or else the one before."""
        for contact in reversed(line):
            if file.is_reached(contact):
                return []
            if self._may_try(file, contact, now):
                return [contact]
        return []

    def _may_try(self, file: _File, contact: str, now: float) -> bool:
        """Whether a notice may go to a contact: none has yet, or it failed long ago."""
        mark = file.at(contact)
        if mark is None:
            return True
        return mark.fate is _Fate.FAILED and now >= mark.at + self._escalate_after_s

    def _write(self, file: _File, contact: str, now: float) -> Notice:
        matter, mark = file.matter, file.at(contact)
        again = None if mark is None else replace(mark.notice, due_at=now)  # the row that it has already
        notice = again or Notice(uuid7(now), matter.key, matter.step, contact, now)
        file.marks[matter.step, contact] = _Mark(_Fate.PENDING, now, notice)
        return notice
