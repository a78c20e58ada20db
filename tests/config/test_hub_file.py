"""The hub's file: read strictly, every fault at once."""

from pathlib import Path

import pytest

from monitor.config.hub_file import HubLine, load_hub
from monitor.errors import ConfigError

WHOLE = """
mqtt: {host: 127.0.0.1, port: 1885}
storage: {path: hub.db, keep_days: 30}
wall: {port: 0, access: open}
sites:
  - peer: amiens
    name: Amiens
    wall: https://vigie.amiens.example
  - peer: lens
"""


def _written(folder: Path, text: str) -> Path:
    path = folder / "hub.yaml"
    path.write_text(text)
    return path


def test_a_hub_file_is_read_with_paths_from_its_folder(tmp_path: Path) -> None:
    """Sites keep their order, and the database lies beside the file."""
    hub = load_hub(_written(tmp_path, WHOLE), {})
    assert ["amiens", "lens"] == [site.peer for site in hub.sites]
    assert "https://vigie.amiens.example" == hub.sites[0].wall
    assert str(tmp_path / "hub.db") == hub.storage.path
    assert (30, 1885) == (hub.storage.keep_days, hub.mqtt.port)


def test_every_fault_is_told_with_its_line(tmp_path: Path) -> None:
    """A name twice, a key that is not known, an open wall for the whole network: three lines, each with a remedy."""
    text = (
        "mqtt: {host: hub.example}\nwall: {host: 0.0.0.0, access: open}\nsites:\n  - peer: a\n  - {peer: a, rom: x}\n"
    )
    with pytest.raises(ConfigError) as caught:
        load_hub(_written(tmp_path, text + "  - peer: a\n"), {})
    lines = str(caught.value).splitlines()
    assert 3 == len(lines)
    assert "hub.yaml:2 wall.access: open lets everybody" in lines[0]
    assert "hub.yaml:5 sites" in lines[1]
    assert "stands here twice" in lines[2]


def test_a_hub_needs_a_broker_and_sites(tmp_path: Path) -> None:
    """Without either there is nothing that it could show, and printers are not written here."""
    with pytest.raises(ConfigError) as caught:
        load_hub(_written(tmp_path, "printers: []\n"), {})
    text = str(caught.value)
    assert "mqtt: is missing; write the hub's broker" in text
    assert "sites: is missing" in text
    assert "printers: is not a key that is known here" in text


def test_a_line_that_all_sites_share_is_enough_for_each(tmp_path: Path) -> None:
    """Without the section nobody is told to keep within anything."""
    assert load_hub(_written(tmp_path, WHOLE), {}).line is None
    assert HubLine(kbit_per_s=1000.0) == load_hub(_written(tmp_path, f"{WHOLE}line: {{kbit_per_s: 1000}}\n"), {}).line
    with pytest.raises(ConfigError, match=r"line\.kbit_per_s: 39 is too little for 2 sites; write 40 or more"):
        load_hub(_written(tmp_path, f"{WHOLE}line: {{kbit_per_s: 39}}\n"), {})
