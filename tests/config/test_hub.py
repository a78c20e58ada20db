"""The ``hub`` section of a site's cameras.yaml."""

from pathlib import Path

import pytest

from monitor.config.hub import Hub
from tests.config.test_faults import FARM, faults_of, top
from tests.config.test_load import loaded


def test_nobody_is_told_anything_unless_the_section_is_written(tmp_path: Path) -> None:
    """An empty section is enough where there is one site only."""
    assert loaded(tmp_path, FARM).hub is None
    assert Hub(peer=None, tiles_kbit_per_s=200.0) == loaded(tmp_path, top("hub: {}")).hub


TWO_SITES = "  - {id: lens, rooms: [{id: hall, printers: [{id: p99, camera: simulated, control: simulated}]}]}\n"
FAULTS = {
    top("hub: {peer: Lille}"): "1 hub.peer: Lille has a form or characters that cannot stand here; "
    "write the name by which the hub knows this monitor, such as lille",
    top("hub: {tiles_kbit_per_s: 1}"): "1 hub.tiles_kbit_per_s: 1 must be at least 10; "
    "write kilobits a second for pictures and for what is told afterwards, such as 200",
    top("hub: {host: hub.example}"): "1 hub.host: is not a key that is known here; known are peer, tiles_kbit_per_s",
    top("hub: {}").replace("mqtt: {host: broker}\n", ""): "1 hub: needs a broker with a bridge to the hub's, but the "
    "file names none; write a section mqtt: with its host",
    top("hub: {}") + TWO_SITES: "1 hub.peer: is missing, and which of the 2 sites names this monitor is not plain; "
    "write a name that no other monitor has, such as north",
}


@pytest.mark.parametrize(("text", "expected"), FAULTS.items())
def test_a_wrong_key_is_named_with_its_line_and_its_remedy(text: str, expected: str, tmp_path: Path) -> None:
    """As everywhere in the file."""
    assert [f"cameras.yaml:{expected}"] == faults_of(tmp_path, text)
