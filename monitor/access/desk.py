"""Where people, links, tokens and screens are made and taken back."""

from collections.abc import Iterable
from dataclasses import replace

from monitor.access import rules
from monitor.access.keys import digest, new_key, short_id
from monitor.access.limiter import Charge, Limiter
from monitor.access.names import checked_name, folded
from monitor.access.passwords import Passwords, check_password
from monitor.access.records import Link, Person, Purpose, Screen, Session, Token
from monitor.access.rights import Right, Role
from monitor.access.store import AccessStore
from monitor.access.tries import KNOWN_BROWSER
from monitor.clock import Clock
from monitor.errors import Refusal, Refused

DAY_S = 24 * 3600.0


class Desk:
    """Does it. Every method may be called from any thread; what is refused raises Refused and changes nothing."""

    def __init__(self, store: AccessStore, passwords: Passwords, clock: Clock) -> None:
        self._store, self._passwords, self._clock = store, passwords, clock
        self._limiter = Limiter()

    def person(self, name: str) -> Person:
        """Return somebody; raises Refused when nobody has this name."""
        person = self._store.all(Person).get(folded(name))
        if person is None:
            raise Refused(Refusal.UNKNOWN, f"there is nobody with the name {name!r}")
        return person

    @property
    def is_set_up(self) -> bool:
        """Whether anybody can log in and administer."""
        return any(rules.is_able(person) for person in self._store.all(Person).values())

    def add(self, name: str, role: Role) -> str:
        """Add a person and return the secret of a link by which they choose their password."""
        name = checked_name(name)
        with self._store.lock:
            people = self._store.all(Person)
            rules.check_room(len(people), rules.PEOPLE_AT_MOST)
            if folded(name) in people:
                raise Refused(Refusal.NAME_TAKEN, f"there is somebody with the name {name} already")
            self._store.put(Person(folded(name), name, role, self._clock.now()))
            return self._link(Purpose.PASSWORD, folded(name), rules.LINK_LASTS_S)

    def set_role(self, name: str, role: Role) -> None:
        """Give somebody another role."""
        with self._store.lock:
            person = self.person(name)
            if role is not Role.ADMINISTRATOR:
                rules.check_administrator_remains(self._store.all(Person).values(), person)
            self._store.put(replace(person, role=role))

    def set_language(self, name: str, language: str) -> None:
        """Keep the language that somebody has chosen; empty: their browser's."""
        with self._store.lock:
            self._store.put(replace(self.person(name), language=language))

    def remove(self, name: str) -> None:
        """Remove somebody, with their sessions, links and tokens."""
        with self._store.lock:
            person = self.person(name)
            rules.check_administrator_remains(self._store.all(Person).values(), person)
            made = [token for token in self._store.all(Token).values() if token.made_by == person.id]
            self._store.forget([person, *self.sessions(person), *self._links(person.id), *made])

    def reset(self, name: str, by_force: bool = False) -> str:
        """Take somebody's password and sessions away; return the secret of a link to choose another.

        ``by_force``: also the last administrator's, for whoever has the machine can do it again.
        """
        with self._store.lock:
            person = self.person(name)
            if not by_force:
                rules.check_administrator_remains(self._store.all(Person).values(), person)
            self._store.forget([*self.sessions(person), *self._links(person.id)])
            self._store.put(replace(person, password=""))
            return self._link(Purpose.PASSWORD, person.id, rules.LINK_LASTS_S)

    def change_password(self, name: str, old: str, new: str) -> None:
        """Let somebody who is logged in choose another password; all their sessions end.

        The old one cannot be guessed here: whoever finds a browser logged in has ten tries, then one in half a minute.
        """
        person = self.person(name)
        with self._store.lock:
            wait_s = self._limiter.take((Charge(("password", person.id), KNOWN_BROWSER),), self._clock.now())
        if wait_s:
            raise Refused(Refusal.TOO_OFTEN, f"too many tries; wait {wait_s:.0f} s", wait_s)
        if not self._passwords.matches(person.password, old):
            raise Refused(Refusal.WRONG, "this is not the present password")
        self._set_password(person, new)

    def sessions(self, person: Person) -> list[Session]:
        """Return somebody's sessions, also those that have ended."""
        return [session for session in self._store.all(Session).values() if session.person == person.id]

    def end_sessions(self, name: str) -> None:
        """Log somebody out everywhere; none of their browsers is known any more."""
        with self._store.lock:
            self._store.forget(self.sessions(self.person(name)))

    def set_up_link(self) -> str:
        """Return the secret of a link that makes the first administrator; older ones are good no longer."""
        with self._store.lock:
            self._store.forget(self._links(""))
            return self._link(Purpose.SET_UP, "", rules.SET_UP_LASTS_S)

    def link(self, key: str) -> Link:
        """Return a one-time link that may still be used; raises Refused."""
        link = self._store.all(Link).get(digest(key))
        useless = link is None or not rules.is_good(link, self._clock.now())
        if link is None or useless or (link.purpose is Purpose.SET_UP and self.is_set_up):
            raise Refused(Refusal.LINK_SPENT, "this link was used already, or has expired; ask for another")
        return link

    def use_link(self, key: str, name: str, password: str) -> Person:
        """Use a link up: make the first administrator with this name, or give its person this password."""
        link = self.link(key)
        check_password(password, [self._user_of(link, name).name])
        hashed = self._passwords.hashed(password)
        with self._store.lock:
            self.link(key)  # another use of it may have been quicker
            person = replace(self._user_of(link, name), password=hashed)
            self._store.put(person)
            self._store.forget([link, *self._links(link.person), *self.sessions(person)])
        return person

    def make_token(
        self, name: str, rights: Iterable[Right], made_by: Person | None, days: float | None = None
    ) -> tuple[Token, str]:
        """Return a new token and its secret, which is not kept. ``made_by`` None: who has the machine."""
        wanted, name, key = frozenset(rights), checked_name(name), new_key("vigie_")
        rules.check_scopes(wanted, made_by.role.rights if made_by else frozenset(Right))
        now = self._clock.now()
        expires_at = None if days is None else now + days * DAY_S
        with self._store.lock:
            rules.check_room(len(self._store.all(Token)), rules.KEYS_AT_MOST)
            token = Token(short_id(), name, digest(key), wanted, made_by.id if made_by else "", now, expires_at)
            self._store.put(token)
        return token, key

    def make_screen(self, name: str, made_by: Person | None) -> tuple[Screen, str]:
        """Return a new screen and the secret of its link, which is not kept."""
        name, key = checked_name(name), new_key()
        with self._store.lock:
            rules.check_room(len(self._store.all(Screen)), rules.KEYS_AT_MOST)
            screen = Screen(short_id(), name, digest(key), made_by.id if made_by else "", self._clock.now())
            self._store.put(screen)
        return screen, key

    def revoke(self, kind: type[Token] | type[Screen], identifier: str) -> None:
        """Take a token or a screen's link back."""
        with self._store.lock:
            found = self._store.all(kind).get(identifier)
            if found is None:
                raise Refused(Refusal.UNKNOWN, f"there is none with the id {identifier!r}")
            self._store.forget([found])

    def sweep(self) -> None:
        """Forget links that have expired."""
        now = self._clock.now()
        with self._store.lock:
            expired = [link for link in self._store.all(Link).values() if not rules.is_good(link, now)]
            if expired:
                self._store.forget(expired)

    def _user_of(self, link: Link, name: str) -> Person:
        return self._first(name) if link.purpose is Purpose.SET_UP else self.person(link.person)

    def _first(self, name: str) -> Person:
        name = checked_name(name)
        if folded(name) in self._store.all(Person):
            raise Refused(Refusal.NAME_TAKEN, f"there is somebody with the name {name} already")
        return Person(folded(name), name, Role.ADMINISTRATOR, self._clock.now())

    def _set_password(self, person: Person, password: str) -> None:
        check_password(password, [person.name])
        hashed = self._passwords.hashed(password)
        with self._store.lock:
            person = replace(self.person(person.name), password=hashed)
            self._store.put(person)
            self._store.forget([*self.sessions(person), *self._links(person.id)])

    def _link(self, purpose: Purpose, person: str, lasts_s: float) -> str:
        key, now = new_key(), self._clock.now()
        self._store.put(Link(digest(key), purpose, person, now, now + lasts_s))
        return key

    def _links(self, person: str) -> list[Link]:
        return [link for link in self._store.all(Link).values() if link.person == person]
