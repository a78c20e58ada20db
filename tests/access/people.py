"""People for tests: a room of access in a folder, with passwords that cost nothing to hash."""

from collections.abc import Callable
from pathlib import Path

from monitor.access import Access, Role
from monitor.access.passwords import Passwords
from monitor.clock import Clock, ManualClock
from tests.support import wait_until

PASSWORD = "blue-otter-seven-lamps"
OTHER = "green-kettle-nine-doors"
CHEAP = "pbkdf2:sha256:1"
HERE, BROWSER = "10.0.0.7", "Firefox on Linux"
WHO = {"Vera": Role.VIEWER, "Omar": Role.OPERATOR, "Ada": Role.ADMINISTRATOR}


def access_in(folder: Path, clock: Clock | None = None) -> Access:
    """Return a started room whose file lies in ``folder``; stop it."""
    access = Access(folder / "vigie.db", clock or ManualClock(), Passwords(CHEAP))
    access.start()
    return access


def with_people(access: Access) -> Access:
    """Add one person of each role, all with the same password."""
    for name, role in WHO.items():
        access.desk.use_link(access.desk.add(name, role), name, PASSWORD)
    return access


def hears(access: Access, condition: Callable[[], bool]) -> bool:
    """Let a room look at its file until something is so; tell whether it became so."""

    def looked() -> bool:
        access.look()
        return condition()

    return wait_until(looked, every_s=0.05)


def log_in(access: Access, name: str, password: str = PASSWORD, address: str = HERE, old: str = "") -> str:
    """Log somebody in and return the session's secret."""
    return access.doors.log_in(name, password, address, BROWSER, old)
