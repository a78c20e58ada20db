"""One step of the ladder, end to end: small and short, since the figures are not what is tested."""

import json
import subprocess
import sys
from pathlib import Path

import pytest
from pydantic import TypeAdapter

from monitor.bench.figures import Load, StepFigures
from monitor.bench.soak import read_samples
from monitor.bench.stages import STAGES
from monitor.bench.step import allow_files
from monitor.config.model import Detector
from monitor.errors import VigieError


def test_a_step_measures_all_processes_of_the_monitor(tmp_path: Path) -> None:
    """Workers as processes, streams and snapshots, one print that fails, and samples as it goes."""
    samples = tmp_path / "samples.jsonl"
    load = Load(
        cameras=6,
        seconds=3.0,
        way="mixed",
        detector=Detector(sessions=1, processes=True),
        samples=str(samples),
        sample_every_s=1.0,
        settle_s=0.5,
    )
    command = [sys.executable, "-m", "monitor.bench.step", TypeAdapter(Load).dump_json(load).decode()]
    done = subprocess.run(command, capture_output=True, check=True, text=True)
    found = TypeAdapter(StepFigures).validate_python(json.loads(done.stdout))
    assert (6, 2, 1, 0) == (found.cameras, found.processes, found.workers, found.silent)
    assert found.inspections_due >= found.inspections_done * 0.5 > 0
    assert set(STAGES) == set(found.cpu_ms_by_stage)
    assert found.cpu_ms_by_stage["infer"] > 0
    assert found.cpu_ms_per_inspection == pytest.approx(sum(found.cpu_ms_by_stage.values()))
    assert found.kbit_per_s > 1000
    assert found.rss_mb > 50
    assert found.batches > 0
    assert 3 == len(read_samples(samples.read_text(encoding="ascii").splitlines()))


def test_more_open_files_than_the_system_allows_are_told_before_anything_starts() -> None:
    """With what to do."""
    with pytest.raises(VigieError, match="ulimit"):
        allow_files(1 << 40)
    allow_files(16)
