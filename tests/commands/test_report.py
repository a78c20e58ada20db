"""``vigie report``, beside a history that is there."""

import csv
import io
import json
from pathlib import Path

import pytest

from monitor.cli import main
from tests.commands.test_history import CAMERAS
from tests.wall.past import PastFarm

DAYS = ("--from", "2026-11-01", "--to", "2026-11-20", "--zone", "Europe/Paris")


@pytest.fixture(scope="module")
def cameras(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a farm's file whose history has forty incidents."""
    folder = tmp_path_factory.mktemp("past")
    PastFarm(folder, incidents=40)
    (folder / "cameras.yaml").write_text(CAMERAS)
    return folder / "cameras.yaml"


def test_the_text_says_what_the_json_says(cameras: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The same incidents, counted once more."""
    assert 0 == main(["report", str(cameras), *DAYS, "--json"])
    report = json.loads(capsys.readouterr().out)
    assert 0 == main(["report", str(cameras), *DAYS, "--by", "site"])
    text = capsys.readouterr().out
    assert 40 == report["total"]["incidents"]
    assert "incidents              40 (" in text
    assert "2026-11-01 to 2026-11-20, days of Europe/Paris" in text


def test_the_table_has_a_line_for_all(cameras: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Also for printers that this cameras.yaml does not have."""
    assert 0 == main(["report", str(cameras), *DAYS, "--csv"])
    rows = list(csv.DictReader(io.StringIO(capsys.readouterr().out, newline="")))
    assert ["p1", "p01", "p02", "p03", "p04", ""] == [row["key"] for row in rows]
    assert "40" == rows[-1]["incidents"]


@pytest.mark.parametrize(("language", "word"), [("en", "Failures caught"), ("fr", "Échecs arrêtés à temps")])
def test_the_page_needs_no_server(cameras: Path, capsys: pytest.CaptureFixture[str], language: str, word: str) -> None:
    """Styles, charts and the script are in it; nothing is fetched."""
    assert 0 == main(["report", str(cameras), *DAYS, "--html", "--lang", language])
    page = capsys.readouterr().out
    assert word in page
    assert 3 == page.count("<svg")
    assert "src=" not in page
    assert "<link" not in page
    assert "{{" not in page


def test_a_period_that_makes_no_sense_ends_with_its_reason(cameras: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 1 and a sentence; what is no date is a wrong use."""
    assert 1 == main(["report", str(cameras), "--from", "2026-11-02", "--to", "2026-11-01"])
    assert "before it begins" in capsys.readouterr().err
    assert 1 == main(["report", str(cameras), "--zone", "Mars/Olympus"])
    assert "Europe/Paris" in capsys.readouterr().err
    with pytest.raises(SystemExit, match="2"):
        main(["report", str(cameras), "--day", "yesterday"])


def test_a_farm_without_history_is_told_what_to_do(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The message names the file and the remedy."""
    (tmp_path / "cameras.yaml").write_text(CAMERAS)
    assert 1 == main(["report", str(tmp_path / "cameras.yaml")])
    assert "vigie run" in capsys.readouterr().err


def test_a_filed_record_is_held_against_itself_and_the_history(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Unchanged, or changed with both checksums; then what the history says by now."""
    farm = PastFarm(tmp_path, incidents=3)
    (tmp_path / "cameras.yaml").write_text(CAMERAS)
    record = tmp_path / "record.json"
    record.write_bytes(farm.app.test_client().get(f"/api/incidents/{farm.facts[0].id}").data)
    assert 0 == main(["report", str(tmp_path / "cameras.yaml"), "--verify", str(record)])
    told = capsys.readouterr().out
    assert "as it was made" in told
    assert "since then changed in the history: learned, printer" in told  # this cameras.yaml has another printer
    record.write_text(record.read_text().replace('"score": 0.', '"score": 0.1', 1))
    assert 1 == main(["report", str(tmp_path / "cameras.yaml"), "--verify", str(record)])
    assert "the record was changed" in capsys.readouterr().out
    assert 1 == main(["report", "--verify", str(tmp_path / "none.json")])
    assert "No such file" in capsys.readouterr().err
