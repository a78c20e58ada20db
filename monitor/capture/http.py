"""One HTTP connection to a camera, which another thread can interrupt at any moment, also while it is being dialled.

Keeps the connection between requests, follows redirects, answers challenges, and translates what goes wrong into
CameraError leaves. The system's proxies are not used: cameras are on the local network.
"""

import functools
import http.client
import io
import socket
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from http import HTTPStatus
from typing import Any, cast
from urllib.parse import SplitResult, quote, unquote, urljoin, urlsplit

from monitor.capture.credentials import Credentials
from monitor.capture.http_errors import NETWORK_ERRORS, refusal, translation
from monitor.capture.masking import masked
from monitor.capture.open_files import out_of_the_way
from monitor.capture.plain_http import Answer, OnProgress, PlainHttp, Replay, Stale, Unusual, block_at_most, receive
from monitor.errors import CameraError, CameraRefused

CONNECT_TIMEOUT_S = 4.0
READ_TIMEOUT_S = 10.0

_ALWAYS = {"User-Agent": "vigie", "Accept": "*/*"}
_HOPS = 6  # redirects and challenges of one request
_HTTP_1_1 = 11  # as http.client writes it
_READ_BYTES = 256 * 1024
_REDIRECTS = (301, 302, 303, 307, 308)
_SAFE_IN_PATH = "%/:=&?~#+!$,;'@()*[]"


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
        self._plain: PlainHttp | None = None  # while the open connection has only seen plain answers
        self._streams_plainly = False  # nothing is left of this body but what the socket brings
        self._answering = ""  # the URL of the last answer, after redirects
        self._path = self._opening = ""  # of a plain request

    def fetch(self, headers: Mapping[str, str], on_progress: OnProgress) -> Answer:
        """Send one request and return the final answer, status 200 or 304, with its body; keep the connection.

        Raises CameraUnreachable, CameraSilent or CameraRefused, and what ``on_progress`` raises.
        """
        try:
            if self._plain is None:
                return self._fetch_fully(headers, on_progress)
            try:
                return self._plain.ask(self._plain_request(headers), on_progress)
            except Stale:
                self.hang_up()
                return self._fetch_fully(headers, on_progress)
            except Unusual as unusual:
                return self._fetch_fully(headers, on_progress, self._replay(unusual.read))
        except NETWORK_ERRORS as error:
            raise self._failed(error) from error

    def get(self, headers: Mapping[str, str] | None = None) -> http.client.HTTPResponse:
        """Send one request and return the final response, status 200 or 304, its body unread.

        Raises CameraUnreachable, CameraSilent or CameraRefused.
        """
        try:
            return self._get(headers or {})
        except NETWORK_ERRORS as error:
            raise self._failed(error) from error

    def read(self, response: http.client.HTTPResponse, limit: int, *, to_the_limit: bool = False) -> bytes:
        """Return what has arrived of the body, at most ``limit`` bytes, waiting for some; empty at its end.

        ``to_the_limit``: wait for that many, where the kernel can; fewer may come all the same. Raises
        CameraUnreachable or CameraSilent.
        """
        try:
            if self._streams_plainly and self._socket is not None:
                return receive(self._socket, limit, socket.MSG_WAITALL if to_the_limit else 0)
            return self._read_ahead(response, limit)
        except NETWORK_ERRORS as error:
            raise self._failed(error) from error

    def interrupt(self) -> None:
        """Make the thread that dials or reads fail now; from any thread. There is no way back."""
        self.interrupted = True
        opened = self._socket
        if opened is not None:
            shut_down(opened)

    @contextmanager
    def until_interrupted(self) -> Iterator[None]:
        """Hang up at the end; what fails because of an interruption is no fault."""
        try:
            yield
        except CameraError:
            if not self.interrupted:
                raise
        finally:
            self.hang_up()

    def hang_up(self) -> None:
        """Close the connection fully: a socket left behind keeps a viewer's place on the camera for minutes."""
        if self._socket is not None:
            shut_down(self._socket)
        for part in (self._response, self._connection, self._socket):
            if part is not None:
                part.close()
        self._response = self._connection = self._socket = self._plain = None
        self._streams_plainly = False

    def _failed(self, error: Exception) -> CameraError:
        self.hang_up()
        return translation(error, self.address)

    def _fetch_fully(
        self, headers: Mapping[str, str], on_progress: OnProgress, replayed: http.client.HTTPResponse | None = None
    ) -> Answer:
        """Leave it to http.client, and find out whether that will be needed the next time."""
        response = self._get(headers, replayed)
        is_plain = response.version == _HTTP_1_1 and not (response.will_close or response.chunked)
        body = bytearray()
        while data := response.read1(_READ_BYTES):
            body += data
            on_progress(len(body))
        told = {name.lower(): response.getheader(name, "") for name in response.headers}
        response.close()  # the connection is kept
        if response is replayed:
            self.hang_up()
        elif is_plain and self._answering == self._url:
            self._speak_plainly()
        return Answer(response.status, told, bytes(body))

    def _speak_plainly(self) -> None:
        scheme, host, port = self._origin
        if scheme != "http" or self._socket is None or not host.isascii():
            return
        self._path = _path_of(urlsplit(self._url))
        authority = (f"[{host}]" if ":" in host else host) + (f":{port}" if port != http.client.HTTP_PORT else "")
        always = {"Host": authority, "Accept-Encoding": "identity", **_ALWAYS}
        self._opening = f"GET {self._path} HTTP/1.1\r\n" + _lines(always)
        block_at_most(self._socket, self._read_timeout_s)
        self._plain = PlainHttp(self._socket)

    def _read_ahead(self, response: http.client.HTTPResponse, limit: int) -> bytes:
        """Go on without http.client when it holds back nothing of a body that lies in the socket as it is."""
        data = response.read1(limit)
        is_endless = response.length is None and not (response.chunked or response.isclosed())
        is_empty = limit >= io.DEFAULT_BUFFER_SIZE
        if is_endless and is_empty and self._socket is not None and not isinstance(self._socket, ssl.SSLSocket):
            block_at_most(self._socket, self._read_timeout_s)
            self._streams_plainly = True
        return data

    def _replay(self, read: bytes) -> http.client.HTTPResponse | None:
        """Return the answer that begins with what was read, and goes on as the open connection does; None if none."""
        opened = self._socket
        if opened is None:
            raise ConnectionAbortedError
        opened.settimeout(self._read_timeout_s)
        self._response = http.client.HTTPResponse(cast("socket.socket", Replay(read, opened)), method="GET")
        try:
            self._response.begin()
        except (ConnectionError, http.client.HTTPException):  # what is left of the last answer, for one
            self.hang_up()
        return self._response

    def _plain_request(self, headers: Mapping[str, str]) -> bytes:
        """Return what http.client would send."""
        authorization = self._credentials.header(self._path)
        extra = {"Authorization": authorization} if authorization else {}
        return f"{self._opening}{_lines(headers)}{_lines(extra)}\r\n".encode("latin-1")

    def _get(
        self, headers: Mapping[str, str], replayed: http.client.HTTPResponse | None = None
    ) -> http.client.HTTPResponse:
        url, answered = self._url, False
        for _ in range(_HOPS):
            response = replayed or self._request(urlsplit(url), headers)
            replayed = None
            status = response.status
            if status in (HTTPStatus.OK, HTTPStatus.NOT_MODIFIED):
                self._answering = url
                return response
            challenges = response.headers.get_all("WWW-Authenticate") or []
            location = response.getheader("Location")
            self.hang_up()
            if status == HTTPStatus.UNAUTHORIZED and not answered and self._credentials.accept(challenges):
                answered = True
            elif status in _REDIRECTS and location:
                url = urljoin(url, location)
            else:
                raise refusal(self.address, status)
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
        path = _path_of(url)
        is_ours = url.hostname == urlsplit(self._url).hostname  # credentials do not follow a redirect elsewhere
        authorization = self._credentials.header(path) if is_ours else None
        extra = {"Authorization": authorization} if authorization else {}
        connection.request("GET", path, headers={**_ALWAYS, **headers, **extra})
        self._response = connection.getresponse()
        return self._response

    def _dial(self, scheme: str, host: str, port: int) -> http.client.HTTPConnection:
        """Connect; :meth:`interrupt` can shut the socket down from its first moment on."""
        if scheme not in ("http", "https") or not host:
            raise CameraRefused(f"{self.address} leads to no http:// or https:// URL with a host: check it")
        failure = OSError("no address")
        for family, kind, protocol, _, place in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM):
            self._socket = out_of_the_way(socket.socket(family, kind, protocol))
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


def _lines(headers: Mapping[str, str]) -> str:
    return "".join(f"{name}: {value}\r\n" for name, value in headers.items())


def _path_of(url: SplitResult) -> str:
    return quote((url.path or "/") + (f"?{url.query}" if url.query else ""), safe=_SAFE_IN_PATH)


@functools.cache
def _trusting_the_system() -> ssl.SSLContext:
    """Return the one context that all cameras share: each would hold the system's authorities once more."""
    return ssl.create_default_context()


def shut_down(opened: socket.socket) -> None:
    """Wake whoever blocks on this socket, which closing it would not do."""
    try:
        socket.socket.shutdown(opened, socket.SHUT_RDWR)  # below TLS, whose own farewell may block
    except OSError:
        return  # not connected, or not any more
