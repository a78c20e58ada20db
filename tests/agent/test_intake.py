"""Which messages the agent obeys."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.agent.intake import RESUME_LASTS_S, Ignored, Intake, Refusal, clock_warning
from monitor.records import PauseCommand, PersonCommand, PersonCommandKind
from monitor.wire import TopicParts, encode_pause, encode_person_command
from tests.agent.farms import printer

NOW = 1_585_000_000.0
TOPIC = TopicParts("paris", "p1", "pause")
COMMAND = PauseCommand("0190", "paris", "p1", "0189", NOW - 1, NOW + 59, "spaghetti")
WISH = PersonCommand("p1", PersonCommandKind.RESUME, "the night watch", NOW)


@pytest.fixture
def intake() -> Intake:
    """Return the intake of an agent with one printer."""
    return Intake({"p1": printer("p1", "paris")})


def test_a_pause_for_our_printer_is_obeyed(intake: Intake) -> None:
    """Fresh, not retained, and the payload names the printer of the topic."""
    assert COMMAND == intake.pause(TOPIC, encode_pause(COMMAND), retain=False, now=NOW)


@pytest.mark.parametrize(
    ("topic", "payload", "retain", "reason"),
    [
        (TOPIC, encode_pause(COMMAND), True, Ignored.RETAINED),
        (TOPIC, encode_pause(replace(COMMAND, expires_at=NOW)), False, Ignored.EXPIRED),
        (TOPIC, encode_pause(replace(COMMAND, printer="p2")), False, Ignored.WRONG_PRINTER),
        (TOPIC, encode_pause(replace(COMMAND, site="lyon")), False, Ignored.WRONG_PRINTER),
        (TOPIC, b"pause!", False, Ignored.BAD_PAYLOAD),
        (TOPIC, b"", False, Ignored.BAD_PAYLOAD),
        (TOPIC, b'{"schema": 1, "why": "' + b"x" * 70_000 + b'"}', False, Ignored.BAD_PAYLOAD),
        (replace(TOPIC, printer="p2"), encode_pause(replace(COMMAND, printer="p2")), False, Ignored.UNKNOWN_PRINTER),
        (replace(TOPIC, site="lyon"), encode_pause(replace(COMMAND, site="lyon")), False, Ignored.UNKNOWN_PRINTER),
        (replace(TOPIC, printer="../../etc"), encode_pause(COMMAND), False, Ignored.UNKNOWN_PRINTER),
        (None, encode_pause(COMMAND), False, Ignored.UNKNOWN_PRINTER),
    ],
)
def test_what_is_not_a_pause_for_us_is_refused(
    intake: Intake, topic: TopicParts | None, payload: bytes, retain: bool, reason: Ignored
) -> None:
    """Each has its reason, and words for the log."""
    decided = intake.pause(topic, payload, retain=retain, now=NOW)
    assert isinstance(decided, Refusal)
    assert reason is decided.reason
    assert decided.detail


def test_an_expired_pause_tells_how_late_it_is(intake: Intake) -> None:
    """Two machines' clocks may differ: the log must let a person see that."""
    decided = intake.pause(TOPIC, encode_pause(COMMAND), retain=False, now=NOW + 100)
    detail = "41.0 s late, 101.0 s after it was issued, if this machine's clock is right"
    assert Refusal(Ignored.EXPIRED, detail, COMMAND) == decided


def test_a_pause_from_the_future_is_obeyed_but_the_clocks_are_named(intake: Intake) -> None:
    """This machine's clock is behind: that is worth a warning, not a lost pause."""
    assert isinstance(intake.pause(TOPIC, encode_pause(COMMAND), retain=False, now=NOW - 100), PauseCommand)
    assert "99 s ahead" in clock_warning(COMMAND, NOW - 100)
    assert "" == clock_warning(COMMAND, NOW)


def test_of_peoples_commands_only_a_fresh_resume_is_the_agents(intake: Intake) -> None:
    """The monitor takes the others; an old wish may have been overtaken."""
    topic = replace(TOPIC, leaf="command")

    def decide(wish: PersonCommand) -> PersonCommand | Refusal:
        return intake.resume(topic, encode_person_command(wish), retain=False, now=NOW)

    assert WISH == decide(WISH)
    for wish, reason in (
        (replace(WISH, kind=PersonCommandKind.ACKNOWLEDGE), Ignored.NOT_OURS),
        (replace(WISH, at=NOW - RESUME_LASTS_S - 1), Ignored.EXPIRED),
        (replace(WISH, at=NOW + RESUME_LASTS_S + 1), Ignored.FROM_THE_FUTURE),
        (replace(WISH, printer="p2"), Ignored.WRONG_PRINTER),
    ):
        decided = decide(wish)
        assert isinstance(decided, Refusal)
        assert reason is decided.reason


@given(st.binary(), st.booleans())
def test_any_payload_is_refused_without_an_exception(payload: bytes, retain: bool) -> None:
    """Whoever may publish on the topic may publish anything."""
    intake = Intake({"p1": printer("p1", "paris")})
    assert isinstance(intake.pause(TOPIC, payload, retain=retain, now=NOW), Refusal)
    assert isinstance(intake.resume(TOPIC, payload, retain=retain, now=NOW), Refusal)
