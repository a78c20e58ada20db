"""Three NATS servers with the shipped configuration; only ports, folders and the certificates' places are a test's."""

import os
import socket
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import requests

from monitor.config.cluster import Cluster
from monitor.config.tls import Tls
from tests.brokers import free_port
from tests.deploy.files import DEPLOY, make_certificates, with_places
from tests.stacks.processes import Program
from tests.support import PATIENCE_S, require_program, wait_until

SHIPPED = (DEPLOY / "nats" / "nats-server.conf").read_text(encoding="utf-8")
NAMES = ("nats-1", "nats-2", "nats-3")
PASSWORD = "5k s3cret#"  # NATS would read it as a number and a comment, were it not quoted


@contextmanager
def three_servers(folder: Path) -> Iterator[tuple[Cluster, list[Program], list[int]]]:
    """Run them; yield the section of cameras.yaml that reaches them, the programs, and where they call each other."""
    program, pki = require_program("nats-server"), make_certificates(folder / "pki", *NAMES)
    ports, routes, asked = ([free_port() for _ in NAMES] for _ in range(3))
    with ExitStack() as running:
        servers = list[Program]()
        for number, name in enumerate(NAMES):
            file = folder / f"{name}.conf"
            file.write_text(
                with_places(
                    SHIPPED,
                    {
                        "0.0.0.0:4222": f"127.0.0.1:{ports[number]}",
                        "0.0.0.0:6222": f"127.0.0.1:{routes[number]}",
                        "127.0.0.1:8222": f"127.0.0.1:{asked[number]}",
                        "/var/lib/nats": str(folder / name),
                        "/etc/nats/server": str(pki / name),
                        "/etc/nats/ca.crt": str(pki / "ca.crt"),
                    }
                    | {f"10.0.0.{other + 1}:6222": f"127.0.0.1:{routes[other]}" for other in range(3)},
                )
            )
            server = Program([program, "-c", file], folder / f"{name}.log")
            running.callback(server.stop)
            server.start({**os.environ, "NATS_SELF": name, "VIGIE_PASSWORD": f'"{PASSWORD}"'})
            servers.append(server)
        for server, port in zip(servers, ports, strict=True):
            server.wait_ready(lambda port=port: _accepts(port), PATIENCE_S)  # type: ignore[misc]  # bound on purpose
        urls = tuple(f"tls://127.0.0.1:{port}" for port in ports)
        tls = Tls(ca=str(pki / "ca.crt"))
        assert all(wait_until(lambda port=port: _is_well(port), PATIENCE_S, 0.1) for port in asked)  # type: ignore[misc]  # bound on purpose
        yield Cluster(urls=urls, node="a", username="vigie", password=PASSWORD, tls=tls), servers, routes


def _accepts(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(1)
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _is_well(port: int) -> bool:
    """Ask as docs/deployment/chain.md says."""
    answer = requests.get(f"http://127.0.0.1:{port}/healthz", timeout=5)
    return bool(answer.ok and answer.json() == {"status": "ok"})
