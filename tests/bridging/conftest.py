"""What the tests of the bridge share."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest

from monitor.bench.bridged import Bridged
from monitor.bridging.plan import Auth
from monitor.mqtt import Link
from tests.bridging.onlooker import Onlooker, add_auditor
from tests.brokers import free_port
from tests.support import require_program, wait_until

Make = Callable[..., Bridged]


@pytest.fixture
def bridged(tmp_path: Path) -> Iterator[Make]:
    """Return what makes a hub with its sites, not started yet; somebody may hear everything at the hub."""
    require_program("mosquitto")
    require_program("stunnel")
    require_program("openssl")
    with ExitStack() as running:

        def make(peers: Sequence[str] = ("amiens",), auth: Auth = Auth.CERTIFICATE, **more: Any) -> Bridged:
            made = Bridged(tmp_path / "region", peers, auth, free_port, **more)
            running.callback(made.close)
            add_auditor(made)
            return made

        yield make


@pytest.fixture
def hears() -> Iterator[Callable[..., Onlooker]]:
    """Return what listens at a broker, to everything unless it is said otherwise, until the test is over."""
    with ExitStack() as running:

        def listen(*arguments: object) -> Onlooker:
            one = Onlooker(*arguments)  # type: ignore[arg-type]  # passed on
            running.callback(one.link.stop)
            one.link.start()
            assert one.link.wait_connected(20), one.link.problem
            return one

        yield listen


def is_up(made: Bridged, peer: str = "amiens") -> bool:
    """Wait until a bridge stands, by the hub's log; tell whether it does."""
    return wait_until(lambda: f"as {peer} (p5, c1, k10, u'{peer}')" in made.hub.said(), every_s=0.05)


def links(*all_of_them: Link) -> None:
    """Wait until all are connected."""
    for one in all_of_them:
        assert one.wait_connected(20), one.problem
