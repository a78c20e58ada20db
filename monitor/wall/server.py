"""waitress around the application: starts on a thread, stops within a second although streams are open."""

import errno
import logging
import socket
import threading
from typing import Any

from flask import Flask
from waitress import wasyncore
from waitress.server import create_server

from monitor.config.model import Proxy
from monitor.errors import ConfigError, PortInUse
from monitor.wall.context import of
from monitor.wall.feed.audience import STREAMS_AT_MOST
from monitor.wall.feed.outlet import Channel

_log = logging.getLogger(__name__)

THREADS = STREAMS_AT_MOST + 8  # a stream holds one as long as it is open
WATERMARK_BYTES = 256 * 1024  # waitress's own 16 MiB would be minutes of old pictures for a slow viewer
SEND_BUFFER_BYTES = 128 * 1024  # the kernel's share of the same
CONNECTIONS_AT_MOST = 12 * STREAMS_AT_MOST  # a browser opens six; waitress's own 100 would shut out the last walls
REQUEST_BYTES_AT_MOST = 256 * 1024
STOP_WITHIN_S = 1


class WallServer:
    """Serves an application of ``create_app``. Start it once, stop it once."""

    def __init__(self, app: Flask, host: str, port: int, proxy: Proxy | None = None) -> None:
        """``proxy``: whose word counts for the address that a request comes from, and for https."""
        self._app, self._host, self._port, self._proxy = app, host, port, proxy
        self._server: Any = None  # waitress's; its stubs say less than it has
        self._map: dict[int, Any] = {}  # waitress: all its open sockets by number
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="wall", daemon=True)

    @property
    def port(self) -> int:
        """Where it listens, once started."""
        return self._port

    @property
    def url(self) -> str:
        """Where the wall is, once started."""
        host = f"[{self._host}]" if ":" in self._host else self._host
        return f"http://{host}:{self._port}/"

    def start(self) -> None:
        """Listen and serve on a thread; port 0 takes a free one.

        Raises PortInUse when another process listens there, ConfigError when the address is not this machine's.
        """
        listener = self._listen()
        self._port = listener.getsockname()[1]
        self._server = create_server(
            self._app,
            map=self._map,
            sockets=[listener],
            threads=THREADS,
            ident="vigie",
            connection_limit=CONNECTIONS_AT_MOST,
            asyncore_use_poll=True,
            outbuf_high_watermark=WATERMARK_BYTES,
            max_request_body_size=REQUEST_BYTES_AT_MOST,
            **self._trust(),
        )
        self._server.channel_class = Channel
        self._thread.start()
        _log.info("the wall is at %s", self.url)

    def stop(self) -> None:
        """Tell open streams to end, close every connection, join every thread."""
        of(self._app).closing.set()
        if self._server is None or self._stopping.is_set():
            return
        self._stopping.set()
        self._server.pull_trigger()
        self._thread.join()
        self._server.close()  # here, not on the thread: its trigger must outlive everyone who may pull it
        wasyncore.close_all(self._map)

    def _run(self) -> None:
        try:
            while not self._stopping.is_set():
                wasyncore.loop(timeout=1.0, use_poll=True, map=self._map, count=1)
        finally:
            self._close()

    def _close(self) -> None:
        for channel in list(self._server.active_channels.values()):
            channel.handle_close()  # also wakes the thread that waits for a slow viewer
        self._server.task_dispatcher.shutdown(timeout=STOP_WITHIN_S)

    def _trust(self) -> dict[str, Any]:
        """Return what waitress is told of the proxy. X-Forwarded-Host is not believed: proxies pass a client's on."""
        if self._proxy is None:
            return {"clear_untrusted_proxy_headers": True}
        return {
            "trusted_proxy": self._proxy.address,
            "trusted_proxy_count": self._proxy.count,
            "trusted_proxy_headers": {"x-forwarded-for", "x-forwarded-proto"},
            "clear_untrusted_proxy_headers": True,
        }

    def _listen(self) -> socket.socket:
        try:
            family, _, _, _, address = socket.getaddrinfo(self._host, self._port, type=socket.SOCK_STREAM)[0]
            listener = socket.create_server(address[:2], family=family)
        except OSError as refused:
            raise self._told(refused) from refused
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)  # every connection inherits it
        return listener

    def _told(self, refused: OSError) -> PortInUse | ConfigError:
        where = f"{self._host}:{self._port}"
        if refused.errno == errno.EADDRINUSE:
            return PortInUse(
                f"wall: another process listens on {where} already; stop it (ss -ltnp shows which it is), "
                "or set another wall.port in cameras.yaml"
            )
        return ConfigError(f"wall: cannot listen on {where} ({refused}); set wall.host and wall.port in cameras.yaml")
