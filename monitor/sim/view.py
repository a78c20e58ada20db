"""What one simulated camera sees: the frame that its printer is at, through its sensor."""

import numpy as np

from monitor.clock import Clock
from monitor.sim.floor import Floor
from monitor.sim.player import Shot
from monitor.sim.prints import Picture
from monitor.sim.sensor import Sensor


class View:
    """One camera's view of one printer; used from one thread."""

    def __init__(self, floor: Floor, printer: str, sensor: Sensor, clock: Clock) -> None:
        self._floor = floor
        self._printer = printer
        self._sensor = sensor
        self._clock = clock
        self._shot: Shot | None = None
        self._scene: Picture = np.zeros((0, 0, 3), np.uint8)  # of that shot: it stays for many pictures

    def jpeg(self) -> bytes:
        """Return the camera's picture of this moment."""
        shot = self._floor.shot(self._printer)
        if shot != self._shot:
            self._scene, self._shot = shot.clip.frame(shot.frame), shot
        return self._sensor.jpeg(self._scene, self._clock.now())
