"""The workers at the start: which detector they run is said, and one that cannot be run is said louder."""

import logging
from pathlib import Path

import pytest

from monitor.config.model import Config, Detector
from monitor.detector import read_model
from monitor.inspectors import load_inspectors
from tests.farms import a_farm, a_printer


def farm_with(detector: Detector) -> Config:
    """Return one printer and this detector."""
    return a_farm(a_printer("p01")).model_copy(update={"detector": detector})


@pytest.mark.parametrize("precision", ["int8", "fp32"])
def test_the_log_says_which_file_runs(precision: str, caplog: pytest.LogCaptureFixture) -> None:
    """File, precision, provider and hash: the beginning of the one that every incident carries."""
    caplog.set_level(logging.INFO, "monitor.inspectors")
    settings = Detector.model_validate({"precision": precision, "sessions": 2})
    loaded = load_inspectors(farm_with(settings))
    expected = read_model(settings.path)[0].sha256
    assert (expected, 2, "") == (loaded.model_sha256, len(loaded.workers), loaded.problem)
    said = (
        f"the shipped model, {precision}, on cpu: {settings.path}, SHA-256 {expected[:12]}, 2 at once, in this process"
    )
    assert [f"detector: {said}"] == caplog.messages


def test_a_missing_file_is_a_problem_and_no_change_of_precision(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """One worker that scores nothing, and the remedy."""
    loaded = load_inspectors(farm_with(Detector(model=str(tmp_path / "ours.onnx"), sessions=2)))
    assert ("", 1) == (loaded.model_sha256, len(loaded.workers))
    assert all(word in loaded.problem for word in ("ours.json", "detector.precision", "start Vigie again"))
    assert [f"no failure can be recognised: {loaded.problem}"] == caplog.messages
