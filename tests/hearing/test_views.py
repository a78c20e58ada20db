"""What a peer tells of a printer, with the names that printers have here."""

from collections.abc import Callable
from functools import partial

import pytest

from monitor.board import Board
from monitor.hearing.views import view_of
from monitor.hub.names import at_hub
from monitor.judge import Phase
from monitor.peers.records import CompactView
from monitor.records import State
from monitor.records.belonging import Belonging, Belongs
from tests.farms import a_farm


@pytest.mark.parametrize(("named", "perhaps"), [(str, "p02"), (partial(at_hub, "lens"), "lens.p02")])
def test_the_printer_that_a_camera_seems_to_show_has_our_name(named: Callable[[str], str], perhaps: str) -> None:
    """In a cluster printers are called the same at every node, at a hub they are not."""
    belonging = Belonging(Belongs.DOES_NOT, "p02")
    told = CompactView("p01", State.WATCHING, 1.0, Phase.WATCHING, belonging=belonging)
    before = Board(a_farm(), 0.5, 0.0).view("p01")
    assert Belonging(Belongs.DOES_NOT, perhaps) == view_of(before, told, None, 0.0, 0.5, named).belonging
