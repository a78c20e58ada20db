"""``vigie check``: what it prints and how it exits."""

import json
from argparse import ArgumentParser
from pathlib import Path

import pytest

from monitor.assets import asset
from monitor.commands import check
from tests.config.test_faults import FARM, camera


def checked(*words: str) -> int:
    """Run the command with these words behind it."""
    parser = ArgumentParser()
    check.add_arguments(parser)
    return check.run(parser.parse_args(words))


def test_a_right_file_is_summed_up(capsys: pytest.CaptureFixture[str]) -> None:
    """Sites, rooms, printers, and how each is captured and paused; exit status 0."""
    assert 0 == checked(str(asset("cameras.yaml")))
    printed = capsys.readouterr().out
    assert "is right: 1 site, 2 rooms, 12 printers" in printed
    assert "  p01          simulated" in printed
    assert "wall:    http://127.0.0.1:8080, whoever is on this machine may do everything" in printed.splitlines()
    assert f"detector: the shipped model, int8, on cpu: {asset('models/detector-int8.onnx')}" in printed.splitlines()
    assert "warning: simulated, nothing real is watched there: p01" in printed


def test_a_wrong_file_is_listed_and_refused(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """All faults, one a line, a count, and exit status 1."""
    file = tmp_path / "cameras.yaml"
    file.write_text(FARM.replace("id: p01", "id: P1").replace("none", "nobody"))
    assert 1 == checked(str(file))
    lines = capsys.readouterr().out.splitlines()
    assert 3 == len(lines)
    assert f"{file} cannot be used: 2 faults" == lines[-1]


def test_json_carries_the_same_facts(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """For scripts: one object, for right and for wrong files."""
    file = tmp_path / "cameras.yaml"
    file.write_text(FARM)
    assert 0 == checked(str(file), "--json")
    right = json.loads(capsys.readouterr().out)
    file.write_text(FARM + "            rotate: 1\n")
    assert 1 == checked(str(file), "--json")
    wrong = json.loads(capsys.readouterr().out)
    assert "the shipped model, int8" in right["detector"]
    assert (True, ["p01"]) == (right["ok"], [printer["id"] for printer in right["printers"]])
    assert (False, [10]) == (wrong["ok"], [fault["line"] for fault in wrong["faults"]])


def test_no_secret_is_printed(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither credentials in an address nor passwords, in text or in JSON, right or wrong."""
    file = tmp_path / "cameras.yaml"
    file.write_text(camera("rtsp://viewer:hunter2@10.0.0.1/s"))
    checked(str(file))
    checked(str(file), "--json")
    file.write_text(camera("{type: rtsp, url: 'ftp://viewer:hunter2@10.0.0.1/s', password: [hunter2]}"))
    checked(str(file))
    checked(str(file), "--json")
    assert "hunter2" not in capsys.readouterr().out


@pytest.mark.parametrize(
    ("hub", "said"),
    [
        ("{}", "hub:     told of bicetre, at most 200 kbit/s, by the site's own broker"),
        ("{peer: kb, mqtt: {}}", "hub:     told of kb, at most 200 kbit/s, by the line broker 127.0.0.1:1884"),
    ],
)
def test_how_the_hub_is_told_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str], hub: str, said: str) -> None:
    """With its warning where whoever has the hub reaches the site's own broker."""
    file = tmp_path / "cameras.yaml"
    file.write_text(f"{FARM}hub: {hub}\n")
    assert 0 == checked(str(file))
    printed = capsys.readouterr().out
    assert said in printed.splitlines()
    assert ("warning: hub: the bridge is in the site's own broker" in printed) == (hub == "{}")


def test_what_the_line_of_a_hub_carries_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Where its file says it."""
    file = tmp_path / "hub.yaml"
    file.write_text("mqtt: {host: 127.0.0.1}\nline: {kbit_per_s: 1000}\nsites: [{peer: amiens}]\n")
    assert 0 == checked("--hub", str(file))
    assert "line:    1000 kbit/s, for all sites together" in capsys.readouterr().out.splitlines()
