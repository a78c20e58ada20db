"""How pictures are compared, what follows for a class, and where it is written."""

from pathlib import Path

import numpy as np
import pytest

from models.train import sheets
from models.train.card import read_between, write_between
from models.train.classes import CLASSES
from models.train.dev import Row, comparisons, measure, measure_classes
from models.train.provenance import labelled_files_hash
from models.train.single import Verdict
from models.train.standing import Standing, standing
from models.train.tables import class_table, table

MAPS = np.zeros((len(CLASSES), 18, 24), np.float32)


def _row(number: int, view: str, label: str, failure: float, output: float = 0.0) -> Row:
    verdict = Verdict(failure, np.full(len(CLASSES), output, np.float32), MAPS)
    return Row(Path(f"{number}.jpg"), label, view, str(number), verdict)


ROWS = [
    *(_row(i, view, "ok", 0.1, 0.2) for i, view in enumerate(("static-camera", "phone", "web-photo"))),
    *(_row(9 + i, view, "spaghetti", 0.9, 0.9) for i, view in enumerate(("static-camera", "phone", "web-photo"))),
    _row(20, "web-photo", "stringing", 0.0, 0.1),
    _row(21, "web-photo", "blob", 0.0, 0.9),
    _row(22, "web-photo", "under-extrusion", 0.0, 0.9),
]


def test_phone_failures_are_ranked_against_fixed_healthy_pictures_too() -> None:
    """The phone set has hardly any healthy pictures of its own."""
    found = comparisons(ROWS)["phone clips"]
    assert {"static-camera", "phone"} == {r.view for r in found.healthy}
    assert ["phone"] == [r.view for r in found.failing]


def test_every_class_is_given_its_standing() -> None:
    """By its own output on real pictures of it; zits are no blobs, and nobody photographed the rest."""
    found = {name: m["standing"] for name, m in measure_classes(comparisons(ROWS)).items()}
    assert Standing.ACTED_ON == found["spaghetti"]
    assert Standing.ADVISORY == found["stringing"]
    assert Standing.ACTED_ON == found["under_extrusion"]
    assert {Standing.NOT_MEASURABLE} == {found[name] for name in ("detached", "blob", "warping", "layer_shift")}


def test_the_worst_source_decides() -> None:
    """A class that is good on web photos and bad on fixed cameras stops no printer."""
    assert Standing.ADVISORY == standing({"web photos": 0.99, "fixed cameras": 0.89})
    assert Standing.ACTED_ON == standing({"web photos": 0.99, "fixed cameras": 0.90})


def test_tables_have_a_line_a_row() -> None:
    """Head, rule, and every comparison or class."""
    compared = comparisons(ROWS)
    assert 2 + len(compared) == len(table(measure(compared, 0.5)).splitlines())
    assert 2 + len(CLASSES) == len(class_table(measure_classes(compared)).splitlines())


def test_a_card_keeps_what_stands_around_the_marks(tmp_path: Path) -> None:
    """And writing twice is writing once."""
    card = tmp_path / "README.md"
    card.write_text("before\n<!-- figures: written by x -->\nold\n<!-- end of figures -->\nafter\n")
    write_between(card, "figures", "new")
    write_between(card, "figures", "new")
    assert "before\n<!-- figures: written by x -->\nnew\n<!-- end of figures -->\nafter\n" == card.read_text()
    assert "new" == read_between(card, "figures")


def test_a_card_without_marks_is_left_alone(tmp_path: Path) -> None:
    """The error says what to put where."""
    card = tmp_path / "README.md"
    card.write_text("text\n<!-- end of figures -->\n")
    with pytest.raises(ValueError, match="end of figures"):
        write_between(card, "figures", "new")
    assert "text\n<!-- end of figures -->\n" == card.read_text()


def test_the_hash_of_the_data_sees_labels_and_pixels(tmp_path: Path) -> None:
    """A label that changed, or a picture behind the same name, is other data."""
    labels, picture = tmp_path / "labels.csv", tmp_path / "a.jpg"
    labels.write_text("file,label\na.jpg,ok\n")
    picture.write_bytes(b"1")
    first = labelled_files_hash(labels, tmp_path)
    picture.write_bytes(b"2")
    second = labelled_files_hash(labels, tmp_path)
    labels.write_text("file,label\na.jpg,spaghetti\n")
    assert 3 == len({first, second, labelled_files_hash(labels, tmp_path)})


def test_a_sheet_glows_where_the_network_sees_something() -> None:
    """Cells of a class that stops printers redden the picture there, and are boxed when they are strong."""
    maps = MAPS.copy()
    maps[0, 9, 12] = 0.99
    grey = np.full((288, 384, 3), 90, np.uint8)
    seen, nothing = (sheets.drawn_tile(sheets.Tile(grey, 0.9, m, ""), 0.9) for m in (maps, MAPS))
    differs = np.argwhere((seen != nothing).any(2)) / (sheets.HEIGHT, sheets.WIDTH)
    assert (9.5 / 18, 12.5 / 24) == pytest.approx(tuple(differs.mean(0)), abs=0.01)


def test_sheets_stay_out_of_the_repository() -> None:
    """They hold pictures of others."""
    with pytest.raises(ValueError, match="outside"):
        sheets.save(Path(__file__).with_name("sheet.png"), [sheets.Tile(np.zeros((9, 9, 3)), 0.0, MAPS, "")], 0.9)
