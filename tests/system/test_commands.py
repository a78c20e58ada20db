"""The commands that end by themselves, as a shell runs them."""

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import cv2
import pytest

from monitor import cli
from monitor.assets import asset
from monitor.cli import COMMANDS
from monitor.sim.prints import FOLDER, load_prints
from tests.inspection.pictures import jpeg, scene
from tests.support import require_program
from tests.system.running import FAILING_PRINT, HEALTHY_PRINT, VIGIE, vigie


def clip(name: str) -> Path:
    """Return a shipped clip."""
    return FOLDER / f"{name}.mp4"


def replayed(*arguments: str | Path) -> list[dict[str, Any]]:
    """Run a replay and return its lines."""
    done = vigie("replay", *arguments, "--json")
    assert (0, "") == (done.returncode, done.stderr)
    return [json.loads(line) for line in done.stdout.splitlines()]


def test_a_healthy_recording_is_healthy() -> None:
    """The closing line says so, after every frame."""
    *events, end = replayed(clip(f"{HEALTHY_PRINT}-healthy"), "--fps", "1")
    frames = next(made.healthy.frames for made in load_prints() if made.name == HEALTHY_PRINT)
    assert ("healthy", frames, None) == (end["verdict"], end["frames"], end["failed_at_s"])
    assert "incident.opened" not in {event["event"] for event in events}


def test_a_failing_recording_fails_after_the_failure_can_be_seen() -> None:
    """Suspected first, then an incident, with the time of each in the recording."""
    *events, end = replayed(clip(f"{FAILING_PRINT}-failing"), "--fps", "1")
    failure = next(made.failure for made in load_prints() if made.name == FAILING_PRINT)
    assert failure is not None
    assert "failed" == end["verdict"]
    assert failure.visible_at < end["failed_at_s"] <= failure.visible_at + 60
    kinds = [event["event"] for event in events]
    assert kinds.index("suspected") < kinds.index("incident.opened")
    assert end["failed_at_s"] == events[kinds.index("incident.opened")]["time_s"]


@pytest.mark.parametrize("source", ["none.mp4", "notes.txt"])
def test_a_recording_that_cannot_be_read_is_told(source: str, tmp_path: Path) -> None:
    """Status 1, and the file's name in one line."""
    (tmp_path / "notes.txt").write_text("no video")
    done = vigie("replay", tmp_path / source, "--json")
    assert (1, "", 1) == (done.returncode, done.stdout, len(done.stderr.splitlines()))
    assert source in done.stderr


def test_pictures_are_scored_a_line_each(tmp_path: Path) -> None:
    """One that cannot be read has a line too, and makes the status 1."""
    (tmp_path / "a.jpg").write_bytes(jpeg(scene()))
    (tmp_path / "b.jpg").write_bytes(b"no picture")
    done = vigie("score", tmp_path, "--json")
    first, second = map(json.loads, done.stdout.splitlines())
    assert (1, "", str(tmp_path / "a.jpg")) == (done.returncode, done.stderr, first["file"])
    assert ["file", "score", "classes", "boxes", "health"] == list(first)
    assert 0 <= first["score"] <= 1
    assert (None, "unreadable") == (second["score"], second["health"])


def test_a_closed_pipe_is_no_fault(tmp_path: Path) -> None:
    """``vigie score ... | head -1``: whoever reads may leave."""
    for number in range(40):
        cv2.imwrite(str(tmp_path / f"{number:02}.jpg"), scene(number, 64, 48))
    command = f"set -o pipefail; '{VIGIE}' score '{tmp_path}' --json | head -1"
    done = subprocess.run(["bash", "-c", command], capture_output=True, text=True, timeout=60, check=False)
    assert (0, "", 1) == (done.returncode, done.stderr, len(done.stdout.splitlines()))


@pytest.mark.parametrize("file", ["cameras.yaml", "docs/cameras.example.yaml"])
def test_the_shipped_files_are_right(file: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Both can be run as they are, once the example's secrets are in the environment."""
    for name in _secrets(asset(file)):
        monkeypatch.setenv(name, "json://not.a.secret" if name.endswith("_URL") else "not a secret")
    done = vigie("check", asset(file), "--json")
    assert (0, "") == (done.returncode, done.stderr), done.stdout
    report = json.loads(done.stdout)
    assert (True, []) == (report["ok"], report["faults"])
    assert len(report["printers"]) > 0


def test_the_bench_prints_its_figures() -> None:
    """Every key that the project's goals are measured by, on four cameras."""
    require_program("mosquitto")
    done = vigie("bench", "--cameras", "4", "--seconds", "3", "--json")
    assert 0 == done.returncode, done.stderr
    figures, summary = map(json.loads, done.stdout.splitlines())
    assert {
        "cameras",
        "inspections_due",
        "inspections_done",
        "cpu_ms_per_inspection",
        "cpu_ms_by_stage",
        "floor_ms",
        "ratio_to_floor",
        "age_p50_s",
        "age_p99_s",
        "rss_mb",
    } <= figures.keys()
    assert 4 == figures["cameras"]
    assert 0 < figures["inspections_done"]
    assert "this machine carries" in summary["answer"]


def test_help_names_every_command() -> None:
    """With a line on what each is for."""
    done = vigie("--help")
    assert (0, "") == (done.returncode, done.stderr)
    words = " ".join(done.stdout.split())
    assert [] == [name for name, command in COMMANDS.items() if f"{name} {command.HELP}" not in words]


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_explains_itself(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    """``--help`` says what the command is for."""
    with pytest.raises(SystemExit) as ended:
        cli.main([command, "--help"])
    assert 0 == ended.value.code
    assert COMMANDS[command].HELP in " ".join(capsys.readouterr().out.split())


def _secrets(file: Path) -> set[str]:
    return set(re.findall(r"\$\{(\w+)\}", file.read_text()))


def test_the_pause_bench_prints_its_figures() -> None:
    """Two of four printers fail at once beside one that never answers: both are seen paused, none is lost."""
    require_program("mosquitto")
    options = ["--printers", "4", "--failing", "2", "--unreachable", "1", "--rounds", "1", "--json"]
    done = vigie("bench-pause", *options)
    assert 0 == done.returncode, done.stderr
    figures = json.loads(done.stdout)
    assert (2, 0) == (figures["pauses"], figures["lost"])
    assert {"own_p50_ms", "own_p99_ms", "ratio_p50", "ratio_p99"} <= figures.keys()


@pytest.mark.scale
@pytest.mark.timeout(300)
def test_the_traffic_of_a_site_is_measured() -> None:
    """Over a real bridge with TLS: more while a print fails than at rest, and little at rest."""
    require_program("mosquitto")
    require_program("stunnel")
    done = vigie("bench-hub", "--printers", "5", "--seconds", "10", "--json", timeout_s=280)
    assert 0 == done.returncode, done.stderr
    figures, bound = map(json.loads, done.stdout.splitlines())
    assert 5 == figures["printers"]
    assert 0 < figures["rest_up_kbit_s"] < figures["incident_peak_kbit_s"]
    assert figures["incident_kbytes"] > 10
    assert bound["90 printers as sites of 5"] > 0
