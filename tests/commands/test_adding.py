"""``vigie add``, ``import`` and ``try``: they write the file that a running monitor follows."""

from collections.abc import Iterable
from pathlib import Path

import pytest

from monitor.cli import main
from monitor.config.load import load
from tests.capture.camera_server import CameraServer, answer
from tests.inspection.pictures import jpeg, scene
from tests.live.kept import SMALL


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """A farm of two printers."""
    path = tmp_path / "cameras.yaml"
    path.write_text(SMALL)
    return path


def respond(head: str) -> Iterable[bytes]:
    """A camera that shows one good picture."""
    del head
    return [answer(jpeg(scene(1, level=110)))]


def test_a_printer_is_tried_and_added(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It was found out that its camera gives snapshots."""
    with CameraServer(respond) as camera:
        arguments = ["add", "p09", camera.url("/a.jpg"), "--site", "cochin", "--room", "hall", "--control", "none"]
        assert 0 == main([*arguments, "--file", str(file)])
    assert "640 x 480" in capsys.readouterr().out
    assert "snapshot" == load(file, {}).printer("p09").camera.type


def test_a_printer_without_a_camera_is_not_added(file: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Unless somebody insists."""
    arguments = ["add", "p09", "http://127.0.0.1:9/x", "--site", "cochin", "--room", "hall", "--file", str(file)]
    assert 1 == main(arguments)
    assert "--untried" in capsys.readouterr().out
    assert SMALL == file.read_text()
    assert 0 == main([*arguments, "--untried"])
    assert "camera: http://127.0.0.1:9/x" in file.read_text()


def test_a_table_is_imported_all_or_none(file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The template with a place of ours; then the same again, whose ids are taken."""
    table = tmp_path / "t.csv"
    table.write_text("id,site,room,camera\nn1,cochin,hall,http://a/1\nn2,cochin,hall,http://a/2\n")
    command = ["import", str(table), "--file", str(file)]
    assert 0 == main([*command, "--check"])
    assert SMALL == file.read_text()
    assert 0 == main(command)
    assert 4 == len(load(file, {}).printers)
    assert 1 == main(command)
    assert "is the id in line" in capsys.readouterr().out
    assert 0 == main(["import", "--template"])
    assert capsys.readouterr().out.startswith("id,name,site")


def test_a_table_whose_cameras_are_not_there_is_not_imported_when_they_are_tried(file: Path, tmp_path: Path) -> None:
    """All are tried; none is left out in silence."""
    table = tmp_path / "t.csv"
    table.write_text("id,site,room,camera\nn1,cochin,hall,http://127.0.0.1:9/1\n")
    assert 1 == main(["import", str(table), "--try", "--file", str(file)])
    assert SMALL == file.read_text()


def test_a_camera_is_tried_from_the_command_line(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """With the detector's score, and the picture kept."""
    with CameraServer(respond) as camera:
        assert 0 == main(["try", camera.url("/a.jpg"), "--save", str(tmp_path / "p.jpg")])
    told = capsys.readouterr().out
    assert "snapshot" in told
    assert "score" in told
    assert (tmp_path / "p.jpg").read_bytes().startswith(b"\xff\xd8")
    assert 1 == main(["try", "http://127.0.0.1:9/x"])
    assert "127.0.0.1:9" in capsys.readouterr().out
