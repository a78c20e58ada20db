"""``vigie agent``: the agent alone, on a machine next to the printers."""

import argparse
import logging
import os
from pathlib import Path

from monitor.agent import Agent, journal_path
from monitor.clock import SystemClock
from monitor.commands.status import of_agent
from monitor.commands.stopping import on_signals
from monitor.config.change import Change
from monitor.config.live import LiveConfig
from monitor.config.load import default_path, load
from monitor.config.model import Config
from monitor.errors import ConfigError
from monitor.live import LOOK_EVERY_S, FarmFile
from monitor.mqtt import Endpoint
from monitor.periodic import Periodic
from monitor.service import Service

HELP = "pause printers for a monitor on another machine, over the same broker"

log = logging.getLogger(__name__)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the file and the sites."""
    parser.add_argument("file", nargs="?", type=Path, help="the monitor's cameras.yaml (default: cameras.yaml)")
    parser.add_argument(
        "--site", action="append", help="serve this site's printers only; may be given more than once (default: all)"
    )
    parser.add_argument(
        "--journal", type=Path, help="the file that keeps what was ordered (default: beside storage.path)"
    )


def run(arguments: argparse.Namespace) -> int:
    """Serve until SIGINT or SIGTERM."""
    path: Path = arguments.file or default_path()
    config = load(path, os.environ)
    sites = _sites(arguments.site, config, path)
    journal = arguments.journal or journal_path(config, *(sorted(arguments.site) if arguments.site else ["alone"]))
    endpoint, client_id = _endpoint(config, path), _client_id(config, arguments.site)
    agent = Agent(config, endpoint, SystemClock(), client_id, sites, journal)
    stopping, service = on_signals(), Service(SystemClock())
    watching = _following(path, config, agent, sites)
    try:
        agent.start()
        watching.start()
        log.info("agent for %s", ", ".join(arguments.site) if arguments.site else "all sites")
        service.ready(lambda: agent.loops, lambda: of_agent(agent))
        stopping.wait()
    finally:
        service.stopping()
        watching.stop()
        agent.stop()
    return 0


def _following(path: Path, config: Config, agent: Agent, sites: frozenset[str] | None) -> Periodic:
    """Return what lets the agent serve the printers that its file names by then, as its monitor does."""
    live, clock = LiveConfig(config), SystemClock()

    def apply(change: Change) -> None:
        live.replace(change.now)
        agent.follow(change.now, sites)

    file = FarmFile(path, os.environ, live, apply, clock)
    return Periodic("farm-file", file.look, LOOK_EVERY_S, clock)


def _sites(asked: list[str] | None, config: Config, path: Path) -> frozenset[str] | None:
    known = [site.id for site in config.sites]
    for site in asked or ():
        if site not in known:
            raise ConfigError(f"{path} has no site {site!r}: write --site {' or '.join(known)}")
    return frozenset(asked) if asked else None


def _endpoint(config: Config, path: Path) -> Endpoint:
    mqtt = config.mqtt
    if mqtt is None:
        raise ConfigError(f"{path} names no broker: an agent on its own needs the section mqtt, as its monitor does")
    return Endpoint.of(mqtt)


def _client_id(config: Config, sites: list[str] | None) -> str:
    """Return a client id that stays the same, and differs between sites and from the agent inside ``vigie run``."""
    return "-".join([config.messaging.client_id, "agent", *(sorted(sites) if sites else ["alone"])])
