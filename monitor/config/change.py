"""What differs between two configurations, and what of it can be had while Vigie runs. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pydantic import BaseModel

from monitor.config.model import Config, Printer, Site

FIXED = ("mqtt", "wall", "detector", "storage", "simulation", "home_assistant", "hub", "cluster")
"""Sections that are read at the start only: what is connected to, listened on, loaded or opened."""

_SEEN = ("rotate", "region", "mask")  # of what makes a picture another one


class Aspect(StrEnum):
    """A part of a printer that has changed."""

    CAMERA = "camera"
    CONTROL = "control"
    VIEW = "view"  # rotation, region or mask: the same camera shows something else
    SETTINGS = "settings"  # all others
    NAME = "name"  # its own, its room's or its site's


@dataclass(frozen=True, slots=True)
class Altered:
    """A printer that stays, and what of it has changed."""

    before: Printer
    now: Printer
    aspects: frozenset[Aspect]

    @property
    def sees_anew(self) -> bool:
        """Whether what was learned of its pictures holds no more."""
        return bool(self.aspects & {Aspect.CAMERA, Aspect.VIEW})


@dataclass(frozen=True, slots=True)
class Change:
    """From one configuration to the next. A printer that moves to another site is removed there and added here."""

    before: Config
    now: Config  # what holds from now on: the fixed sections are those of before
    added: tuple[Printer, ...] = ()
    removed: tuple[Printer, ...] = ()
    altered: tuple[Altered, ...] = ()
    needs_restart: tuple[str, ...] = ()  # such as "mqtt.host (line 4)"

    @property
    def new_sites(self) -> tuple[Site, ...]:
        """Sites that were not there before."""
        known = {site.id for site in self.before.sites}
        return tuple(site for site in self.now.sites if site.id not in known)

    @property
    def old_sites(self) -> tuple[Site, ...]:
        """Sites that are there no more."""
        known = {site.id for site in self.now.sites}
        return tuple(site for site in self.before.sites if site.id not in known)

    @property
    def is_live(self) -> bool:
        """Whether anything is to be done now."""
        return self.before != self.now

    def __str__(self) -> str:
        """Say in a line what happens to which printer."""
        parts = [
            f"{word} {', '.join(printer.id for printer in printers)}"
            for word, printers in (("added", self.added), ("removed", self.removed))
            if printers
        ]
        parts += [f"{one.now.id}: {', '.join(sorted(one.aspects))}" for one in self.altered]
        return "; ".join(parts) or "nothing that a printer would notice"


def difference(before: Config, now: Config, lines: Mapping[str, int] | None = None) -> Change:
    """Return what must be done to get from ``before`` to ``now``; ``lines`` of the new file's keys by dotted path."""
    former = {(printer.site, printer.id): printer for printer in before.printers}
    present = {(printer.site, printer.id): printer for printer in now.printers}
    names = _place_names(before), _place_names(now)
    both = [(former[key], printer) for key, printer in present.items() if key in former]
    altered = (Altered(old, new, frozenset(_aspects(old, new, *names))) for old, new in both)
    return Change(
        before,
        now.model_copy(update={section: getattr(before, section) for section in FIXED}),
        added=tuple(printer for key, printer in present.items() if key not in former),
        removed=tuple(printer for key, printer in former.items() if key not in present),
        altered=tuple(one for one in altered if one.aspects),
        needs_restart=tuple(_placed(key, lines or {}) for key in _fixed_keys(before, now)),
    )


def _aspects(
    old: Printer, new: Printer, names_before: Mapping[Any, str], names_now: Mapping[Any, str]
) -> Iterator[Aspect]:
    if old.camera != new.camera:
        yield Aspect.CAMERA
    if old.control != new.control:
        yield Aspect.CONTROL
    differing = {key for key in type(old.settings).model_fields if _differ(old.settings, new.settings, key)}
    if differing & set(_SEEN):
        yield Aspect.VIEW
    if differing - set(_SEEN):
        yield Aspect.SETTINGS
    if (old.name, old.room, names_before[_room(old)]) != (new.name, new.room, names_now[_room(new)]):
        yield Aspect.NAME


def _differ(old: BaseModel, new: BaseModel, key: str) -> bool:
    return bool(getattr(old, key) != getattr(new, key))


def _room(printer: Printer) -> tuple[str, str]:
    return printer.site, printer.room


def _place_names(config: Config) -> Mapping[Any, str]:
    return {(site.id, room.id): f"{site.name}\0{room.name}" for site in config.sites for room in site.rooms}


def _fixed_keys(before: Config, now: Config) -> Iterable[str]:
    for section in FIXED:
        yield from _keys_that_differ(section, getattr(before, section), getattr(now, section))


def _keys_that_differ(where: str, old: Any, new: Any) -> Iterator[str]:
    """Yield the paths of the innermost keys that differ; a section that comes or goes is one of them."""
    if old == new:
        return
    if type(old) is type(new) and isinstance(old, BaseModel):
        for key in type(old).model_fields:
            yield from _keys_that_differ(f"{where}.{key}", getattr(old, key), getattr(new, key))
    else:
        yield where


def _placed(key: str, lines: Mapping[str, int]) -> str:
    """Return a key with its line, or with that of the section in which it stood."""
    where = key
    while where and where not in lines:
        where = where.rpartition(".")[0]
    return f"{key} (line {lines[where]})" if where else key
