"""``vigie run``: everything, until it is told to stop."""

import argparse
import logging
import os
from pathlib import Path

from monitor.app import App
from monitor.assets import asset
from monitor.capture.open_files import allow_open_files
from monitor.clock import SystemClock
from monitor.commands.status import of_monitor
from monitor.commands.stopping import on_signals
from monitor.config.load import default_path, load
from monitor.config.warn import warnings
from monitor.errors import VigieError
from monitor.malloc import limit_arenas
from monitor.service import Service

HELP = "watch the farm: cameras, detector, MQTT, agent and wall"

log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the file."""
    parser.add_argument("file", nargs="?", type=Path, help="the farm (default: cameras.yaml, or else the demo farm)")


def run(options: argparse.Namespace) -> int:
    """Run until SIGINT or SIGTERM, then stop in order; a second signal ends the process at once."""
    limit_arenas()
    path: Path = options.file or default_path()
    config = load(path, os.environ)
    for warning in warnings(config):
        log.warning("%s: %s", path, warning)
    try:
        allow_open_files(len(config.printers))
    except VigieError as error:
        log.error("%s", error)  # those cameras that can be opened are watched  # noqa: TRY400
    stopping = on_signals()
    app, service = App(config, clock := SystemClock(), file=_followed(path)), Service(clock)
    try:
        app.start()
        log.info("watching %d printers; Ctrl-C ends it", len(config.printers))
        service.ready(lambda: app.loops, lambda: of_monitor(app))
        stopping.wait()
        log.info("stopping")
    finally:
        service.stopping()
        app.stop()
    return 0


def _followed(path: Path) -> Path | None:
    """Return the file whose changes are followed; the demo farm inside of the package is nobody's to change."""
    return None if path == asset("cameras.yaml") else path
