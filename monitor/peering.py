"""This monitor as a peer of others, where cameras.yaml wants it; nothing of it is loaded otherwise.

The hub is spoken to at the line broker, if there is one (``hub.mqtt``): the bridge is in that one, and whatever the hub
sends comes no further. The nodes of a cluster speak to each other at the broker that they share; they have no hub.
"""

from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Protocol

from monitor.board import Board
from monitor.clock import Clock
from monitor.config.hub import LineBroker
from monitor.config.live import LiveConfig
from monitor.config.model import Config
from monitor.history import History
from monitor.mqtt import Endpoint
from monitor.mqtt.endpoint import Remedies
from monitor.owning import Owning
from monitor.records import Answer, PersonCommand, Reception
from monitor.records.telling import Telling
from monitor.tiles import Tiles
from monitor.wall import HealthReport

AMONG_NODES_KBIT_PER_S = 8_000.0
"""Nodes of a cluster stand in one network: what bounds tiles there is what people can look at."""
_LINE_REMEDIES = Remedies(
    credentials="check hub.mqtt.username and hub.mqtt.password",
    network="check hub.mqtt.port, and that the line broker runs (vigie-line.service)",
)


class Tells(Protocol):
    """What tells others, and answers them."""

    @property
    def ignored(self) -> Counter[str]:
        """How many messages were ignored, by reason."""

    @property
    def telling(self) -> Telling:
        """How it goes."""

    def start(self) -> None:
        """Begin."""

    def stop(self) -> None:
        """End."""


def peer_of(
    config: LiveConfig,
    endpoint: Endpoint,
    board: Board,
    history: History,
    tiles: Tiles,
    act: Callable[[PersonCommand], Answer],
    health: Callable[[], HealthReport],
    clock: Clock,
    owning: Owning,
) -> Tells | None:
    """Return what tells the hub of this site, or other nodes; not started yet. None where there is nobody to tell."""
    hub = config.current.hub
    if hub is None and not owning.is_shared:
        return None
    from monitor.peers.peer import Peer, Surroundings  # noqa: PLC0415  # see above
    from monitor.peers.teller import Condition  # noqa: PLC0415

    def condition() -> Condition:
        report = health()
        return Condition(report.load.state, tuple(problems_of(report)))

    around = Surroundings(board, config, history, tiles, act, condition, clock, owning.owned)
    name = owning.node or name_of(config.current)
    if hub is None:
        return Peer(name, AMONG_NODES_KBIT_PER_S, endpoint, around)
    at = endpoint if hub.mqtt is None else line_endpoint(hub.mqtt, endpoint)
    return Peer(name, hub.tiles_kbit_per_s, at, around if hub.commands else replace(around, act=refused))


def refused(_: PersonCommand) -> Answer:
    """Do nothing of what somebody at the hub asks for."""
    return Answer(Reception.REFUSED, "this site takes no commands from the hub (hub.commands: false there): call")


def line_endpoint(line: LineBroker, own: Endpoint) -> Endpoint:
    """Return the line broker, with the suffix by which monitors of one cameras.yaml are told apart."""
    return Endpoint(line.host, line.port, line.username, line.password, remedies=_LINE_REMEDIES, suffix=own.suffix)


def name_of(config: Config) -> str:
    """Return the name by which the hub knows this monitor."""
    named = config.hub.peer if config.hub is not None else None
    return named or config.sites[0].id


def problems_of(report: HealthReport) -> Iterator[str]:
    """Yield what does not work, what hurts the most first."""
    problems = (
        report.detector_problem,
        report.cluster_problem,
        report.storage_problem,
        report.people_problem,
        report.file_problem,
        report.pool_problem,
        report.overload_problem,
        report.archive_problem,
    )
    yield from (problem for problem in problems if problem)
