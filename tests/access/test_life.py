"""Whatever administrators, people and time do, in whatever order: what must hold, holds, also after a restart."""

import tempfile
from collections.abc import Callable
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from monitor.access import Access, Person, Right, Role, Session, Token
from monitor.access.rules import IDLE_S, LASTS_S, SESSIONS_AT_MOST
from monitor.clock import ManualClock
from monitor.errors import Refused
from tests.access.people import PASSWORD, access_in, log_in, with_people

NAMES = st.sampled_from(["Ada", "Omar", "Vera", "Nina"])
ROLES = st.sampled_from(list(Role))


class Farm(RuleBasedStateMachine):
    """A room of access, and what a tester remembers: every secret that was ever given out, with its owner."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.clock = ManualClock()
        self.sessions: dict[str, str] = {}  # of people by their names; those that must be over are dropped
        self.begun: dict[str, float] = {}
        self.tokens: dict[str, frozenset[Right]] = {}

    @initialize()
    def people_come(self) -> None:
        """One person of each role."""
        self.access: Access = with_people(access_in(Path(self.folder.name), self.clock))

    @rule(name=NAMES, role=ROLES)
    def add(self, name: str, role: Role) -> None:
        """Somebody is added and chooses a password."""
        self._try(lambda: self.access.desk.use_link(self.access.desk.add(name, role), "", PASSWORD))

    @rule(name=NAMES)
    def remove(self, name: str) -> None:
        """Somebody is removed, with what they had."""
        if self._try(lambda: self.access.desk.remove(name)):
            self._end(name)

    @rule(name=NAMES)
    def reset(self, name: str) -> None:
        """Somebody has forgotten their password and chooses another."""
        if self._try(lambda: self.access.desk.use_link(self.access.desk.reset(name), "", PASSWORD)):
            self._end(name)

    @rule(name=NAMES, role=ROLES)
    def change_role(self, name: str, role: Role) -> None:
        """Somebody gets another role."""
        self._try(lambda: self.access.desk.set_role(name, role))

    @rule(name=NAMES)
    def enter(self, name: str) -> None:
        """Somebody logs in."""
        keys: list[str] = []
        if self._try(lambda: keys.append(log_in(self.access, name))):
            self.sessions[keys[0]], self.begun[keys[0]] = name, self.clock.now()

    @rule(name=NAMES, rights=st.frozensets(st.sampled_from(list(Right))))
    def make_token(self, name: str, rights: frozenset[Right]) -> None:
        """Somebody makes a token; tests may ask for more than they may."""
        made: list[str] = []
        self._try(lambda: made.append(self.access.desk.make_token("t", rights, self.access.desk.person(name))[1]))
        for key in made:
            self.tokens[key] = rights

    @rule(seconds=st.sampled_from([1.0, 3600.0, IDLE_S, LASTS_S / 2]))
    def time_passes(self, seconds: float) -> None:
        """A second, an hour, a night, two weeks."""
        self.clock.advance(seconds)
        self.access.tick()

    @rule()
    def restart(self) -> None:
        """Vigie is stopped and started."""
        self.access.stop()
        self.access = access_in(Path(self.folder.name), self.clock)

    @invariant()
    def somebody_can_administer(self) -> None:
        """The farm is never without."""
        assert self.access.desk.is_set_up

    @invariant()
    def no_token_may_more_than_its_scopes_and_its_maker(self) -> None:
        """Whatever became of them."""
        people = self.access.all(Person)
        for key, scopes in self.tokens.items():
            identity = self.access.doors.by_token(key)
            assert identity is None or identity.rights <= scopes
        for token in self.access.all(Token).values():
            assert self.access.doors.token_rights(token) <= people[token.made_by].role.rights

    @invariant()
    def no_session_outlives_its_person_its_role_or_its_time(self) -> None:
        """And each is its own person's."""
        for key, begun in self.begun.items():
            identity = self.access.doors.by_session(key)
            if identity is None:
                continue
            assert self.sessions.get(key) == identity.name
            assert identity.rights == self.access.desk.person(identity.name).role.rights
            assert self.clock.now() - begun < LASTS_S

    @invariant()
    def all_is_bounded(self) -> None:
        """However often people log in."""
        assert len(self.access.all(Session)) <= SESSIONS_AT_MOST * len(self.access.all(Person))

    def teardown(self) -> None:
        """End."""
        self.access.stop()
        self.folder.cleanup()

    def _end(self, name: str) -> None:
        self.sessions = {key: owner for key, owner in self.sessions.items() if owner != name}

    def _try(self, do: Callable[[], object]) -> bool:
        try:
            do()
        except Refused:
            return False
        return True


TestFarm = Farm.TestCase
TestFarm.settings = settings(max_examples=25, stateful_step_count=30, deadline=None)
