"""The pages that there are, for the menu on every page."""

from dataclasses import dataclass

from monitor.access import Identity, IdentityKind, Right


@dataclass(frozen=True, slots=True)
class Entry:
    """A page: the key of its word, its address, the right that it needs, whether only who has logged in may open it."""

    word: str
    path: str
    needs: Right
    persons_only: bool = False


ENTRIES = (
    Entry("menu.wall", "/", Right.VIEW),
    Entry("history.title", "/history", Right.VIEW),
    Entry("report.title", "/report", Right.VIEW),
    Entry("farming.title", "/printers", Right.ADMINISTER),
    Entry("access.people", "/people", Right.ADMINISTER, persons_only=True),
    Entry("access.account", "/account", Right.VIEW, persons_only=True),
)


def menu_for(identity: Identity) -> list[Entry]:
    """Return the pages that somebody may open."""
    is_person = identity.kind is IdentityKind.PERSON
    return [entry for entry in ENTRIES if identity.may(entry.needs) and (is_person or not entry.persons_only)]
