"""The part of cameras.yaml below ``sites``: places, rooms and printers, and the defaults that flow down to them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar, get_args

from monitor.config.faults import Report, closest, suggestion
from monitor.config.model import AgentPlace, Camera, Control, Printer, PrinterSettings, Room, Section, Site
from monitor.config.node import BROKEN, Node
from monitor.config.validate import IDENTIFIER_HINT, check_keys, check_list, sound_part, validate
from monitor.config.values import Identifier

SETTINGS = tuple(PrinterSettings.model_fields)
DEFAULTS = ("camera", "control", *SETTINGS)


def _kinds(union: Any) -> dict[str, type[Section]]:
    """Return the sections of a discriminated union by the word that stands as their ``type``."""
    sections = get_args(get_args(union)[0])
    return {get_args(section.model_fields["type"].annotation)[0]: section for section in sections}


KINDS = {"camera": _kinds(Camera), "control": _kinds(Control)}
_WORDS = {"camera": ("simulated",), "control": ("simulated", "none")}
_NO_ADDRESS = "no-address"  # type of a camera whose address begins with a scheme that none of ours reads
_EXAMPLE = {
    "camera": "a section with type and url, or the address itself, such as rtsp://10.0.0.23/stream1",
    "control": "a section such as {type: octoprint, url: ..., api_key: ...}, or none if nobody can pause it from here",
}


class _Head(Section):
    """How a site, a room or a printer is called."""

    id: Identifier
    name: str = ""
    """a name for people, such as Hall 2"""


class _SiteHead(_Head):
    """A site's own keys."""

    agent: AgentPlace = "here"
    """here, or elsewhere when vigie agent --site runs next to the site's printers"""


H = TypeVar("H", bound=_Head)


@dataclass(frozen=True, slots=True)
class Inherited:
    """What holds at one place of the file unless something below it says otherwise."""

    settings: PrinterSettings = field(default_factory=PrinterSettings)
    nodes: Mapping[str, Node] = field(default_factory=dict)  # of the settings that are written, deepest last
    faulty: frozenset[str] = frozenset()  # settings that are written, but wrong
    camera: Node | None = None
    control: Node | None = None


@dataclass(frozen=True, slots=True)
class Entry:
    """One printer as far as it could be read; what is wrong with it is noted already and stands as None."""

    node: Node
    site: str
    room: str
    head: _Head | None
    camera: Any  # a Camera, or None
    control: Any  # a Control, or None
    inherited: Inherited

    def printer(self) -> Printer | None:
        """Return the printer, if nothing is wrong with it."""
        if self.head is None or self.camera is None or self.control is None or self.inherited.faulty:
            return None
        return Printer(
            id=self.head.id,
            name=self.head.name or self.head.id,
            site=self.site,
            room=self.room,
            camera=self.camera,
            control=self.control,
            settings=self.inherited.settings,
        )


def read_farm(root: Node, report: Report) -> tuple[tuple[Site, ...], tuple[Entry, ...]]:
    """Return the sites and the printers below a file's root."""
    inherited = _defaults(root, Inherited(), report)
    sites: list[Site] = []
    entries: list[Entry] = []
    if "sites" not in root.section:
        report.add(
            root, "is missing", "write sites:, then - id: and rooms:, as in docs/cameras.example.yaml", key="sites"
        )
        return (), ()
    site_lines: dict[str, int] = {}
    for node in check_list(root.section["sites"], report):
        head, below = _enter(node, _SiteHead, ("agent", "rooms"), inherited, site_lines, report)
        site_id = head.id if head else ""
        rooms, printers = _rooms(node, site_id, below, report)
        entries += printers
        if head:
            sites.append(Site(id=site_id, name=head.name or site_id, rooms=tuple(rooms), agent=head.agent))
    _unique_printers(entries, report)
    return tuple(sites), tuple(entries)


def _rooms(site: Node, site_id: str, inherited: Inherited, report: Report) -> tuple[list[Room], list[Entry]]:
    rooms: list[Room] = []
    entries: list[Entry] = []
    lines: dict[str, int] = {}
    for node in _children(site, "rooms", report):
        head, below = _enter(node, _Head, ("printers",), inherited, lines, report)
        room_id = head.id if head else ""
        if head:
            rooms.append(Room(id=room_id, name=head.name or room_id))
        entries += [_printer(child, site_id, room_id, below, report) for child in _children(node, "printers", report)]
    return rooms, entries


def _enter(
    node: Node, kind: type[H], keys: tuple[str, ...], inherited: Inherited, lines: dict[str, int], report: Report
) -> tuple[H | None, Inherited]:
    """Read the head and the defaults of a site or a room, whose ids may stand only once in ``lines``."""
    if not check_keys(node, ("id", "name", "defaults", *keys), report):
        return None, inherited
    head = _head(node, kind, report)
    if head:
        _unique(node, head.id, lines, report)
    return head, _defaults(node, inherited, report)


def _children(node: Node, key: str, report: Report) -> list[Node]:
    if key in node.section:
        return check_list(node.section[key], report)
    if isinstance(node.value, dict):
        report.add(node, "is missing", f"write {key}:, and below it one entry a line beginning with - id:", key=key)
    return []


