"""What cameras.yaml says about a cluster, made true. Imported only where it says something."""

import socket
import uuid
from collections.abc import Callable
from hashlib import sha256

from monitor import __version__
from monitor.clock import Clock
from monitor.cluster.keeper import Keeper
from monitor.cluster.membership import Identity
from monitor.cluster.store import News, Store
from monitor.config.cluster import Cluster
from monitor.config.model import Config
from monitor.errors import ClusterError


def keeper_of(config: Config, cluster: Cluster, clock: Clock) -> Keeper:
    """Return the keeper of this node, not started; it follows the printers of ``config``.

    Raises ClusterError when nats-py is not installed or the TLS files cannot be used.
    """
    me = Identity(cluster.node_name, uuid.uuid4().hex, cluster.share, __version__, socket.gethostname())
    keeper = Keeper(me, store_of(cluster), clock)
    keeper.follow([printer.id for printer in config.printers], digest_of(config))
    return keeper


def store_of(cluster: Cluster) -> Callable[[Callable[[News], None]], Store]:
    """Return what makes the store; raises ClusterError when nats-py is not installed."""
    try:
        from monitor.cluster.nats import NatsStore  # noqa: PLC0415  # a farm without a cluster does not need it
    except ModuleNotFoundError as exc:
        remedy = "install it with pip install 'vigie[cluster]'"
        raise ClusterError(f"cluster: needs the Python package {exc.name}: {remedy}") from exc

    def make(tell: Callable[[News], None]) -> Store:
        return NatsStore(cluster, tell)

    return make


def digest_of(config: Config) -> str:
    """Return a few characters that are the same where the lists of printers are: their ids and places."""
    places = sorted(f"{printer.id}\0{printer.site}\0{printer.room}" for printer in config.printers)
    return sha256("\n".join(places).encode()).hexdigest()[:12]
