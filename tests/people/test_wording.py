"""What messages say, in two languages."""

import string

import pytest

from monitor.people.own_watch import Trouble
from monitor.people.wording import NAMED_AT_MOST, Fact, code, codes_in, message, trial
from monitor.people.words import EN, FR, WORDS
from monitor.records import CommonCause, FailureClass, GroupKind, GroupName, NoticeStep, StartNews

INCIDENT = "01900000-0000-7000-8000-0000abcdef12"
AT = 1_585_000_000.0
OF_VIGIE = (NoticeStep.UNABLE, NoticeStep.IMPAIRED, NoticeStep.ABLE_AGAIN)
DARK = CommonCause((GroupName(GroupKind.ROOM, "Print hall"),), 12, 12)


def fact(step: NoticeStep, printer: str = "Prusa 1", **more: object) -> Fact:
    """Return a printer's part of a message."""
    fields: dict[str, object] = {"code": code(INCIDENT), "what": FailureClass.SPAGHETTI, "detail": "no answer"}
    return Fact(step, printer, "Hall, Cochin", AT, **{**fields, **more})  # type: ignore[arg-type]


def placeholders(text: str) -> set[str]:
    """Return the names of what a template is filled with."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def test_both_languages_say_the_same() -> None:
    """The same keys, with the same facts in them; every step and every class of failure has its words."""
    assert EN.keys() == FR.keys()
    assert {key: placeholders(text) for key, text in EN.items()} == {k: placeholders(text) for k, text in FR.items()}
    assert {f"{step}.{part}" for step in NoticeStep for part in ("title", "body")} <= EN.keys()
    assert set(FailureClass) <= EN.keys()
    assert {f"cause.{part}{kind}" for kind in GroupKind for part in ("", "look.")} <= EN.keys()
    assert {f"cause.news.{news}" for news in StartNews} <= EN.keys()


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("step", [step for step in NoticeStep if step not in OF_VIGIE])
def test_every_step_says_where_and_is_short(language: str, step: NoticeStep) -> None:
    """A title fits a lock screen, a body a text message."""
    title, body = message([fact(step, cause=DARK, until=AT + 60)], language, in_a_room=False)
    assert len(title) <= 60
    assert len(body) <= 320
    assert "Prusa 1" in title + body


@pytest.mark.parametrize("language", WORDS)
@pytest.mark.parametrize("trouble", Trouble)
@pytest.mark.parametrize("step", OF_VIGIE)
def test_a_trouble_of_vigie_says_what_and_where_and_is_short(language: str, trouble: Trouble, step: NoticeStep) -> None:
    """In words, not in ours; it asks for no answer, as there is no incident."""
    words = WORDS[language]
    detail = "a long reason, and the remedy " * 10
    title, body = message([Fact(step, "", "Cochin", AT, what=trouble, detail=detail)], language, in_a_room=True)
    assert words[trouble] in title
    assert body.startswith("Cochin")
    assert words["answer.room"] not in body
    assert (step is NoticeStep.ABLE_AGAIN) == (words[f"{trouble}.does"] not in body)
    assert len(title) <= 60
    assert len(body) <= 380


def test_a_trouble_of_vigie_everywhere_says_so() -> None:
    """And names no reason where none is known beyond what its words say."""
    _, body = message([Fact(NoticeStep.UNABLE, "", "", AT, what=Trouble.BROKER)], "en", in_a_room=False)
    assert body.startswith("All sites, since ")
    assert body.endswith("look after them.")


def test_a_failed_pause_says_what_to_do_first() -> None:
    """And why, and how to answer."""
    title, body = message([fact(NoticeStep.PAUSE_FAILED)], "en", in_a_room=True)
    assert "STOP Prusa 1 BY HAND" == title
    assert all(part in body for part in ("Spaghetti", "Hall, Cochin", "no answer", "React or reply", "V-CDEF12"))


def test_an_answer_is_asked_for_where_it_is_heard() -> None:
    """Elsewhere people go to the wall; a warning without an incident asks for nothing."""
    assert "wall" in message([fact(NoticeStep.OPENED)], "en", in_a_room=False)[1]
    assert "Or reply pause, no" in message([fact(NoticeStep.ASKED)], "en", in_a_room=True)[1]
    assert "Or reply pause, no" not in message([fact(NoticeStep.PAUSED)], "en", in_a_room=True)[1]
    assert "React" not in message([fact(NoticeStep.BLIND, code="")], "en", in_a_room=True)[1]


def test_many_with_one_cause_are_named_up_to_a_number() -> None:
    """Then counted."""
    held = [fact(NoticeStep.HELD, f"p{number}", cause=DARK, until=AT) for number in range(12)]
    title, body = message(held, "en", in_a_room=True)
    assert "Alarms at once, not paused: 12" == title
    assert " look at the light and the cameras. p0, p1, p10, p11, p2, p3, p4, p5 + 4." in body
    assert NAMED_AT_MOST == body.count("V-CDEF12")


def test_a_cause_is_said_in_the_language_of_who_is_told() -> None:
    """All of it: what the printers share, where to look, and what a start may have changed."""
    groups = GroupName(GroupKind.CAMERA_SERVER, "10.0.7.2"), GroupName(GroupKind.SITE, "Cochin")
    held = fact(NoticeStep.HELD, cause=CommonCause(groups, 5, 6, StartNews.STARTED), until=AT)
    english = (
        "5 of 6 printers of camera server 10.0.7.2 and site Cochin at the same moment: look at the camera server; "
        "Vigie itself was started shortly before. Prusa 1."
    )
    french = (
        "5 imprimantes sur 6 du serveur de caméras 10.0.7.2 et du site Cochin au même moment : "
        "voyez le serveur de caméras ; Vigie venait de démarrer. Prusa 1."
    )
    assert english in message([held], "en", in_a_room=False)[1]
    assert french in message([held], "fr", in_a_room=False)[1]


def test_a_cause_that_is_not_known_is_said_all_the_same() -> None:
    """Held by an earlier version, which kept a sentence."""
    _, body = message([fact(NoticeStep.HELD, cause=CommonCause(), until=AT)], "fr", in_a_room=False)
    assert body.startswith("De nombreuses imprimantes au même moment. Prusa 1.")


def test_a_bundle_has_a_line_for_each() -> None:
    """With its code, so that an answer finds all of them."""
    facts = [fact(NoticeStep.PAUSE_FAILED), fact(NoticeStep.PAUSED, "Prusa 2", code="V-000001")]
    title, body = message(facts, "en", in_a_room=True)
    assert "2 messages, 1 urgent" == title
    assert ["- STOP Prusa 1 BY HAND V-CDEF12", "- Prusa 2 is paused V-000001"] == body.splitlines()[:2]
    assert ["V-CDEF12", "V-000001"] == codes_in(body)


def test_a_long_reason_is_shortened_and_stays_on_its_line() -> None:
    """Printers' errors may be pages."""
    _, body = message([fact(NoticeStep.PAUSE_FAILED, detail="x\n" * 500)], "en", in_a_room=False)
    assert len(body) < 320


def test_a_test_says_that_nothing_is_wrong() -> None:
    """By name."""
    assert "Léa" in trial("Léa", "fr")[1]
