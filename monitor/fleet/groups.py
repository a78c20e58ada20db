"""What printers share, and what may therefore go wrong for all of them at once."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from monitor.config.model import Config, Printer
from monitor.records import GroupKind, GroupName


@dataclass(frozen=True, slots=True)
class Group:
    """At least two printers that share something."""

    kind: GroupKind
    name: str
    printers: frozenset[str]

    @property
    def called(self) -> GroupName:
        """What people call it."""
        return GroupName(self.kind, self.name)


def groups_of(config: Config) -> tuple[Group, ...]:
    """Return all groups of a farm, the narrowest kinds first.

    A site's only room says no more than the site, and the only site no more than the farm: each is named once.
    """
    members: defaultdict[tuple[GroupKind, str, str], set[str]] = defaultdict(set)
    room_names = {(site.id, room.id): room.name for site in config.sites for room in site.rooms}
    site_names = {site.id: site.name for site in config.sites}
    crowded = {site.id for site in config.sites if len(site.rooms) > 1}
    for printer in config.printers:
        place = (printer.site, printer.room)
        if server := _camera_server(printer):
            members[GroupKind.CAMERA_SERVER, server, server].add(printer.id)
        if printer.site in crowded:
            members[GroupKind.ROOM, "/".join(place), room_names[place]].add(printer.id)
        members[GroupKind.SITE, printer.site, site_names[printer.site]].add(printer.id)
        if len(config.sites) > 1:
            members[GroupKind.FARM, "", ""].add(printer.id)
    found = (Group(kind, name, frozenset(printers)) for (kind, _, name), printers in members.items())
    return _ordered(group for group in found if len(group.printers) > 1)


def _ordered(groups: Iterable[Group]) -> tuple[Group, ...]:
    kinds = list(GroupKind)
    return tuple(sorted(groups, key=lambda group: kinds.index(group.kind)))


def _camera_server(printer: Printer) -> str:
    """Return the host that a printer's pictures come from; empty where no host is named."""
    url = getattr(printer.camera, "url", "")
    return urlsplit(url).hostname or ""
