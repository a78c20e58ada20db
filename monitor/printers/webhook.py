"""Any printer that is paused by an HTTP request, by the templates of cameras.yaml; certificates are verified.

A pause may be sent more than once, so the request must pause and never toggle. What the printer does is asked at
``state_url``, and nothing but its answer proves a pause.
"""

from urllib.parse import urlsplit, urlunsplit

from monitor.config.control import HttpControl
from monitor.errors import PrinterRejected
from monitor.printers.adapter import CAN_PAUSE, Ability, Reading
from monitor.printers.http import TIMEOUT_S, HttpApi, Product
from monitor.printers.templates import fill, parse_state
from monitor.records import PauseCommand

_SERVER = Product(name="the printer's server", remedy="check the headers of its control in cameras.yaml")


class Webhook:
    """One printer behind two or three addresses."""

    def __init__(
        self, control: HttpControl, printer: str, site: str, timeout_s: tuple[float, float] = TIMEOUT_S
    ) -> None:
        """``timeout_s``: to connect, to answer."""
        self._control = control
        self._names = {"printer": printer, "site": site, "id": "", "incident": ""}
        self._timeout_s = timeout_s
        self._servers: dict[str, HttpApi] = {}  # by origin: an order may go elsewhere than the question

    def state(self) -> Reading:
        """Ask what the printer does; raises PrinterUnreachable, PrinterRejected."""
        server, path = self._at(fill(self._control.state_url, self._names))
        return parse_state(server.request("GET", path).content, self._control)

    def can_pause(self) -> Ability:
        """Believe the file: whether an order would be obeyed cannot be asked."""
        return CAN_PAUSE

    def pause(self, command: PauseCommand) -> None:
        """Send the pause; raises PrinterUnreachable, PrinterRejected."""
        names = self._names | {"id": command.id, "incident": command.incident}
        self._send(self._control.pause_method, self._control.pause_url, self._control.pause_body, names)

    def resume(self) -> None:
        """Send the resume; raises PrinterRejected when the file names no address for it."""
        if not self._control.resume_url:
            raise PrinterRejected("cameras.yaml names no resume_url for this printer: resume it at the printer")
        self._send(self._control.resume_method, self._control.resume_url, self._control.resume_body, self._names)

    def close(self) -> None:
        """Close the connections that are kept alive."""
        for server in self._servers.values():
            server.close()

    def _send(self, method: str, url: str, body: str, names: dict[str, str]) -> None:
        server, path = self._at(fill(url, names))
        server.request(method, path, raw=fill(body, names).encode() if body else None)

    def _at(self, url: str) -> tuple[HttpApi, str]:
        """Return the server of an address, and the rest of the address."""
        parts = urlsplit(url)
        origin = urlunsplit((parts.scheme, parts.netloc, "", "", ""))
        if origin not in self._servers:
            headers = {"Content-Type": _content_type(self._control.pause_body), **self._control.headers}
            self._servers[origin] = HttpApi(_SERVER, origin, headers=headers, timeout_s=self._timeout_s)
        return self._servers[origin], urlunsplit(("", "", parts.path or "/", parts.query, ""))


def _content_type(body: str) -> str:
    return "application/json" if body.lstrip().startswith(("{", "[")) else "text/plain; charset=utf-8"
