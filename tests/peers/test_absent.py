"""Where cameras.yaml names no hub, nothing of the peers is there."""

import subprocess
import sys

LOADED = "import sys, monitor.app; print([name for name in sys.modules if name.startswith('monitor.peers')])"


def test_nothing_of_the_peers_is_loaded_by_the_monitor_itself() -> None:
    """Only the section hub, or a cluster, brings it in."""
    done = subprocess.run([sys.executable, "-c", LOADED], capture_output=True, text=True, check=True)
    assert "[]\n" == done.stdout
