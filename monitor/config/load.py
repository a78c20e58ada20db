"""Reads cameras.yaml into a :class:`Config`, or says everything that is wrong with it at once."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any, TypeVar

from monitor.assets import asset
from monitor.config.farm import read_farm
from monitor.config.faults import Fault, Report
from monitor.config.model import (
    Cluster,
    Config,
    Detector,
    FilesCamera,
    Fleet,
    HomeAssistant,
    Hub,
    Mqtt,
    People,
    Printer,
    Section,
    Simulation,
    Storage,
    Tls,
    Wall,
)
from monitor.config.node import Node
from monitor.config.rules import check_rules
from monitor.config.source import read, read_text
from monitor.config.validate import check_keys, validate
from monitor.errors import ConfigError

SECTIONS: Mapping[str, type[Section]] = {
    "mqtt": Mqtt,
    "wall": Wall,
    "detector": Detector,
    "storage": Storage,
    "fleet": Fleet,
    "simulation": Simulation,
    "people": People,
    "home_assistant": HomeAssistant,
    "hub": Hub,
    "cluster": Cluster,
}
S = TypeVar("S", bound=Section)


def default_path() -> Path:
    """Return the file that is meant where none is named: cameras.yaml here, or else the shipped demo farm."""
    here = Path("cameras.yaml")
    return here if here.exists() else asset("cameras.yaml")


def load(path: Path, environ: Mapping[str, str]) -> Config:
    """Return the checked configuration; paths in it are absolute where the file writes them.

    Raises ConfigError, whose text has one line a fault.
    """
    config, faults = examine(path, environ)
    if config is None:
        raise ConfigError("\n".join(str(fault) for fault in faults))
    return config


def find_faults(path: Path, environ: Mapping[str, str]) -> tuple[Fault, ...]:
    """Return everything that is wrong with a file, in the order of its lines; nothing, if it can be used."""
    return examine(path, environ)[1]


def examine(path: Path, environ: Mapping[str, str]) -> tuple[Config | None, tuple[Fault, ...]]:
    """Return either the configuration or at least one fault."""
    report = Report(str(path))
    return _examined(read(path, environ, report), path, report)


def examine_text(text: str, path: Path, environ: Mapping[str, str]) -> tuple[Config | None, tuple[Fault, ...]]:
    """Return what :func:`examine` would if this text stood in the file."""
    report = Report(str(path))
    return _examined(read_text(text, environ, report), path, report)


def _examined(root: Node | None, path: Path, report: Report) -> tuple[Config | None, tuple[Fault, ...]]:
    config = None
    if root is not None and check_keys(root, (*SECTIONS, "defaults", "sites"), report):
        config = _config(root, path.absolute().parent, report)
    faults = report.faults()
    return (None, faults) if faults else (config, ())


def lines(path: Path, environ: Mapping[str, str]) -> Mapping[str, int]:
    """Return the line of each key of a file by its dotted path; none when it cannot be read."""
    root = read(path, environ, Report(str(path)))
    return root.lines() if root is not None else {}


def _config(root: Node, folder: Path, report: Report) -> Config | None:
    sections = {
        key: validate(section, root.section[key], report) for key, section in SECTIONS.items() if key in root.section
    }
    sites, entries = read_farm(root, report)
    check_rules(root, sites, entries, folder, report)
    if report.faults():
        return None
    placed: dict[str, Any] = {key: located(section, folder) for key, section in sections.items() if section is not None}
    printers = tuple(_located_printer(printer, folder) for entry in entries if (printer := entry.printer()))
    return Config(sites=sites, printers=printers, **placed)


def _located_printer(printer: Printer, folder: Path) -> Printer:
    return printer.model_copy(update={"camera": located(printer.camera, folder)})


def located(section: S, folder: Path) -> S:
    """Return a section whose paths, where written, are absolute: relative ones start at the file's folder."""
    changes: dict[str, Any] = {}
    if isinstance(section, (FilesCamera, Storage)) and "path" in section.model_fields_set:
        changes["path"] = str(folder / section.path)
    elif isinstance(section, Detector) and section.model:
        changes["model"] = str(folder / section.model)
    elif isinstance(section, Tls):
        changes = {key: str(folder / value) for key in ("ca", "cert", "key") if (value := getattr(section, key))}
    elif isinstance(section, (Mqtt, Cluster)) and section.tls is not None:
        changes["tls"] = located(section.tls, folder)
    return section.model_copy(update=changes)
