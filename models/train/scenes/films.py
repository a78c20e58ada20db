"""Renders films: what one camera sees around the beginning of a failure, for the detector and for its memory.

The files are those that models/train/films.py reads. Healthy pictures lie within AROUND of the failure's beginning,
before it and after; the failing ones show the part as it was then, the nozzle moving on. A failing picture may be
disturbed too, or a hand would be proof that all is well. A shard is a pure function of its number.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from models.train.arrays import Picture, Rng, f32
from models.train.classes import CLASSES
from models.train.films import AFTER, BEFORE, DISTURBED, FAILING, ROLES, Frame, shard_path
from models.train.pictures import png
from models.train.scenes.disturbances import DISTURBANCES, disturbed
from models.train.scenes.prints import HEALTHY_FRAMES, moment_at
from models.train.scenes.scene import Moment, Scene, Shot, Studio, Trouble, random_moment
from models.train.scenes.shards import LEAST_VISIBLE, SIZES, write_missing

FILMS_PER_SHARD = 100
FIRST_SEED = 3_000_000_000  # pairs draw from 0 on, the prints of filming.py from 8 000 000 000 on
PICTURES = {BEFORE: 6, AFTER: 3, DISTURBED: 3, FAILING: 6}  # of a film
SHARES = (0.45, 0.30, 0.08, 0.0425, 0.0425, 0.0425, 0.0425)  # of the classes, in their order
AROUND = 0.1  # of the print: how far before and after the failure's beginning a picture may be
RE_EXPOSED = 0.3  # of the films; the others keep one exposure, as a locked webcam does
FAILING_DISTURBED = 0.25  # of the failing pictures, as of the healthy ones
HIDING = ("part-taken", "lamp-off", "over-exposed", "under-exposed", "condensation")  # a failure is not seen there
ELSEWHERE = ("parked", "finished", "empty-bed", "no-plate")  # the print does not go on
SEEN_FAILING = tuple(name for name in DISTURBANCES if name not in HIDING + ELSEWHERE)


@dataclass(frozen=True)
class Rendering:
    """A film with its JPEGs, and the labels [H, W] of the failing ones, in the order of the frames, which get names
    when they are stored.
    """

    seed: int
    kind: str
    frames: list[Frame]
    jpegs: list[bytes]
    labels: list[Picture]


class FilmSet:
    """A scene with its exposure, and how far the print is when its failure begins."""

    def __init__(self, studio: Studio, seed: int, began: float | None = None, on_part: float = 0.0) -> None:
        """`began`, of the print in 0..1; None: at the height that the scene's camera looks at. `on_part`: how often the
        nozzle is on its way around the part; else it is anywhere, mostly near.
        """
        self.rng = np.random.default_rng(seed)
        self.scene = Scene.random(self.rng, studio.size[0] / studio.size[1])
        self.began = self.scene.moment.height / self.scene.part.height if began is None else began
        self._studio, self._on_part = studio, on_part
        gain = studio.shoot(self.scene, self._moment(self.began))[1]
        self._gain = None if self.rng.random() < RE_EXPOSED else gain

    @property
    def height(self) -> float:
        """Of the part, when the failure begins."""
        return self._height_at(self.began)

    def calm(self, role: str, progress: float) -> tuple[Shot, Frame]:
        """A healthy picture."""
        return self._studio.shoot(self.scene, self._moment(progress), None, self._gain)[0], Frame("", role, progress)

    def disturbed(self, progress: float, kind: str | None = None) -> tuple[Shot, Frame]:
        """A healthy picture while something happens, of this kind or of any."""
        kind, scene, moment = disturbed(self.rng, self.scene, self._moment(progress), kind)
        return self._studio.shoot(scene, moment)[0], Frame("", DISTURBED, progress, disturbance=kind)

    def failing(self, trouble: Trouble, disturbance: str = "") -> tuple[Shot, Frame]:
        """The part as it was when the failure began, the nozzle above it or further on."""
        progress = min(1.0, self.began + trouble.growth * AROUND / 2)
        moment = replace(self._moment(progress), height=self.height)
        scene, gain = self.scene, self._gain
        if disturbance:
            _, scene, moment = disturbed(self.rng, scene, moment, disturbance)
            gain = None
        shot, _ = self._studio.shoot(scene, moment, trouble, gain)
        visible = float((shot.labels > 0).mean())
        return shot, Frame("", FAILING, progress, trouble.growth, visible, disturbance)

    def _height_at(self, progress: float) -> float:
        return max(0.02, self.scene.part.height * progress)

    def _moment(self, progress: float) -> Moment:
        scene, height = self.scene, self._height_at(progress)
        moment = random_moment(self.rng, scene.printer, scene.centre, scene.size, height)
        if self.rng.random() < self._on_part:
            way = moment_at(scene, int(self.rng.integers(HEALTHY_FRAMES)))
            moment = replace(moment, nozzle=f32([*way.nozzle[:2], height + 0.02]))
        return replace(moment, empty=False, hand=False)


def render_film(studio: Studio, seed: int) -> Rendering | None:
    """The film of this seed, or None when its failure stays hidden from the camera."""
    there = FilmSet(studio, seed)
    rng = there.rng
    kind = str(rng.choice(CLASSES, p=SHARES))
    full = Trouble(kind, int(rng.integers(1 << 31)), 1.0, there.height)
    last = there.failing(full)
    if last[1].visible < LEAST_VISIBLE or last[0].picture.std() < 8:
        return None
    shots = [
        there.disturbed(progress) if role == DISTURBED else there.calm(role, progress)
        for role, progress in _plan(rng, there.began)
    ]
    for growth in _growths(rng, last[1].visible):
        disturbance = str(rng.choice(SEEN_FAILING)) if rng.random() < FAILING_DISTURBED else ""
        shots.append(there.failing(replace(full, growth=growth), disturbance))
    shots.append(last)
    jpegs = [there.scene.webcam.jpeg(shot.picture) for shot, _ in shots]
    labels = [shot.labels for shot, frame in shots if frame.role == FAILING]
    return Rendering(seed, kind, [frame for _, frame in shots], jpegs, labels)


def _plan(rng: Rng, began: float) -> Iterator[tuple[str, float]]:
    """Role and progress of the healthy pictures."""
    reach = {BEFORE: (-AROUND, 0.0), AFTER: (0.0, AROUND), DISTURBED: (-AROUND, AROUND / 2)}
    for role, (first, last) in reach.items():
        for progress in np.sort(began + rng.uniform(first, last, PICTURES[role])):
            yield role, float(np.clip(progress, 0.0, 1.0))


def _growths(rng: Rng, visible: float) -> Iterator[float]:
    """All but the last: from where it just becomes visible, if it spreads in proportion to its growth; dense early."""
    least, steps = float(np.clip(LEAST_VISIBLE / visible, 0.04, 0.5)), PICTURES[FAILING] - 1
    for step in range(steps):
        yield least + (1 - least) * ((step + float(rng.uniform(0, 0.8))) / steps) ** 1.5


# -- shards


def write_film_shard(
    number: int, folder: Path, films: int = FILMS_PER_SHARD, size: tuple[int, int] | None = None
) -> Path:
    """Renders film shard `number`; the file appears under its name only when it is whole."""
    path = shard_path(number, folder)
    part, seed = path.with_suffix(".part"), FIRST_SEED + number * 100_000
    studio, facts = Studio(size or SIZES[number % len(SIZES)]), list[dict[str, object]]()
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
        while len(facts) < films:
            seed += 1
            film = render_film(studio, seed)
            if film is not None:
                facts.append({"seed": seed, "kind": film.kind, "frames": _store(archive, len(facts), film)})
        archive.writestr("films.json", json.dumps(facts))
    studio.close()
    return part.rename(path)


def _store(archive: zipfile.ZipFile, number: int, film: Rendering) -> list[dict[str, object]]:
    """Writes the pictures of a film; returns their facts with the names that they got."""
    labels, count, facts = iter(film.labels), dict.fromkeys(ROLES, 0), list[dict[str, object]]()
    for frame, data in zip(film.frames, film.jpegs, strict=True):
        name = f"{number:03d}-{frame.role}-{count[frame.role]}"
        archive.writestr(f"{name}.jpg", data)
        if frame.role == FAILING:
            archive.writestr(f"{name}.png", png(next(labels)))
        count[frame.role] += 1
        facts.append(asdict(replace(frame, name=name)))
    return facts


def write_films(folder: Path, first: int, count: int, processes: int) -> None:
    """Renders the missing film shards of a range."""
    numbers = [n for n in range(first, first + count) if not shard_path(n, folder).exists()]
    write_missing(write_film_shard, numbers, folder, FILMS_PER_SHARD * sum(PICTURES.values()), processes)
