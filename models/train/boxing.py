"""Boxes for the real failing frames: `python -m models.train.boxing --help`.

Proposes boxes from the shipped detector's maps, fills in the frames between those that a person boxed, and draws
contact sheets of each clip for the eye. What a person then confirms in boxes.csv (`checked`: yes) teaches cells.
`--measure` asks how well the shipped detector finds the boxes of clips that it never trained on.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from pathlib import Path

import cv2
import numpy as np
from tqdm import tqdm

from models.train.arrays import Floats, Picture
from models.train.augment import plain
from models.train.boxes import BOXES, Box, Boxed, read_boxes, write_boxes
from models.train.classes import CLASSES, FAILURES
from models.train.config import load
from models.train.pictures import read
from models.train.real import REAL_CLASSES, RealFrame, real_frames
from models.train.single import SinglePictures

MODELS = Path(__file__).resolve().parent.parent
TILE, COLUMNS = 256, 6
LEAST_OF_PEAK = 0.5  # cells above this share of a frame's strongest cell belong to its proposal
LEAST_CELLS = 3  # of a proposed box
MOST_BOXES = 3


@dataclass(frozen=True)
class Pointing:
    """The pointing game (Zhang et al. 2016, arXiv 1608.00507): does the strongest cell lie inside a box?"""

    frames: int
    hits: int
    clips: int
    by_clip: float  # mean over clips of each clip's share of hits
    boxed: float  # mean share of the picture that its boxes cover: what a random cell would hit


def number(frame: RealFrame) -> int:
    """Which picture of its clip a frame is, from its name (..._MOV-0012_jpg.jpg)."""
    return int(frame.path.stem.rsplit("-", 1)[1].split("_")[0])


def clips(frames: list[RealFrame]) -> dict[str, list[RealFrame]]:
    """Failing frames of the boxed collection by clip, in the order they were filmed."""
    found: dict[str, list[RealFrame]] = {}
    for frame in frames:
        if frame.label in REAL_CLASSES and frame.path.parent.name == "faircloth":
            found.setdefault(frame.clip, []).append(frame)
    return {clip: sorted(members, key=number) for clip, members in sorted(found.items())}


def failure_map(detector: SinglePictures, path: Path) -> Floats:
    """The strongest class that is acted on, of every cell: [h, w] in 0..1."""
    maps = detector.run(plain(detector.height, detector.width).picture(read(path))).maps
    return np.asarray(maps[[CLASSES.index(name) for name in FAILURES]].max(0))


def measure(strength: Callable[[Path], Floats], frames: list[RealFrame]) -> Pointing:
    """The pointing game over the frames that a person boxed; `strength` makes the map [h, w] of a picture.

    Most boxes began as proposals of the detector of November 2026 and were corrected by eye, which flatters its kin;
    and they are loose: compare with `boxed`, what chance would hit.

    Raises ValueError where no frame has a box.
    """
    shares, covered = [], []
    for members in clips(frames).values():
        hits = []
        for frame in members:
            if frame.boxes:
                hits.append(_points_inside(strength(frame.path), frame.boxes))
                covered.append(_cells_inside(frame.boxes))
        if hits:
            shares.append((sum(hits), len(hits)))
    if not shares:
        raise ValueError("no frame of these clips has a checked box: nothing to measure; see boxes.csv")
    return Pointing(
        frames=sum(n for _, n in shares),
        hits=sum(k for k, _ in shares),
        clips=len(shares),
        by_clip=float(np.mean([k / n for k, n in shares])),
        boxed=float(np.mean(covered)),
    )


def _points_inside(strength: Floats, boxes: tuple[Box, ...]) -> bool:
    h, w = strength.shape
    row, column = np.unravel_index(int(strength.argmax()), strength.shape)
    return any(box.holds((column + 0.5) / w, (row + 0.5) / h) for box in boxes)


def _cells_inside(boxes: tuple[Box, ...], h: int = 18, w: int = 24) -> float:
    centres = [((c + 0.5) / w, (r + 0.5) / h) for r in range(h) for c in range(w)]
    return sum(any(box.holds(*centre) for box in boxes) for centre in centres) / len(centres)


def proposals(detector: SinglePictures, members: list[RealFrame]) -> dict[str, Boxed]:
    """Boxes around the strong cells of each frame of a clip, its map averaged with its neighbours' in time."""
    maps = np.stack([failure_map(detector, frame.path) for frame in members])
    padded = np.concatenate([maps[:1], maps, maps[-1:]])
    smooth = 0.25 * padded[:-2] + 0.5 * padded[1:-1] + 0.25 * padded[2:]
    return {frame.name: Boxed(boxes_of(strength), False) for frame, strength in zip(members, smooth, strict=True)}


def boxes_of(strength: Floats) -> tuple[Box, ...]:
    """The largest connected groups of strong cells of [h, w], as boxes; the smaller ones are dropped."""
    h, w = strength.shape
    strong = (strength >= LEAST_OF_PEAK * strength.max()).astype(np.uint8)
    strong = cv2.morphologyEx(np.pad(strong, 1), cv2.MORPH_CLOSE, np.ones((3, 3), np.uint8))[1:-1, 1:-1]
    _, _, groups, _ = cv2.connectedComponentsWithStats(np.ascontiguousarray(strong))
    largest = sorted(groups[1:], key=lambda group: -group[cv2.CC_STAT_AREA])[:MOST_BOXES]
    return tuple(
        Box(x / w, y / h, width / w, height / h)
        for x, y, width, height, area in (map(int, group) for group in largest)
        if area >= LEAST_CELLS
    )


