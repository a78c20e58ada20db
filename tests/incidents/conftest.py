"""A farm for tests in which people speak."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.incidents.ward import Ward, ward


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Ward]:
    """A ward on an empty file."""
    with ward(tmp_path / "vigie.db") as found:
        yield found
