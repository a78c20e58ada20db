"""``vigie drain``: a monitor hands over its printers before its machine is worked on."""

import argparse
import getpass
import time
from pathlib import Path
from typing import Protocol

from monitor.cluster.records import NodeView
from monitor.commands.cluster import shared
from monitor.config.load import default_path
from monitor.errors import ClusterError

HELP = "have a monitor of a cluster hand over all its printers and take none, until --end"

LOOK_S = 0.5


class Watching(Protocol):
    """What is looked at while the node hands over."""

    @property
    def nodes(self) -> list[NodeView]:
        """All nodes."""

    def look(self, for_s: float) -> None:
        """Take in what changes."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the file, the node, and how long to wait."""
    parser.add_argument("file", nargs="?", type=Path, help="the monitors' cameras.yaml (default: cameras.yaml)")
    parser.add_argument("--node", help="which monitor (default: the one of this machine)")
    parser.add_argument("--end", action="store_true", help="let it take printers again")
    parser.add_argument("--by", default="", help="who wants it (default: the user of this command)")
    parser.add_argument(
        "--wait", type=float, default=120.0, metavar="S", help="seconds to wait until it has none (default: 120)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Return 0 when it is done, 1 when the node still has printers after the time to wait. Raises ClusterError."""
    from monitor.cluster.joining import digest_of, store_of  # noqa: PLC0415  # only where there is a cluster
    from monitor.cluster.onlooker import Onlooker  # noqa: PLC0415

    config, cluster = shared(arguments.file or default_path())
    node = arguments.node or cluster.node_name
    with Onlooker(store_of(cluster), digest_of(config)) as onlooker:
        onlooker.drain(node, arguments.by or getpass.getuser(), time.time(), draining=not arguments.end)
        if arguments.end:
            print(f"node {node} takes printers again")
            return 0
        return _wait_until_empty(onlooker, node, arguments.wait)


def _wait_until_empty(onlooker: Watching, node: str, wait_s: float) -> int:
    until, told = time.monotonic() + wait_s, -1
    while True:
        left = next(view.printers for view in onlooker.nodes if view.node == node)
        if left == 0:
            print(f"node {node} has no printers; it takes none until vigie drain --end --node {node}")
            return 0
        if left != told:
            print(f"node {node} still has {left}")
            told = left
        if time.monotonic() > until:
            raise ClusterError(
                f"node {node} still has {left} printers after {wait_s:g} s, and goes on handing them over; "
                "vigie cluster tells what keeps the others from taking them"
            )
        onlooker.look(LOOK_S)
