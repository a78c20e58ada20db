"""Contact sheets of the worst mistakes, with a glow where the network sees what it sees.

They hold pictures of others: keep them out of the repository.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from models.train.arrays import Floats, Picture
from models.train.classes import CLASSES, FAILURES
from monitor.detector import find_boxes
from monitor.records import FailureClass

HEIGHT, WIDTH, COLUMNS = 180, 240, 6  # pixels of a tile; tiles in a row
GLOW_FROM = 0.3  # of a cell's probability; weaker ones would paint everything
CHANNELS = tuple(FailureClass(name) if name in FAILURES else None for name in CLASSES)


@dataclass(frozen=True)
class Tile:
    """A picture BGR [any, any, 3], its score, what the maps say [C, h, w], and a caption."""

    picture: Picture
    score: float
    maps: Floats
    caption: str


def sheet(tiles: Sequence[Tile], box_threshold: float) -> Picture:
    """Tiles in rows, in their order."""
    drawn = [drawn_tile(tile, box_threshold) for tile in tiles]
    drawn += [np.zeros_like(drawn[0])] * (-len(drawn) % COLUMNS)
    return np.vstack([np.hstack(drawn[i : i + COLUMNS]) for i in range(0, len(drawn), COLUMNS)])


def drawn_tile(tile: Tile, box_threshold: float) -> Picture:
    """Glow of the strongest class that stops printers, the boxes that the wall would draw, score and caption."""
    acted_on = [i for i, channel in enumerate(CHANNELS) if channel]
    small = cv2.resize(tile.picture, (WIDTH, HEIGHT), interpolation=cv2.INTER_AREA).astype(np.float32)
    cells = cv2.resize(tile.maps[acted_on].max(0), (WIDTH, HEIGHT), interpolation=cv2.INTER_LINEAR)
    share = np.clip((cells - GLOW_FROM) / (1 - GLOW_FROM), 0, 1)[..., None] * 0.55
    out = np.ascontiguousarray((small * (1 - share) + np.array([0, 0, 255]) * share).astype(np.uint8))
    for box in find_boxes(tile.maps, CHANNELS, box_threshold):
        left, top = round(box.x * WIDTH), round(box.y * HEIGHT)
        right, bottom = round((box.x + box.width) * WIDTH) - 1, round((box.y + box.height) * HEIGHT) - 1
        cv2.rectangle(out, (left, top), (right, bottom), (0, 255, 255), 1)
    _write(out, f"{tile.score:.3f}", 16, 0.5)
    _write(out, tile.caption, HEIGHT - 6, 0.35)
    return out


def _write(picture: Picture, text: str, y: int, size: float) -> None:
    for colour, thickness in (((0, 0, 0), 3), ((255, 255, 255), 1)):
        cv2.putText(picture, text, (4, y), cv2.FONT_HERSHEY_SIMPLEX, size, colour, thickness, cv2.LINE_AA)


def save(path: Path, tiles: Sequence[Tile], box_threshold: float) -> None:
    """Writes a sheet as PNG. Raises ValueError below the repository, where it could be committed."""
    root = Path(__file__).resolve().parents[2]
    if path.resolve().is_relative_to(root):
        raise ValueError(f"{path}: these are pictures of others; choose a folder outside {root}")
    path.parent.mkdir(parents=True, exist_ok=True)
    cv2.imwrite(str(path), sheet(tiles, box_threshold))
