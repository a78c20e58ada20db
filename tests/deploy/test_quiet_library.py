"""What Vigie loads tells nobody of it."""

import os
import subprocess
import sys
from pathlib import Path

import onnxruntime
import pytest

LOADS_THE_DETECTOR = """
import monitor.detector.session, onnxruntime
from monitor.assets import asset
onnxruntime.InferenceSession(str(asset("models/detector-int8.onnx")), providers=["CPUExecutionProvider"])
"""
SILENCES = ("ORT_DISABLE_TELEMETRY", "CI", "GITHUB_ACTIONS", "XDG_CACHE_HOME")


def written(home: Path, program: str) -> list[str]:
    """Return what a fresh interpreter leaves in its home folder."""
    environment = {name: value for name, value in os.environ.items() if name not in SILENCES} | {"HOME": str(home)}
    subprocess.run([sys.executable, "-c", program], env=environment, check=True, capture_output=True)
    return sorted(path.name for path in home.rglob("*") if path.is_file())


def test_the_detector_leaves_no_id_of_the_machine_and_reports_nothing(tmp_path: Path) -> None:
    """onnxruntime writes both an id and what it is about to send below the home folder, unless it is told not to."""
    assert [] == written(tmp_path, LOADS_THE_DETECTOR)


def test_without_being_told_it_would(tmp_path: Path) -> None:
    """Or else the test above could not fail."""
    if tuple(map(int, onnxruntime.__version__.split(".")[:2])) < (1, 29):
        pytest.skip("this one reports nothing yet")
    told = "import os, monitor; os.environ.pop('ORT_DISABLE_TELEMETRY')" + LOADS_THE_DETECTOR
    assert "deviceid" in written(tmp_path, told)
