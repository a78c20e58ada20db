"""What a message says: what, where, what Vigie did, what to do, and the code by which an answer finds the incident."""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from monitor.people.words import WORDS
from monitor.records import CommonCause, NoticeStep

NAMED_AT_MOST = 8
_CODE = re.compile(r"V-[0-9A-F]{6}")
_REASON_AT_MOST = 160


@dataclass(frozen=True, slots=True)
class Fact:
    """One printer's part of a message, or one trouble of Vigie itself."""

    step: NoticeStep
    printer: str  # its name
    where: str  # room and site, by name
    since: float
    code: str = ""  # of the incident, if there is one
    what: str = ""  # class of the failure, or kind of the trouble
    detail: str = ""
    cause: CommonCause | None = None
    until: float | None = None


def code(incident: str) -> str:
    """Return the short code of an incident: the last six digits of its id, which are random."""
    return f"V-{incident[-6:].upper()}"


def codes_in(text: str) -> list[str]:
    """Return all codes that a text names, in order, each once."""
    return list(dict.fromkeys(_CODE.findall(text)))


def clock_time(at: float | None) -> str:
    """Return hours and minutes, local."""
    return "?" if at is None else datetime.fromtimestamp(at).astimezone().strftime("%H:%M")


def message(facts: Sequence[Fact], language: str, *, in_a_room: bool) -> tuple[str, str]:
    """Return title and body about one printer, about several with one cause, or about all sorts.

    ``in_a_room``: an answer to the message is heard.
    """
    words = WORDS[language]
    steps = {fact.step for fact in facts}
    is_bundle = len(facts) > 1 and (len(steps) > 1 or not (facts[0].cause or facts[0].step in _TOGETHER))
    if not is_bundle:
        facts = sorted(facts, key=lambda fact: fact.printer)
    title, body = _bundle(facts, language) if is_bundle else _one(facts, language)
    codes = " ".join(fact.code for fact in facts[:NAMED_AT_MOST] if fact.code)
    answer = words["answer.room" if in_a_room else "answer.wall"] if codes else ""
    if in_a_room and steps & _ASKING:
        answer = f"{answer} {words['answer.words']}"
    return title, "\n".join(part for part in (body, answer, "" if is_bundle else codes) if part)


def trial(contact: str, language: str) -> tuple[str, str]:
    """Return title and body of a test."""
    words = WORDS[language]
    return words["test.title"], words["test.body"].format(contact=contact)


_ASKING = {NoticeStep.OPENED, NoticeStep.ASKED, NoticeStep.HELD}  # there is still something to decide
_OWN = (NoticeStep.UNABLE, NoticeStep.IMPAIRED, NoticeStep.ABLE_AGAIN)  # about Vigie itself
_TOGETHER = (NoticeStep.CANNOT_PAUSE, NoticeStep.BLIND)


def _one(facts: Sequence[Fact], language: str) -> tuple[str, str]:
    words, first = WORDS[language], facts[0]
    kind = "overdue" if first.step is NoticeStep.OPENED and first.cause else str(first.step)
    values = {
        "printer": first.printer,
        "printers": _names(fact.printer for fact in facts),
        "count": str(len(facts)),
        "where": _names(dict.fromkeys(fact.where or words["everywhere"] for fact in facts)),
        "what": words.get(first.what, first.what),
        "since": clock_time(first.since),
        "until": clock_time(first.until),
        "cause": _cause(first.cause, words),
        "does": words.get(f"{first.what}.does", ""),
        "detail": _shortened(first.detail) or ("" if first.step in _OWN else words["nothing"]),
    }
    return words[f"{kind}.title"].format(**values), words[f"{kind}.body"].format(**values).strip()


def _cause(cause: CommonCause | None, words: Mapping[str, str]) -> str:
    if cause is None or not cause.groups:
        return words["cause.unknown"]
    groups = words["cause.and"].join(words[f"cause.{group.kind}"].format(name=group.name) for group in cause.groups)
    look = words[f"cause.look.{cause.groups[0].kind}"]
    line = words["cause.line"].format(alarms=cause.alarms, of=cause.of, groups=groups, look=look)
    return line if cause.news is None else words["cause.news"].format(line=line, news=words[f"cause.news.{cause.news}"])


def _bundle(facts: Sequence[Fact], language: str) -> tuple[str, str]:
    urgent = sum(fact.step.is_urgent for fact in facts)
    title = WORDS[language]["bundle.title"].format(count=len(facts), urgent=urgent)
    lines = [" ".join((_one([fact], language)[0], fact.code)).strip() for fact in facts]
    return title, "\n".join(f"- {line}" for line in lines)


def _names(names: Iterable[str]) -> str:
    listed = list(names)
    more = len(listed) - NAMED_AT_MOST
    return ", ".join(listed[:NAMED_AT_MOST]) + (f" + {more}" if more > 0 else "")


def _shortened(text: str) -> str:
    text = " ".join(text.split())
    return text if len(text) <= _REASON_AT_MOST else text[: _REASON_AT_MOST - 3] + "..."
