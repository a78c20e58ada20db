"""``vigie wall --hub FILE``: the wall of a region whose sites tell over MQTT what they see."""

import argparse
import logging
import os
from pathlib import Path

from monitor.clock import SystemClock
from monitor.commands.status import of_hub
from monitor.commands.stopping import on_signals
from monitor.config.hub_file import load_hub
from monitor.hub.hub import Hub
from monitor.service import Service

HELP = "show all sites of a region on one wall (docs/region.md)"

log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the file."""
    parser.add_argument(
        "--hub", required=True, type=Path, metavar="FILE", help="the hub's file: its broker, its sites, its storage"
    )


def run(options: argparse.Namespace) -> int:
    """Show until SIGINT or SIGTERM, then stop in order."""
    file = load_hub(options.hub, os.environ)
    stopping = on_signals()
    hub, service = Hub(file, clock := SystemClock()), Service(clock)
    try:
        hub.start()
        log.info("the hub of %d sites: %s; Ctrl-C ends it", len(file.sites), hub.url or "its port is taken")
        service.ready(lambda: hub.loops, lambda: of_hub(hub))
        stopping.wait()
        log.info("stopping")
    finally:
        service.stopping()
        hub.stop()
    return 0
