"""``vigie score``: pictures through the same decoder and detector as the cameras', a line each."""

import argparse
import json
import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from monitor.commands.detecting import add_detector_arguments, detector_settings
from monitor.detector import Detector
from monitor.inspector import Inspector
from monitor.looking import Inspection
from monitor.records import Box, Frame, Health

HELP = "score pictures: the probability that a print failure is visible, a line a picture"
PICTURES = frozenset({".jpg", ".jpeg", ".png", ".webp"})
VIDEOS = frozenset({".mp4", ".avi", ".mkv", ".mov", ".webm", ".mjpeg", ".mjpg", ".m4v", ".ts", ".h264"})
BATCH = 8

_ONE_CAMERA = "score"  # all pictures share one health check; at one and the same time, nothing can look frozen


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("paths", nargs="+", type=Path, metavar="PATH", help="pictures, or folders to walk")
    parser.add_argument("--json", action="store_true", help="a JSON object a line instead of a table")
    add_detector_arguments(parser)


def run(args: argparse.Namespace) -> int:
    """Score every picture; exit status 1 when one of them could not be."""
    detector = Detector.load(detector_settings(args))
    # Pictures that a monitor would not trust are scored too: whoever measures the detector wants each one's score.
    inspector = Inspector(detector, {}, batch_size=BATCH, score_unhealthy=True)
    bad = count = 0
    for path, result in _score(find_pictures(args.paths), inspector):
        print(_json(path, result) if args.json else _row(path, result), flush=True)
        count += 1
        bad += isinstance(result, str) or result.observation.health is Health.UNREADABLE
    if count == 0:
        print(f"no pictures found; we read {', '.join(sorted(PICTURES))}", file=sys.stderr)
    return 1 if bad or count == 0 else 0


def find_pictures(paths: Iterable[Path]) -> Iterator[Path]:
    """Yield the files as given, and in folders, sorted, all that are pictures or videos by their suffix."""
    for path in paths:
        if path.is_dir():
            yield from sorted(p for p in path.rglob("*") if p.suffix.lower() in PICTURES | VIDEOS and p.is_file())
        else:
            yield path


def _score(paths: Iterator[Path], inspector: Inspector) -> Iterator[tuple[Path, Inspection | str]]:
    """Yield each path with its inspection, or with what is wrong with the file, in order."""
    while chunk := list(islice(paths, BATCH)):
        read = [(path, _read(path)) for path in chunk]
        frames = [Frame(_ONE_CAMERA, data, 0.0, 0, 0) for _, data in read if isinstance(data, bytes)]
        inspections = iter(inspector.inspect(frames))
        for path, data in read:
            yield path, next(inspections) if isinstance(data, bytes) else data


def _read(path: Path) -> bytes | str:
    """Return the file's bytes, or what is wrong with it."""
    if path.suffix.lower() in VIDEOS:
        return f"a video, not a picture: use vigie replay {path}"
    try:
        return path.read_bytes()
    except OSError as exc:
        return f"cannot be read: {exc.strerror}"


def _json(path: Path, result: Inspection | str) -> str:
    line: dict[str, object] = {"file": str(path)}
    if isinstance(result, str):
        return json.dumps(line | _unreadable(result), ensure_ascii=False)
    seen = result.observation
    if seen.score is None:
        return json.dumps(line | _unreadable(result.observation.detail), ensure_ascii=False)
    line["score"] = round(seen.score, 8)  # fewer would tie scores near 0 and 1
    line["classes"] = {name: round(p, 6) for name, p in seen.classes.items()}
    line["boxes"] = [_box(box) for box in seen.boxes]
    line["health"] = seen.health
    if result.observation.detail:
        line["error"] = result.observation.detail
    return json.dumps(line, ensure_ascii=False)


def _unreadable(error: str) -> dict[str, object]:
    return {"score": None, "classes": {}, "boxes": [], "health": Health.UNREADABLE, "error": error}


def _box(box: Box) -> dict[str, object]:
    """Fractions of the picture's width and height, origin top left."""
    place = {"x": box.x, "y": box.y, "width": box.width, "height": box.height, "score": box.score}
    return {"class": box.failure_class, **{key: round(value, 4) for key, value in place.items()}}


def _row(path: Path, result: Inspection | str) -> str:
    if isinstance(result, str):
        return f"     -  {Health.UNREADABLE:<12} {'':<24} {path}: {result}"
    seen = result.observation
    if seen.score is None:
        return f"     -  {seen.health:<12} {'':<24} {path}: {result.observation.detail}"
    name, probability = max(seen.classes.items(), key=lambda item: item[1], default=("", 0.0))
    return f"{seen.score:6.3f}  {seen.health:<12} {f'{name} {probability:.3f}':<24} {path}"
