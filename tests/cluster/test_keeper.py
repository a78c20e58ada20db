"""monitor/cluster/keeper.py and nats.py: keepers in this process, on one real server."""

import asyncio
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import nats
import pytest

from monitor.clock import SystemClock
from monitor.cluster.joining import store_of
from monitor.cluster.keeper import Keeper
from monitor.cluster.membership import Identity
from monitor.cluster.records import Case, Moves
from monitor.config.cluster import Cluster
from monitor.config.tls import Tls
from monitor.errors import ClusterAway, ClusterError, NodeNameTaken, NotOwner
from tests.cluster.servers import NatsServer, nats_servers
from tests.cluster.stage import PATIENCE_S, SWIFT
from tests.support import require_program, wait_until

PRINTERS = [f"p{number:02}" for number in range(8)]


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[NatsServer]:
    """One server for all tests of this file."""
    with nats_servers(tmp_path_factory.mktemp("nats"), count=1) as (running,):
        yield running


@contextmanager
def keeper(where: Cluster | str, name: str, instance: str = "1") -> Iterator[Keeper]:
    """A keeper that is stopped afterwards; whoever wants it starts it."""
    cluster = where if isinstance(where, Cluster) else Cluster(urls=(where,), node=name)
    made = Keeper(Identity(name, f"{name}-{instance}", 1.0), store_of(cluster), SystemClock(), timing=SWIFT)
    made.follow(PRINTERS, "digest")
    try:
        yield made
    finally:
        made.stop()


def all_are_owned(*keepers: Keeper) -> bool:
    """Whether these have every printer, and each has some."""
    return all(one.owned() for one in keepers) and len(PRINTERS) == sum(len(one.owned()) for one in keepers)


def test_a_case_goes_along_with_its_printer(server: NatsServer) -> None:
    """Also one that is kept while the printer is being handed over; what is kept later is refused."""
    with keeper(server.url, "a") as first, keeper(server.url, "b") as second:
        epochs, lost, kept = dict[str, int](), set[str](), set[str]()

        def let_go(moves: Moves) -> None:
            lost.update(moves.lost)
            for printer in moves.lost:
                assert first.epoch(printer) is None
                with suppress(ClusterError):  # a lease that lapsed on a busy machine: nothing is handed over then
                    first.keep(Case(printer, epochs[printer], incident="{}", evidence_s=2.5))
                    kept.add(printer)
            epochs.update(moves.gained)

        first.on_change(let_go)
        first.start()
        assert wait_until(lambda: all_are_owned(first), PATIENCE_S)
        first.keep(Case("p00", first.owned()["p00"], standing='{"muted": true}'))
        assert '{"muted": true}' == getattr(first.case("p00"), "standing", None)
        second.start()
        assert wait_until(lambda: all_are_owned(first, second), PATIENCE_S)
        moved = sorted(kept.intersection(second.owned()))
        case = second.case(moved[0])
        assert case is not None
        assert (2.5, "{}") == (case.evidence_s, case.incident)
        assert second.epoch(moved[0]) > case.epoch  # type: ignore[operator]
        assert set(second.owned()) <= lost
        with pytest.raises(NotOwner, match=f"{moved[0]} is not ours any more at epoch .*: b has it"):
            first.keep(case)
        with pytest.raises(NotOwner):
            first.case(moved[0])
        assert second.owners() == {printer: "b" if printer in second.owned() else "a" for printer in PRINTERS}


def test_when_a_keeper_stops_its_listeners_lose_everything_and_may_keep_a_last_case(server: NatsServer) -> None:
    """Before stop returns, and also when nobody is there to take over: whoever comes next finds it."""
    has = dict[str, int]()

    def take(moves: Moves) -> None:
        for printer in moves.lost:
            only.keep(Case(printer, has.pop(printer), evidence_s=7.0))
        has.update(moves.gained)

    with keeper(server.url, "a") as only:
        only.on_change(take)
        only.start()
        assert wait_until(lambda: has == only.owned() and all_are_owned(only), PATIENCE_S)
        only.stop()
        assert not has
        assert not only.owned()
        with pytest.raises(ClusterAway, match="has left the cluster"):
            only.keep(Case("p00", 1))
    with keeper(server.url, "b") as following:
        following.start()
        assert wait_until(lambda: all_are_owned(following), PATIENCE_S)
        assert {7.0} == {getattr(following.case(printer), "evidence_s", None) for printer in PRINTERS}


