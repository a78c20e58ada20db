"""The file of a hub: which sites a region has, over which broker they are heard, where the hub's wall and history are.

Printers are not written there: the sites tell them. The text below a key completes the sentence "write ..." of its
faults.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

from pydantic import Field

from monitor.config.faults import Report
from monitor.config.load import located
from monitor.config.model import Mqtt, Storage, Wall
from monitor.config.node import Node
from monitor.config.rules import check_openness, check_paths
from monitor.config.section import Section
from monitor.config.source import read
from monitor.config.validate import check_keys, check_list, validate
from monitor.config.values import HttpUrl, Identifier, Number, Text, WholeNumber
from monitor.errors import ConfigError

KEYS = ("mqtt", "storage", "wall", "line", "sites")
LEAST_KBIT_PER_S = 20.0  # of a line, for each site


class HubSite(Section):
    """A site of the region: a monitor that tells the hub about its printers."""

    peer: Identifier
    """the name that the site tells itself by: hub.peer of its cameras.yaml, or else its site's id, such as amiens"""
    name: str = ""
    """a name for people, such as Amiens, or remove the key to use the site's own"""
    wall: HttpUrl | None = None
    """the address of the site's own wall, such as https://vigie.amiens.example"""


class HubStorage(Section):
    """Where the hub keeps the incidents of the region, and how long."""

    path: Text = "var/vigie-hub.db"
    """the path of the database file, such as var/vigie-hub.db"""
    keep_days: Annotated[WholeNumber, Field(ge=1, le=3650)] = 365
    """days that incidents are kept, such as 365"""


class HubLine(Section):
    """The hub's own line, where it is thin: all sites together are told to keep within it."""

    kbit_per_s: Annotated[Number, Field(ge=LEAST_KBIT_PER_S, le=1_000_000.0)]
    """kilobits a second that reach the hub, such as 1000"""


class HubFile(Section):
    """The whole file, checked, with defaults filled in."""

    mqtt: Mqtt
    storage: Storage
    wall: Wall = Wall()
    line: HubLine | None = None
    sites: tuple[HubSite, ...]


def load_hub(path: Path, environ: Mapping[str, str]) -> HubFile:
    """Return the checked file; paths in it are absolute where the file writes them.

    Raises ConfigError, whose text has one line a fault.
    """
    report = Report(str(path))
    root = read(path, environ, report)
    found = None
    if root is not None and check_keys(root, KEYS, report):
        found = _hub(root, path.absolute().parent, report)
    if found is None or report.faults():
        raise ConfigError("\n".join(str(fault) for fault in report.faults()))
    return found


def _hub(root: Node, folder: Path, report: Report) -> HubFile | None:
    for key, remedy in (("mqtt", "write the hub's broker"), ("sites", "write the sites, each beginning with - peer:")):
        if key not in root.section:
            report.add(root, "is missing", remedy, key=key)
    mqtt = validate(Mqtt, root.section["mqtt"], report) if "mqtt" in root.section else None
    wall = validate(Wall, root.section["wall"], report) if "wall" in root.section else Wall()
    kept = validate(HubStorage, root.section["storage"], report) if "storage" in root.section else HubStorage()
    line = validate(HubLine, root.section["line"], report) if "line" in root.section else None
    sites = _sites(root.section["sites"], report) if "sites" in root.section else ()
    if line is not None and line.kbit_per_s < (least := LEAST_KBIT_PER_S * len(sites)):
        what = f"is too little for {len(sites)} sites"
        report.add(
            root.section["line"].section["kbit_per_s"], what, f"write {least:.0f} or more, or take out the section"
        )
    check_paths(root, folder, report)
    check_openness(root, report)
    if report.faults() or mqtt is None or wall is None or kept is None:
        return None
    storage = Storage(path=str(folder / kept.path), keep_days=kept.keep_days)
    return HubFile(mqtt=located(mqtt, folder), storage=storage, wall=wall, line=line, sites=sites)


def _sites(node: Node, report: Report) -> tuple[HubSite, ...]:
    found: dict[str, HubSite] = {}
    for item in check_list(node, report, "peer"):
        site = validate(HubSite, item, report)
        if site is None:
            continue
        if site.peer in found:
            report.add(item.section["peer"], "stands here twice", "give each site a name of its own (hub.peer there)")
        found[site.peer] = site
    return tuple(found.values())
