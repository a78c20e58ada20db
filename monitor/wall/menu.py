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
    at_a_hub: bool = True  # or only where the printers stand


ENTRIES = (
    Entry("menu.wall", "/", Right.VIEW),
    Entry("history.title", "/history", Right.VIEW),
    Entry("report.title", "/report", Right.VIEW),
    Entry("farming.title", "/printers", Right.ADMINISTER, at_a_hub=False),
    Entry("access.people", "/people", Right.ADMINISTER, persons_only=True),
    Entry("access.account", "/account", Right.VIEW, persons_only=True),
)


def menu_for(identity: Identity, *, is_hub: bool = False) -> list[Entry]:
    """Return the pages that somebody may open."""
    is_person = identity.kind is IdentityKind.PERSON
    there = [entry for entry in ENTRIES if entry.at_a_hub or not is_hub]
    return [entry for entry in there if identity.may(entry.needs) and (is_person or not entry.persons_only)]
