"""One HTTP connection to a camera, which another thread can interrupt at any moment, also while it is being dialled.

Keeps the connection between requests, follows redirects, answers challenges, and translates what goes wrong into
CameraError leaves. The system's proxies are not used: cameras are on the local network.
"""

import functools
import http.client
import socket
import ssl
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from monitor.capture.credentials import Credentials
from monitor.capture.masking import masked
from monitor.errors import CameraError, CameraRefused, CameraSilent, CameraUnreachable

CONNECT_TIMEOUT_S = 4.0
READ_TIMEOUT_S = 10.0

_HOPS = 6  # redirects and challenges of one request
_REDIRECTS = (301, 302, 303, 307, 308)
_SAFE_IN_PATH = "%/:=&?~#+!$,;'@()*[]"
_NETWORK_ERRORS = (OSError, http.client.HTTPException, ValueError)
_TRANSLATIONS: tuple[tuple[tuple[type[Exception], ...], type[CameraError], str], ...] = (
    ((TimeoutError,), CameraSilent, "does not answer in time: check that the camera is on and not overloaded"),
    ((ssl.SSLCertVerificationError,), CameraRefused, "has a certificate that is not trusted here: try http://"),
    ((ssl.SSLError,), CameraRefused, "does not speak TLS: try http:// in place of https://"),
    ((socket.gaierror,), CameraUnreachable, "is a host that is not known: check its name, or use the IP address"),
    (
        (ConnectionRefusedError,),
        CameraUnreachable,
        "refuses connections: check the port and that the camera's server runs",
    ),
    (
        (http.client.IncompleteRead, http.client.RemoteDisconnected, ConnectionError),
        CameraUnreachable,
        "broke the connection off: check its network and its log",
    ),
    ((http.client.HTTPException, ValueError), CameraRefused, "does not speak HTTP: check the port of the URL"),
)
_ADVICE = {
    HTTPStatus.UNAUTHORIZED: "check username and password",
    HTTPStatus.FORBIDDEN: "this user may not see the camera",
    HTTPStatus.NOT_FOUND: "check the path of the URL",
    HTTPStatus.TOO_MANY_REQUESTS: "ask less often, raise every_s",
    HTTPStatus.SERVICE_UNAVAILABLE: "it may be off, or allow fewer viewers than it has",
}


