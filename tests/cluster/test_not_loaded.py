"""Without ``cluster:`` nothing of it is loaded."""

import subprocess
import sys

PROGRAM = """
import sys
import monitor.app, monitor.cli, monitor.commands.run
from monitor.config.load import load
loaded = sorted(name for name in sys.modules if name == "nats" or name.startswith(("nats.", "monitor.cluster.")))
print(loaded)
"""


def test_a_monitor_alone_loads_neither_nats_nor_what_speaks_it() -> None:
    """In a fresh interpreter, with the application and every command imported."""
    done = subprocess.run([sys.executable, "-c", PROGRAM], capture_output=True, text=True, check=True)
    loaded = done.stdout.strip()
    assert "nats" not in loaded.replace("monitor.cluster", "")
    assert all(name not in loaded for name in ("keeper", "node", "membership", "onlooker", "moves", "joining"))
