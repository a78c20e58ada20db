"""The pages that there are, for the menu on every page."""

from dataclasses import dataclass

from monitor.access import Identity, Right


@dataclass(frozen=True, slots=True)
class Entry:
    """A page: the key of its word, its address, the right that it needs."""

    word: str
    path: str
    needs: Right


ENTRIES = (Entry("menu.wall", "/", Right.VIEW),)


def menu_for(identity: Identity) -> list[Entry]:
    """Return the pages that somebody may open."""
    return [entry for entry in ENTRIES if identity.may(entry.needs)]
