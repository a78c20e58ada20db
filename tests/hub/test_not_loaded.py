"""A hub watches nothing, and holds nothing of what a monitor watches with."""

import json
import subprocess
import sys
from pathlib import Path

RUN = """
import json, sys, urllib.request
from pathlib import Path
from monitor.cli import COMMANDS
from monitor.clock import SystemClock
from monitor.config.hub_file import load_hub
hub = COMMANDS["wall"].Hub(load_hub(Path(sys.argv[1]), {}), SystemClock())
hub.start()
try:
    for page in ("", "history", "report", "health", "api/printers"):
        urllib.request.urlopen(hub.url + page).read()
finally:
    hub.stop()
print(json.dumps(sorted(sys.modules)))
"""


def test_a_hub_that_serves_its_wall_has_loaded_no_detector_and_no_camera(tmp_path: Path) -> None:
    """Nor what a site's monitor and a cluster need: a hub runs on the smallest machine."""
    file = tmp_path / "hub.yaml"
    told = {
        "mqtt": {"host": "127.0.0.1", "port": 1},
        "storage": {"path": str(tmp_path / "hub.db")},
        "wall": {"port": 0, "access": "open"},
        "sites": [{"peer": "amiens"}],
    }
    file.write_text(json.dumps(told))
    done = subprocess.run([sys.executable, "-c", RUN, str(file)], capture_output=True, text=True, check=True)
    loaded = json.loads(done.stdout.splitlines()[-1])
    assert "monitor.hub.collector" in loaded
    heavy = ("onnxruntime", "av", "amqtt", "nats", "apprise")
    rooms = ("detector", "capture.open", "inspector", "printers", "agent", "pipeline", "cluster", "sharing")
    assert [] == [name for name in (*heavy, *(f"monitor.{room}" for room in rooms)) if name in loaded]
