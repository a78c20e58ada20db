"""Real nats-server processes with JetStream on loopback, to be killed, suspended and started again."""

import signal
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.brokers import free_port
from tests.support import PATIENCE_S, require_program, wait_until

_CONF = """\
server_name: {name}
listen: 127.0.0.1:{port}
jetstream: {{ store_dir: "{folder}" }}
{cluster}
"""
_CLUSTER = """\
cluster: {{ name: vigie-tests, listen: 127.0.0.1:{port}, no_advertise: true, routes: [{routes}] }}
"""


class NatsServer:
    """One process; its ports and its data stay the same across restarts."""

    def __init__(self, folder: Path, name: str, port: int, cluster: str) -> None:
        self._program = require_program("nats-server")
        self._log, self._conf = folder / f"{name}.log", folder / f"{name}.conf"
        self._process: subprocess.Popen[bytes] | None = None
        self.port = port
        self._conf.write_text(_CONF.format(name=name, port=port, folder=folder / name, cluster=cluster))

    @property
    def url(self) -> str:
        """Where clients connect."""
        return f"nats://127.0.0.1:{self.port}"

    def start(self) -> None:
        """Start it and wait until it accepts connections."""
        with self._log.open("ab") as out:
            self._process = subprocess.Popen([self._program, "-c", str(self._conf)], stdout=out, stderr=out)
        assert wait_until(self._accepts), f"nats-server does not start: {self._log.read_text()}"

    def kill(self) -> None:
        """End it as a power cut would."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """End it, whatever state it is in."""
        self.thaw()
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Have it do nothing, with its connections open, until it is thawed."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Have it go on."""
        if self._process is not None:
            self._process.send_signal(signal.SIGCONT)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(PATIENCE_S)
            self._process = None

    def _accepts(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            return False
        with socket.socket() as probe:
            probe.settimeout(1)
            return probe.connect_ex(("127.0.0.1", self.port)) == 0


@contextmanager
def nats_servers(folder: Path, count: int = 3, extra: str = "") -> Iterator[list[NatsServer]]:
    """Run some servers that keep everything together; one alone is no cluster. ``extra``: more lines of their files."""
    ports, routes = [free_port() for _ in range(count)], [free_port() for _ in range(count)]
    listed = ", ".join(f'"nats://127.0.0.1:{port}"' for port in routes)
    clusters = [_CLUSTER.format(port=port, routes=listed) if count > 1 else "" for port in routes]
    servers = [
        NatsServer(folder, f"nats-{number}", port, cluster + extra)
        for number, (port, cluster) in enumerate(zip(ports, clusters, strict=True))
    ]
    try:
        for server in servers:
            server.start()
        yield servers
    finally:
        for server in servers:
            server.stop()
