"""``vigie cluster``: the monitors that share the printers of a cameras.yaml, and what each of them has."""

import argparse
import json
import os
from collections.abc import Iterable
from dataclasses import asdict
from datetime import datetime
from pathlib import Path

from monitor.cluster.records import NodeView
from monitor.config.cluster import Cluster
from monitor.config.load import default_path, load
from monitor.config.model import Config
from monitor.errors import ConfigError

HELP = "list the monitors that share the printers, what each has, and what is odd about it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the file and the output format."""
    parser.add_argument("file", nargs="?", type=Path, help="the monitors' cameras.yaml (default: cameras.yaml)")
    parser.add_argument("--printers", action="store_true", help="list the printers of each, too")
    parser.add_argument("--json", action="store_true", help="print one JSON object instead of text")


def run(arguments: argparse.Namespace) -> int:
    """Print the nodes and return 0, or 1 when a printer is nobody's or something is odd. Raises ClusterError."""
    from monitor.cluster.joining import digest_of, store_of  # noqa: PLC0415  # only where there is a cluster
    from monitor.cluster.onlooker import Onlooker  # noqa: PLC0415

    config, cluster = shared(arguments.file or default_path())
    with Onlooker(store_of(cluster), digest_of(config)) as onlooker:
        nodes, owners = onlooker.nodes, onlooker.owners
    nobodys = sorted(printer.id for printer in config.printers if printer.id not in owners)
    if arguments.json:
        report = {"nodes": [asdict(node) for node in nodes], "owners": owners, "nobody": nobodys}
        print(json.dumps(report, indent=2))
    else:
        print("\n".join(lines(nodes, owners if arguments.printers else {}, nobodys)))
    return 1 if nobodys or any(node.problem for node in nodes) else 0


def shared(path: Path) -> tuple[Config, Cluster]:
    """Return a configuration that shares its printers; raises ConfigError when it does not."""
    config = load(path, os.environ)
    if config.cluster is None:
        raise ConfigError(f"{path} shares its printers with no other monitor: it has no section cluster")
    return config, config.cluster


def lines(nodes: list[NodeView], owners: dict[str, str], nobodys: list[str]) -> Iterable[str]:
    """Yield what people read; ``owners`` is empty where printers are not listed."""
    if not nodes:
        yield "no monitor was ever here"
    for node in nodes:
        state = "draining" if node.live and node.draining else "here" if node.live else "gone"
        if node.live and node.can_pause is False:
            state = "cannot pause"
        if not node.live and node.draining:
            state = "gone, drained"
        since = datetime.fromtimestamp(node.since).astimezone().strftime("%Y-%m-%d %H:%M:%S")
        printers = f"{node.printers} printer" + ("" if node.printers == 1 else "s")
        yield f"{node.node:<16} {state:<14} since {since}  weight {node.weight:<6g} {printers:<14} {node.software}"
        if node.problem:
            yield f"  {node.problem}"
        if own := sorted(printer for printer, owner in owners.items() if owner == node.node):
            yield "  " + " ".join(own)
    if nobodys:
        yield f"nobody's: {' '.join(nobodys)}"
