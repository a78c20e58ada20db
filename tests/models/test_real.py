"""Real frames as samples: what a box, a healthy label and an unknown place teach. The pictures are drawn here."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.train.arrays import f32
from models.train.augment import Augmentation, plain
from models.train.boxes import BOXES, Box, Boxed, parse_box, read_boxes, write_boxes
from models.train.boxing import between, boxes_of, measure, number, sheet
from models.train.classes import CLASSES
from models.train.real import RealFrame, RealFrames, real_frames
from models.train.samples import Sample

HEIGHT, WIDTH = 288, 384  # 18 x 24 cells
LEFT = Box(0.0, 0.0, 0.5, 1.0)  # covers columns 0..11; its margin touches column 12
SPAGHETTI = 1 + CLASSES.index("spaghetti")

Samples = Callable[..., Sample]


@pytest.fixture
def sampled(tmp_path: Path) -> Samples:
    """Makes the sample of one drawn picture with these boxes."""

    def sample(*boxes: Box, label: str = "spaghetti", augmentation: Augmentation | None = None) -> Sample:
        frame = RealFrame(_picture(tmp_path / "frame-0001.jpg"), label, "clip", boxes=boxes)
        return RealFrames([frame]).sample(frame, augmentation or plain(HEIGHT, WIDTH))

    return sample


def _picture(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), np.full((64, 64, 3), 128, np.uint8))
    return path


def _cropped(*crop: list[float]) -> Augmentation:
    return replace(plain(HEIGHT, WIDTH), crop=f32(crop))


def test_outside_the_boxes_every_class_is_absent_and_inside_nothing_is_said(sampled: Samples) -> None:
    """Columns well off the box are 0 in all maps; the box and its margin are -1."""
    cells = sampled(LEFT).cells
    assert (cells[:, :, 13:] == 0).all()
    assert (cells[:, :, :13] == -1).all()


def test_a_dense_box_teaches_its_core(sampled: Samples) -> None:
    """A box over the whole picture: its middle half is spaghetti and a failure, and unknown for the other classes."""
    cells = sampled(Box(0, 0, 1, 1, dense=True)).cells
    for row in (0, SPAGHETTI):
        assert (cells[row, 5:13, 6:18] == 1).all()
        assert (cells[row, :4] == -1).all()
    assert (np.delete(cells, [0, SPAGHETTI], axis=0) == -1).all()


def test_a_flipped_picture_has_its_targets_mirrored(sampled: Samples) -> None:
    """The box moves with the pixels; only cells at an edge may become unknown, as the warp works in whole pixels."""
    boxes = (LEFT, Box(0.5, 0.1, 0.48, 0.5, dense=True))
    upright = sampled(*boxes)
    mirrored = sampled(*boxes, augmentation=_cropped([-1, 0, 1], [0, 1, 0]))
    expected = upright.cells[:, :, ::-1]
    assert ((mirrored.cells == expected) | (mirrored.cells == -1) | (expected == -1)).all()
    assert 0.95 < (mirrored.cells == expected).mean()
    assert (mirrored.cells[0, 5:8, 4:8] == 1).all()
    assert (mirrored.cells[:, :, 12:-1] == -1).all()


def test_a_frame_without_boxes_teaches_no_cells(sampled: Samples) -> None:
    """It still fails as a picture."""
    sample = sampled()
    assert (sample.cells == -1).all()
    assert 1 == sample.failure


def test_a_healthy_frame_teaches_every_cell(sampled: Samples) -> None:
    """Nothing is anywhere."""
    sample = sampled(label="ok")
    assert (sample.cells == 0).all()
    assert 0 == sample.failure


def test_a_boxed_picture_fails_as_a_whole(sampled: Samples) -> None:
    """It is spaghetti; whether it is something else as well, nobody looked."""
    sample = sampled(LEFT)
    assert 1 == sample.failure
    assert 1 == sample.classes[SPAGHETTI - 1]
    assert -1 == sample.classes.sum() - 1 + len(CLASSES) - 2


def test_an_advisory_class_is_no_failure(sampled: Samples) -> None:
    """A dense box of stringing is stringing, and does not say that the printer should stop."""
    sample = sampled(Box(0, 0, 1, 1, dense=True), label="stringing")
    assert -1 == sample.failure
    assert 1 == sample.cells[1 + CLASSES.index("stringing"), 9, 12]
    assert (sample.cells[0] == -1).all()


def test_a_crop_without_its_mess_says_nothing_about_the_picture(sampled: Samples) -> None:
    """The right of the picture: its cells are healthy, its label is not known."""
    sample = sampled(LEFT, augmentation=_cropped([0.4, 0, 0.6], [0, 1, 0]))
    assert -1 == sample.failure
    assert -1 == sample.classes[SPAGHETTI - 1]
    assert (sample.cells[:, :, :-1] == 0).all()


def test_a_crop_inside_a_mess_still_fails(sampled: Samples) -> None:
    """A quarter of a box that fills the picture is all mess."""
    assert 1 == sampled(Box(0, 0, 1, 1), augmentation=_cropped([0.5, 0, 0], [0, 0.5, 0])).failure


def test_what_lies_beyond_the_photograph_is_not_learned(sampled: Samples) -> None:
    """A crop wider than the picture shows mirror images at its border: perhaps of the mess."""
    cells = sampled(LEFT, augmentation=_cropped([2, 0, -0.5], [0, 1, 0])).cells
    assert (cells[:, :, :6] == -1).all()
    assert (cells[:, :, 18:] == -1).all()
    assert (cells[:, :, 14:17] == 0).all()


def _labels(folder: Path, *rows: str) -> Path:
    (folder / "train").mkdir()
    (folder / "train" / "labels.csv").write_text("\n".join(["file,label,clip", *rows]))
    return folder


def test_only_checked_boxes_reach_the_frames(tmp_path: Path) -> None:
    """A proposal that nobody looked at teaches nothing."""
    names = ["train/a-0001_jpg.jpg", "train/a-0002_jpg.jpg"]
    folder = _labels(tmp_path, *(f"{name},spaghetti,a" for name in names))
    write_boxes({names[0]: Boxed((LEFT,), True), names[1]: Boxed((LEFT,), False)}, tmp_path / "boxes.csv")
    sides = [real_frames(folder, 0.5, held_out, tmp_path / "boxes.csv") for held_out in (False, True)]
    assert [(LEFT,), ()] == [frame.boxes for frame in sides[0] + sides[1]]


def test_a_boxed_healthy_frame_is_an_error(tmp_path: Path) -> None:
    """Either the label or the box is wrong, and a person must say which."""
    folder = _labels(tmp_path, "train/a.jpg,ok,a")
    write_boxes({"train/a.jpg": Boxed((LEFT,), True)}, tmp_path / "boxes.csv")
    with pytest.raises(ValueError, match=r"train/a.jpg is labelled ok and has boxes; delete its line"):
        real_frames(folder, 0.5, False, tmp_path / "boxes.csv")


@pytest.mark.parametrize(
    ("row", "complaint"),
    [
        ("a.jpg,0.1 0.2 0.3,yes", "not four numbers"),
        ("a.jpg,0.1 0.2 0.3 wide,yes", "not four numbers"),
        ("a.jpg,0.1 0.2 0.3 0.4 0.5,yes", "not four numbers"),
        ("a.jpg,0.1 0.2 0.3 0.9,yes", "leaves the picture"),
        ("a.jpg,10 20 30 40,yes", "leaves the picture"),
        ("a.jpg,nan 0.2 0.3 0.4,yes", "leaves the picture"),
        ("a.jpg,0.1 0.2 0 0.4,yes", "leaves the picture"),
        ("a.jpg,0.1 0.2 0.3 0.4,maybe", "'maybe' and not 'yes' or 'no'"),
        ("a.jpg", "not 'yes' or 'no'"),
        ("b.jpg,0 0 1 1,yes\na.jpg,,no\na.jpg,,no", "has a line already"),
    ],
)
def test_a_wrong_line_is_named_with_its_remedy(tmp_path: Path, row: str, complaint: str) -> None:
    """File, line, picture, what is wrong, and what to do."""
    (tmp_path / "boxes.csv").write_text(f"file,boxes,checked\n{row}\n")
    line = 2 + row.count("\n")
    with pytest.raises(ValueError, match=rf"boxes\.csv, line {line} \(a\.jpg\): .*{complaint}.*correct that line"):
        read_boxes(tmp_path / "boxes.csv")


def test_a_file_of_other_columns_is_refused(tmp_path: Path) -> None:
    """The error says what the first line should be."""
    (tmp_path / "boxes.csv").write_text("file,x,y\n")
    with pytest.raises(ValueError, match="let its first line be file,boxes,checked"):
        read_boxes(tmp_path / "boxes.csv")


hundredths = st.integers(0, 99).map(lambda n: n / 100)


@given(x=hundredths, y=hundredths, share=st.floats(0.1, 1), dense=st.booleans())
def test_a_box_survives_its_own_spelling(x: float, y: float, share: float, dense: bool) -> None:
    """What is written is read back, to a hundredth."""
    box = Box(x, y, max(0.01, round((1 - x) * share, 2)), max(0.01, round((1 - y) * share, 2)), dense)
    assert box == parse_box(str(box))


def test_the_shipped_boxes_can_be_read_and_teach() -> None:
    """The annotation in the repository: frames of the boxed collection, nearly all looked at."""
    boxes = read_boxes(BOXES)
    taught = [boxed for boxed in boxes.values() if boxed.checked and boxed.boxes]
    assert 900 <= len(taught)
    assert all(name.startswith("train/faircloth/") for name in boxes)


def _frames(*numbers: int, folder: Path = Path(), boxes: tuple[Box, ...] = ()) -> list[RealFrame]:
    paths = [folder / "faircloth" / f"IMG_1_MOV-{n:04d}_jpg.jpg" for n in numbers]
    return [RealFrame(path, "spaghetti", "IMG_1_MOV", path.name, boxes) for path in paths]


def test_frames_between_two_checked_ones_are_filled_in() -> None:
    """A camera that moves evenly; what is filled in is not checked."""
    first, middle, last = frames = _frames(2, 5, 8)
    boxes = {
        first.name: Boxed((Box(0, 0.5, 0.2, 0.2),), True),
        middle.name: Boxed((LEFT,), False),
        last.name: Boxed((Box(0.4, 0.5, 0.4, 0.2),), True),
    }
    assert 5 == number(middle)
    filled = between(frames, boxes)
    assert [middle.name] == list(filled)
    assert "0.20 0.50 0.30 0.20" == str(filled[middle.name].boxes[0])
    assert not filled[middle.name].checked


def test_nothing_is_filled_in_between_different_numbers_of_boxes() -> None:
    """Which box became which is not known."""
    first, _, last = frames = _frames(2, 5, 8)
    assert {} == between(frames, {first.name: Boxed((LEFT,), True), last.name: Boxed((LEFT, LEFT), True)})


def test_a_proposal_goes_around_the_strong_cells() -> None:
    """Groups of cells below half of the strongest, and groups of fewer than three, are no proposal."""
    strength = np.zeros((10, 20), np.float32)
    strength[2:5, 4:8], strength[8, 18], strength[8:, :4] = 0.9, 0.9, 0.3
    assert (Box(0.2, 0.2, 0.2, 0.3),) == boxes_of(strength)


def test_the_pointing_game_counts_strongest_cells_inside_boxes() -> None:
    """One of two frames is hit; a random cell would hit as often as the box is wide."""
    strength = np.zeros((18, 24), np.float32)
    maps = iter([(9, 2), (9, 20)])

    def at_next_place(_: Path) -> np.ndarray:
        strength[:] = 0
        strength[next(maps)] = 1
        return strength

    pointing = measure(at_next_place, _frames(1, 2, boxes=(Box(0, 0, 0.5, 1),)))
    assert (2, 1, 1) == (pointing.frames, pointing.hits, pointing.clips)
    assert 0.5 == pointing.by_clip == pointing.boxed


def test_nothing_to_point_at_is_an_error() -> None:
    """No figure is better than a figure over nothing."""
    with pytest.raises(ValueError, match="no frame of these clips has a checked box"):
        measure(lambda _: np.zeros((18, 24)), _frames(1, 2))


def test_a_sheet_shows_proposals_yellow_and_checked_boxes_green(tmp_path: Path) -> None:
    """Six tiles a row; the colour says whether a person looked."""
    frames = _frames(*range(7), folder=tmp_path)
    for frame in frames:
        _picture(frame.path)
    box = Box(0.25, 0.25, 0.5, 0.5)
    picture = sheet(frames, {frames[0].name: Boxed((box,), True), frames[1].name: Boxed((box,), False)})
    assert (2 * 256, 6 * 256, 3) == picture.shape
    edge = round(0.25 * 255)
    assert [0, 255, 0] == picture[128, edge].tolist()
    assert [0, 255, 255] == picture[128, 256 + edge].tolist()
