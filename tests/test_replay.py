"""A recording is judged as a camera is: with the memory of what it has shown before."""

from pathlib import Path

import pytest

from monitor.clock import ManualClock
from monitor.config.model import Detector as DetectorSettings
from monitor.config.model import FilesCamera, PrinterSettings
from monitor.detector import Detector
from monitor.replay import Replay
from tests.inspection import tiny_model
from tests.inspection.pictures import jpeg, scene

EVERY_S = 10.0
POINT = {"threshold": 0.5, "healthy": {"mean": -3.0, "between_sd": 0.01, "within_sd": 1.0}}  # a bar that stands still


@pytest.fixture(scope="module")
def slow_sunrise(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Forty minutes in which the picture grows from dim to bright, one every ten seconds."""
    folder = tmp_path_factory.mktemp("recording")
    for n in range(240):
        (folder / f"{n:03}.jpg").write_bytes(jpeg(scene(seed=n, width=160, height=120, level=90 + n * 130 // 240)))
    return folder


@pytest.mark.parametrize(("remembers", "verdict"), [(False, "failed"), (True, "healthy")])
def test_a_replay_uses_the_memory_as_the_monitor_does(
    slow_sunrise: Path, tmp_path: Path, remembers: bool, verdict: str
) -> None:
    """The tiny model calls bright a failure; with a memory, only brighter than some minutes ago."""
    model = tiny_model.write(tmp_path, tiny_model.build(remembers=remembers), {"operating_point": POINT})
    settings = PrinterSettings(inspect_every_s=EVERY_S)
    replay = Replay(Detector.load(DetectorSettings(model=str(model))), settings, ManualClock())
    list(replay.lines(FilesCamera(type="files", path=str(slow_sunrise), frames_per_s=1 / EVERY_S, loop=False)))
    assert (240, 240, verdict) == (replay.inspected, replay.trusted, replay.verdict)
