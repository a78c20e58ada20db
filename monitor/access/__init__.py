"""Who may do what, and how they show who they are: people, sessions, tokens, links for screens."""

from monitor.access.access import TICK_S, Access
from monitor.access.records import Link, Person, Purpose, Screen, Session, Token
from monitor.access.rights import ANYONE, Identity, IdentityKind, Right, Role

__all__ = [
    "ANYONE",
    "TICK_S",
    "Access",
    "Identity",
    "IdentityKind",
    "Link",
    "Person",
    "Purpose",
    "Right",
    "Role",
    "Screen",
    "Session",
    "Token",
]
