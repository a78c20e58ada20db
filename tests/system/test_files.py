"""Files that are wrong, missing, damaged or cannot be written: told with a remedy, and what can go on goes on."""

import os
import shutil
from pathlib import Path

import pytest
import requests

from monitor.assets import asset
from tests.support import PATIENCE_S
from tests.system.running import CLEAN, FAILING_PRINT, RunningVigie, farm, running_vigie, simulated, vigie
from tests.system.small_disk import small_disk

FAILS_ONCE = {"first_failure_after_s": 2, "failure_every_s": 80_000}
FAILING_FARM = [simulated("bad", FAILING_PRINT), simulated("good")]


def is_paused(running: RunningVigie) -> bool:
    """Wait until the failing printer is seen paused."""
    return running.sees(lambda printers: printers["bad"]["state"] == "paused", 40)


def test_a_wrong_configuration_is_refused_with_every_fault(tmp_path: Path) -> None:
    """Status 1, nothing started; each fault has its line, its value and what to write."""
    file = tmp_path / "cameras.yaml"
    file.write_text(
        "wall: {port: 99999}\n"
        "detectr: {batch: 8}\n"
        "sites:\n"
        "  - id: hospital\n"
        "    rooms:\n"
        "      - id: hall\n"
        "        printers:\n"
        "          - {id: p1, camera: ftp://10.0.0.1/, control: none}\n"
        "          - {id: p1, camera: http://10.0.0.2/, control: none, fail_after_s: soon}\n"
    )
    done = vigie("run", file, cwd=tmp_path)
    assert 1 == done.returncode
    assert "Traceback" not in done.stderr
    faults = done.stderr.removeprefix("vigie run: ").splitlines()
    for line, words in (
        (1, "99999"),
        (2, "detector"),  # did you mean
        (8, "ftp://"),
        (9, "p1"),
        (9, "soon"),
    ):
        assert any(f"cameras.yaml:{line} " in fault and words in fault for fault in faults), (line, words, faults)
    assert [file] == list(tmp_path.iterdir())


def test_a_missing_configuration_is_told(tmp_path: Path) -> None:
    """Status 1 and the name of the file."""
    done = vigie("run", tmp_path / "none.yaml")
    assert (1, False) == (done.returncode, "Traceback" in done.stderr)
    assert "none.yaml" in done.stderr


@pytest.mark.parametrize("fault", ["missing", "undescribed", "another"])
def test_without_its_detector_it_shows_pictures_and_says_so(fault: str, tmp_path: Path) -> None:
    """Every printer is blind, never fine; the wall and the log name the file and the remedy."""
    if fault != "missing":
        shutil.copy(asset("models/detector.onnx"), tmp_path)
    if fault == "another":
        shutil.copy(asset("models/detector.json"), tmp_path)
        with (tmp_path / "detector.onnx").open("ab") as file:
            file.write(b"one byte more")
    detector = {"model": str(tmp_path / "detector.onnx"), "sessions": 1}
    with running_vigie(farm([simulated("p1")], detector=detector), tmp_path) as running:
        health = running.health()
        assert "degraded" == health["status"]
        assert all(word in health["detector_problem"] for word in (str(tmp_path), "restore", "start Vigie again"))
        assert running.says("no failure can be recognised: ")
        assert running.sees(lambda printers: printers["p1"]["frame_taken_at"] is not None)
        assert ("blind", None) == (running.printers()["p1"]["state"], running.printers()["p1"]["score"])
        assert 200 == requests.get(running.url("/tile/p1.jpg"), timeout=PATIENCE_S).status_code
        assert "image/jpeg" == requests.get(running.url("/picture/p1.jpg"), timeout=PATIENCE_S).headers["Content-Type"]
        assert CLEAN == running.end(), running.said()


def test_a_full_disk_keeps_nobody_from_pausing_and_loses_no_incident(tmp_path: Path) -> None:
    """The incident waits in memory, the wall says why; with room on the disk it is written."""
    with small_disk(tmp_path / "disk") as disk:
        storage = {"path": str(disk.folder / "vigie.db")}
        config = farm(FAILING_FARM, storage=storage, simulation=FAILS_ONCE)
        with running_vigie(config, tmp_path) as running:
            disk.fill(running.process)
            assert is_paused(running), running.said()
            health = running.health()
            assert "degraded" == health["status"]
            assert all(word in health["storage_problem"] for word in (storage["path"], "free space"))
            assert running.watches("good")
            disk.free(running.process)
            assert running.says("writing works again", timeout_s=20), running.said()
            assert running.is_well(), running.health()
            (incident,) = running.history()
            assert ("bad", "paused") == (incident["printer"], incident["status"])
            assert CLEAN == running.end(), running.said()


def test_a_place_that_cannot_be_written_is_told_and_tried_again(tmp_path: Path) -> None:
    """A folder that nobody can make; the end says how much could not be kept."""
    config = farm([simulated("p1")], storage={"path": "/proc/vigie/vigie.db"})
    with running_vigie(config, tmp_path) as running:
        assert running.watches("p1")
        health = running.health()
        assert "degraded" == health["status"]
        assert all(word in health["storage_problem"] for word in ("/proc/vigie", "written"))
        assert CLEAN == running.end(), running.said()


def test_a_damaged_history_is_kept_aside(tmp_path: Path) -> None:
    """Nothing is deleted, the log says where it is, and a new history begins."""
    damaged = os.urandom(20_000)
    (tmp_path / "vigie.db").write_bytes(damaged)
    with running_vigie(farm([simulated("p1")]), tmp_path) as running:
        (aside,) = tmp_path.glob("vigie.db.damaged-*")
        assert damaged == aside.read_bytes()
        assert running.says(f"is damaged. It was moved to {aside}")
        assert running.watches("p1")
        assert running.is_well(), running.health()
        assert [] == running.history()
        assert CLEAN == running.end(), running.said()
