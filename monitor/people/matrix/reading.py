"""What people in a room answer: events of a sync go in, reactions and replies come out. Pure.

Events come from other people's programs: whatever is not as the specification says (section "Instant Messaging" and
"Event annotations and reactions", spec.matrix.org v1.7) is no answer.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from monitor.records import PersonCommandKind

_WORDS: Mapping[str, PersonCommandKind] = {
    "pause": PersonCommandKind.PAUSE,
    "no": PersonCommandKind.LET_PRINT,
    "non": PersonCommandKind.LET_PRINT,
    "false": PersonCommandKind.FALSE_ALARM,
    "faux": PersonCommandKind.FALSE_ALARM,
    "fausse": PersonCommandKind.FALSE_ALARM,
}
_WORD = re.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Answer:
    """A reaction or a reply of somebody to one of our messages."""

    to: str  # event id of the message
    sender: str
    age_s: float
    wish: PersonCommandKind | None = None  # beside taking care of it


def answers(sync: Mapping[str, Any], room: str, own: str, now: float) -> list[Answer]:
    """Return the answers in a sync's answer, oldest first; those of ``own`` are none."""
    timeline = _at(sync, "rooms", "join", room, "timeline", "events")
    events = [event for event in timeline if isinstance(event, dict)] if isinstance(timeline, list) else []
    return [answer for event in events if event.get("sender") != own for answer in _answer(event, now)]


def wish_in(text: str) -> PersonCommandKind | None:
    """Return what a reply asks for by its first word; what it quotes of our message does not count."""
    said = "\n".join(line for line in text.splitlines() if not line.startswith(">"))
    first = _WORD.search(said)
    return _WORDS.get(first.group().lower()) if first else None


def _answer(event: Mapping[str, Any], now: float) -> Iterator[Answer]:
    sender, relation = event.get("sender"), _at(event, "content", "m.relates_to")
    if not isinstance(sender, str) or not isinstance(relation, dict):
        return
    kind = relation.get("rel_type")
    if event.get("type") == "m.reaction" and kind == "m.annotation":
        target, wish = relation.get("event_id"), None
    elif event.get("type") == "m.room.message" and kind in (None, "m.thread"):  # not an edit
        target, body = _at(relation, "m.in_reply_to", "event_id"), _at(event, "content", "body")
        wish = wish_in(body) if isinstance(body, str) else None
    else:
        return
    if isinstance(target, str) and target:
        yield Answer(target, sender, _age_s(event, now), wish)


def _age_s(event: Mapping[str, Any], now: float) -> float:
    """Return the age by the homeserver's own reckoning, so that its clock may differ from ours."""
    age_ms, sent_ms = _number(_at(event, "unsigned", "age")), _number(event.get("origin_server_ts"))
    if age_ms is not None:
        return max(0.0, age_ms / 1000)
    return max(0.0, now - sent_ms / 1000) if sent_ms is not None else float("inf")


def _number(value: object) -> float | None:
    is_one = isinstance(value, (int, float)) and not isinstance(value, bool) and abs(value) < 1e18
    return float(value) if is_one else None  # type: ignore[arg-type]  # it is one


def _at(value: Any, *path: str) -> Any:
    for key in path:
        value = value.get(key) if isinstance(value, dict) else None
    return value
