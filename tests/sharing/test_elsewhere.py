"""monitor/sharing/elsewhere.py: how printers look that other nodes watch, as it is told to the fleet guard."""

from dataclasses import replace
from typing import Any

import pytest

from monitor.board import Board
from monitor.config.live import LiveConfig
from monitor.fleet import Look
from monitor.judge import Phase
from monitor.records import Health, JobState, PrinterReport
from monitor.sharing.elsewhere import Elsewhere
from tests.sharing.household import Household

SEEN: dict[str, Any] = {"phase": Phase.WATCHING, "health": Health.OK, "score": 0.1, "is_known": True}


class Told:
    """Two nodes' printers on a board, and what was told of them."""

    def __init__(self, household: Household) -> None:
        config = household.config("north")
        self.board, self.looks = Board(config, 0.5, 0.0), dict[str, Look]()
        self.owners = {"m1": "north", "m2": "south", "m3": "south"}
        self._elsewhere = Elsewhere(
            self.board,
            LiveConfig(config),
            lambda: dict(self.owners),
            lambda p: self.owners.get(p) == "north",
            self._take,
        )

    def show(self, printer: str, **seen: Any) -> None:
        """Have the board show something."""
        self.board.told(replace(self.board.view(printer), **{**SEEN, **seen}), 1.0)

    def look(self) -> dict[str, Look]:
        """Return what was told of how they look."""
        self._elsewhere.tick()
        return self.looks

    def _take(self, looks: object) -> None:
        self.looks = dict(looks)  # type: ignore[call-overload]


@pytest.fixture
def told(household: Household) -> Told:
    """All are well."""
    told = Told(household)
    for printer in told.owners:
        told.show(printer)
    return told


def test_only_those_of_others_are_told_and_not_before_they_have_settled(told: Told) -> None:
    """The first look knows no owners of before."""
    assert {} == told.look()
    assert {"m2": Look.WELL, "m3": Look.WELL} == told.look()


def test_what_changes_hands_is_left_out_once(told: Told) -> None:
    """Its next owner begins without pictures."""
    told.look()
    told.owners["m2"] = "west"
    told.show("m2", phase=Phase.BLIND)
    assert {"m3": Look.WELL} == told.look()
    assert {"m2": Look.UNSEEN, "m3": Look.WELL} == told.look()


def test_what_nobody_knows_is_not_told(told: Told) -> None:
    """Its node is silent: that is no trouble of the printer's."""
    told.look()
    told.show("m3", is_known=False, phase=Phase.BLIND)
    assert {"m2": Look.WELL} == told.look()


def test_trouble_is_told_as_its_owner_sees_it(told: Told) -> None:
    """Suspect, failing, without a camera, at rest."""
    told.look()
    told.show("m2", phase=Phase.SUSPECT, evidence_s=0.5)
    told.show("m3", phase=Phase.FAILING, evidence_s=1.0)
    assert {"m2": Look.SUSPECT, "m3": Look.FAILING} == told.look()
    told.show("m2", camera_problem="refused")
    told.show("m3", report=PrinterReport("m3", JobState.IDLE, 1.0, can_pause=True))
    assert {"m2": Look.UNSEEN, "m3": Look.RESTING} == told.look()
