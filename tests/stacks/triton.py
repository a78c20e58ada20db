"""A Triton server that serves a model file by its Python backend."""

import shutil
import socket
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from monitor.config.model import Detector
from monitor.detector.served import write_repository
from tests.stacks.install import TritonInstall
from tests.stacks.processes import Program

READY_WITHIN_S = 60.0


class TritonServer:
    """Serves one model at one port, from start to stop, as often as that comes."""

    def __init__(self, install: TritonInstall, folder: Path, settings: Detector) -> None:
        """Write the model repository."""
        self._environment = install.environment
        model = write_repository(settings, folder / "repository", backend="python")
        shutil.copy(Path(__file__).parent / "triton_model.py", model / "1/model.py")
        self._port = _free_port()
        command: list[str | Path] = [
            *(install.server, "--model-repository", folder / "repository"),
            *("--backend-directory", install.backends, "--disable-auto-complete-config"),
            *("--http-address", "127.0.0.1", "--http-port", str(self._port)),
            *("--allow-grpc", "false", "--allow-metrics", "false"),
            *("--backend-config", f"python,shm-region-prefix-name=vigie-tests-{self._port}-"),
        ]
        self._program = Program(command, folder / "triton.log")

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start it, and wait until the model is loaded."""
        self._program.start(self._environment)
        self._program.wait_ready(self._is_ready, READY_WITHIN_S)

    def kill(self) -> None:
        """End it at once."""
        self._program.kill()

    def stop(self) -> None:
        """End it."""
        self._program.stop()

    def _is_ready(self) -> bool:
        try:
            with urlopen(f"{self.url}/v2/health/ready", timeout=5) as answer:  # noqa: S310  # our own server
                return bool(answer.status == 200)
        except (URLError, OSError):
            return False


def _free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])
