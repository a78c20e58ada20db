"""A real mosquitto on loopback that can be killed and started again with what it had kept."""

import socket
from pathlib import Path

from tests.stacks.processes import Program, free_port

# Persistence as docs/mqtt.md asks for: with mosquitto's own defaults a kill loses sessions, queues and retained messages.
_CONFIGURATION = """\
listener {port} 127.0.0.1
allow_anonymous true
persistence true
persistence_location {folder}/
autosave_interval 1
autosave_on_changes true
set_tcp_nodelay true
"""


class Mosquitto:
    """One broker with a fixed port over all its lives."""

    def __init__(self, program: str, folder: Path) -> None:
        self.port = free_port()
        folder.mkdir(parents=True)
        folder.chmod(0o777)  # started by root, mosquitto changes to a user of its own
        configuration = folder / "mosquitto.conf"
        configuration.write_text(_CONFIGURATION.format(port=self.port, folder=folder))
        self.program = Program([program, "-c", configuration], folder / "mosquitto.out")

    def start(self) -> None:
        """Start it and wait until it listens; raises NotReady."""
        self.program.start()
        self.program.wait_ready(self._listens, 10)

    def stop(self) -> None:
        """End it."""
        self.program.stop()

    def kill(self) -> None:
        """End it as a power cut would."""
        self.program.kill()

    def _listens(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), timeout=1).close()
        except OSError:
            return False
        return True
