"""Behind a real nginx and a real Caddy, with the configurations of the documentation."""

import http.client
import re
import ssl
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlencode, urlsplit

import pytest

from monitor.access import Session
from monitor.clock import SystemClock
from monitor.config.model import Proxy
from monitor.wall import WallServer
from monitor.wall.feed.framing import Kind, Parser, parse_tile
from tests.access.people import PASSWORD
from tests.support import PATIENCE_S
from tests.wall.entrance import GuardedFarm
from tests.wall.farm import picture
from tests.wall.proxy import caddy, nginx

ELSEWHERE = "127.0.0.5"  # loopback too, but not the proxy's address


@dataclass
class Front:
    """A wall behind a proxy."""

    farm: GuardedFarm
    url: str
    certificate: Path

    def connect(self) -> http.client.HTTPSConnection:
        """Return a connection from ``ELSEWHERE``."""
        context = ssl.create_default_context(cafile=self.certificate)
        parts = urlsplit(self.url)
        return http.client.HTTPSConnection(
            "localhost", parts.port, timeout=PATIENCE_S, context=context, source_address=(ELSEWHERE, 0)
        )

    def ask(self, method: str, path: str, body: str = "", **headers: str) -> http.client.HTTPResponse:
        """Ask, read the answer and close."""
        connection = self.connect()
        connection.request(method, path, body, {key.replace("_", "-"): value for key, value in headers.items()})
        answer = connection.getresponse()
        answer.text = answer.read().decode()  # type: ignore[attr-defined]
        connection.close()
        return answer


@pytest.fixture(params=[nginx, caddy])
def front(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Front]:
    """The wall, a proxy before it."""
    farm = GuardedFarm(tmp_path, clock=SystemClock())
    server = WallServer(farm.app, "127.0.0.1", 0, Proxy())
    server.start()
    try:
        with request.param(tmp_path, server.port) as url:
            yield Front(farm, url, tmp_path / "cert.pem")
    finally:
        server.stop()
        farm.access.stop()


def log_in(front: Front, **headers: str) -> Mapping[str, str]:
    """Log Omar in as a browser does, and return his cookies."""
    page = front.ask("GET", "/login")
    token = re.search(r'name="form_token" value="(\w+)"', page.text)  # type: ignore[attr-defined]
    assert token is not None
    form = urlencode({"form_token": token[1], "name": "Omar", "password": PASSWORD, "next": "/"})
    cookie = str(page.headers["Set-Cookie"]).partition(";")[0]
    kind = "application/x-www-form-urlencoded"
    origin = front.url.replace("127.0.0.1", "localhost")
    answer = front.ask("POST", "/login", form, Cookie=cookie, Content_Type=kind, Origin=origin, **headers)
    assert (303, "/") == (answer.status, answer.headers["Location"])
    return dict(one.partition(";")[0].split("=", 1) for one in answer.headers.get_all("Set-Cookie") or [])


def test_people_log_in_through_the_proxy(front: Front) -> None:
    """The cookie is bound to https, and the address is the browser's, not the proxy's."""
    cookies = log_in(front)
    (name,) = (name for name in cookies if "form" not in name)
    assert name.startswith("__Host-vigie")
    assert [ELSEWHERE] == [session.address for session in front.farm.access.all(Session).values()][-1:]
    answer = front.ask("GET", "/api/printers", Cookie=f"{name}={cookies[name]}")
    assert (200, True) == (answer.status, "max-age" in answer.headers["Strict-Transport-Security"])


def test_what_a_client_says_of_itself_is_not_believed(front: Front) -> None:
    """A forged X-Forwarded-For changes nothing: only what the proxy adds counts."""
    log_in(front, X_Forwarded_For="192.0.2.1", X_Real_IP="192.0.2.2")
    assert {ELSEWHERE} == {session.address for session in front.farm.access.all(Session).values()}


def test_the_stream_comes_through_at_once(front: Front) -> None:
    """A picture that was inspected now is at the viewer before the next one is."""
    cookies = log_in(front)
    connection = front.connect()
    connection.request("GET", "/stream", headers={"Cookie": "; ".join(f"{k}={v}" for k, v in cookies.items())})
    answer, parser, jpeg = connection.getresponse(), Parser(), picture("now")
    seen: list[bytes] = []
    for number in range(5):
        jpeg = picture(f"now {number}")
        front.farm.sees("p01", jpeg=jpeg)
        while jpeg not in seen:
            for kind, body in parser.feed(answer.read1(65536)):
                if kind == Kind.TILE:
                    seen.append(parse_tile(body).jpeg)
    connection.close()
    assert jpeg in seen


def test_without_a_proxy_nobody_is_believed(tmp_path: Path) -> None:
    """Who asks directly cannot pretend to be elsewhere, nor to come by https."""
    farm = GuardedFarm(tmp_path, clock=SystemClock())
    server = WallServer(farm.app, "127.0.0.1", 0)
    server.start()
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=PATIENCE_S)
    connection.request("GET", "/login", headers={"X-Forwarded-For": "192.0.2.1", "X-Forwarded-Proto": "https"})
    answer = connection.getresponse()
    answer.read()
    connection.close()
    server.stop()
    farm.access.stop()
    assert answer.headers["Strict-Transport-Security"] is None
