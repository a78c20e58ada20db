"""What people in a Matrix room answer: events of other people's programs, right and wrong."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.people.matrix.reading import Answer, answers, wish_in
from monitor.records import PersonCommandKind

ROOM, OWN, NOW = "!room", "@vigie:hs", 1_585_000_000.0


def sync(*events: object) -> dict[str, Any]:
    """Return a sync's answer with these events in the room."""
    return {"rooms": {"join": {ROOM: {"timeline": {"events": list(events)}}}}}


def event(kind: str, content: dict[str, object]) -> dict[str, Any]:
    """Return an event of Léa's, half a second old."""
    return {"type": kind, "sender": "@lea:hs", "unsigned": {"age": 500}, "content": content}


def reply(text: str, **more: object) -> dict[str, Any]:
    """Return a reply to our message $1."""
    relation = {"m.in_reply_to": {"event_id": "$1"}, **more}
    return event("m.room.message", {"body": text, "m.relates_to": relation})


REACTION = event("m.reaction", {"m.relates_to": {"rel_type": "m.annotation", "event_id": "$1", "key": "👍"}})


def test_a_reaction_and_a_reply_are_answers() -> None:
    """Each with its sender and the message that it answers; also in a thread."""
    threaded = reply("ok", rel_type="m.thread", event_id="$1")
    assert [Answer("$1", "@lea:hs", 0.5)] * 3 == answers(sync(REACTION, reply("I go"), threaded), ROOM, OWN, NOW)


def test_our_own_messages_edits_and_plain_talk_are_none() -> None:
    """Nor what is said in another room."""
    own = {**REACTION, "sender": OWN}
    edit = reply("no", rel_type="m.replace", event_id="$1")
    talk = event("m.room.message", {"body": "pause"})
    assert [] == answers(sync(own, edit, talk, {"type": "m.room.member"}), ROOM, OWN, NOW)
    assert [] == answers(sync(REACTION), "!other", OWN, NOW)


def test_the_age_is_the_homeservers_own_and_a_message_without_one_is_old() -> None:
    """Its clock may differ from ours."""
    by_time = {**REACTION, "unsigned": {}, "origin_server_ts": (NOW - 70) * 1000}
    unknown = {**REACTION, "unsigned": {}}
    found = [answer.age_s for answer in answers(sync(REACTION, by_time, unknown), ROOM, OWN, NOW)]
    assert [0.5, 70.0, float("inf")] == found


@pytest.mark.parametrize(
    ("text", "wish"),
    [
        ("Pause!", PersonCommandKind.PAUSE),
        ("no", PersonCommandKind.LET_PRINT),
        ("NON, laisse", PersonCommandKind.LET_PRINT),
        ("faux", PersonCommandKind.FALSE_ALARM),
        ("False alarm", PersonCommandKind.FALSE_ALARM),
        ("nobody is there, I go", None),
        ("I will pause it", None),
        ("> no\n> pause\n\nok", None),
        ("", None),
    ],
)
def test_the_first_word_of_a_reply_may_be_a_wish(text: str, wish: PersonCommandKind | None) -> None:
    """What it quotes does not count; everything else only acknowledges."""
    assert wish is wish_in(text)


WORDS = "rooms join timeline events type sender content m.relates_to rel_type event_id m.in_reply_to unsigned age body"
KEYS = st.sampled_from([*WORDS.split(), "origin_server_ts", ROOM])
JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


@settings(deadline=None)
@given(JSON)
def test_whatever_a_homeserver_sends_is_no_fault(content: object) -> None:
    """What is not as it should be is no answer."""
    whole = content if isinstance(content, dict) else {}
    assert [] == [answer for answer in answers(whole, ROOM, OWN, NOW) if not answer.to]
    assert all(answer.age_s >= 0 for answer in answers(sync(content, REACTION), ROOM, OWN, NOW))
    assert answers(sync(content, REACTION), ROOM, OWN, NOW)[-1] == Answer("$1", "@lea:hs", 0.5)
