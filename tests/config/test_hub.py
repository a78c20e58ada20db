"""The ``hub`` section of a site's cameras.yaml."""

from pathlib import Path

import pytest

from monitor.config.hub import Hub, LineBroker
from monitor.config.warn import warnings
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
    top("hub: {host: hub.example}"): "1 hub.host: is not a key that is known here; known are peer, tiles_kbit_per_s, "
    "mqtt, commands",
    top("hub: {commands: false}"): "1 hub.commands: false means nothing while the bridge is in the site's own broker, "
    "where the hub can order everything; write hub.mqtt and set up the line broker (vigie bridge-config)",
    top("hub: {}").replace("mqtt: {host: broker}\n", ""): "1 hub: needs a broker with a bridge to the hub's, but the "
    "file names none; write a section mqtt: with its host",
    top("hub: {mqtt: {host: 10.0.0.9}}"): "1 hub.mqtt.host: 10.0.0.9 is another machine, but the line broker runs "
    "beside Vigie; write 127.0.0.1, or remove the key",
    top("hub: {mqtt: {base: prints}}"): "1 hub.mqtt.base: is not a key that is known here; known are host, port, "
    "username, password",
    top("hub: {mqtt: {port: 1883}}").replace("host: broker", "host: localhost"): "1 hub.mqtt.port: is the site's own "
    "broker, into which the hub could then write whatever it wants; write the port of the line broker "
    "(vigie bridge-config), such as 1884",
    top("hub: {}") + TWO_SITES: "1 hub.peer: is missing, and which of the 2 sites names this monitor is not plain; "
    "write a name that no other monitor has, such as north",
}


@pytest.mark.parametrize(("text", "expected"), FAULTS.items())
def test_a_wrong_key_is_named_with_its_line_and_its_remedy(text: str, expected: str, tmp_path: Path) -> None:
    """As everywhere in the file."""
    assert [f"cameras.yaml:{expected}"] == faults_of(tmp_path, text)


def test_a_line_broker_is_on_this_machine_and_not_the_sites_own(tmp_path: Path) -> None:
    """Its port is 1884 unless another is written; the site's broker may then be the embedded one."""
    hub = loaded(tmp_path, top("hub: {mqtt: {}}").replace("mqtt: {host: broker}\n", "")).hub
    assert hub is not None
    assert LineBroker(host="127.0.0.1", port=1884) == hub.mqtt
    assert "secret" not in repr(LineBroker(password="secret"))


def test_a_bridge_in_the_sites_own_broker_is_warned_of(tmp_path: Path) -> None:
    """With what to write; and nobody is warned who has no hub, or has a line broker."""
    told = [
        [one for one in warnings(loaded(tmp_path, text)) if one.startswith("hub: ")]
        for text in (top("hub: {}"), top("hub: {mqtt: {}}"), FARM)
    ]
    assert [1, 0, 0] == [len(one) for one in told]
    assert "write hub: {mqtt: {username: vigie" in told[0][0]
