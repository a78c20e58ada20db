"""A mosquitto as Debian's package and the shipped files configure it; only ports and folders are a test's."""

import getpass
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

from monitor.config.tls import Tls
from monitor.mqtt import Endpoint
from tests.brokers import free_port
from tests.deploy.files import DEPLOY, make_certificates, with_places
from tests.stacks.processes import Program
from tests.support import PATIENCE_S, require_program, wait_until

SHIPPED = DEPLOY / "mosquitto"
DEBIANS = """\
user {user}
pid_file {folder}/mosquitto.pid
persistence true
persistence_location {folder}/
log_dest stderr
include_dir {folder}/conf.d
"""
"""mosquitto.conf of Debian 12's package, but for the folders, the user and where the log goes."""


def password_of(user: str) -> str:
    """Return a user's password."""
    return f"password of {user}"


class ShippedBroker:
    """Where its two listeners are."""

    def __init__(self, program: Program, local: Endpoint, network: Endpoint) -> None:
        self.program, self.local, self.network = program, local, network

    def endpoint(self, user: str) -> Endpoint:
        """Return how a user on this machine reaches it."""
        return replace(self.local, username=user, password=password_of(user))


@contextmanager
def shipped_broker(folder: Path, agent_may: str = "") -> Iterator[ShippedBroker]:
    """Run it with ``vigie.conf``, ``vigie-network.conf`` and the users of ``vigie.acl``.

    ``agent_may``: one line more for ``agent-cochin``, the last user there: of printers that speak MQTT.
    """
    program, ports = require_program("mosquitto"), (free_port(), free_port())
    pki = make_certificates(folder / "pki", "broker")
    (folder / "conf.d").mkdir()
    (folder / "mosquitto.conf").write_text(DEBIANS.format(user=getpass.getuser(), folder=folder))
    (folder / "conf.d" / "vigie.conf").write_text(of_a_site(folder, ports[0]))
    with (folder / "vigie.acl").open("a", encoding="utf-8") as acl:
        acl.write(f"{agent_may}\n")
    certificates = {f"/etc/mosquitto/certs/broker.{end}": str(pki / f"broker.{end}") for end in ("crt", "key")}
    _place(folder, "vigie-network.conf", {"listener 8883": f"listener {ports[1]} 127.0.0.1"} | certificates)
    broker = Program([program, "-c", folder / "mosquitto.conf"], folder / "mosquitto.log")
    broker.start()
    try:
        assert wait_until(lambda: "running" in broker.said() or not broker.is_running, PATIENCE_S), broker.said()
        assert broker.is_running, broker.said()
        network = Endpoint("127.0.0.1", ports[1], tls=Tls(ca=str(pki / "ca.crt")))
        yield ShippedBroker(broker, Endpoint("127.0.0.1", ports[0]), network)
    finally:
        broker.stop()


def put_users(folder: Path) -> None:
    """Put the shipped access list there, and a password for each of its users."""
    acl = (SHIPPED / "vigie.acl").read_text(encoding="utf-8")
    (folder / "vigie.acl").write_text(acl)
    passwords = folder / "vigie.passwords"
    passwords.touch()
    for user in [line.split()[1] for line in acl.splitlines() if line.startswith("user ")]:
        command = [require_program("mosquitto_passwd"), "-b", str(passwords), user, password_of(user)]
        subprocess.run(command, check=True, capture_output=True)


def of_a_site(folder: Path, port: int) -> str:
    """Return the shipped configuration of a site's broker, with its users in ``folder``."""
    put_users(folder)
    places = {"/etc/mosquitto/vigie.": f"{folder}/vigie.", "1883 127.0.0.1": f"{port} 127.0.0.1"}
    return with_places((SHIPPED / "vigie.conf").read_text(encoding="utf-8"), places)


def _place(folder: Path, name: str, places: Mapping[str, str]) -> None:
    text = (SHIPPED / name).read_text(encoding="utf-8")
    (folder / "conf.d" / name).write_text(with_places(text, places))
