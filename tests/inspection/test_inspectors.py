"""The workers at the start: which detector they run is said, and one that cannot be run is said louder."""

import logging
from pathlib import Path

import pytest

from monitor.config.model import Config, Detector, Storage
from monitor.detector import read_model
from monitor.inspectors import ONE_PROCESS_CARRIES, load_inspectors, wants_processes
from monitor.looking import Errand
from monitor.tuning import Tuning, fingerprint_here, store
from tests.farms import a_farm, a_printer
from tests.inspection.pictures import frame, jpeg, scene


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


def test_what_was_measured_for_this_host_is_used(tmp_path: Path) -> None:
    """Unless cameras.yaml says it itself, or it was measured with another model."""
    farm = farm_with(Detector()).model_copy(update={"storage": Storage(path=str(tmp_path / "vigie.db"))})
    sha256 = read_model(Detector().path)[0].sha256
    store(farm, fingerprint_here(sha256), Tuning(sessions=3, batch=5))
    loaded = load_inspectors(farm)
    assert (3, 5) == (len(loaded.workers), loaded.batch)
    own = load_inspectors(farm.model_copy(update={"detector": Detector(sessions=1, batch=2)}))
    assert (1, 2) == (len(own.workers), own.batch)
    store(farm, fingerprint_here("0" * 64), Tuning(sessions=3, batch=5))
    assert Detector().batch == load_inspectors(farm).batch


@pytest.mark.parametrize(
    ("detector", "printers", "expected"),
    [
        (Detector(), ONE_PROCESS_CARRIES, False),
        (Detector(), ONE_PROCESS_CARRIES + 1, True),
        (Detector(provider="cuda"), 1000, False),
        (Detector(processes=True), 1, True),
        (Detector(processes=False), 1000, False),
    ],
)
def test_many_printers_on_cpus_are_looked_at_in_processes(detector: Detector, printers: int, expected: bool) -> None:
    """A GPU is shared by the sessions of one process; whoever says it in cameras.yaml is obeyed."""
    assert expected is wants_processes(detector, printers)


def test_worker_processes_are_there_when_it_is_loaded_and_gone_when_it_is_stopped() -> None:
    """Each with the detector that the log names."""
    loaded = load_inspectors(farm_with(Detector(sessions=2, processes=True)))
    errand = Errand(frame(jpeg(scene())))
    seen = [worker.look([errand])[0].observation for worker in loaded.workers]
    assert seen[0].score is not None
    assert seen[0] == seen[1]
    loaded.stop()
    loaded.stop()
