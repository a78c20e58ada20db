"""Fixtures of the wall's tests."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.wall.entrance import GuardedFarm, Guarding
from tests.wall.farm import Farm


@pytest.fixture
def farm() -> Farm:
    """A farm of three printers that print."""
    farm = Farm(3)
    farm.print_on()
    return farm


@pytest.fixture
def client(farm: Farm) -> FlaskClient:
    """A client of the farm's application."""
    return farm.app.test_client()


@pytest.fixture
def guarded(tmp_path: Path) -> Iterator[Guarding]:
    """A function that makes a farm where people have to log in."""
    farms: list[GuardedFarm] = []

    def make(**more: object) -> GuardedFarm:
        farms.append(GuardedFarm(tmp_path, **more))  # type: ignore[arg-type]  # the keys are its parameters
        return farms[-1]

    yield make
    for farm in farms:
        farm.access.stop()


@pytest.fixture
def house(guarded: Guarding) -> GuardedFarm:
    """A farm where people have to log in."""
    return guarded()


@pytest.fixture
def stranger(house: GuardedFarm) -> FlaskClient:
    """A browser that was never here."""
    return house.app.test_client()
