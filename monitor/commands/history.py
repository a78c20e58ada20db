"""``vigie history``: every incident with its whole life, also while the monitor runs."""

import argparse
import json
import os
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import Any

from monitor.commands.moments import since
from monitor.config.load import default_path, load
from monitor.history import HistoryReader
from monitor.incidents.steps import steps_of
from monitor.records import Event, EventKind, Incident, ShadowTally
from monitor.wire import encode_incident

HELP = "list incidents with everything that happened in them"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare which file, which incidents, and the output format."""
    parser.add_argument("file", nargs="?", type=Path, help="the monitor's cameras.yaml (default: cameras.yaml)")
    parser.add_argument("--printer", metavar="ID", help="incidents of this printer only")
    parser.add_argument(
        "--since", type=since, default=0.0, metavar="WHEN", help="opened since then: 90m, 24h, 7d, or 2026-11-21T02:00"
    )
    parser.add_argument("--json", action="store_true", help="print one JSON object a line, an incident each")


def run(arguments: argparse.Namespace) -> int:
    """Print the incidents, oldest first. Raises ConfigError and StorageError."""
    config = load(arguments.file or default_path(), os.environ)
    reader = HistoryReader(Path(config.storage.path))
    incidents = reader.incidents(arguments.printer, since=arguments.since)
    if not incidents and not arguments.json:
        print("no incidents")
    for incident in reversed(incidents):
        events = reader.events(incident.id)
        print(json.dumps(_life(incident, events), ensure_ascii=False) if arguments.json else _table(incident, events))
    if not arguments.json:
        _print_shadow(reader.shadow(arguments.printer, arguments.since))
    return 0


def _print_shadow(tally: ShadowTally) -> None:
    if tally.withheld:
        false = "a false alarm" if tally.false_alarms == 1 else "false alarms"
        print(f"shadow mode: would have paused {tally.withheld}, of which people call {tally.false_alarms} {false}")


def _life(incident: Incident, events: Sequence[Event]) -> dict[str, Any]:
    """Return what the topic ``incident`` says, how the pause went, and every event in order."""
    life: dict[str, Any] = json.loads(encode_incident(incident))
    confirmed = [event.at for event in events if event.kind is EventKind.PAUSE_CONFIRMED]
    life["paused_after_s"] = round(confirmed[0] - incident.opened_at, 3) if confirmed else None
    life["steps"] = [asdict(step) for step in steps_of(incident, events)]
    life["events"] = [{"id": e.id, "at": e.at, "kind": e.kind.value, "detail": e.detail} for e in events]
    return life


def _table(incident: Incident, events: Sequence[Event]) -> str:
    head = f"{_local(incident.opened_at)}  {incident.site}/{incident.printer}  {incident.failure_class.value} "
    head += f"{incident.score:.0%}  {incident.status.value}"
    if incident.detail not in ("", incident.status.value):
        head += f": {incident.detail}"
    lines = [
        f"  +{event.at - incident.opened_at:9.3f} s  {event.kind.value:<16} {event.detail}".rstrip() for event in events
    ]
    return "\n".join([head, *lines, f"  incident {incident.id}"])


def _local(at: float) -> str:
    return datetime.fromtimestamp(at).astimezone().strftime("%Y-%m-%d %H:%M:%S")
