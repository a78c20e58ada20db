"""People, links, tokens and screens: made, used, taken back."""

from collections.abc import Callable
from contextlib import suppress
from threading import Barrier, Thread

import pytest

from monitor.access import Access, Link, Person, Right, Role, Screen, Session, Token
from monitor.access.rules import LINK_LASTS_S, PEOPLE_AT_MOST, SET_UP_LASTS_S
from monitor.access.tries import KNOWN_BROWSER
from monitor.clock import ManualClock
from monitor.errors import Refusal, Refused
from tests.access.people import OTHER, PASSWORD, access_in, log_in
from tests.support import PATIENCE_S

METRICS, VIEW, ACT, ADMINISTER = Right.METRICS, Right.VIEW, Right.ACT, Right.ADMINISTER


def rights(access: Access, key: str) -> frozenset[Right]:
    """Return what a token may do; nothing for one that is not known."""
    identity = access.doors.by_token(key)
    return identity.rights if identity else frozenset()


def test_a_link_lets_somebody_choose_a_password_once(access: Access) -> None:
    """The second use is refused, and changes nothing."""
    key = access.desk.add("Nina", Role.VIEWER)
    access.desk.use_link(key, "", PASSWORD)
    with pytest.raises(Refused) as refused:
        access.desk.use_link(key, "", OTHER)
    assert Refusal.LINK_SPENT is refused.value.reason
    assert log_in(access, "Nina")


@pytest.mark.parametrize(
    "password", ["short", "x" * 201, "aaaaaaaaaaaa", "Nina-Nina-Nina", "password1234", "azerty12345!"]
)
def test_a_password_that_is_easily_guessed_is_refused(access: Access, password: str) -> None:
    """And the link stays good for a better one."""
    key = access.desk.add("Nina", Role.VIEWER)
    with pytest.raises(Refused):
        access.desk.use_link(key, "", password)
    access.desk.use_link(key, "", "correct horse battery staple")


def test_links_expire(access: Access, clock: ManualClock) -> None:
    """After three days nobody can use it, and it is forgotten."""
    key = access.desk.add("Nina", Role.VIEWER)
    clock.advance(LINK_LASTS_S)
    with pytest.raises(Refused, match="expired"):
        access.desk.use_link(key, "", PASSWORD)
    access.tick()
    assert {} == access.all(Link)


