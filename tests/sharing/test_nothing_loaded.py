"""Where cameras.yaml names no cluster, nothing of it is loaded."""

import subprocess
import sys


def test_a_monitor_alone_loads_nothing_of_a_cluster() -> None:
    """Neither the client of the store, nor the state machine, nor life in it."""
    code = (
        "import sys, monitor.app; "
        "rooms = ('cluster', 'sharing', 'neighbours', 'hub', 'hearing'); "
        "print([name for name in ('nats', *(f'monitor.{room}' for room in rooms)) if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[]" == done.stdout.strip()
