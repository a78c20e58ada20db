"""The service manager hears of us while the main loops go round, and not when one hangs."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.clock import ManualClock, SystemClock
from monitor.service import Service, Turns, Watchdog
from monitor.service.turns import PATIENCE_S
from tests.service.manager import Manager, StubbornLoop

STEP_S = 5.0
ALLOWED_S = 90.0


@dataclass
class Shown:
    """A loop whose mark a test sets."""

    value: int | None
    name: str = "shown"
    patience_s: float = PATIENCE_S

    def mark(self) -> int | None:
        """Return it."""
        return self.value


@pytest.fixture
def manager(tmp_path: Path) -> Iterator[Manager]:
    """Systemd's end."""
    manager = Manager(str(tmp_path / "notify"))
    yield manager
    manager.close()


def service(manager: Manager, clock: ManualClock, dumped: list[bool]) -> Service:
    """Return a service that must be heard every ``ALLOWED_S``."""
    environment = manager.environment(WATCHDOG_USEC=str(int(ALLOWED_S * 1e6)))
    return Service(clock, environment, lambda: dumped.append(True))


def test_a_loop_that_stands_still_hangs_after_its_patience() -> None:
    """Not before, and not any more once it goes on."""
    watchdog, loop = Watchdog(), Shown(1)
    assert () == watchdog.hanging([loop], 0.0)
    assert () == watchdog.hanging([loop], PATIENCE_S)
    assert ("shown",) == watchdog.hanging([loop], PATIENCE_S + 1)
    loop.value = 2
    assert () == watchdog.hanging([loop], PATIENCE_S + 2)


def test_one_that_has_nothing_to_do_never_hangs() -> None:
    """And the time without work counts for nothing when work comes."""
    watchdog, loop = Watchdog(), Shown(1)
    for now, value in ((0.0, 1), (100.0, None), (10_000.0, None), (10_100.0, 1), (10_200.0, 1)):
        loop.value = value
        assert () == watchdog.hanging([loop], now)


def test_a_new_loop_has_its_patience_from_when_it_was_first_seen() -> None:
    """A site that was added while the monitor runs."""
    watchdog = Watchdog()
    assert () == watchdog.hanging([], 0.0)
    assert () == watchdog.hanging([Shown(0)], 10_000.0)


def test_one_loop_among_many_is_named() -> None:
    """The others go round."""
    watchdog, stuck, well = Watchdog(), Turns("stuck"), Turns("well")
    for step in range(int(PATIENCE_S / STEP_S) + 1):
        well.turn()
        assert () == watchdog.hanging([stuck, well], step * STEP_S)
    well.turn()
    assert ("stuck",) == watchdog.hanging([stuck, well], PATIENCE_S + STEP_S)


@given(st.lists(st.floats(min_value=0.0, max_value=PATIENCE_S), max_size=200))
def test_a_machine_that_is_only_slow_is_never_called_hanging(gaps: list[float]) -> None:
    """However slow each turn is, as long as each ends within the patience."""
    watchdog, loop, now = Watchdog(), Turns("slow"), 0.0
    for gap in gaps:
        now += gap
        assert () == watchdog.hanging([loop], now)
        loop.turn()


@given(st.lists(st.floats(min_value=0.1, max_value=30.0), min_size=20, max_size=200))
def test_one_that_never_goes_round_is_always_found(gaps: list[float]) -> None:
    """At the first look after its patience, whenever somebody looks."""
    watchdog, loop, now = Watchdog(), Turns("stuck"), 0.0
    watchdog.hanging([loop], now)
    for gap in gaps:
        now += gap
        assert (("stuck",) if now > PATIENCE_S else ()) == watchdog.hanging([loop], now)


def test_the_messages_stop_while_a_loop_hangs_and_come_again(manager: Manager) -> None:
    """A real thread that hangs, a real socket: only the clock is ours."""
    clock, dumped, loop = ManualClock(), list[bool](), StubbornLoop()
    ours = service(manager, clock, dumped)
    ours.watch(lambda: (loop.loop,), lambda: "12 printers: 12 watching")
    try:
        ours.tick()
        assert ["WATCHDOG=1\n", "STATUS=12 printers: 12 watching\n"] == manager.waiting()
        loop.hang()
        clock.advance(PATIENCE_S)
        ours.tick()
        assert ["WATCHDOG=1\n"] == manager.waiting()
        clock.advance(STEP_S)
        ours.tick()
        assert ["STATUS=hangs: stubborn\n"] == manager.waiting()
        clock.advance(STEP_S)
        ours.tick()
        assert ([], [True]) == (manager.waiting(), dumped)
        loop.let_go()
        loop.go_round()
        ours.tick()
        assert ["WATCHDOG=1\n", "STATUS=12 printers: 12 watching\n"] == manager.waiting()
    finally:
        loop.close()


def test_a_state_that_cannot_be_told_does_not_end_the_messages(manager: Manager) -> None:
    """A fault in what is only for people to read must not have the monitor started anew."""
    ours = service(manager, ManualClock(), [])

    def status() -> str:
        raise ValueError("a bug")

    ours.watch(lambda: (), status)
    with pytest.raises(ValueError, match="a bug"):
        ours.tick()
    assert ["WATCHDOG=1\n"] == manager.waiting()


def test_up_then_how_it_goes_then_the_end(manager: Manager) -> None:
    """What systemd waits for, in this order; the thread ends with it."""
    ours = Service(SystemClock(), manager.environment(WATCHDOG_USEC="400000"))
    ours.ready(lambda: (), lambda: "1 printers: 1 watching")
    assert "READY=1\n" == manager.message()
    assert "WATCHDOG=1\n" == manager.message()
    assert "STATUS=1 printers: 1 watching\n" == manager.message()
    assert "WATCHDOG=1\n" == manager.message(), "again and again"
    ours.stopping()
    ours.stopping()
    assert "STOPPING=1\nSTATUS=ending\n" == manager.until("STOPPING")
    assert [] == manager.waiting()


def test_without_a_watchdog_only_the_state_is_told(manager: Manager) -> None:
    """A unit of Type=notify that has no WatchdogSec=."""
    ours = Service(ManualClock(), manager.environment())
    ours.watch(lambda: (), lambda: "well")
    ours.tick()
    assert ["STATUS=well\n"] == manager.waiting()


def test_without_a_service_manager_there_is_nothing() -> None:
    """No thread, and nobody is asked anything."""
    ours = Service(SystemClock(), {"WATCHDOG_USEC": "400000"})
    ours.ready(lambda: pytest.fail("asked"), lambda: pytest.fail("asked"))
    ours.stopping()
