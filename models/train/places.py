"""What learned places cost, on real pictures that nobody trained on: `python -m models.train.places --help`.

A place is what a false alarm teaches (docs/learning.md). Each failing picture is judged with places that people might
have taught its camera, by the very functions of the monitor, at the highest discount that there is. Where the failure
lies outside of them nothing should change; where it lies inside, what is plain to see should still alarm. The pictures
of `dev` are measured only. Where their failures lie is the detector's own word; in the held-out clips it is ours, by
eye (boxes.csv).
"""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np

from models.train.arrays import Picture, Rng
from models.train.card import markdown, write_between
from models.train.config import DEFAULT, load
from models.train.dev import VIEWS, dev_entries
from models.train.intervals import binomial_interval
from models.train.real import HEALTHY_LABELS, real_frames
from monitor.baseline import logit
from monitor.config.model import Detector as DetectorSettings
from monitor.config.model import PrinterSettings
from monitor.decode import decode
from monitor.detector import Detection, Detector
from monitor.learning import counted
from monitor.learning.areas import area_of, common
from monitor.learning.rule import GROWN_BY, MOST_DISCOUNT
from monitor.memory import CameraMemory, Memory
from monitor.records import Box, FailureClass, Learned, Place, Rectangle
from monitor.second_look import look_again

PAGE = Path(__file__).resolve().parents[2] / "docs" / "learning.md"
TRIES = 4  # places a picture
SIDES = (0.12, 0.4)  # of a place drawn at random; those of false alarms on dev are 0.1 to 0.5
AFTER_VERDICTS = {1: 0.75, 2: 1.5, 4: MOST_DISCOUNT}  # logits


@dataclass(frozen=True)
class Failing:
    """A picture of a failure, as the monitor gives it to the detector [H, W, 3], and where the failure lies."""

    pixels: Picture
    where: tuple[Rectangle, ...]
    memory: Memory | None = None  # of its camera's healthy pictures


@dataclass
class Tally:
    """Alarms with nothing learned, and those left with places learned."""

    pictures: int = 0
    before: int = 0
    after: int = 0

    def add(self, before: bool, after: bool) -> None:
        self.pictures += 1
        self.before += before
        self.after += after

    def row(self, name: str) -> list[str]:
        low, high = binomial_interval(self.after, self.before)
        kept = f"{self.after / self.before:.1%} ({low:.1%} to {high:.1%})" if self.before else "-"
        return [name, str(self.pictures), str(self.before), str(self.after), kept]


class Judge:
    """The monitor's way from a picture to whether it speaks for a failure."""

    def __init__(self, detector: Detector) -> None:
        self.detector = detector
        self.size = (detector.info.height, detector.info.width)
        self.bar = logit(detector.info.threshold)

    def first(self, pixels: Picture, memory: Memory | None = None) -> Detection:
        return self.detector.infer(pixels[None], [memory])[0]

    def alarms(self, pixels: Picture, first: Detection, places: Sequence[Place], memory: Memory | None = None) -> bool:
        """Whether the picture counts as a failure with these places learned."""
        score = logit(first.score)
        if score < self.bar:
            return False
        learned = Learned("measured", tuple(places))
        again = look_again(self.detector, pixels, first.boxes, learned, PrinterSettings(), memory)
        if again is None:
            return True
        return counted(score, logit(again.elsewhere), again.discount, self.bar) >= self.bar


def drawn_place(rng: Rng, discount: float = MOST_DISCOUNT) -> Place:
    """A place anywhere."""
    width, height = rng.uniform(*SIDES, 2)
    return Place(rng.uniform(0, 1 - width), rng.uniform(0, 1 - height), width, height, discount, ("drawn",))


def outside(place: Place, where: Sequence[Rectangle]) -> bool:
    """Whether nothing of a failure lies in a place."""
    return bool(where) and all(common(area_of(place), area_of(one, GROWN_BY)) == 0 for one in where)


def around(where: Sequence[Rectangle], discount: float) -> tuple[Place, ...]:
    """The places that would have been learned exactly where a failure lies."""
    areas = [area_of(one, GROWN_BY) for one in where]
    return tuple(Place(left, top, r - left, b - top, discount, ("there",)) for left, top, r, b in areas)


def measure_outside(judge: Judge, failing: Sequence[Failing], rng: Rng) -> Tally:
    """Failures outside of a place at its highest discount: nothing should change."""
    tally = Tally()
    for picture in failing:
        first = judge.first(picture.pixels, picture.memory)
        places = [place for place in (drawn_place(rng) for _ in range(20)) if outside(place, picture.where)][:TRIES]
        for place in places:
            is_left = judge.alarms(picture.pixels, first, [place], picture.memory)
            tally.add(logit(first.score) >= judge.bar, is_left)
    return tally


def measure_inside(judge: Judge, failing: Sequence[Failing], discount: float) -> Tally:
    """Failures exactly where false alarms were: the worst that can happen."""
    tally = Tally()
    for picture in failing:
        first = judge.first(picture.pixels)
        places = around(picture.where, discount)
        if places:
            tally.add(logit(first.score) >= judge.bar, judge.alarms(picture.pixels, first, places))
    return tally


def pasted(pixels: Picture, thing: Picture, place: Place) -> Picture:
    """The picture with a thing in the middle of a place."""
    height, width = pixels.shape[:2]
    left, top = int((place.x + GROWN_BY) * width), int((place.y + GROWN_BY) * height)
    size = (max(8, int((place.width - 2 * GROWN_BY) * width)), max(8, int((place.height - 2 * GROWN_BY) * height)))
    result = pixels.copy()
    result[top : top + size[1], left : left + size[0]] = cv2.resize(thing, size, interpolation=cv2.INTER_AREA)
    return result


