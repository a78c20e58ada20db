"""Who may do what: rights, roles and identities. Who they are is proven elsewhere in this room."""

from monitor.access.rights import ANYONE, Identity, IdentityKind, Right, Role

__all__ = ["ANYONE", "Identity", "IdentityKind", "Right", "Role"]
