"""The server: real sockets, open streams, slow viewers, and an end within a second."""

import contextlib
import http.client
import json
import socket
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from monitor.clock import SystemClock
from monitor.errors import ConfigError, PortInUse
from monitor.wall import WallServer
from monitor.wall.feed.audience import STREAMS_AT_MOST
from monitor.wall.feed.framing import Kind, Parser, TileMessage, parse_tile
from monitor.wall.feed.outlet import Channel
from monitor.wall.feed.viewer import Viewer
from tests.support import PATIENCE_S, wait_until
from tests.wall.farm import Farm, picture


@pytest.fixture
def real_farm() -> Farm:
    """A farm on the machine's clock."""
    farm = Farm(3, clock=SystemClock())
    farm.print_on()
    return farm


@pytest.fixture
def server(real_farm: Farm) -> Iterator[WallServer]:
    """The farm's wall on a free port."""
    server = WallServer(real_farm.app, "127.0.0.1", 0)
    server.start()
    yield server
    server.stop()


def _connect(server: WallServer) -> http.client.HTTPConnection:
    return http.client.HTTPConnection("127.0.0.1", int(server.url.rstrip("/").rpartition(":")[2]), timeout=PATIENCE_S)


class Stream:
    """An open stream, read message by message."""

    def __init__(self, server: WallServer) -> None:
        self.connection = _connect(server)
        self.connection.request("GET", "/stream")
        self.response = self.connection.getresponse()
        self._parser = Parser()

    def messages(self) -> Iterator[tuple[int, bytes]]:
        """Yield messages until the server ends the stream."""
        while chunk := self.response.read1(65536):
            yield from self._parser.feed(chunk)

    def tiles(self) -> Iterator[TileMessage]:
        """Yield pictures."""
        return (parse_tile(body) for kind, body in self.messages() if kind == Kind.TILE)

    def close(self) -> None:
        """Leave."""
        self.connection.close()
        self.response.close()


def test_one_stream_carries_states_and_pictures(server: WallServer, real_farm: Farm) -> None:
    """A browser that opens the stream gets all states, all pictures, and then a failure as it happens."""
    stream = Stream(server)
    messages = stream.messages()
    kind, body = next(messages)
    assert Kind.STATES == kind
    assert ["p01", "p02", "p03"] == [printer["id"] for printer in json.loads(body)["printers"]]
    tiles = [parse_tile(next(messages)[1]).printer for _ in range(3)]
    assert ["p01", "p02", "p03"] == sorted(tiles)
    real_farm.fails("p02")
    changed = next(
        printers for kind, body in messages if kind == Kind.STATES and (printers := json.loads(body).get("changed"))
    )
    assert [("p02", "failing")] == [(printer["id"], printer["state"]) for printer in changed]
    stream.close()


def test_a_viewer_that_does_not_read_gets_the_newest_in_the_end(server: WallServer, real_farm: Farm) -> None:
    """Megabytes of pictures pass while a viewer sleeps: it misses most of them, others miss nothing."""
    sleeper, reader = Stream(server), Stream(server)
    large = picture("large", size=(1600, 1200)) + b"\x00" * 400_000
    tiles, sent = reader.tiles(), 20
    for number in range(sent):
        real_farm.sees("p01", jpeg=large + bytes([number]))
        assert any(tile.jpeg[-1:] == bytes([number]) for tile in tiles if len(tile.jpeg) > 200_000)
    got = []
    for tile in sleeper.tiles():
        if len(tile.jpeg) > 200_000:
            got.append(tile.jpeg[-1])
            if got[-1] == sent - 1:
                break
    assert sent - 1 == got[-1]
    assert sorted(got) == got
    assert len(got) < sent / 2
    sleeper.close()
    reader.close()


def test_a_viewer_that_leaves_frees_its_place(server: WallServer, real_farm: Farm) -> None:
    """A closed browser does not hold a stream for ever."""
    audience = real_farm.app.extensions["vigie"].audience
    stream = Stream(server)
    next(stream.messages())
    assert 1 == len(audience)
    stream.close()
    assert wait_until(lambda: not len(audience))


def test_a_connection_can_be_dropped_although_nothing_can_be_written(real_farm: Farm) -> None:
    """A reader that hangs keeps neither a thread nor a connection, once the stream has given it up."""
    outlets: list[Channel] = []

    def app(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterator[bytes]:
        outlets.append(environ["vigie.outlet"])
        start_response("200 OK", [])
        yield b"x" * 4_000_000

    flask = real_farm.app
    flask.wsgi_app = app  # type: ignore[method-assign]  # Flask's own way to put something before it
    server = WallServer(flask, "127.0.0.1", 0)
    server.start()
    with socket.create_connection(("127.0.0.1", server.port)) as hung:
        hung.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert wait_until(lambda: bool(outlets) and outlets[0].unsent_bytes() > 0)
        outlets[0].drop()
        assert wait_until(lambda: not outlets[0].connected)
    server.stop()


def test_one_viewer_too_many_is_told_to_poll(server: WallServer, real_farm: Farm) -> None:
    """When all places are taken the next gets 503 at once and the rest of the wall answers on."""
    audience = real_farm.app.extensions["vigie"].audience
    for _ in range(STREAMS_AT_MOST):
        assert audience.enter(Viewer("1.2.3"))
    stream = Stream(server)
    assert 503 == stream.response.status
    assert "poll /api/printers" in json.loads(stream.response.read())["error"]["detail"]
    stream.close()


def test_the_server_stops_although_streams_are_open_and_stuck(real_farm: Farm) -> None:
    """An open stream ends with the server, also one whose viewer reads nothing: no thread stays."""
    server = WallServer(real_farm.app, "127.0.0.1", 0)
    server.start()
    open_stream, stuck = Stream(server), Stream(server)
    for _ in range(20):
        real_farm.sees("p01", jpeg=picture("x") + b"\x00" * 1_000_000)
    next(open_stream.messages())
    server.stop()
    for stream in (open_stream, stuck):
        with contextlib.suppress(http.client.IncompleteRead, ConnectionError):
            assert list(stream.messages())  # what was on its way, and then the end
        stream.close()


def test_a_port_in_use_is_named_with_its_remedy() -> None:
    """Two walls on one port: the second says which port, and what to do."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(PortInUse, match=rf"127\.0\.0\.1:{port} already.*wall\.port"):
            WallServer(Farm(1).app, "127.0.0.1", port).start()


@pytest.mark.parametrize("host", ["192.0.2.1", "no-such-host.invalid"])
def test_an_address_that_is_not_ours_is_a_fault_of_the_configuration(host: str) -> None:
    """An address of another machine is told as what it is."""
    with pytest.raises(ConfigError, match=rf"cannot listen on {host}"):
        WallServer(Farm(1).app, host, 0).start()


def test_stopping_twice_or_before_the_start_is_harmless() -> None:
    """An application that fails while it starts can stop everything it has."""
    server = WallServer(Flask("never"), "127.0.0.1", 0)
    farm = WallServer(Farm(1).app, "127.0.0.1", 0)
    farm.start()
    farm.stop()
    farm.stop()
    assert server.url == "http://127.0.0.1:0/"
