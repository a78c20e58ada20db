"""deploy/nats: three real servers with TLS and the rights of the shipped file."""

import asyncio
import socket
import ssl
from collections.abc import Iterator
from pathlib import Path

import nats
import pytest
from nats.aio.client import Client
from nats.errors import Error as NatsError

from monitor.clock import SystemClock
from monitor.cluster.joining import store_of
from monitor.cluster.keeper import Keeper
from monitor.cluster.membership import Identity
from monitor.cluster.onlooker import Onlooker
from monitor.cluster.records import Case
from monitor.config.cluster import Cluster
from monitor.config.tls import Tls
from tests.cluster.stage import PATIENCE_S, SWIFT
from tests.deploy.nats import PASSWORD, three_servers
from tests.stacks.processes import Program
from tests.support import wait_until

Shipped = tuple[Cluster, list[Program], list[int]]
PRINTERS = ["p01", "p02", "p03"]


@pytest.fixture(scope="module")
def shipped(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shipped]:
    """The servers, for all tests of this file."""
    with three_servers(tmp_path_factory.mktemp("nats")) as running:
        yield running


def test_monitors_share_their_printers_by_them(shipped: Shipped) -> None:
    """The bucket is made on three servers, written, watched, and read by ``vigie cluster``; nothing is refused."""
    cluster, servers, _ = shipped
    keepers = [
        Keeper(Identity(name, f"{name}-1", 1.0), store_of(cluster), SystemClock(), timing=SWIFT) for name in "ab"
    ]
    try:
        for keeper in keepers:
            keeper.follow(PRINTERS, "digest")
            keeper.start()
        assert wait_until(lambda: sum(len(k.owned()) for k in keepers) == len(PRINTERS), PATIENCE_S), [
            keeper.problem for keeper in keepers
        ]
        (printer, epoch), *_ = (keepers[0].owned() or keepers[1].owned()).items()
        owner = keepers[0] if keepers[0].owned() else keepers[1]
        owner.keep(Case(printer, epoch))
        with Onlooker(store_of(cluster), "digest") as onlooker:
            assert set(PRINTERS) == set(onlooker.owners)
    finally:
        for keeper in keepers:
            keeper.stop()
    assert "Permissions Violation" not in "".join(server.said() for server in servers)
    assert "bucket vigie on 3 server" in _told(cluster)


def _told(cluster: Cluster) -> str:
    """Return what the bucket is, in the words of the log."""

    async def ask() -> str:
        client = await _connected(cluster)
        try:
            status = await (await client.jetstream().key_value(cluster.bucket)).status()
            return f"bucket {cluster.bucket} on {status.stream_info.config.num_replicas} server"
        finally:
            await client.close()

    return asyncio.run(ask())


async def _connected(cluster: Cluster, username: str = "vigie", password: str = PASSWORD) -> Client:
    refused = list[Exception]()

    async def note(exc: Exception) -> None:
        refused.append(exc)

    assert cluster.tls is not None
    context = ssl.create_default_context(cafile=cluster.tls.ca)
    return await nats.connect(
        list(cluster.urls), user=username, password=password, tls=context, error_cb=note, max_reconnect_attempts=1
    )


def test_who_has_no_password_is_refused(shipped: Shipped) -> None:
    """Neither another name nor another password gets in."""
    for username, password in (("vigie", "wrong"), ("root", PASSWORD)):
        with pytest.raises(NatsError):
            asyncio.run(_connected(shipped[0], username, password))


@pytest.mark.parametrize("what", ["delete the bucket", "make another", "list all", "write elsewhere", "hear all"])
def test_the_monitors_may_do_nothing_else(shipped: Shipped, what: str) -> None:
    """The servers refuse it, and say so in their log."""

    async def attempt() -> None:
        client = await _connected(shipped[0])
        context = client.jetstream(timeout=1.0)
        try:
            match what:
                case "delete the bucket":
                    await context.delete_key_value("vigie")
                case "make another":
                    await context.create_key_value(bucket="other")
                case "list all":
                    await context.streams_info()
                case "write elsewhere":
                    await client.publish("elsewhere", b"x")
                case "hear all":
                    await client.subscribe(">")
            await client.flush(1)
        except (NatsError, TimeoutError):
            pass
        finally:
            await client.close()

    before = _violations(shipped[1])
    asyncio.run(attempt())
    assert wait_until(lambda: _violations(shipped[1]) > before)


def _violations(servers: list[Program]) -> int:
    return sum(server.said().count("Violation") for server in servers)


def test_who_has_no_certificate_of_ours_is_no_fourth_server(shipped: Shipped) -> None:
    """What the three say to each other is for those that the same authority has signed."""
    cluster, _, routes = shipped
    assert isinstance(cluster.tls, Tls)
    context = ssl.create_default_context(cafile=cluster.tls.ca)
    assert b"" == _heard(routes[0], context)
    own = Path(cluster.tls.ca).with_name("nats-2.crt")
    context.load_cert_chain(own, own.with_suffix(".key"))
    assert b"INFO" in _heard(routes[0], context)


def _heard(port: int, context: ssl.SSLContext) -> bytes:
    """Return the first words of a server to another one; nothing where it hangs up."""
    with socket.create_connection(("127.0.0.1", port), timeout=10) as line:
        try:
            with context.wrap_socket(line, server_hostname="127.0.0.1") as secured:
                return secured.recv(4096)
        except (ssl.SSLError, ConnectionError):
            return b""
