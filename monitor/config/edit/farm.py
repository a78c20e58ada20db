"""Edits of a farm's document: printers, rooms and sites, by their ids. Pure."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Any

from monitor.config.edit.document import Document, Key
from monitor.config.edit.wishes import NewPrinter, escaped_all
from monitor.config.faults import SECRETS
from monitor.errors import ConfigError

Place = tuple[Key, ...]
_SITES: Place = ("sites",)


def with_printers(document: Document, printers: Sequence[NewPrinter], *, short: bool) -> Document:
    """Return the document with more printers, in rooms and at sites that are made where they are not there yet."""
    for (site, room), group in groupby(printers, key=lambda printer: (printer.site, printer.room)):
        document = _with_group(document, site, room, list(group), short=short)
    return document


def without_printer(document: Document, printer: str) -> Document:
    """Return the document without a printer; a room or a site that has no other one goes with it."""
    place = place_of(document, printer)
    while len(place) > 1:
        if document.length(*place[:-1]) > 1:
            return document.remove(*place)
        place = place[:-2]  # the room of the list of printers, then the site of the list of rooms
    raise ConfigError(f"{printer} is the only printer of the file: a farm has at least one")


def with_values(document: Document, printer: str, values: Mapping[str, Any]) -> Document:
    """Return the document with some of a printer's own keys; None takes one out."""
    place = place_of(document, printer)
    for key, value in values.items():
        document = document.drop(*place, key) if value is None else document.set(escaped_all(value), *place, key)
    return document


def with_device(document: Document, printer: str, key: str, device: Mapping[str, Any]) -> Document:
    """Return the document with another camera or control of a printer; comments in its section stay.

    A secret that is written now and not named in ``device`` stays, as long as the type does: nobody can see it, so
    nobody can be expected to repeat it.
    """
    place = (*place_of(document, printer), key)
    if not document.is_mapping(*place):
        return document.set(escaped_all(dict(device)), *place)
    is_same_type = document.scalar(*place, "type") in (None, device.get("type"))
    kept = SECRETS if is_same_type else frozenset()
    for name, value in device.items():
        document = document.set(escaped_all(value), *place, name)
    for name in document.keys(*place):
        if name not in device and name not in kept:
            document = document.drop(*place, name)
    return document


def printer_lines(document: Document) -> dict[str, int]:
    """Return the line of each printer by its id, counted from 1."""
    return {document.scalar(*place, "id") or "": document.line(*place) for place in _printers(document)}


def place_of(document: Document, printer: str) -> Place:
    """Return where a printer stands; raises ConfigError when it does not."""
    for place in _printers(document):
        if document.scalar(*place, "id") == printer:
            return place
    raise ConfigError(f"there is no printer {printer!r} in the file")


def _printers(document: Document) -> Iterator[Place]:
    for site in _items(document, _SITES):
        for room in _items(document, (*site, "rooms")):
            yield from _items(document, (*room, "printers"))


def _items(document: Document, place: Place) -> Iterator[Place]:
    return ((*place, number) for number in range(document.length(*place)))


def _named(document: Document, place: Place, name: str) -> Place | None:
    return next((one for one in _items(document, place) if document.scalar(*one, "id") == name), None)


def _with_group(document: Document, site: str, room: str, printers: Sequence[NewPrinter], *, short: bool) -> Document:
    entries = [printer.written(short=short) for printer in printers]
    site_place = _named(document, _SITES, site)
    rooms = (*site_place, "rooms") if site_place else ()
    room_place = _named(document, rooms, room) if rooms else None
    if room_place:
        return document.append(entries, *room_place, "printers")
    new_room = _head(room, printers[0].room_name) | {"printers": entries}
    if rooms:
        return document.append([new_room], *rooms)
    return document.append([_head(site, printers[0].site_name) | {"rooms": [new_room]}], *_SITES)


def _head(name: str, called: str) -> dict[str, Any]:
    return {"id": name, "name": escaped_all(called)} if called and called != name else {"id": name}