def _head(node: Node, kind: type[H], report: Report) -> H | None:
    return validate(kind, node.pick(tuple(kind.model_fields)), report)


def _unique(node: Node, name: str, lines: dict[str, int], report: Report) -> None:
    place = node.section["id"]
    if name in lines:
        report.add(place, f"is the id in line {lines[name]} too", f"write another id: {IDENTIFIER_HINT}")
    lines.setdefault(name, place.line)


def _unique_printers(entries: list[Entry], report: Report) -> None:
    lines: dict[str, int] = {}
    for entry in entries:
        if entry.head:
            _unique(entry.node, entry.head.id, lines, report)


def _defaults(node: Node, inherited: Inherited, report: Report) -> Inherited:
    own = node.section.get("defaults")
    if own is None or not check_keys(own, DEFAULTS, report):
        return inherited
    below = _inherit(own, inherited, report)
    for key in ("camera", "control"):
        merged = getattr(below, key)
        if key in own.section and merged is not None:
            _device(key, merged, report, partial=True)
    return below


def _inherit(own: Node, above: Inherited, report: Report) -> Inherited:
    """Lay what a section writes over what holds above it."""
    written = own.pick(SETTINGS)
    settings, faulty = sound_part(PrinterSettings, written, report)
    return Inherited(
        settings=above.settings.model_copy(update={key: getattr(settings, key) for key in settings.model_fields_set}),
        nodes={key: node for key, node in above.nodes.items() if key not in written.section} | written.section,
        faulty=(above.faulty - written.section.keys()) | faulty,
        camera=_lay_over("camera", own.section.get("camera"), above.camera),
        control=_lay_over("control", own.section.get("control"), above.control),
    )


def _printer(node: Node, site: str, room: str, above: Inherited, report: Report) -> Entry:
    if not check_keys(node, ("id", "name", *DEFAULTS), report):
        return Entry(node, site, room, None, None, None, above)
    below = _inherit(node, above, report)
    devices: dict[str, Any] = {}
    for key in ("camera", "control"):
        merged = getattr(below, key)
        if merged is None:
            report.add(node, "is missing", f"write {_EXAMPLE[key]}", key=key)
        devices[key] = None if merged is None else _device(key, merged, report)
    return Entry(node, site, room, _head(node, _Head, report), devices["camera"], devices["control"], below)


def _lay_over(key: str, own: Node | None, above: Node | None) -> Node | None:
    """Merge a camera or control with the one of the defaults, unless they are of two types."""
    if own is None or above is None:
        return _spelled_out(key, own, "") if own else above
    own = _spelled_out(key, own, _type(above))
    is_other = _type(own) and _type(above) and _type(own) != _type(above)
    if not isinstance(own.value, dict) or is_other:
        return own
    return own.with_keys({**above.section, **own.section})


def _spelled_out(key: str, node: Node, type_above: str) -> Node:
    """Turn the short forms into sections: an address for a camera; ``simulated`` and ``none``."""
    if not isinstance(node.value, str):
        return node
    kind, scheme = node.value, node.value.partition("://")[0].lower()
    if key == "camera" and "://" in node.value:
        fitting = {"rtsp": "rtsp", "rtsps": "rtsp", "http": "mjpeg", "https": "mjpeg"}.get(scheme, _NO_ADDRESS)
        kind = "snapshot" if fitting == "mjpeg" and type_above == "snapshot" else fitting
    elif not (kind == "simulated" or (key == "control" and kind == "none")):
        return node
    keys = {"type": Node(kind, node.line, node.where, node.key, node.written)}
    return node.with_keys(keys | {"url": node} if "://" in node.value else keys)


def _type(node: Node) -> str:
    kind = node.section.get("type")
    return kind.value if kind and isinstance(kind.value, str) else ""


def _device(key: str, node: Node, report: Report, *, partial: bool = False) -> Section | None:
    """Return a camera or a control; ``partial`` for defaults, which a printer completes."""
    if isinstance(node.value, dict):
        section = _section(key, node, report, partial)
        return None if section is None else validate(section, node, report, partial=partial)
    if node.value is not BROKEN:
        meant = closest(node.written, _WORDS[key])
        report.add(node, f"is no {key}", f"did you mean {meant}?" if meant else f"write {_EXAMPLE[key]}")
    return None


def _section(key: str, node: Node, report: Report, partial: bool) -> type[Section] | None:
    kinds, kind = KINDS[key], node.section.get("type")
    if kind is None:
        if not partial:
            report.add(node, "is missing", "write one of " + ", ".join(kinds), key="type")
    elif isinstance(kind.value, str) and kind.value in kinds:
        return kinds[kind.value]
    elif kind.value == _NO_ADDRESS:
        report.add(kind, f"is no address of a {key}", "begin it with rtsp:// or http://, or write a section with type")
    elif kind.value is not BROKEN:
        report.add(kind, f"is no type of {key}", suggestion(kind.written, kinds))
    return None
