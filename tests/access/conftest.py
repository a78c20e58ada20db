"""Fixtures: a room with one person of each role."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.access import Access
from monitor.clock import ManualClock
from tests.access.people import access_in, with_people


@pytest.fixture
def clock() -> ManualClock:
    """Time that moves when told to."""
    return ManualClock()


@pytest.fixture
def access(tmp_path: Path, clock: ManualClock) -> Iterator[Access]:
    """Vera the viewer, Omar the operator, Ada the administrator."""
    room = with_people(access_in(tmp_path, clock))
    yield room
    room.stop()
