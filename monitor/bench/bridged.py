"""A hub's mosquitto and those of its sites, configured by what ``vigie bridge-config`` writes, each behind a line.

A site has its own broker, and the line broker, which has the bridge; or, as ``one_broker``, only the former.
"""

import contextlib
import getpass
import secrets
import shutil
import subprocess
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from types import TracebackType
from typing import Self

from monitor.bench.processes import free_port, program, wait_for_port
from monitor.bench.relay import Relay
from monitor.bridging.files import write_all
from monitor.bridging.passwords import with_line
from monitor.bridging.plan import LINE_SECRET, Auth, Plan
from monitor.errors import VigieError
from monitor.mqtt import Endpoint

STOP_S = 10.0
_HUB_USER = "hub"


class Tunnel:
    """A site's stunnel, with everything that it says in ``log``; it listens where the plan says."""

    def __init__(self, folder: Path, text: str) -> None:
        self.log, self._conf = folder / "stunnel.log", folder / "stunnel.conf"
        kept = [line for line in text.splitlines() if not line.startswith(("setuid", "setgid", "foreground"))]
        self._conf.write_text("\n".join(["foreground = yes", "syslog = no", *kept]) + "\n", encoding="utf-8")
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start it."""
        with self.log.open("ab") as log:
            self._process = subprocess.Popen([program("stunnel"), str(self._conf)], stdout=log, stderr=log)  # noqa: S603

    def stop(self) -> None:
        """End it. Idempotent."""
        if self._process is not None:
            self._process.terminate()
            self._process.wait()
            self._process = None


class Broker:
    """One mosquitto, with everything that it says in ``log``."""

    def __init__(self, folder: Path, endpoint: Endpoint, lines: str) -> None:
        """``lines``: its configuration, beside the files of ``folder``/conf.d."""
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "conf.d").mkdir(exist_ok=True)
        self.folder, self.endpoint, self.log = folder, endpoint, folder / "mosquitto.log"
        self._conf = folder / "mosquitto.conf"
        self._conf.write_text(
            f"user {getpass.getuser()}\nsys_interval 1\n{lines}\ninclude_dir {folder}/conf.d\n", encoding="utf-8"
        )
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def process_id(self) -> int:
        """The id of the running process."""
        assert self._process is not None  # noqa: S101  # it was started
        return self._process.pid

    def start(self) -> None:
        """Start it, and wait until it listens. Raises VigieError when it does not."""
        with self.log.open("ab") as log:
            command = [program("mosquitto"), "-c", str(self._conf)]
            self._process = subprocess.Popen(command, stdout=log, stderr=log)  # noqa: S603  # ours
        wait_for_port(self.endpoint.port)

    def stop(self) -> None:
        """End it. Idempotent."""
        if self._process is not None:
            self._process.terminate()
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(STOP_S)
            self._process.kill()
            self._process.wait()
            self._process = None

    def said(self) -> str:
        """Return its log so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")


@dataclass(frozen=True, slots=True)
class BridgedSite:
    """A site's brokers, and its line to the hub."""

    own: Broker
    broker: Broker  # that has the bridge, and hears what the site tells the hub; with one broker the same
    tunnel: Tunnel
    line: Relay

    @property
    def brokers(self) -> tuple[Broker, ...]:
        """Its processes."""
        return (self.own,) if self.broker is self.own else (self.own, self.broker)

    def said(self) -> str:
        """Return what mosquitto and stunnel have said so far."""
        return self.broker.said() + self.tunnel.log.read_text(encoding="utf-8", errors="replace")