def measure_pasted(judge: Judge, pictures: Sequence[Failing], things: Sequence[Picture], rng: Rng) -> Tally:
    """A thing that raised a false alarm is put into pictures, away from any failure, and its place was learned."""
    tally = Tally()
    for picture in pictures:
        for thing in things:
            place = next((p for p in (drawn_place(rng) for _ in range(20)) if _is_free(p, picture.where)), None)
            if place is not None:
                pixels = pasted(picture.pixels, thing, place)
                first = judge.first(pixels)
                tally.add(logit(first.score) >= judge.bar, judge.alarms(pixels, first, [place]))
    return tally


def _is_free(place: Place, where: Sequence[Rectangle]) -> bool:
    return not where or outside(place, where)


def dev_failing(judge: Judge, data: Path, view: str) -> Iterator[Failing]:
    """Spaghetti of dev, where the detector sees it."""
    for entry in dev_entries(data, (view,)):
        if entry["label"] == "spaghetti":
            pixels = _served(data / entry["file"], judge)
            yield Failing(pixels, judge.first(pixels).boxes)


def dev_remembered(judge: Judge, data: Path) -> Iterator[Failing]:
    """Spaghetti of dev's fixed cameras that show healthy pictures, too: those are the camera's memory."""
    entries = dev_entries(data, (VIEWS["fixed cameras"],))
    memories: dict[str, CameraMemory] = {}
    for second, entry in enumerate(entries):
        features = judge.first(_served(data / entry["file"], judge)).features if entry["label"] == "ok" else None
        if features is not None:
            memories.setdefault(entry["sequence"], CameraMemory()).learn(features, float(second))
    for entry in entries:
        memory = memories[entry["sequence"]].remembered(0.0) if entry["sequence"] in memories else None
        if entry["label"] == "spaghetti" and memory is not None:
            pixels = _served(data / entry["file"], judge)
            yield Failing(pixels, judge.first(pixels, memory).boxes, memory)


def dev_healthy(judge: Judge, data: Path, view: str) -> Iterator[Failing]:
    for entry in dev_entries(data, (view,)):
        if entry["label"] == "ok":
            yield Failing(_served(data / entry["file"], judge), ())


def clips_failing(judge: Judge, data: Path, share: float) -> Iterator[Failing]:
    """Frames of the clips that were held out, where we see the failure."""
    for frame in real_frames(data, share, held_out=True):
        if frame.boxes and frame.label not in HEALTHY_LABELS:
            boxes = (Box(FailureClass.SPAGHETTI, b.x, b.y, b.width, b.height, 1.0) for b in frame.boxes)
            yield Failing(_served(frame.path, judge), tuple(boxes))


def false_alarms(judge: Judge, healthy: Sequence[Failing]) -> list[Picture]:
    """What raised false alarms, cut out along its boxes."""
    found = []
    for picture in healthy:
        first = judge.first(picture.pixels)
        if logit(first.score) >= judge.bar:
            for box in first.boxes[:1]:
                left, top, right, bottom = area_of(box)
                height, width = picture.pixels.shape[:2]
                found.append(
                    picture.pixels[int(top * height) : int(bottom * height), int(left * width) : int(right * width)]
                )
    return found


def _served(path: Path, judge: Judge) -> Picture:
    return decode(path.read_bytes(), judge.size).input.copy()


def measure(judge: Judge, data: Path, held_out_clips: float, tell: Callable[[str], object]) -> list[list[str]]:
    """All rows of the table."""
    rng = np.random.default_rng(5)
    rows: list[list[str]] = []
    sources = {name: list(dev_failing(judge, data, view)) for name, view in VIEWS.items()}
    sources["fixed cameras with a memory"] = list(dev_remembered(judge, data))
    sources["held-out clips"] = list(clips_failing(judge, data, held_out_clips))
    everything = [one for some in sources.values() for one in some if one.memory is None]
    for name, failing in sources.items():
        rows.append(measure_outside(judge, failing, rng).row(f"{name}: failure outside of the place, 3 logits"))
        tell(str(rows[-1]))
    for verdicts, discount in AFTER_VERDICTS.items():
        what = f"all: failure exactly in the place, {verdicts} verdicts ({discount:g} logits)"
        rows.append(measure_inside(judge, everything, discount).row(what))
        tell(str(rows[-1]))
    healthy = [one for view in VIEWS.values() for one in dev_healthy(judge, data, view)]
    things = false_alarms(judge, healthy)
    what = f"{len(things)} things of false alarms pasted"
    seen = [
        one
        for name in VIEWS
        for one in sources[name]
        if one.where and logit(judge.first(one.pixels).score) >= judge.bar
    ]
    rows.append(measure_pasted(judge, seen, things, rng).row(f"dev, failing and seen, {what} into the place"))
    rows.append(measure_pasted(judge, healthy, things, rng).row(f"dev, healthy, {what} into the place"))
    return rows


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m models.train.places", description="What learned places cost.")
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("VIGIE_DATA", "../shared/data")))
    parser.add_argument("--publish", action="store_true", help="write the table to docs/learning.md")
    arguments = parser.parse_args()
    judge = Judge(Detector.load(DetectorSettings()))
    rows = measure(judge, arguments.data, load(DEFAULT).data.held_out_clips, lambda line: print(line, file=sys.stderr))
    head = ["pictures", "looks", "alarms, nothing learned", "alarms, place learned", "kept (95 %)"]
    table = markdown(head, rows)
    print(table)
    if arguments.publish:
        write_between(PAGE, "places", table)


if __name__ == "__main__":
    main()
