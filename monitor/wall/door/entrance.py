"""Who may come in at the wall, for one configuration: the gatekeeper, the people, and how the first of them gets in."""

import logging
import socket
from pathlib import Path
from urllib.parse import urlsplit

from monitor.access import TICK_S, Access
from monitor.clock import Clock
from monitor.config.model import Config
from monitor.config.model import Wall as WallSection
from monitor.periodic import Periodic
from monitor.wall.doorkeeper import Doorkeeper
from monitor.wall.gate import Gatekeeper, OpenHouse

log = logging.getLogger(__name__)


def address_of(wall: WallSection, port: int | None = None) -> str:
    """Return what people type to reach the wall, as far as the configuration tells."""
    if wall.url:
        return wall.url
    host = socket.gethostname() if wall.host in ("0.0.0.0", "::") else wall.host  # noqa: S104  # compared only
    return f"http://{f'[{host}]' if ':' in host else host}:{port or wall.port}"


class Entrance:
    """Starts and stops the room of access, if people have to log in."""

    def __init__(self, config: Config, clock: Clock) -> None:
        self._wall = config.wall
        self.access: Access | None = None
        self.gatekeeper: Gatekeeper = OpenHouse(urlsplit(config.wall.url or "").hostname or "")
        if config.wall.access == "log-in":
            self.access = Access(Path(config.storage.path), clock)
            self.gatekeeper = Doorkeeper(self.access)
            self._ticking = Periodic("access", self.access.tick, TICK_S, clock)

    @property
    def problem(self) -> str:
        """Why changes to people and log-ins are not written at present; empty when all is well."""
        return self.access.problem if self.access else ""

    def start(self) -> None:
        """Open the file. Raises StorageInUse, or StorageDamaged when a newer version wrote it."""
        if self.access is not None:
            self.access.start()
            self._ticking.start()

    def stop(self) -> None:
        """Close it. Idempotent."""
        if self.access is not None:
            self._ticking.stop()
            self.access.stop()

    def invite(self, port: int | None) -> None:
        """Tell whoever reads the terminal how to become the first administrator, as long as there is none.

        This link is the one secret that is logged: whoever reads the terminal could as well call ``vigie users``.
        """
        if self.access is not None and not self.access.desk.is_set_up:
            link = f"{address_of(self._wall, port)}/setup?link={self.access.desk.set_up_link()}"
            log.warning("nobody can log in yet. Open this link to become the administrator (once, for a day): %s", link)
