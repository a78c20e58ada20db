"""Where the messes of the real failing frames lie: boxes.csv, our own annotation by eye.

A row holds a frame's file, its boxes, and whether a person looked. A box is `x y width height` in fractions of the
picture, x to the right and y down from the top left corner, with ` dense` behind it where strands fill it nearly to
its border; `;` stands between boxes. Boxes lie loosely around all that is wrong: what is outside them is healthy.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from models.train.arrays import Floats

BOXES = Path(__file__).with_name("boxes.csv")
COLUMNS = ("file", "boxes", "checked")
CHECKED = {"yes": True, "no": False}


@dataclass(frozen=True)
class Box:
    """In fractions of the picture."""

    x: float
    y: float
    width: float
    height: float
    dense: bool = False

    def holds(self, x: float, y: float) -> bool:
        """Whether a point lies inside."""
        return self.x <= x <= self.x + self.width and self.y <= y <= self.y + self.height

    def core(self) -> Box:
        """The box less a quarter of its width and height at every side."""
        x, y = self.x + self.width / 4, self.y + self.height / 4
        return replace(self, x=x, y=y, width=self.width / 2, height=self.height / 2)

    def grown(self, margin: float) -> Box:
        """Wider by `margin` of the picture at every side, as far as the picture goes."""
        x, y = max(self.x - margin, 0), max(self.y - margin, 0)
        right, bottom = min(self.x + self.width + margin, 1), min(self.y + self.height + margin, 1)
        return replace(self, x=x, y=y, width=right - x, height=bottom - y)

    def __str__(self) -> str:
        numbers = " ".join(f"{value:.2f}" for value in (self.x, self.y, self.width, self.height))
        return numbers + " dense" * self.dense


@dataclass(frozen=True)
class Boxed:
    """A frame's boxes; none: it is not known where the mess lies."""

    boxes: tuple[Box, ...]
    checked: bool


def parse_box(text: str) -> Box:
    """One box. Raises ValueError that says what is wrong with it."""
    words = text.split()
    dense = words[-1:] == ["dense"]
    try:
        x, y, width, height = (float(word) for word in words[: 4 if dense and len(words) == 5 else None])
    except ValueError as exc:
        raise ValueError(f"{text.strip()!r} is not four numbers, with or without 'dense' behind them") from exc
    inside = min(x, y) >= 0 and min(width, height) > 0 and max(x + width, y + height) <= 1 + 1e-6
    if not inside:  # also where a number is nan
        raise ValueError(f"{text.strip()!r} leaves the picture: x, y, width, height are fractions of it, within 0..1")
    return Box(x, y, width, height, dense)


def read_boxes(path: Path = BOXES) -> dict[str, Boxed]:
    """File of labels.csv -> its boxes. Raises ValueError that names the row and the remedy."""
    frames: dict[str, Boxed] = {}
    with path.open(newline="") as lines:
        reader = csv.DictReader(lines)
        if tuple(reader.fieldnames or ()) != COLUMNS:
            raise ValueError(f"{path}: begins with {reader.fieldnames}; let its first line be {','.join(COLUMNS)}")
        for row in reader:
            try:
                frames[row["file"]] = _parse_row(row, frames)
            except ValueError as exc:
                raise ValueError(f"{path}, line {reader.line_num} ({row['file']}): {exc}; correct that line") from exc
    return frames


def _parse_row(row: dict[str, str | None], before: dict[str, Boxed]) -> Boxed:
    if row["file"] in before:
        raise ValueError("the file has a line already")
    if row["boxes"] is None or row["checked"] not in CHECKED:
        raise ValueError(f"checked is {row['checked']!r} and not 'yes' or 'no'")
    boxes = tuple(parse_box(text) for text in row["boxes"].split(";") if text.strip())
    return Boxed(boxes, CHECKED[row["checked"]])


def write_boxes(frames: dict[str, Boxed], path: Path = BOXES) -> None:
    """Writes the file anew, sorted by frame."""
    with path.open("w", newline="") as lines:
        writer = csv.writer(lines, lineterminator="\n")
        writer.writerow(COLUMNS)
        for name, boxed in sorted(frames.items()):
            writer.writerow([name, ";".join(map(str, boxed.boxes)), "yes" if boxed.checked else "no"])


def mask(boxes: tuple[Box, ...], height: int, width: int) -> Floats:
    """1 inside any box, 0 outside, [height, width]."""
    covered = np.zeros((height, width), np.float32)
    for box in boxes:
        left, top = round(box.x * width), round(box.y * height)
        right, bottom = round((box.x + box.width) * width), round((box.y + box.height) * height)
        covered[top : max(bottom, top + 1), left : max(right, left + 1)] = 1
    return covered