def test_a_second_keeper_of_a_name_does_not_start(server: NatsServer) -> None:
    """It says who has the name, and stops again."""
    with keeper(server.url, "a") as first, keeper(server.url, "a", "2") as second:
        first.start()
        with pytest.raises(NodeNameTaken, match="two monitors are called node a"):
            second.start()
        assert wait_until(lambda: all_are_owned(first), PATIENCE_S)


def test_without_servers_a_keeper_starts_and_says_so_and_nothing_can_be_kept(tmp_path: Path) -> None:
    """It comes in by itself when they are there."""
    with nats_servers(tmp_path, count=1) as (server,):
        server.kill()
        with keeper(server.url, "a") as only:
            only.start()
            assert "cannot reach the cluster's servers" in only.problem
            with pytest.raises(ClusterAway):
                only.keep(Case("p00", 1))
            server.start()
            assert wait_until(lambda: all_are_owned(only) and not only.problem, PATIENCE_S)
            case = Case("p00", only.owned()["p00"])
            server.kill()
            with pytest.raises(ClusterAway, match="p00: whether its case is kept is not known"):
                only.keep(case)


def test_a_bucket_that_was_removed_is_made_anew(server: NatsServer) -> None:
    """Nobody acts until every lease from before has run out; and epochs go on growing."""
    with keeper(server.url, "a") as only:
        only.start()
        assert wait_until(lambda: all_are_owned(only), PATIENCE_S)
        before = dict(only.owned())
        asyncio.run(remove_bucket(server.url))
        assert wait_until(lambda: not only.owned(), PATIENCE_S)
        assert wait_until(lambda: all_are_owned(only), PATIENCE_S)
        assert all(epoch > before[printer] for printer, epoch in only.owned().items())


async def remove_bucket(url: str) -> None:
    """Remove it, as a person can."""
    client = await nats.connect(url)
    await client.jetstream().delete_key_value("vigie")
    await client.close()


def test_rows_that_nobody_can_read_are_left_alone(server: NatsServer) -> None:
    """A later version may have written them."""
    with keeper(server.url, "a") as only:
        only.start()
        assert wait_until(lambda: all_are_owned(only), PATIENCE_S)
        asyncio.run(write(server.url, "owners.p00", b'{"schema": 99}'))
        assert wait_until(lambda: "p00" not in only.owned(), PATIENCE_S)
        waited = threading.Event()
        assert not waited.wait(2 * SWIFT.silent_s)
        assert "p00" not in only.owned()
        assert len(PRINTERS) - 1 == len(only.owned())
    asyncio.run(remove_bucket(server.url))


async def write(url: str, key: str, value: bytes) -> None:
    """Write whatever stands there."""
    client = await nats.connect(url)
    await (await client.jetstream().key_value("vigie")).put(key, value)
    await client.close()


def test_name_and_password_are_asked_for_over_tls(tmp_path: Path) -> None:
    """The right ones come in; wrong ones are told with the remedy, and never shown."""
    certificate(tmp_path)
    extra = (
        f'tls: {{ cert_file: "{tmp_path}/cert.pem", key_file: "{tmp_path}/key.pem" }}\n'
        "authorization: { user: vigie, password: hush }"
    )
    with nats_servers(tmp_path, count=1, extra=extra) as (server,):
        tls = Tls(ca=str(tmp_path / "cert.pem"))
        url = f"tls://127.0.0.1:{server.port}"
        right = Cluster(urls=(url,), node="a", username="vigie", password="hush", tls=tls)
        with keeper(right, "a") as only:
            only.start()
            assert wait_until(lambda: all_are_owned(only), PATIENCE_S)
        for wrong, remedy in (
            (right.model_copy(update={"password": "wrong"}), "cluster.password"),
            (right.model_copy(update={"tls": Tls()}), r"cluster\.tls\.ca"),
        ):
            with keeper(wrong, "a") as only:
                only.start()
                assert remedy.replace("\\", "") in only.problem
                assert "wrong" not in only.problem


def certificate(folder: Path) -> None:
    """Make one for this test."""
    command = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost"
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    extension = ["-addext", "subjectAltName=IP:127.0.0.1"]
    subprocess.run([require_program("openssl"), *command.split(), *extension, *files], check=True, capture_output=True)


def test_tls_files_that_cannot_be_used_are_told(tmp_path: Path) -> None:
    """Before anything is connected."""
    (tmp_path / "ca.pem").write_text("no certificate")
    cluster = Cluster(urls=("tls://127.0.0.1:9",), node="a", tls=Tls(ca=str(tmp_path / "ca.pem")))
    with pytest.raises(ClusterError, match=r"cluster\.tls: .*ca\.pem"):
        store_of(cluster)(lambda _: None)
