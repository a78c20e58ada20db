"""The lines to a region's sites, as the wall of a hub shows them (docs/region.md)."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from monitor.errors import VigieError
from monitor.records.line import LineKind, LineState
from monitor.wall.present import Json


@dataclass(frozen=True, slots=True)
class SiteLine:
    """One site of the region, and how its line is."""

    peer: str
    name: str
    sites: tuple[str, ...]  # ids of the sites that it tells of
    line: LineState
    printers: int = 0
    software: str = ""
    problems: tuple[str, ...] = ()  # of its own monitor, in English
    is_behind: bool = False  # what its history has told is not all here yet
    wall: str = ""  # where its own wall is


class Region(Protocol):
    """What a hub knows of its sites. Each call may come from another thread and must not block."""

    def lines(self) -> Sequence[SiteLine]:
        """Return the sites, in the order of the hub's file."""

    def site_of(self, printer: str) -> SiteLine | None:
        """Return the site that a printer stands at."""


class NoAnswer(StrEnum):
    """Why nobody knows whether what a person asked for was done; the page says it in its language."""

    CUT_OFF = "cut-off"  # it was not sent
    LATE = "late"  # it was sent, and not answered in time
    NO_BROKER = "no-broker"  # the hub's own


class NotAnswered(VigieError):
    """A site did not answer what a person asked for: it must not be taken for done."""

    def __init__(self, reason: NoAnswer, detail: str) -> None:
        super().__init__(detail)
        self.reason = reason


def region_json(region: Region | None) -> list[Json] | None:
    """Return the lines as the pages get them; None where the wall is no hub's.

    While a site is connected its pulses are no news for the pages: what they show is of now.
    """
    return None if region is None else [_line(site) for site in region.lines()]


def _line(site: SiteLine) -> Json:
    line = site.line
    return {
        "peer": site.peer,
        "name": site.name,
        "sites": list(site.sites),
        "line": line.kind,
        "since": round(line.since, 1),
        "heard_at": None if line.kind is LineKind.CONNECTED else line.heard_at,
        "skew_s": round(line.skew_s) if line.is_skewed else 0,
        "detail": line.detail,
        "printers": site.printers,
        "software": site.software,
        "problems": list(site.problems),
        "is_behind": site.is_behind,
        "wall": site.wall,
    }
