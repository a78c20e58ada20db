"""Rights, and the roles that have them. A token has rights of its own, never more than the person who made it."""

from dataclasses import dataclass
from enum import StrEnum


class Right(StrEnum):
    """What a route may ask for; the scopes of a token."""

    METRICS = "metrics"  # figures for a monitoring system, no pictures
    VIEW = "view"
    ACT = "act"  # acknowledge, pause, resume, judge, mute
    ADMINISTER = "administer"  # printers, people, tokens, what Vigie has learned


class Role(StrEnum):
    """What a person is; each may do what the ones before may."""

    VIEWER = "viewer"
    OPERATOR = "operator"
    ADMINISTRATOR = "administrator"

    @property
    def rights(self) -> frozenset[Right]:
        """Everything that the role may do."""
        return _RIGHTS[self]


_VIEWER = frozenset({Right.METRICS, Right.VIEW})
_RIGHTS = {
    Role.VIEWER: _VIEWER,
    Role.OPERATOR: _VIEWER | {Right.ACT},
    Role.ADMINISTRATOR: frozenset(Right),
}


class IdentityKind(StrEnum):
    """How somebody has shown who they are."""

    PERSON = "person"  # logged in
    SCREEN = "screen"  # a TV with a read-only link
    TOKEN = "token"  # noqa: S105 (no password)
    ANYONE = "anyone"  # nobody has to: cameras.yaml says wall.access: open


@dataclass(frozen=True, slots=True)
class Identity:
    """Who asks."""

    kind: IdentityKind
    rights: frozenset[Right]
    name: str = ""  # as it stands in the history; empty: a person must say it with what they ask for
    language: str = ""  # that this person has chosen; empty: the browser's

    def may(self, right: Right) -> bool:
        """Tell whether this right is among theirs."""
        return right in self.rights


ANYONE = Identity(IdentityKind.ANYONE, frozenset(Right))
