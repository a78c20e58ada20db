"""``vigie score``: a line a picture, and no picture is lost because of another one."""

import argparse
import json
from pathlib import Path
from typing import Any

import cv2
import pytest

from monitor.commands import score as command
from monitor.detector import Detector
from monitor.errors import ModelMissing
from monitor.inspector import Inspector
from tests.inspection import tiny_model
from tests.inspection.pictures import frame, jpeg, plain, scene


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    """Return what was printed since the last call."""
    return [json.loads(line) for line in capsys.readouterr().out.splitlines()]


def score(tmp_path: Path, *arguments: str) -> int:
    """Run the command with the tiny model."""
    return run("--model", str(tiny_model.write(tmp_path)), *arguments)


def run(*arguments: str) -> int:
    """Run the command as the command line does."""
    parser = argparse.ArgumentParser()
    command.add_arguments(parser)
    return command.run(parser.parse_args(arguments))


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Ten pictures of rising brightness in three formats, in two folders, and a file that is none."""
    folder = tmp_path / "pictures"
    (folder / "deeper").mkdir(parents=True)
    for i in range(10):
        image = scene(i, 200 + 9 * i, 160, level=30 + 15 * i)
        suffix = (".jpg", ".png", ".webp")[i % 3]
        (folder / ("deeper" if i > 4 else "") / f"{i}{suffix}").write_bytes(cv2.imencode(suffix, image)[1].tobytes())
    (folder / "labels.csv").write_text("file,label")
    return folder


def test_folders_are_walked_and_scored(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Every picture has a line with exactly the promised keys; other files have none."""
    assert 0 == score(tmp_path, str(folder), "--json")
    printed = sorted(lines(capsys), key=lambda line: Path(line["file"]).name)
    assert [f"{i}" for i in range(10)] == [Path(line["file"]).stem for line in printed]
    assert all(["file", "score", "classes", "boxes", "health"] == list(line) for line in printed)
    scores = [line["score"] for line in printed]
    assert sorted(scores) == scores
    assert scores[0] + 0.3 < scores[-1]


def test_score_is_the_monitors_own(
    folder: Path, tmp_path: Path, detector: Detector, capsys: pytest.CaptureFixture[str]
) -> None:
    """The printed score is what an inspector on a camera's frame says."""
    score(tmp_path, str(folder / "3.jpg"), "--json")
    seen = Inspector(detector, {}).inspect([frame((folder / "3.jpg").read_bytes())])[0].observation
    assert pytest.approx(seen.score, abs=1e-7) == lines(capsys)[0]["score"]


def test_unreadable_files_are_told_and_the_others_scored(
    folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A page, half a picture, nothing at all and a video among good ones: exit status 1, a line each, in order."""
    page, half = tmp_path / "page.jpg", tmp_path / "half.jpg"
    page.write_text("<html>404</html>")
    half.write_bytes(jpeg(scene())[:5000])
    paths = [folder / "0.jpg", page, half, tmp_path / "gone.jpg", tmp_path / "clip.mp4", folder / "3.jpg"]
    assert 1 == score(tmp_path, *map(str, paths), "--json")
    printed = lines(capsys)
    assert [str(p) for p in paths] == [line["file"] for line in printed]
    assert [False, True, True, True, True, False] == [line["score"] is None for line in printed]
    assert {"unreadable"} == {line["health"] for line in printed[1:5]}
    words = ["HTML", "truncated", "No such file", "vigie replay"]
    assert all(word in line["error"] for word, line in zip(words, printed[1:5], strict=True))


def test_dark_picture_has_a_score_and_says_that_it_is_dark(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Who measures the detector gets every readable picture's score."""
    (tmp_path / "night.jpg").write_bytes(jpeg(plain(5, 320, 240)))
    assert 0 == score(tmp_path, str(tmp_path / "night.jpg"), "--json")
    (line,) = lines(capsys)
    assert "dark" == line["health"]
    assert pytest.approx(5 / 255, abs=0.005) == line["score"]


def test_same_picture_many_times_is_not_frozen(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Files have no time that passes."""
    (tmp_path / "a.jpg").write_bytes(jpeg(scene()))
    score(tmp_path, *[str(tmp_path / "a.jpg")] * 20, "--json")
    assert ["ok"] * 20 == [line["health"] for line in lines(capsys)]


def test_boxes_are_named_and_in_fractions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A bright picture is one box all over."""
    (tmp_path / "a.jpg").write_bytes(jpeg(scene(level=240)))
    score(tmp_path, str(tmp_path / "a.jpg"), "--json")
    (box,) = lines(capsys)[0]["boxes"]
    assert ["class", "x", "y", "width", "height", "score"] == list(box)
    assert ("spaghetti", 0.0, 0.0, 1.0, 1.0) == (box["class"], box["x"], box["y"], box["width"], box["height"])


def test_table_is_for_people(folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without --json: score, health, the likeliest class and the file."""
    assert 1 == score(tmp_path, str(folder / "3.jpg"), str(tmp_path / "gone.jpg"))
    good, bad = capsys.readouterr().out.splitlines()
    assert good.endswith("3.jpg")
    assert ["ok", "spaghetti"] == good.split()[1:3]
    assert "unreadable" in bad
    assert "No such file" in bad


def test_folder_without_pictures_is_no_success(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An empty answer must not pass for a good one."""
    (tmp_path / "empty").mkdir()
    assert 1 == score(tmp_path, str(tmp_path / "empty"), "--json")
    assert "no pictures found" in capsys.readouterr().err


def test_missing_model_names_the_remedy(tmp_path: Path) -> None:
    """Nothing is scored by nothing."""
    with pytest.raises(ModelMissing, match="restore both files"):
        run("--model", str(tmp_path / "no.onnx"), str(tmp_path))
