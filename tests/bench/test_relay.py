"""A line that counts what it carries, and that can be cut."""

import socket
import threading
from collections.abc import Iterator
from contextlib import closing

import pytest

from monitor.bench.region import Span, kbit
from monitor.bench.relay import Carried, LineState, Relay
from tests.support import wait_until

MUCH = b"x" * 30_000_000  # more than the buffers of loopback hold


@pytest.fixture
def server() -> Iterator[socket.socket]:
    """Listen on loopback."""
    with socket.create_server(("127.0.0.1", 0)) as one:
        one.settimeout(10)
        yield one


def port_of(server: socket.socket) -> int:
    """Return where it listens."""
    return int(server.getsockname()[1])


def call(relay: Relay) -> socket.socket:
    """Connect to a relay."""
    return socket.create_connection(("127.0.0.1", relay.port), 10)


def is_taken(relay: Relay) -> bool:
    """Tell whether a connection is made."""
    try:
        call(relay).close()
    except ConnectionRefusedError:
        return False
    return True


def take(one: socket.socket, size: int) -> bytes:
    """Read so many bytes, or to the end."""
    found = bytearray()
    while len(found) < size and (more := one.recv(65_536)):
        found += more
    return bytes(found)


def test_what_passes_is_counted_in_each_direction(server: socket.socket) -> None:
    """Every byte once, whatever the pieces."""
    with Relay(port_of(server)) as relay, call(relay) as ours, closing(server.accept()[0]) as theirs:
        ours.sendall(b"hello")
        assert b"hello" == take(theirs, 5)
        theirs.sendall(b"good day")
        assert b"good day" == take(ours, 8)
        assert wait_until(lambda: relay.carried() == Carried(5, 8, 1, 1))
        assert Carried(5, 0, 1, 0) == relay.carried() - Carried(0, 8, 0, 1)


def test_what_does_not_fit_into_the_buffers_waits_where_it_comes_from(server: socket.socket) -> None:
    """Nothing is kept in between, nothing is lost, and the other direction goes on meanwhile."""
    with Relay(port_of(server)) as relay, call(relay) as ours, closing(server.accept()[0]) as theirs:
        sending = threading.Thread(target=ours.sendall, args=(MUCH,))
        sending.start()
        theirs.sendall(b".")
        assert b"." == take(ours, 1)
        assert sending.is_alive(), "nobody has read it"
        assert MUCH == take(theirs, len(MUCH))
        sending.join()
        assert wait_until(lambda: relay.carried().up_bytes == len(MUCH))


def test_a_line_that_hangs_keeps_what_was_sent(server: socket.socket) -> None:
    """Nobody is told; when it is mended everything comes, in order."""
    with Relay(port_of(server)) as relay, call(relay) as ours, closing(server.accept()[0]) as theirs:
        ours.sendall(b"before ")
        assert b"before " == take(theirs, 7)
        relay.be(LineState.HANGS)
        ours.sendall(b"meanwhile ")
        theirs.settimeout(0.3)
        with pytest.raises(TimeoutError):
            theirs.recv(1)
        theirs.settimeout(10)
        relay.be(LineState.UP)
        ours.sendall(b"after")
        assert b"meanwhile after" == take(theirs, 15)


def test_a_line_that_refuses_breaks_connections_and_lets_none_through(server: socket.socket) -> None:
    """And it is as before when it is mended."""
    with Relay(port_of(server)) as relay:
        with call(relay) as ours, closing(server.accept()[0]):
            relay.be(LineState.REFUSES)
            assert b"" == take(ours, 1)
        assert wait_until(lambda: not is_taken(relay))
        relay.be(LineState.CLOSES)
        assert wait_until(lambda: is_taken(relay))
        with call(relay) as again:
            assert b"" == take(again, 1)
        relay.be(LineState.UP)
        with call(relay) as ours, closing(server.accept()[0]) as theirs:
            ours.sendall(b"back")
            assert b"back" == take(theirs, 4)


def test_a_server_that_is_away_hangs_up(server: socket.socket) -> None:
    """As a connection to it would."""
    server.close()
    with Relay(1) as relay, call(relay) as ours:
        assert b"" == take(ours, 1)


def test_figures_of_a_span_are_those_of_the_line() -> None:
    """1,000 bytes in the one busy second of ten: 8 kbit, and what TCP and IP put around a piece."""
    samples = tuple(Carried(1_000 if second > 4 else 0, 0, second > 4, 0) for second in range(11))
    span = Span(samples)
    assert 10 == span.seconds
    assert 8.64 == kbit(1_000, 1)
    assert pytest.approx(0.864) == span.up_kbit_s
    assert pytest.approx(8.64 / 5) == span.peak_kbit_s
    assert 0.0 == span.down_kbit_s