def between(members: list[RealFrame], boxes: dict[str, Boxed]) -> dict[str, Boxed]:
    """Boxes for the unchecked frames between two checked ones with as many boxes: the camera moved evenly."""
    filled: dict[str, Boxed] = {}
    keys = [frame for frame in members if frame.name in boxes and boxes[frame.name].checked]
    for before, after in pairwise(keys):
        first, last = boxes[before.name].boxes, boxes[after.name].boxes
        for frame in members:
            if number(before) < number(frame) < number(after) and first and len(first) == len(last):
                share = (number(frame) - number(before)) / (number(after) - number(before))
                filled[frame.name] = Boxed(tuple(map(_mix, first, last, [share] * len(first))), False)
    return filled


def _mix(a: Box, b: Box, share: float) -> Box:
    def mixed(first: float, last: float) -> float:
        return first + (last - first) * share

    return Box(
        mixed(a.x, b.x), mixed(a.y, b.y), mixed(a.width, b.width), mixed(a.height, b.height), a.dense and b.dense
    )


def sheet(members: list[RealFrame], boxes: dict[str, Boxed]) -> Picture:
    """The clip's frames with their boxes: yellow as proposed, green once checked, a second line inside dense ones."""
    tiles = [_tile(frame, boxes.get(frame.name, Boxed((), False))) for frame in members]
    tiles += [np.zeros_like(tiles[0])] * (-len(tiles) % COLUMNS)
    return np.vstack([np.hstack(tiles[i : i + COLUMNS]) for i in range(0, len(tiles), COLUMNS)])


def _tile(frame: RealFrame, boxed: Boxed) -> Picture:
    picture = plain(TILE, TILE).picture(read(frame.path))
    for tenth in range(1, 10):  # a ruler at the top and at the left
        at = tenth * TILE // 10
        length = 10 if tenth == 5 else 5
        cv2.line(picture, (at, 0), (at, length), (0, 0, 255), 1)
        cv2.line(picture, (0, at), (length, at), (0, 0, 255), 1)
    colour = (0, 255, 0) if boxed.checked else (0, 255, 255)
    for box in boxed.boxes:
        for b in (box, box.core()) if box.dense else (box,):
            corners = (np.array([b.x, b.y, b.x + b.width, b.y + b.height]) * (TILE - 1)).round().astype(int).tolist()
            cv2.rectangle(picture, tuple(corners[:2]), tuple(corners[2:]), colour, 1)
    cv2.putText(picture, str(number(frame)), (12, 24), cv2.FONT_HERSHEY_SIMPLEX, 0.6, (0, 255, 255), 2)
    cv2.rectangle(picture, (0, 0), (TILE - 1, TILE - 1), (90, 90, 90), 1)
    return picture


def _chosen(found: dict[str, list[RealFrame]], wanted: list[str]) -> Iterator[tuple[str, list[RealFrame]]]:
    unknown = set(wanted) - set(found)
    if unknown:
        raise SystemExit(f"no clip {', '.join(sorted(unknown))} with failing frames; there are {', '.join(found)}")
    for clip, members in tqdm(found.items(), unit="clip"):
        if not wanted or clip in wanted:
            yield clip, members


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m models.train.boxing", description=__doc__)
    parser.add_argument("clip", nargs="*", help="only these clips")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("VIGIE_DATA", "../shared/data")))
    parser.add_argument("--facts", type=Path, default=MODELS / "detector.json", help="the model's")
    parser.add_argument("--boxes", type=Path, default=BOXES)
    parser.add_argument("--propose", action="store_true", help="boxes for frames without a line, from the maps")
    parser.add_argument("--fill", action="store_true", help="boxes for unchecked frames between two checked ones")
    parser.add_argument("--sheets", type=Path, help="folder for contact sheets; keep it out of the repository")
    parser.add_argument("--measure", action="store_true", help="the pointing game on the held-out clips")
    arguments = parser.parse_args()
    if not arguments.boxes.exists():
        write_boxes({}, arguments.boxes)
    share = load().data.held_out_clips
    sides = [real_frames(arguments.data, share, held_out, arguments.boxes) for held_out in (False, True)]
    boxes = read_boxes(arguments.boxes)
    found = clips(sides[0] + sides[1])
    for clip, members in _chosen(found, arguments.clip):
        if arguments.propose:
            boxes = proposals(SinglePictures.described(arguments.facts), members) | boxes
        if arguments.fill:
            boxes |= between(members, boxes)
        if arguments.sheets:
            arguments.sheets.mkdir(parents=True, exist_ok=True)
            cv2.imwrite(str(arguments.sheets / f"{clip}.png"), sheet(members, boxes))
    if arguments.propose or arguments.fill:
        write_boxes(boxes, arguments.boxes)
    if arguments.measure:
        print(measure(partial(failure_map, SinglePictures.described(arguments.facts)), sides[1]))


if __name__ == "__main__":
    main()
