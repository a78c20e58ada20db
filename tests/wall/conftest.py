"""Fixtures of the wall's tests."""

import pytest
from flask.testing import FlaskClient

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
