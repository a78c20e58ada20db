"""What holds between people, sessions and keys. Pure: everything is told, nothing is looked up."""

from collections.abc import Iterable, Sequence

from monitor.access.records import Link, Person, Session, Token
from monitor.access.rights import Right, Role
from monitor.errors import Refusal, Refused

HOUR_S = 3600.0
IDLE_S = 12 * HOUR_S  # a shift; an open wall counts as being there, or it would go black in the night
LASTS_S = 30 * 24 * HOUR_S
KNOWN_S = 180 * 24 * HOUR_S  # so long a browser is no stranger after its last session
SESSIONS_AT_MOST = 20  # a person; then the one that was used longest ago goes
LINK_LASTS_S = 3 * 24 * HOUR_S
SET_UP_LASTS_S = 24 * HOUR_S
PEOPLE_AT_MOST = 500
KEYS_AT_MOST = 200


def holds(session: Session, now: float) -> bool:
    """Tell whether a session still opens the door."""
    return not session.has_ended and now - session.seen_at < IDLE_S and now - session.began_at < LASTS_S


def is_known(session: Session, now: float) -> bool:
    """Tell whether a session, ended or not, still shows that its browser is no stranger."""
    return now - session.seen_at < KNOWN_S


def surplus(sessions: Iterable[Session]) -> Sequence[Session]:
    """Return which of one person's sessions are too many: those that were used longest ago."""
    newest_first = sorted(sessions, key=lambda session: session.seen_at, reverse=True)
    return newest_first[SESSIONS_AT_MOST:]


def is_good(link: Link, now: float) -> bool:
    """Tell whether a one-time link has not expired."""
    return now < link.expires_at


def rights_of(token: Token, maker: Person | None, now: float) -> frozenset[Right]:
    """Return what a token may do now: its scopes, as far as its maker may do them; a maker who left may do nothing."""
    if token.expires_at is not None and now >= token.expires_at:
        return frozenset()
    if not token.made_by:
        return token.rights
    return token.rights & maker.role.rights if maker else frozenset()


def check_scopes(wanted: frozenset[Right], maker: frozenset[Right]) -> None:
    """Raise Refused when a token were to have no right, or more than its maker."""
    if not wanted:
        raise Refused(Refusal.NO_SCOPE, "a token needs at least one scope")
    if wanted - maker:
        raise Refused(Refusal.TOO_MUCH, "a token may not do more than who makes it")


def check_administrator_remains(people: Iterable[Person], leaves: Person) -> None:
    """Raise Refused when nobody could administer any more without this person."""
    others = (person for person in people if person.id != leaves.id)
    if is_able(leaves) and not any(is_able(person) for person in others):
        raise Refused(Refusal.LAST_ADMINISTRATOR, f"{leaves.name} is the last administrator who can log in")


def is_able(person: Person) -> bool:
    """Tell whether somebody can log in and administer."""
    return person.role is Role.ADMINISTRATOR and bool(person.password)


def check_room(count: int, at_most: int) -> None:
    """Raise Refused when there are as many of something as there may be."""
    if count >= at_most:
        raise Refused(Refusal.TOO_MANY, f"there are {at_most} already; remove one that is not needed any more")
