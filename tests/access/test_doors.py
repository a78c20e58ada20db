"""Logging in, staying logged in, and being out."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.access import Access, IdentityKind, Person, Right, Role, Session
from monitor.access.keys import digest
from monitor.access.rules import IDLE_S, LASTS_S, SESSIONS_AT_MOST, holds
from monitor.access.tries import NAME_AT_ADDRESS
from monitor.clock import ManualClock
from monitor.errors import Refusal, Refused
from tests.access.people import HERE, OTHER, PASSWORD, log_in

SPANS = st.lists(st.floats(0.0, 2 * IDLE_S), min_size=1, max_size=40)


def refusal(access: Access, name: str, password: str, address: str = HERE, old: str = "") -> Refusal:
    """Return why a log-in is refused."""
    with pytest.raises(Refused) as refused:
        log_in(access, name, password, address, old)
    return refused.value.reason


def test_who_logs_in_is_known_by_name_and_role(access: Access) -> None:
    """However the name is typed, it is the one that was given."""
    identity = access.doors.by_session(log_in(access, "  oMAR "))
    assert identity is not None
    assert (IdentityKind.PERSON, "Omar", Role.OPERATOR.rights) == (identity.kind, identity.name, identity.rights)


@pytest.mark.parametrize(("name", "password"), [("Omar", OTHER), ("Nobody", PASSWORD), ("", ""), ("Omar", "")])
def test_a_wrong_log_in_does_not_say_what_was_wrong(access: Access, name: str, password: str) -> None:
    """Name or password: the answer is the same."""
    assert Refusal.WRONG is refusal(access, name, password)


def test_who_has_not_chosen_a_password_cannot_log_in(access: Access) -> None:
    """An empty hash fits no password."""
    access.desk.add("Nina", Role.VIEWER)
    assert Refusal.WRONG is refusal(access, "Nina", "")


def test_only_digests_are_kept(access: Access) -> None:
    """Neither a session's secret nor a password stands in what is held."""
    key = log_in(access, "Omar")
    assert digest(key) in access.all(Session)
    assert key not in repr(access.all(Session)) + repr(access.all(Person))
    assert PASSWORD not in repr(access.all(Person))


def test_logging_in_again_renews_the_session(access: Access) -> None:
    """The old secret opens nothing any more: one that somebody planted is of no use."""
    old = log_in(access, "Omar")
    new = log_in(access, "Omar", old=old)
    assert old != new
    assert access.doors.by_session(old) is None
    assert access.doors.by_session(new) is not None


@given(SPANS)
def test_a_session_ends_by_idleness_or_age_whatever_is_done_in_between(spans: list[float]) -> None:
    """It holds exactly as long as no gap reaches IDLE_S and its age stays below LASTS_S."""
    session, now, ended = Session("s", "omar", 0.0, 0.0, HERE, ""), 0.0, False
    for span in spans:
        now += span
        ended = ended or span >= IDLE_S or now >= LASTS_S
        assert holds(session, now) is not ended
        if not ended:
            session = Session("s", "omar", 0.0, now, HERE, "")


def test_an_idle_session_ends(access: Access, clock: ManualClock) -> None:
    """Half a day without a sign, and it is over; each sign begins it anew, up to a month."""
    key = log_in(access, "Omar")
    clock.advance(IDLE_S - 1)
    assert access.doors.by_session(key) is not None
    clock.advance(IDLE_S - 1)
    assert access.doors.by_session(key) is not None
    clock.advance(IDLE_S)
    assert access.doors.by_session(key) is None


def test_no_session_lasts_longer_than_a_month(access: Access, clock: ManualClock) -> None:
    """Not even one that is used every hour."""
    key = log_in(access, "Omar")
    hours = 0
    while access.doors.by_session(key) is not None:
        clock.advance(3600.0)
        access.tick()
        hours += 1
    assert LASTS_S / 3600 == hours


def test_logging_out_ends_the_session(access: Access) -> None:
    """At once."""
    key = log_in(access, "Omar")
    access.doors.log_out(key)
    assert access.doors.by_session(key) is None


def test_a_removed_person_is_out_at_once(access: Access) -> None:
    """Their session ends with them, and their name opens nothing."""
    key = log_in(access, "Omar")
    access.desk.remove("Omar")
    assert access.doors.by_session(key) is None
    assert Refusal.WRONG is refusal(access, "Omar", PASSWORD)


def test_another_role_holds_at_once(access: Access) -> None:
    """An operator who becomes a viewer cannot act any more, in the session that they have."""
    key = log_in(access, "Omar")
    access.desk.set_role("Omar", Role.VIEWER)
    identity = access.doors.by_session(key)
    assert identity is not None
    assert not identity.may(Right.ACT)


def test_guessing_is_slowed_down(access: Access, clock: ManualClock) -> None:
    """Five tries at once, then one a minute; the right password waits too, or guessing would go on."""
    for _ in range(NAME_AT_ADDRESS.burst):
        assert Refusal.WRONG is refusal(access, "Ada", OTHER)
    assert Refusal.TOO_OFTEN is refusal(access, "Ada", PASSWORD)
    clock.advance(NAME_AT_ADDRESS.every_s)
    assert log_in(access, "Ada")


def test_unknown_names_are_slowed_down_alike(access: Access) -> None:
    """Whether a name exists is not told by how often it may be tried."""
    for name in ("Ada", "Zoe"):
        tries = [refusal(access, name, OTHER) for _ in range(NAME_AT_ADDRESS.burst + 1)]
        assert [Refusal.WRONG] * NAME_AT_ADDRESS.burst + [Refusal.TOO_OFTEN] == tries


def test_nobody_can_lock_out_who_works_here(access: Access, clock: ManualClock) -> None:
    """Ada's browser gets her in although her name and her address are being tried, and after her session has ended."""
    key = log_in(access, "Ada")
    access.doors.log_out(key)
    for i in range(500):
        with pytest.raises(Refused):
            log_in(access, "Ada", OTHER, address=f"10.1.{i % 7}.{i % 50}")
    with pytest.raises(Refused):
        log_in(access, "Ada", address="10.1.0.1")
    assert log_in(access, "Ada", address="10.1.0.1", old=key)
    assert clock.now() < 2e9


def test_a_known_browser_is_known_for_its_own_person_only(access: Access) -> None:
    """Omar's browser does not help to guess Ada's password."""
    key = log_in(access, "Omar")
    tries = [refusal(access, "Ada", OTHER, old=key) for _ in range(NAME_AT_ADDRESS.burst + 1)]
    assert Refusal.TOO_OFTEN is tries[-1]


def test_sessions_of_one_person_are_bounded(access: Access, clock: ManualClock) -> None:
    """The one that was used longest ago goes."""
    keys = []
    for _ in range(SESSIONS_AT_MOST + 5):
        keys.append(log_in(access, "Omar"))
        clock.advance(1.0)
    assert SESSIONS_AT_MOST == len(access.all(Session))
    assert access.doors.by_session(keys[0]) is None
    assert access.doors.by_session(keys[-1]) is not None


def test_it_is_kept_when_somebody_was_last_there(access: Access, clock: ManualClock) -> None:
    """Once a minute, not at every request."""
    key = log_in(access, "Omar")
    clock.advance(100.0)
    access.doors.by_session(key)
    access.tick()
    assert clock.now() == access.all(Session)[digest(key)].seen_at