def test_the_set_up_link_makes_the_first_administrator(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Once; a newer link makes the older useless, and none is good when there is an administrator."""
    clock = ManualClock()
    access = access_in(tmp_path_factory.mktemp("fresh"), clock)
    assert {} == access.all(Person)
    first, second = access.desk.set_up_link(), access.desk.set_up_link()
    with pytest.raises(Refused):
        access.desk.use_link(first, "Ada", PASSWORD)
    assert Role.ADMINISTRATOR is access.desk.use_link(second, "Ada", PASSWORD).role
    assert access.desk.is_set_up
    with pytest.raises(Refused):
        access.desk.link(access.desk.set_up_link())
    access.stop()


def test_a_set_up_link_expires(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Whoever finds it in a log a day later has nothing."""
    clock = ManualClock()
    access = access_in(tmp_path_factory.mktemp("fresh"), clock)
    key = access.desk.set_up_link()
    clock.advance(SET_UP_LASTS_S)
    with pytest.raises(Refused):
        access.desk.use_link(key, "Ada", PASSWORD)
    access.stop()


@pytest.mark.parametrize(
    "what",
    [
        pytest.param(lambda access: access.desk.remove("Ada"), id="remove"),
        pytest.param(lambda access: access.desk.set_role("Ada", Role.OPERATOR), id="demote"),
        pytest.param(lambda access: access.desk.reset("Ada"), id="reset"),
    ],
)
def test_the_last_administrator_stays(access: Access, what: Callable[[Access], object]) -> None:
    """Nobody can lock the farm's people out of their own wall."""
    access.desk.add("Nina", Role.ADMINISTRATOR)  # has no password yet, so does not count
    with pytest.raises(Refused) as refused:
        what(access)
    assert Refusal.LAST_ADMINISTRATOR is refused.value.reason
    assert log_in(access, "Ada")


def test_one_of_two_administrators_may_go(access: Access) -> None:
    """As soon as another can log in."""
    access.desk.use_link(access.desk.add("Nina", Role.ADMINISTRATOR), "", PASSWORD)
    access.desk.remove("Ada")
    assert "ada" not in access.all(Person)


def test_a_reset_ends_everything_that_the_password_opened(access: Access) -> None:
    """Sessions and the password at once; the link gives a new one."""
    key = log_in(access, "Omar")
    link = access.desk.reset("Omar")
    assert access.doors.by_session(key) is None
    with pytest.raises(Refused):
        log_in(access, "Omar")
    access.desk.use_link(link, "", OTHER)
    assert log_in(access, "Omar", OTHER)


def test_a_changed_password_ends_all_sessions(access: Access) -> None:
    """Whoever had the old one is out."""
    key = log_in(access, "Omar")
    with pytest.raises(Refused):
        access.desk.change_password("Omar", OTHER, OTHER)
    access.desk.change_password("Omar", PASSWORD, OTHER)
    assert access.doors.by_session(key) is None
    assert {} == access.all(Session)


def test_nobody_guesses_a_password_in_somebodys_session(access: Access, clock: ManualClock) -> None:
    """Who finds a browser logged in has a few tries, and waits with the right one too."""
    for _ in range(KNOWN_BROWSER.burst):
        with pytest.raises(Refused, match="not the present"):
            access.desk.change_password("Omar", OTHER, OTHER)
    with pytest.raises(Refused) as refused:
        access.desk.change_password("Omar", PASSWORD, OTHER)
    assert Refusal.TOO_OFTEN is refused.value.reason
    clock.advance(refused.value.wait_s + 0.1)
    access.desk.change_password("Omar", PASSWORD, OTHER)


@pytest.mark.parametrize("name", ["", " ", "<b>", "a(token)", "x" * 41, "-a", "a\u202eb"])
def test_a_name_that_would_mislead_is_refused(access: Access, name: str) -> None:
    """No markup, no parentheses that a token's name has, no signs that turn the text around."""
    with pytest.raises(Refused) as refused:
        access.desk.add(name, Role.VIEWER)
    assert Refusal.BAD_NAME is refused.value.reason


@pytest.mark.parametrize("name", ["OMAR", "ｏｍａｒ", " omar "])
def test_two_people_never_share_a_name(access: Access, name: str) -> None:
    """However it is written."""
    with pytest.raises(Refused) as refused:
        access.desk.add(name, Role.VIEWER)
    assert Refusal.NAME_TAKEN is refused.value.reason


def test_people_are_bounded(access: Access) -> None:
    """Even an administrator's mistake fills no memory."""
    for i in range(PEOPLE_AT_MOST - len(access.all(Person))):
        access.desk.add(f"p{i}", Role.VIEWER)
    with pytest.raises(Refused, match="already"):
        access.desk.add("one-more", Role.VIEWER)


def test_a_token_may_do_what_its_scopes_say(access: Access) -> None:
    """And nothing else; its secret is shown once and not kept."""
    token, key = access.desk.make_token("grafana", [METRICS], access.desk.person("Ada"))
    assert {METRICS} == rights(access, key)
    assert key not in repr(token)
    assert key not in repr(access.all(Token))


def test_nobody_makes_a_token_that_may_do_more_than_they(access: Access) -> None:
    """A viewer's cannot act."""
    with pytest.raises(Refused) as refused:
        access.desk.make_token("script", [VIEW, ACT], access.desk.person("Vera"))
    assert Refusal.TOO_MUCH is refused.value.reason
    with pytest.raises(Refused):
        access.desk.make_token("script", [], access.desk.person("Ada"))


def test_a_token_shrinks_with_its_maker(access: Access) -> None:
    """Demoted: it cannot act any more. Removed: it is gone."""
    _, key = access.desk.make_token("script", [VIEW, ACT], access.desk.person("Omar"))
    access.desk.set_role("Omar", Role.VIEWER)
    assert {VIEW} == rights(access, key)
    access.desk.remove("Omar")
    assert set() == rights(access, key)
    assert {} == access.all(Token)


def test_a_token_expires_and_can_be_revoked(access: Access, clock: ManualClock) -> None:
    """Whichever comes first."""
    _, short = access.desk.make_token("short", [VIEW], None, days=1)
    long, long_key = access.desk.make_token("long", [VIEW], None)
    clock.advance(86_400.0)
    assert frozenset() == rights(access, short)
    assert {VIEW} == rights(access, long_key)
    access.desk.revoke(Token, long.id)
    assert set() == rights(access, long_key)
    with pytest.raises(Refused):
        access.desk.revoke(Token, long.id)


def test_a_screen_may_look_and_nothing_else(access: Access) -> None:
    """Until its link is taken back."""
    screen, key = access.desk.make_screen("Hall TV", access.desk.person("Ada"))
    identity = access.doors.by_screen(key)
    assert identity is not None
    assert {VIEW} == identity.rights
    assert identity.name == "Hall TV (screen)"
    access.desk.revoke(Screen, screen.id)
    assert access.doors.by_screen(key) is None
    assert ADMINISTER not in identity.rights


def test_a_link_that_two_use_at_once_is_good_for_one(access: Access) -> None:
    """Whoever is second is refused, and the first one's password holds."""
    key = access.desk.add("Nina", Role.VIEWER)
    passwords = [f"{word}-{PASSWORD}" for word in ("one", "two", "six", "ten")]
    ready, won = Barrier(len(passwords)), list[str]()

    def use(password: str) -> None:
        ready.wait(PATIENCE_S)
        with suppress(Refused):
            access.desk.use_link(key, "", password)
            won.append(password)

    threads = [Thread(target=use, args=(password,)) for password in passwords]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    (password,) = won
    assert log_in(access, "Nina", password)


def test_two_administrators_cannot_remove_each_other_at_once(access: Access) -> None:
    """One of them stays, whoever is quicker."""
    access.desk.use_link(access.desk.add("Nina", Role.ADMINISTRATOR), "", PASSWORD)
    ready = Barrier(2)

    def remove(name: str) -> None:
        ready.wait(PATIENCE_S)
        with suppress(Refused):
            access.desk.remove(name)

    threads = [Thread(target=remove, args=(name,)) for name in ("Ada", "Nina")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert access.desk.is_set_up
