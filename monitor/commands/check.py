"""``vigie check``: everything that is wrong with a cameras.yaml, or how it is understood."""

import argparse
import dataclasses
import json
import os
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from monitor.config.hub_file import load_hub
from monitor.config.load import default_path, examine
from monitor.config.model import Config, MqttControl, NoControl
from monitor.config.warn import warnings
from monitor.peering import name_of
from monitor.wall.door.entrance import address_of

HELP = "check cameras.yaml: every fault with its line and its remedy, or a summary of the farm"

_ACCESS = {"log-in": "people log in", "open": "whoever is on this machine may do everything"}


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the file and the output format."""
    parser.add_argument("file", nargs="?", type=Path, help="the file to check (default: cameras.yaml)")
    parser.add_argument("--hub", action="store_true", help="it is the file of a hub (vigie wall --hub FILE)")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")


def run(arguments: argparse.Namespace) -> int:
    """Print faults and return 1, or print a summary and return 0."""
    if arguments.hub:
        return _check_hub(arguments.file or Path("hub.yaml"))
    path: Path = arguments.file or default_path()
    config, faults = examine(path, os.environ)
    if arguments.json:
        print(json.dumps(_report(path, config, [dataclasses.asdict(fault) for fault in faults]), indent=2))
    elif config is None:
        print(*faults, sep="\n")
        print(f"{path} cannot be used: {_count(len(faults), 'fault')}")
    else:
        print("\n".join(_summary(path, config)))
    return 1 if faults else 0


def _check_hub(path: Path) -> int:
    """Print what a hub's file means; its faults are raised together, as ConfigError."""
    hub = load_hub(path, os.environ)
    print(f"{path} is right: {_count(len(hub.sites), 'site')}")
    print(f"broker:  {hub.mqtt.host}:{hub.mqtt.port}")
    print(f"storage: {hub.storage.path}, {_count(hub.storage.keep_days, 'day')}")
    print(f"wall:    {address_of(hub.wall)}, {_ACCESS[hub.wall.access]}")
    if hub.line is not None:
        print(f"line:    {hub.line.kbit_per_s:g} kbit/s, for all sites together")
    for site in hub.sites:
        print(f"  {site.peer:<16} {site.name:<24} {site.wall or ''}".rstrip())
    return 0


def _summary(path: Path, config: Config) -> Iterable[str]:
    rooms = sum(len(site.rooms) for site in config.sites)
    counts = (_count(len(config.sites), "site"), _count(rooms, "room"), _count(len(config.printers), "printer"))
    yield f"{path} is right: " + ", ".join(counts)
    yield "cameras: " + _tally(printer.camera.type for printer in config.printers)
    yield "control: " + _tally(printer.control.type for printer in config.printers)
    yield "broker:  " + (f"{config.mqtt.host}:{config.mqtt.port}" if config.mqtt else "embedded, on this machine only")
    if config.hub is not None:
        line = config.hub.mqtt
        where = f"the line broker {line.host}:{line.port}" if line is not None else "the site's own broker"
        yield f"hub:     told of {name_of(config)}, at most {config.hub.tiles_kbit_per_s:g} kbit/s, by {where}"
    if config.cluster is not None:
        yield f"cluster: node {config.cluster.node_name}, weight {config.cluster.share:g}, " + " ".join(
            config.cluster.urls
        )
    yield f"detector: {config.detector}"
    yield f"wall:    {address_of(config.wall)}, " + _ACCESS[config.wall.access]
    contacts = config.people.contacts if config.people else ()
    yield "people:  " + (", ".join(f"{contact.called} ({contact.way})" for contact in contacts) or "nobody is told")
    for site in config.sites:
        for room in site.rooms:
            yield f"\n{site.name} / {room.name}"
            for printer in config.printers:
                if (printer.site, printer.room) == (site.id, room.id):
                    captured, paused = _where(printer.camera), _where(printer.control)
                    yield f"  {printer.id:<12} {captured:<40} {printer.settings.on_failure:<6} {paused}"
    for warning in warnings(config):
        yield f"\nwarning: {warning}"


def _where(device: object) -> str:
    """Say how a picture is captured or a printer is paused, without credentials."""
    kind = str(getattr(device, "type", ""))
    if isinstance(device, NoControl):
        return "by nobody"
    if isinstance(device, MqttControl):
        return f"{kind} {device.pause_topic}"
    keys = ("url", "pause_url", "host", "path", "device", "instance")
    detail = next((getattr(device, key) for key in keys if hasattr(device, key)), "")
    return f"{kind} {detail}".strip()


def _report(path: Path, config: Config | None, faults: list[dict[str, object]]) -> dict[str, object]:
    return {
        "file": str(path),
        "ok": config is not None,
        "faults": faults,
        "warnings": warnings(config) if config else [],
        "detector": str(config.detector) if config else "",
        "sites": len(config.sites) if config else 0,
        "rooms": sum(len(site.rooms) for site in config.sites) if config else 0,
        "printers": [
            {
                "id": printer.id,
                "site": printer.site,
                "room": printer.room,
                "camera": _where(printer.camera),
                "control": _where(printer.control),
                "on_failure": str(printer.settings.on_failure),
            }
            for printer in (config.printers if config else ())
        ],
    }


def _tally(words: Iterable[str]) -> str:
    return ", ".join(f"{number} {word}" for word, number in Counter(words).most_common())


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"