class Bridged:
    """A hub and its sites. Start it; :meth:`close` ends everything."""

    def __init__(
        self,
        folder: Path,
        peers: Sequence[str],
        auth: Auth = Auth.CERTIFICATE,
        port: Callable[[], int] = free_port,
        site_lines: str = "allow_anonymous true",
        *,
        one_broker: bool = False,
    ) -> None:
        """Write all files, make all certificates. ``port`` chooses free ones; ``site_lines``: of a site's own broker.

        ``endpoint`` of a site's ``broker`` is then that of its monitor, with its password.
        """
        self.folder, self.etc = folder, folder / "etc"
        own, tls = port(), port()
        etc, listens_on = PurePosixPath(self.etc), ("127.0.0.1", own)
        self.plans = {
            peer: Plan(
                peer,
                "127.0.0.1",
                tls,
                "vigie",
                auth,
                etc,
                _HUB_USER,
                listens_on,
                port(),
                None if one_broker else port(),
            )
            for peer in peers
        }
        self._write(password := secrets.token_hex(8))
        self.hub = Broker(folder / "hub", Endpoint("127.0.0.1", own, _HUB_USER, password), "")
        self.tls_port = tls
        self.sites: dict[str, BridgedSite] = {}
        for peer in peers:
            line = Relay(tls, port())
            lines = f"listener {(site_port := port())} 127.0.0.1\n{site_lines}"
            site = Broker(folder / peer, Endpoint("127.0.0.1", site_port), lines)
            tunnel = (folder / "written" / peer / "vigie-hub.conf").read_text(encoding="utf-8")
            by_line = tunnel.replace(f"connect = 127.0.0.1:{tls}\n", f"connect = 127.0.0.1:{line.port}\n")
            self.sites[peer] = BridgedSite(
                site, self._line_broker(self.plans[peer]) or site, Tunnel(folder / peer, by_line), line
            )
        self._install()

    def start(self) -> None:
        """Start the hub's broker, then the sites'."""
        self.hub.start()
        for site in self.sites.values():
            site.tunnel.start()
            for broker in site.brokers:
                broker.start()

    def close(self) -> None:
        """End all. Idempotent."""
        for site in self.sites.values():
            for broker in site.brokers:
                broker.stop()
            site.tunnel.stop()
            site.line.close()
        self.hub.stop()

    def __enter__(self) -> Self:
        try:
            self.start()
        except BaseException:
            self.close()
            raise
        return self

    def __exit__(self, kind: type[BaseException] | None, exc: BaseException | None, at: TracebackType | None) -> None:
        self.close()

    def _write(self, password: str) -> None:
        written = self.folder / "written"
        for plan in self.plans.values():
            write_all(plan, written)
        make_certificates(written / "certificates")
        passwords = written / "hub" / "vigie-hub.passwords"
        passwords.write_text(with_line(passwords.read_text(encoding="utf-8"), _HUB_USER, password), encoding="utf-8")

    def _line_broker(self, plan: Plan) -> Broker | None:
        if plan.line_port is None:
            return None
        env = (self.folder / "written" / plan.peer / "vigie-line.env").read_text(encoding="utf-8")
        password = env.rpartition(f"{LINE_SECRET}=")[2].strip()
        at = Endpoint("127.0.0.1", plan.line_port, plan.line_user, password)
        return Broker(self.folder / plan.peer / "line", at, "")

    def _install(self) -> None:
        """Put each file where it belongs; the address of each bridge is that of its line."""
        written = self.folder / "written"
        (self.etc / "certs").mkdir(parents=True, exist_ok=True)
        for pem in (*(written / "certificates").glob("*.crt"), *(written / "certificates").glob("*.key")):
            shutil.copy2(pem, self.etc / "certs" / pem.name)
        for name in ("vigie-hub.acl", "vigie-hub.passwords"):
            shutil.copy2(written / "hub" / name, self.etc / name)
        listener = (written / "hub" / "vigie-hub.conf").read_text(encoding="utf-8")
        here = listener.replace(f"listener {self.tls_port}\n", f"listener {self.tls_port} 127.0.0.1\n")
        (self.hub.folder / "conf.d" / "vigie-hub.conf").write_text(here, encoding="utf-8")
        for peer, site in self.sites.items():
            self._install_site(written / peer, self.plans[peer], site.broker.folder)

    def _install_site(self, written: Path, plan: Plan, folder: Path) -> None:
        """The files of each site's line broker lie in its own folder; and all where ``--check`` looks for them."""
        text = (written / plan.bridge.name).read_text(encoding="utf-8")
        for name in (plan.line_acl.name, plan.line_passwords.name) if plan.line_port is not None else ():
            shutil.copy2(written / name, folder / name)
        here = text.replace(f"{plan.etc}/vigie-line.", f"{folder}/vigie-line.")
        for path, content in ((folder / "conf.d" / plan.bridge.name, here), (Path(plan.bridge), text)):
            path.parent.mkdir(exist_ok=True)
            path.touch(0o600)
            path.write_text(content, encoding="utf-8")


def make_certificates(folder: Path) -> None:
    """Run the script. Raises VigieError with what it said."""
    done = subprocess.run(  # noqa: S603  # our own script
        [program("sh"), str(folder / "make-certificates.sh")], capture_output=True, text=True, check=False
    )
    if done.returncode != 0:
        raise VigieError(f"no certificates: {done.stdout}{done.stderr}: is openssl installed?")
