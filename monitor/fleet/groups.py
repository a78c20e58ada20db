"""What printers share, and what may therefore go wrong for all of them at once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import urlsplit

from monitor.config.model import Config, Printer


class Kind(StrEnum):
    """Kinds of groups; the value is what people read."""

    CAMERA_SERVER = "camera server"
    ROOM = "room"
    SITE = "site"
    FARM = "the whole farm"


LOOK_AT = {
    Kind.CAMERA_SERVER: "is the camera server well?",
    Kind.ROOM: "look at the light and the cameras",
    Kind.SITE: "look at the light, the power and the network",
    Kind.FARM: "look at the network and the detector",
}


@dataclass(frozen=True, slots=True)
class Group:
    """At least two printers that share something."""

    kind: Kind
    name: str
    printers: frozenset[str]

    def __str__(self) -> str:
        """Return the group for people, such as ``room Print hall``."""
        return f"{self.kind} {self.name}".rstrip()


def groups_of(config: Config) -> tuple[Group, ...]:
    """Return all groups of a farm, the narrowest kinds first.

    A site's only room says no more than the site, and the only site no more than the farm: each is named once.
    """
    members: defaultdict[tuple[Kind, str, str], set[str]] = defaultdict(set)
    room_names = {(site.id, room.id): room.name for site in config.sites for room in site.rooms}
    site_names = {site.id: site.name for site in config.sites}
    crowded = {site.id for site in config.sites if len(site.rooms) > 1}
    for printer in config.printers:
        place = (printer.site, printer.room)
        if server := _camera_server(printer):
            members[Kind.CAMERA_SERVER, server, server].add(printer.id)
        if printer.site in crowded:
            members[Kind.ROOM, "/".join(place), room_names[place]].add(printer.id)
        members[Kind.SITE, printer.site, site_names[printer.site]].add(printer.id)
        if len(config.sites) > 1:
            members[Kind.FARM, "", ""].add(printer.id)
    found = (Group(kind, name, frozenset(printers)) for (kind, _, name), printers in members.items())
    return _ordered(group for group in found if len(group.printers) > 1)


def _ordered(groups: Iterable[Group]) -> tuple[Group, ...]:
    kinds = list(Kind)
    return tuple(sorted(groups, key=lambda group: kinds.index(group.kind)))


def _camera_server(printer: Printer) -> str:
    """Return the host that a printer's pictures come from; empty where no host is named."""
    url = getattr(printer.camera, "url", "")
    return urlsplit(url).hostname or ""
