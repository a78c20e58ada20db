"""What is kept about who may come in. A secret itself is never among it, only its hash."""

from dataclasses import dataclass, field
from enum import StrEnum

from monitor.access.rights import Right, Role


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who may log in."""

    id: str  # the name as names are compared: see monitor.access.names
    name: str  # as it stands in the history
    role: Role
    added_at: float
    password: str = field(default="", repr=False)  # its scrypt hash; empty: none chosen yet
    language: str = ""  # empty: the browser's
    seen_at: float | None = None


@dataclass(frozen=True, slots=True)
class Session:
    """A browser in which somebody has logged in; after its end it still shows that the browser is no stranger."""

    id: str  # digest of the cookie's secret
    person: str
    began_at: float
    seen_at: float
    address: str
    browser: str
    has_ended: bool = False


@dataclass(frozen=True, slots=True)
class Token:
    """A key for a program. It may do what its scopes say, as long as its maker may do that too."""

    id: str
    name: str
    secret: str = field(repr=False)  # digest
    rights: frozenset[Right]
    made_by: str  # a person's id; empty: made on the command line
    made_at: float
    expires_at: float | None = None
    seen_at: float | None = None


@dataclass(frozen=True, slots=True)
class Screen:
    """A link for a TV: whoever opens it may look, and nothing else."""

    id: str
    name: str
    secret: str = field(repr=False)  # digest
    made_by: str
    made_at: float
    seen_at: float | None = None


class Purpose(StrEnum):
    """What a one-time link is good for."""

    SET_UP = "set-up"  # to make the first administrator
    PASSWORD = "password"  # noqa: S105  # to choose one's password


@dataclass(frozen=True, slots=True)
class Link:
    """A one-time link."""

    id: str  # digest of its secret
    purpose: Purpose
    person: str  # empty for a set-up link
    made_at: float
    expires_at: float


Record = Person | Session | Token | Screen | Link
