"""A camera is tried: what it is, what it shows, how often, and what the detector makes of it."""

import socket
import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import cv2
import numpy as np

from monitor.capture.open import open_source
from monitor.certificates import Certificates
from monitor.clock import Clock
from monitor.config.model import Camera, PrinterSettings, SnapshotCamera
from monitor.config.model import Detector as DetectorSettings
from monitor.detector import Detector
from monitor.errors import CameraError, DetectorError
from monitor.inspector import Inspector
from monitor.records import Frame
from monitor.tryout.addresses import PORTS, camera_candidates, host_of
from monitor.tryout.found import Attempt, CameraTrial, address_of

ALL_WITHIN_S = 25.0
FIRST_WITHIN_S = 8.0  # a camera that is tried alone
WATCHED_S = 3.0
PORT_WITHIN_S = 1.0

_NAME = "trial"


class Eye:
    """Looks at a picture as the monitor does; a detector that cannot be loaded leaves the score out."""

    def __init__(self, settings: DetectorSettings | None) -> None:
        self._settings = settings
        self._detector: Detector | None = None
        self._lock = threading.Lock()
        self.problem = ""

    def look(self, trial: CameraTrial, view: PrinterSettings) -> CameraTrial:
        """Return the trial with what its picture shows, turned and cut as the printer's settings say."""
        with self._lock:
            detector = self._loaded()
            inspector = Inspector(detector, {_NAME: view}, batch_size=1)
            [inspection] = inspector.inspect([Frame(_NAME, trial.jpeg, 0.0, 1, 1)])
        seen = inspection.observation
        threshold = view.threshold or (detector.info.threshold if detector else None)
        return replace(trial, health=seen.health, health_detail=seen.detail, score=seen.score, threshold=threshold)

    def _loaded(self) -> Detector | None:
        if self._detector is None and self._settings is not None and not self.problem:
            try:
                self._detector = Detector.load(self._settings)
            except DetectorError as exc:
                self.problem = str(exc)
        return self._detector


def try_camera(
    wish: Camera | str,
    clock: Clock,
    eye: Eye,
    view: PrinterSettings | None = None,
    certificates: Certificates | None = None,
    username: str = "",
    password: str = "",
) -> CameraTrial:
    """Try a camera's section, or an address of which it is not known what is there.

    Takes ``ALL_WITHIN_S`` at most. Raises ConfigError for an address that is none.
    """
    deadline = clock.now() + ALL_WITHIN_S
    candidates = _candidates(wish, username, password)
    attempts: list[Attempt] = []
    for candidate in candidates:
        left_s = deadline - clock.now()
        if left_s < 1.0:
            attempts.append(Attempt("", "there was no time left for more"))
            break
        trial = _watched(candidate, clock, min(FIRST_WITHIN_S, left_s), certificates)
        if trial.camera is not None:
            trial = eye.look(_measured(trial), view or PrinterSettings())
            return replace(trial, attempts=tuple(attempts))
        attempts.append(Attempt(address_of(candidate), trial.problem))
    return CameraTrial(None, _told(attempts), tuple(attempts))


def _candidates(wish: Camera | str, username: str, password: str) -> Iterable[Camera]:
    if not isinstance(wish, str):
        return (wish,)
    host, port = ("", None) if "://" in wish or wish.strip().isdecimal() or wish.startswith("/") else host_of(wish)
    ports = _open_ports(host) if host and port is None else PORTS
    return camera_candidates(wish, username, password, ports)


def _open_ports(host: str) -> Sequence[int]:
    """Return the ports of the usual servers at which a host answers, in about ``PORT_WITHIN_S``."""

    def answers(port: int) -> bool:
        try:
            with socket.create_connection((host, port), PORT_WITHIN_S):
                return True
        except OSError:
            return False

    with ThreadPoolExecutor(len(PORTS), thread_name_prefix="try-port") as pool:
        found = list(pool.map(answers, PORTS))
    return [port for port, is_open in zip(PORTS, found, strict=True) if is_open]


def _watched(camera: Camera, clock: Clock, first_within_s: float, certificates: Certificates | None) -> CameraTrial:
    """Read a camera for a while; its connection is closed when this returns."""
    source = None
    times: list[float] = []
    size = 0
    jpeg = b""
    ended = threading.Event()
    try:
        source = open_source(camera, clock, certificates)
        guard = threading.Thread(target=_end_in_time, args=(source.close, ended, first_within_s), name="try-guard")
        guard.start()
        try:
            for jpeg in source.frames():
                ended.set()  # the first is there: from now on the loop ends by itself
                times.append(clock.now())
                size += len(jpeg)
                if times[-1] - times[0] >= _watched_s(camera):
                    break
        finally:
            ended.set()
            source.close()
            guard.join()
    except CameraError as exc:
        return CameraTrial(None, str(exc)) if not times else _found(camera, times, size, jpeg, source)
    if not times:
        return CameraTrial(None, f"{address_of(camera)} showed no picture in {first_within_s:.0f} s")
    return _found(camera, times, size, jpeg, source)


def _end_in_time(close: Callable[[], None], ended: threading.Event, within_s: float) -> None:
    if not ended.wait(within_s):
        close()


def _watched_s(camera: Camera) -> float:
    return max(WATCHED_S, 2.5 * camera.every_s) if isinstance(camera, SnapshotCamera) else WATCHED_S


def _found(camera: Camera, times: Sequence[float], size: int, jpeg: bytes, source: object) -> CameraTrial:
    lasted_s = times[-1] - times[0]
    return CameraTrial(
        camera,
        jpeg=jpeg,
        frames_per_s=(len(times) - 1) / lasted_s if lasted_s > 0 else None,
        bytes_a_frame=size // len(times),
        dropped=int(getattr(source, "dropped", 0)),
    )


def _measured(trial: CameraTrial) -> CameraTrial:
    """Return the trial with the size of its picture; one that cannot be decoded has none."""
    image = cv2.imdecode(np.frombuffer(trial.jpeg, np.uint8), cv2.IMREAD_COLOR)
    height, width = (0, 0) if image is None else image.shape[:2]
    return replace(trial, width=int(width), height=int(height))


def _told(attempts: Sequence[Attempt]) -> str:
    """Return the one sentence that helps most: an answer that says what is wrong, before a silence."""
    if not attempts:
        return "nothing answers there at the ports that cameras use: check the address, and that the camera is on"
    speaking = [one for one in attempts if "password" in one.problem or "TLS" in one.problem]
    return (speaking or list(attempts))[0].problem if len(attempts) == 1 or speaking else _in_sum(attempts)


def _in_sum(attempts: Sequence[Attempt]) -> str:
    last = attempts[-1] if attempts[-1].address else attempts[0]
    return f"no camera was found in {len(attempts)} usual ways; {last.address}: {last.problem}"
