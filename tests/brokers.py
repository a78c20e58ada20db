"""A real mosquitto on a free loopback port, to be killed and restarted at will."""

import getpass
import itertools
import os
import random
import signal
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.config.model import Tls
from monitor.mqtt import Endpoint
from tests.support import PATIENCE_S, require_program, wait_until

_PORTS_A_PROCESS = 1_000


def _own_ports() -> Iterator[int]:
    """Return ports of this process of a run, for ever, beginning anywhere: another run may be at work beside it."""
    process = int(os.environ.get("PYTEST_XDIST_WORKER", "gw9").removeprefix("gw")) % 10
    first = 20_000 + _PORTS_A_PROCESS * process
    start = random.randrange(_PORTS_A_PROCESS)  # noqa: S311  # nothing secret
    return (first + (start + number) % _PORTS_A_PROCESS for number in itertools.count())


_ports = _own_ports()

USERNAME, PASSWORD = "vigie", "not a secret"


def free_port() -> int:
    """Return a loopback port that nobody listens on, and that nobody is given while a server is away.

    Below the ports that the system gives to connections and to whoever listens on port 0 (Linux: from 32768 on), and
    each process of a run has its own.
    """
    return next(port for port in _ports if _can_listen(port))


def _can_listen(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True


class Mosquitto:
    """One broker process with persistence as a farm needs it; the port stays the same across restarts."""

    def __init__(self, folder: Path, extra: str = "", listener: str = "", endpoint: Endpoint | None = None) -> None:
        """``extra`` and ``listener``: more lines of mosquitto.conf, in general and for the listener."""
        self._program = require_program("mosquitto")
        self._log = folder / "mosquitto.log"
        self._conf = folder / "mosquitto.conf"
        self._process: subprocess.Popen[bytes] | None = None
        self.endpoint = replace(endpoint or Endpoint("127.0.0.1", 0), port=free_port())
        self._conf.write_text(
            f"user {getpass.getuser()}\npersistence true\npersistence_location {folder}/\n"
            "autosave_interval 1\nautosave_on_changes true\n"
            f"{extra or 'allow_anonymous true'}\nlistener {self.endpoint.port} 127.0.0.1\n{listener}\n"
        )

    def start(self) -> None:
        """Start the broker and wait until it accepts connections."""
        with self._log.open("ab") as out:
            self._process = subprocess.Popen([self._program, "-c", str(self._conf)], stdout=out, stderr=out)
        assert wait_until(self._accepts), f"mosquitto does not start: {self._log.read_text()}"

    def kill(self) -> None:
        """End it as a power cut would (SIGKILL)."""
        self._end(signal.SIGKILL)

    def freeze(self) -> None:
        """Have it do nothing any more, with its connections left open, until it is thawed or killed."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        """Have it go on, with what has arrived meanwhile."""
        assert self._process is not None
        self._process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        """End it in order."""
        self._end(signal.SIGTERM)

    def restart(self) -> None:
        """Start it again on the same port, with what it had saved."""
        self.kill()
        self.start()

    def forget(self) -> None:
        """Lose what was saved, while it is down."""
        (self._conf.parent / "mosquitto.db").unlink(missing_ok=True)

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
            return probe.connect_ex(("127.0.0.1", self.endpoint.port)) == 0


@pytest.fixture
def mosquitto_broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """Yield a running broker for anybody, without a password."""
    folder = tmp_path / "mosquitto"
    folder.mkdir()
    broker = Mosquitto(folder)
    broker.start()
    yield broker
    broker.stop()


@pytest.fixture
def secured_broker(tmp_path: Path) -> Iterator[Mosquitto]:
    """Yield a running broker with TLS (a certificate made for this test) and one user."""
    folder = tmp_path / "mosquitto"
    folder.mkdir()
    _make_certificate(folder)
    _make_password_file(folder)
    broker = Mosquitto(
        folder,
        f"allow_anonymous false\npassword_file {folder}/passwords",
        f"certfile {folder}/cert.pem\nkeyfile {folder}/key.pem",
        Endpoint("127.0.0.1", 0, USERNAME, PASSWORD, Tls(ca=str(folder / "cert.pem"))),
    )
    broker.start()
    yield broker
    broker.stop()


def _make_certificate(folder: Path) -> None:
    kind = "-x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    name = "-subj /CN=localhost -addext subjectAltName=IP:127.0.0.1"
    files = ["-keyout", str(folder / "key.pem"), "-out", str(folder / "cert.pem")]
    command = [require_program("openssl"), "req", *kind.split(), *name.split(), *files]
    subprocess.run(command, check=True, capture_output=True)


def _make_password_file(folder: Path) -> None:
    passwords = folder / "passwords"
    passwords.touch()
    program = require_program("mosquitto_passwd")
    subprocess.run([program, "-b", str(passwords), USERNAME, PASSWORD], check=True, capture_output=True)
