"""Connecting to the servers: how, and what to say when it does not work."""

import asyncio
import logging
import ssl
from collections.abc import Awaitable, Callable

from nats.aio.client import Client
from nats.errors import Error as NatsError
from nats.js.errors import APIError, NotFoundError

from monitor.config.cluster import Cluster
from monitor.errors import ClusterError

log = logging.getLogger(__name__)

FAULTS = (NatsError, OSError, asyncio.TimeoutError)
CLOSED_WITHIN_S = 2.0


async def connect(
    client: Client,
    where: Cluster,
    tls: ssl.SSLContext | None,
    failed: Callable[[Exception], Awaitable[None]],
    reconnected: Callable[[], Awaitable[None]],
) -> None:
    """Connect, and connect again for ever; ``failed`` is told of everything that goes wrong meanwhile."""

    async def disconnected() -> None:
        await failed(ConnectionError("the connection broke"))

    await client.connect(
        list(where.urls),
        name=f"vigie {where.node_name}",
        user=where.username or None,
        password=where.password or None,
        tls=tls,
        error_cb=failed,
        disconnected_cb=disconnected,
        reconnected_cb=reconnected,
        max_reconnect_attempts=-1,
        reconnect_time_wait=0.5,  # type: ignore[arg-type]  # used as seconds
        connect_timeout=2,
        ping_interval=2,  # a server that hangs is noticed
        max_outstanding_pings=2,
        drain_timeout=1,
    )


async def close(client: Client) -> None:
    """End a connection, in order if that is possible soon."""
    try:
        await asyncio.wait_for(client.close(), CLOSED_WITHIN_S)
    except FAULTS as exc:
        log.debug("cluster: the connection did not close in order: %r", exc)


def tls_context(where: Cluster) -> ssl.SSLContext | None:
    """Return what checks the servers; raises ClusterError when the files cannot be used."""
    tls = where.tls
    if tls is None:
        return None
    try:
        context = ssl.create_default_context(cafile=tls.ca or None)
        if tls.cert:
            context.load_cert_chain(tls.cert, tls.key or None)
    except (OSError, ValueError) as exc:
        files = ", ".join(name for name in (tls.ca, tls.cert, tls.key) if name)
        raise ClusterError(f"cluster.tls: {files}: {exc}: give the paths of PEM files that can be read") from exc
    return context


def names_of(where: Cluster) -> str:
    """Name the servers."""
    return "the cluster's servers " + ", ".join(where.urls)


def refuses(exc: BaseException) -> bool:
    """Whether a server has said that our name and password are wrong, or that they do not suffice."""
    return any(word in str(exc).lower() for word in ("authorization", "permissions"))


def trouble(where: Cluster, exc: BaseException) -> str:
    """Say what is wrong, and what to do."""
    names, text = names_of(where), str(exc) or type(exc).__name__
    if refuses(exc):
        return f"{names} refuse us ({text}): check cluster.username, cluster.password and its permissions"
    if isinstance(exc, ssl.SSLError):
        return f"no TLS with {names} ({text}): check cluster.tls.ca against the servers' certificates"
    if isinstance(exc, (APIError, NotFoundError)):
        remedy = "check that JetStream is enabled, and that most of its servers run"
        return f"{names} keep nothing for us ({text}): {remedy}; it is tried again"
    remedy = "check cluster.urls, and that nats-server runs with JetStream on most of them"
    return f"cannot reach {names} ({text}): {remedy}; it is tried again"
