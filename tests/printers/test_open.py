"""From a control in cameras.yaml to its adapter."""

from pathlib import Path

import pytest

from monitor.certificates import Certificates
from monitor.config.load import load
from monitor.mqtt import Endpoint, Link
from monitor.printers.creality import Creality
from monitor.printers.duet import Duet
from monitor.printers.klipper import Klipper
from monitor.printers.moonraker import Moonraker
from monitor.printers.none import NoPrinter
from monitor.printers.octoprint import OctoPrint
from monitor.printers.open import open_adapter
from monitor.printers.prusalink import PrusaLink
from monitor.printers.sdcp import Sdcp
from monitor.printers.webhook import Webhook
from tests.config.test_faults import control


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("{type: octoprint, url: http://10.0.0.9, api_key: k}", OctoPrint),
        ("{type: prusalink, url: http://10.0.0.9, api_key: k}", PrusaLink),
        ("{type: moonraker, instance: k1}", Moonraker),
        ("{type: moonraker_http, url: http://10.0.0.9:7125}", Klipper),
        ("{type: duet, url: http://10.0.0.9}", Duet),
        ("{type: sdcp, host: 10.0.0.9}", Sdcp),
        ("{type: creality, host: 10.0.0.9}", Creality),
        ("{type: http, pause_url: http://10.0.0.9/p, state_url: http://10.0.0.9/s}", Webhook),
        ("none", NoPrinter),
    ],
)
def test_each_control_gets_its_adapter(text: str, kind: type, tmp_path: Path) -> None:
    """Nothing is asked of the printer yet: no such address is there."""
    file = tmp_path / "cameras.yaml"
    file.write_text(control(text))
    printer = load(file, {}).printers[0]
    link = Link(Endpoint("127.0.0.1", 1883), "agent")
    adapter = open_adapter(printer, "vigie", link, Certificates(tmp_path), lambda: None)
    assert kind is type(adapter)
    adapter.close()
