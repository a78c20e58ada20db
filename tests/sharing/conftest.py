"""Fixtures of this folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.brokers import Mosquitto, mosquitto_broker
from tests.sharing.household import Household

__all__ = ["household", "mosquitto_broker"]


@pytest.fixture
def household(tmp_path: Path, mosquitto_broker: Mosquitto) -> Iterator[Household]:
    """Yield printers and their agent, and no monitor yet. North owns all printers, at epoch 1."""
    folder = tmp_path / "farm"
    folder.mkdir()
    household = Household(folder, mosquitto_broker)
    try:
        household.start()
        yield household
    finally:
        household.stop()
