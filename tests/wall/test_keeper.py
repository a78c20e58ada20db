"""The keeper: a taken port is told, tried again, and never in the way of anything else."""

import logging
import socket
import threading
from collections.abc import Iterator

import pytest
import requests

from monitor.config.model import Wall
from monitor.errors import ConfigError
from monitor.wall.keeper import RETRY_S, WallKeeper
from tests.brokers import free_port
from tests.support import PATIENCE_S, wait_until
from tests.wall.farm import Farm


class TurnstileClock:
    """A clock whose waits end when the test lets one pass."""

    def __init__(self) -> None:
        self.waited_s: list[float] = []
        self._passes = threading.Semaphore(0)

    def now(self) -> float:
        """Return any time."""
        return 0.0

    def wait(self, event: threading.Event, timeout_s: float) -> bool:
        """Wait for the event, or to be let through."""
        self.waited_s.append(timeout_s)
        while not self._passes.acquire(timeout=0.01):
            if event.is_set():
                return True
        return event.is_set()

    def let_pass(self) -> None:
        """Let one wait end as if its time were over."""
        self._passes.release()


@pytest.fixture
def taken() -> Iterator[socket.socket]:
    """Somebody else's listening socket."""
    with socket.create_server(("127.0.0.1", free_port())) as listener:
        yield listener


def port_of(listener: socket.socket) -> int:
    """Return where it listens."""
    port: int = listener.getsockname()[1]
    return port


def test_on_a_free_port_it_serves_at_once() -> None:
    """Nothing is waited for."""
    clock = TurnstileClock()
    keeper = WallKeeper(Farm(1).app, Wall(host="127.0.0.1", port=0), clock)
    keeper.start()
    try:
        assert requests.get(f"{keeper.url}health", timeout=PATIENCE_S).ok
        assert [] == clock.waited_s
    finally:
        keeper.stop()


def test_on_a_taken_port_it_says_so_and_comes_when_it_is_free(
    taken: socket.socket, caplog: pytest.LogCaptureFixture
) -> None:
    """Each vain attempt is told, with the remedy; the first one that works ends the attempts."""
    clock = TurnstileClock()
    keeper = WallKeeper(Farm(1).app, Wall(host="127.0.0.1", port=port_of(taken)), clock)
    with caplog.at_level(logging.ERROR):
        keeper.start()
    try:
        assert keeper.url is None
        assert "wall.port in cameras.yaml" in caplog.text
        clock.let_pass()
        assert wait_until(lambda: clock.waited_s == [RETRY_S, RETRY_S])
        assert keeper.url is None
        taken.close()
        clock.let_pass()
        assert wait_until(lambda: keeper.url is not None)
        assert requests.get(f"{keeper.url}health", timeout=PATIENCE_S).ok
    finally:
        keeper.stop()


def test_it_stops_while_it_waits_for_its_port(taken: socket.socket) -> None:
    """At once, and without a wall that would come later."""
    keeper = WallKeeper(Farm(1).app, Wall(host="127.0.0.1", port=port_of(taken)), TurnstileClock())
    keeper.start()
    keeper.stop()
    assert keeper.url is None


def test_an_address_that_is_not_ours_is_a_fault_of_the_configuration() -> None:
    """It would never become free: that is told at the start, not tried again."""
    keeper = WallKeeper(Farm(1).app, Wall(host="192.0.2.1", port=0), TurnstileClock())  # RFC 5737: nobody has it
    with pytest.raises(ConfigError, match=r"wall\.host"):
        keeper.start()
    keeper.stop()
