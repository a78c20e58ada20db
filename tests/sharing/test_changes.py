"""cameras.yaml changes while printers are shared: every node shows the new list, the owner does the rest."""

import json
from typing import Any

from tests.sharing.household import BEHIND_MQTT, PRINTERS, Household
from tests.support import wait_until


def edit(household: Household, node: str, change: str) -> None:
    """Add m4 or take m1 out of a node's file."""
    file = household.folder / f"{node}.yaml"
    content: dict[str, Any] = json.loads(file.read_text())
    printers = content["sites"][0]["rooms"][0]["printers"]
    if change == "add m4":
        printers.append({"id": "m4", "control": BEHIND_MQTT})
    else:
        del printers[0]
    file.write_text(json.dumps(content))


def shown(household: Household, node: str) -> list[str]:
    """Return the printers on a node's wall."""
    return [view.id for view in household.apps[node].board.snapshot().printers]


def test_a_printer_that_is_added_is_shown_everywhere_and_watched_by_who_is_given_it(household: Household) -> None:
    """And the cluster hears of it."""
    household.begin("north", follows=True)
    household.begin("south", follows=True)
    assert household.watches("north", *PRINTERS)
    for node in ("north", "south"):
        edit(household, node, "add m4")
    assert wait_until(lambda: all([*PRINTERS, "m4"] == shown(household, node) for node in ("north", "south")))
    assert wait_until(lambda: ["m1", "m2", "m3", "m4"] == household.members["south"].followed)
    assert household.watches("north", *PRINTERS)
    household.cluster.move("m4", "south")
    assert household.watches("south", "m4")


def test_a_printer_that_is_taken_out_is_forgotten_by_the_broker(household: Household) -> None:
    """The owner closes its incident and clears what is retained; the others only show it no more."""
    household.begin("north", follows=True)
    household.begin("south", follows=True)
    assert household.watches("north", *PRINTERS)
    assert household.prints("north")
    household.fail("m1")
    assert wait_until(lambda: "paused" == household.floor.state("m1"))
    assert wait_until(lambda: bool(household.incidents))
    edit(household, "south", "remove m1")
    assert wait_until(lambda: ["m2", "m3"] == shown(household, "south"))
    assert household.open_at("north", "m1") is not None
    edit(household, "north", "remove m1")
    assert wait_until(lambda: {"incident", "state", "evidence"} <= household.cleared["m1"])
    assert wait_until(lambda: ["m2", "m3"] == household.members["north"].followed)
    assert household.watches("north", "m2", "m3")
