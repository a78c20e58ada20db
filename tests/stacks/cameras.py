"""Cameras that show real prints: recorded frames over real MJPEG HTTP, healthy until told to show a failure."""

import itertools
import threading
from collections.abc import Iterable
from pathlib import Path

from monitor.sim.cameras import CameraServer, SimulatedLens

FRAMES_PER_S = 4.0
HEALTHY = "geerlingguy/f0*.jpg"  # a time-lapse of a print that went well
SPAGHETTI = ("faircloth/IMG_8312_MOV-*.jpg", "faircloth/IMG_8346_MOV-*.jpg", "faircloth/IMG_8361_MOV-*.jpg")


class RecordedPrint:
    """What one camera sees."""

    def __init__(self, healthy: Iterable[Path], failing: Iterable[Path]) -> None:
        self.fails = threading.Event()
        self._healthy = itertools.cycle([path.read_bytes() for path in sorted(healthy)])
        self._failing = itertools.cycle([path.read_bytes() for path in sorted(failing)])

    def picture(self) -> bytes:
        """Return the next frame, as the camera sends it."""
        return next(self._failing if self.fails.is_set() else self._healthy)


def recorded_prints(train: Path, printers: Iterable[str]) -> dict[str, RecordedPrint]:
    """Return a camera's view for each printer; each fails in a clip of its own."""
    clips = itertools.cycle(SPAGHETTI)
    return {name: RecordedPrint(train.glob(HEALTHY), train.glob(next(clips))) for name in printers}


def serve(prints: dict[str, RecordedPrint]) -> CameraServer:
    """Return a server with one camera a print, not started."""
    return CameraServer({name: SimulatedLens(seen.picture, FRAMES_PER_S) for name, seen in prints.items()})
