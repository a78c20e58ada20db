"""The doors: who comes in by a session, a token or a screen's link, and how a session begins and ends."""

import logging
import threading
from dataclasses import replace

from monitor.access import rules
from monitor.access.keys import digest, new_key
from monitor.access.limiter import Limiter
from monitor.access.names import folded
from monitor.access.passwords import Passwords
from monitor.access.records import Person, Screen, Session, Token
from monitor.access.rights import Identity, IdentityKind, Right
from monitor.access.store import AccessStore
from monitor.access.tries import charges
from monitor.clock import Clock
from monitor.errors import Refusal, Refused

log = logging.getLogger(__name__)

BROWSER_AT_MOST = 160  # of what a browser calls itself


class Doors:
    """Opens them. Every method may be called from any thread, and asks memory alone."""

    def __init__(self, store: AccessStore, passwords: Passwords, clock: Clock) -> None:
        self._store, self._passwords, self._clock = store, passwords, clock
        self._limiter, self._limiting = Limiter(), threading.Lock()
        self._seen: dict[str, float] = {}  # since the last note_seen: ids of sessions, tokens and screens

    def log_in(self, name: str, password: str, address: str, browser: str, old_key: str = "") -> str:
        """Return the secret of a new session; ``old_key``: of the browser's present or last one, which ends.

        Raises Refused: WRONG, or TOO_OFTEN with the seconds to wait. An unknown name costs as much as a known one.
        """
        wanted, now = folded(name), self._clock.now()
        known = self._known(old_key, wanted)
        against = charges(wanted, address, known.id if known else None)
        with self._limiting:
            wait_s = self._limiter.take(against, now)
        if wait_s:
            raise Refused(Refusal.TOO_OFTEN, f"too many tries; wait {wait_s:.0f} s", wait_s)
        person = self._store.all(Person).get(wanted)
        if not self._passwords.matches(person.password if person else "", password) or person is None:
            # Only the name of somebody we know: what strangers type there may be a password.
            log.warning("a log-in%s was refused, from %s", f" as {person.name}" if person else "", address)
            raise Refused(Refusal.WRONG, "this name and this password do not belong together")
        with self._limiting:
            self._limiter.forgive(against)
        return self.begin(person, address, browser, old_key)

    def begin(self, person: Person, address: str, browser: str, old_key: str = "") -> str:
        """Begin a session of somebody who has shown who they are, and return its secret; the old one is forgotten."""
        key, now = new_key(), self._clock.now()
        session = Session(digest(key), person.id, now, now, address, browser[:BROWSER_AT_MOST])
        with self._store.lock:
            present = self._store.all(Person).get(person.id)
            if present is None or present.password != person.password:  # removed or reset in this very moment
                raise Refused(Refusal.WRONG, "this name and this password do not belong together any more")
            mine = [one for one in self._store.all(Session).values() if one.person == person.id]
            self._store.put(session, replace(present, seen_at=now))
            old = self._store.all(Session).get(digest(old_key))
            gone = [*([old] if old else []), *rules.surplus([session, *mine])]
            if gone:
                self._store.forget(gone)
        log.info("%s has logged in, from %s", person.name, address)
        return key

    def log_out(self, key: str) -> None:
        """End a session; its browser stays known."""
        with self._store.lock:
            session = self._store.all(Session).get(digest(key))
            if session is not None:
                self._store.put(replace(session, has_ended=True))

    def session(self, key: str) -> Session | None:
        """Return the session with this secret, if it still holds."""
        session = self._store.all(Session).get(digest(key))
        if session is None:
            return None
        fresh = replace(session, seen_at=max(session.seen_at, self._seen.get(session.id, 0.0)))
        return fresh if rules.holds(fresh, self._clock.now()) else None

    def by_session(self, key: str) -> Identity | None:
        """Return who has logged in with this session."""
        session = self.session(key)
        person = self._store.all(Person).get(session.person) if session else None
        if session is None or person is None:
            return None
        self._seen[session.id] = self._clock.now()
        return Identity(IdentityKind.PERSON, person.role.rights, person.name, person.language)

    def by_token(self, key: str) -> Identity | None:
        """Return what has this token, if it may still do anything."""
        secret = digest(key)
        token = next((one for one in self._store.all(Token).values() if one.secret == secret), None)
        if token is None:
            return None
        rights = self.token_rights(token)
        if not rights:
            return None
        self._seen[token.id] = self._clock.now()
        return Identity(IdentityKind.TOKEN, rights, f"{token.name} (token)")

    def token_rights(self, token: Token) -> frozenset[Right]:
        """Return what a token may do at present."""
        return rules.rights_of(token, self._store.all(Person).get(token.made_by), self._clock.now())

    def by_screen(self, key: str) -> Identity | None:
        """Return the screen that has this link."""
        secret = digest(key)
        screen = next((one for one in self._store.all(Screen).values() if one.secret == secret), None)
        if screen is None:
            return None
        self._seen[screen.id] = self._clock.now()
        return Identity(IdentityKind.SCREEN, frozenset({Right.VIEW}), f"{screen.name} (screen)")

    def note_seen(self) -> None:
        """Keep when each was last seen, and forget the sessions that mean nothing any more."""
        seen, self._seen = self._seen, {}
        with self._store.lock:
            held: list[Session | Token | Screen] = [
                *self._store.all(Session).values(),
                *self._store.all(Token).values(),
                *self._store.all(Screen).values(),
            ]
            changed = [replace(record, seen_at=seen[record.id]) for record in held if record.id in seen]
            if changed:
                self._store.put(*changed)
            people, now = self._store.all(Person), self._clock.now()
            sessions = self._store.all(Session).values()
            old = [one for one in sessions if one.person not in people or not rules.is_known(one, now)]
            if old:
                self._store.forget(old)

    def _known(self, key: str, person: str) -> Session | None:
        """Return a session of this person's, past or present, whose secret this is."""
        session = self._store.all(Session).get(digest(key)) if key else None
        if session is None or session.person != person or not rules.is_known(session, self._clock.now()):
            return None
        return session
