"""Keeps the wall up. A port that is taken must not keep us from pausing printers: the wall comes when it is free."""

import logging
import threading

from flask import Flask

from monitor.clock import Clock
from monitor.config.model import Wall
from monitor.errors import PortInUse
from monitor.wall.server import WallServer

log = logging.getLogger(__name__)

RETRY_S = 10.0


class WallKeeper:
    """Starts the wall's server, now or as soon as its port is free."""

    def __init__(self, app: Flask, wall: Wall, clock: Clock) -> None:
        """``wall``: where it is to be served, as cameras.yaml says."""
        self._app, self._wall, self._clock = app, wall, clock
        self._server: WallServer | None = None
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._retry, name="wall-keeper")

    @property
    def url(self) -> str | None:
        """Where the wall is; None while its port is taken."""
        return self._server.url if self._server else None

    @property
    def port(self) -> int | None:
        """Which port the wall has; None while it is taken."""
        return self._server.port if self._server else None

    def start(self) -> None:
        """Serve; when the port is taken say so, and go on trying. Raises ConfigError as the server does."""
        if not self._try():
            self._thread.start()

    def stop(self) -> None:
        """Stop serving, or trying."""
        self._stopping.set()
        if self._thread.ident is not None:
            self._thread.join()
        if self._server is not None:
            self._server.stop()

    def _try(self) -> bool:
        server = WallServer(self._app, self._wall.host, self._wall.port, self._wall.proxy)
        try:
            server.start()
        except PortInUse as error:
            log.error("%s. Everything else runs; trying again every %g s", error, RETRY_S)  # noqa: TRY400  # foreseen
            return False
        self._server = server
        return True

    def _retry(self) -> None:
        while not self._clock.wait(self._stopping, RETRY_S):
            if self._try():
                return