class HttpCamera:
    """A camera's URL and at most one open connection to it.

    Everything but :meth:`interrupt` belongs to one thread. ``address`` is the URL without its secrets. ``tls`` says
    whom to trust behind https, by default the system's authorities.
    """

    def __init__(
        self,
        url: str,
        username: str,
        password: str,
        connect_timeout_s: float = CONNECT_TIMEOUT_S,
        read_timeout_s: float = READ_TIMEOUT_S,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        parts = urlsplit(url)
        self.address = masked(url)
        self.interrupted = False
        self._url = parts._replace(netloc=parts.netloc.rpartition("@")[2], fragment="").geturl()
        self._credentials = Credentials(
            username or unquote(parts.username or ""), password or unquote(parts.password or "")
        )
        self._connect_timeout_s = connect_timeout_s
        self._read_timeout_s = read_timeout_s
        self._tls = tls
        self._origin = ("", "", 0)
        self._socket: socket.socket | None = None
        self._connection: http.client.HTTPConnection | None = None
        self._response: http.client.HTTPResponse | None = None

    def get(self, headers: Mapping[str, str] | None = None) -> http.client.HTTPResponse:
        """Send one request and return the final response, status 200 or 304, its body unread.

        Raises CameraUnreachable, CameraSilent or CameraRefused.
        """
        try:
            return self._get(headers or {})
        except _NETWORK_ERRORS as error:
            raise self._failed(error) from error

    def read(self, response: http.client.HTTPResponse, limit: int) -> bytes:
        """Return what has arrived of the body, at most ``limit`` bytes, waiting for some; empty at its end.

        Raises CameraUnreachable or CameraSilent.
        """
        try:
            return response.read1(limit)
        except _NETWORK_ERRORS as error:
            raise self._failed(error) from error

    def interrupt(self) -> None:
        """Make the thread that dials or reads fail now; from any thread. There is no way back."""
        self.interrupted = True
        opened = self._socket
        if opened is not None:
            shut_down(opened)

    def hang_up(self) -> None:
        """Close the connection fully: a socket left behind keeps a viewer's place on the camera for minutes."""
        if self._socket is not None:
            shut_down(self._socket)
        for part in (self._response, self._connection, self._socket):
            if part is not None:
                part.close()
        self._response = self._connection = self._socket = None

    def _failed(self, error: Exception) -> CameraError:
        self.hang_up()
        return _translation(error, self.address)

    def _get(self, headers: Mapping[str, str]) -> http.client.HTTPResponse:
        url, answered = self._url, False
        for _ in range(_HOPS):
            response = self._request(urlsplit(url), headers)
            status = response.status
            if status in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED):
                return response
            challenges = response.headers.get_all("WWW-Authenticate") or []
            location = response.getheader("Location")
            self.hang_up()
            if status == HTTPStatus.UNAUTHORIZED and not answered and self._credentials.accept(challenges):
                answered = True
            elif status in _REDIRECTS and location:
                url = urljoin(url, location)
            else:
                raise _refusal(self.address, status)
        raise CameraRefused(f"{self.address} redirects in a circle: check the URL")

    def _request(self, url: SplitResult, headers: Mapping[str, str]) -> http.client.HTTPResponse:
        """Send over the open connection if it leads there; a kept one that has died meanwhile is replaced once."""
        origin = (url.scheme, url.hostname or "", url.port or (443 if url.scheme == "https" else 80))
        if self._connection is not None and self._origin == origin:
            try:
                return self._send(self._connection, url, headers)
            except (ConnectionError, http.client.HTTPException):
                pass  # closed by the camera between two requests
        self.hang_up()
        self._connection, self._origin = self._dial(*origin), origin
        return self._send(self._connection, url, headers)

    def _send(
        self, connection: http.client.HTTPConnection, url: SplitResult, headers: Mapping[str, str]
    ) -> http.client.HTTPResponse:
        path = quote((url.path or "/") + (f"?{url.query}" if url.query else ""), safe=_SAFE_IN_PATH)
        is_ours = url.hostname == urlsplit(self._url).hostname  # credentials do not follow a redirect elsewhere
        authorization = self._credentials.header(path) if is_ours else None
        extra = {"Authorization": authorization} if authorization else {}
        connection.request("GET", path, headers={"User-Agent": "vigie", "Accept": "*/*", **headers, **extra})
        self._response = connection.getresponse()
        return self._response

    def _dial(self, scheme: str, host: str, port: int) -> http.client.HTTPConnection:
        """Connect; :meth:`interrupt` can shut the socket down from its first moment on."""
        if scheme not in ("http", "https") or not host:
            raise CameraRefused(f"{self.address} leads to no http:// or https:// URL with a host: check it")
        failure = OSError("no address")
        for family, kind, protocol, _, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            self._socket = socket.socket(family, kind, protocol)
            try:
                self._connect(self._socket, place)
            except OSError as error:
                failure = error
                self._socket.close()
                continue
            return self._converse(self._socket, scheme, host, port)
        raise failure

    def _connect(self, new: socket.socket, place: Any) -> None:
        new.settimeout(self._connect_timeout_s)
        if not self.interrupted:
            new.connect(place)
        if self.interrupted:
            raise ConnectionAbortedError

    def _converse(self, connected: socket.socket, scheme: str, host: str, port: int) -> http.client.HTTPConnection:
        """Return a connection for HTTP over this socket, with TLS if the scheme wants it."""
        connection = http.client.HTTPConnection(host, port)
        if scheme == "https":
            context = self._tls or _trusting_the_system()
            connection = http.client.HTTPSConnection(host, port, context=context)
            secured = context.wrap_socket(connected, server_hostname=host, do_handshake_on_connect=False)
            self._socket = connected = secured
            secured.do_handshake()
        connected.settimeout(self._read_timeout_s)
        connection.sock = connected
        return connection


@functools.cache
def _trusting_the_system() -> ssl.SSLContext:
    """Return the one context that all cameras share: each would hold the system's authorities once more."""
    return ssl.create_default_context()


def _refusal(address: str, status: int) -> CameraRefused:
    advice = _ADVICE.get(HTTPStatus(status)) if status in set(HTTPStatus) else None
    return CameraRefused(f"{address} answers with status {status}: {advice or 'open the URL in a browser to see why'}")


def _translation(error: Exception, address: str) -> CameraError:
    """Return the leaf for what the network or the HTTP library raised; the first kind that fits counts."""
    for kinds, leaf, sentence in _TRANSLATIONS:
        if isinstance(error, kinds):
            return leaf(f"{address} {sentence}")
    reason = (error.strerror if isinstance(error, OSError) else None) or type(error).__name__
    return CameraUnreachable(f"{address} cannot be reached ({reason}): check the network")


def shut_down(opened: socket.socket) -> None:
    """Wake whoever blocks on this socket, which closing it would not do."""
    try:
        socket.socket.shutdown(opened, socket.SHUT_RDWR)  # below TLS, whose own farewell may block
    except OSError:
        return  # not connected, or not any more
