"""Films on disk: what one camera saw around the beginning of a failure, for the detector and for its memory.

A film shard is a zip file. Film number i has pictures of four roles, `i-ROLE-k.jpg`: `before`, healthy, up to the
moment when the failure will begin, the newest last; `after`, what a healthy print would have shown later; `disturbed`,
healthy while something of disturbances.py happens; `failing`, the failure as it grows and the nozzle moves on, each
with its exact labels `i-failing-k.png` (0, or 1 + index of the class in classes.py). A failing picture may be disturbed
too, or a hand would be proof that all is well. `films.json` lists the films with the facts of each picture. A shard is
a pure function of its number; those from HELD_OUT on are never trained on.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path

import numpy as np

from models.train.arrays import Picture, Rng
from models.train.classes import CLASSES
from models.train.pictures import png
from models.train.scenes.disturbances import DISTURBANCES, disturbed
from models.train.scenes.scene import Moment, Scene, Shot, Studio, Trouble, random_moment
from models.train.scenes.shards import LEAST_VISIBLE, SIZES, write_missing

FILMS_PER_SHARD = 100
FIRST_SEED = 3_000_000_000  # pairs draw from 0 on, the prints of filming.py from 7 000 000 000 on
HELD_OUT = 9000  # number of the first shard that is never trained on
BEFORE, AFTER, DISTURBED, FAILING = ROLES = ("before", "after", "disturbed", "failing")
PICTURES = {BEFORE: 6, AFTER: 3, DISTURBED: 3, FAILING: 6}  # of a film
SHARES = (0.45, 0.30, 0.08, 0.0425, 0.0425, 0.0425, 0.0425)  # of the classes, in their order
AROUND = 0.1  # of the print: how far before and after the failure's beginning a picture may be
RE_EXPOSED = 0.3  # of the films; the others keep one exposure, as a locked webcam does
FAILING_DISTURBED = 0.25  # of the failing pictures, as of the healthy ones
HIDING = ("part-taken", "lamp-off", "over-exposed", "under-exposed", "condensation")  # a failure is not seen there
ELSEWHERE = ("parked", "finished", "empty-bed", "no-plate")  # the print does not go on
SEEN_FAILING = tuple(name for name in DISTURBANCES if name not in HIDING + ELSEWHERE)


@dataclass(frozen=True)
class Frame:
    """What is known of one picture."""

    role: str
    progress: float  # of the print, 0..1
    growth: float = 0.0  # of the failure
    visible: float = 0.0  # share of the picture that it covers
    disturbance: str = ""


@dataclass(frozen=True)
class Film:
    """The facts of all pictures, their JPEGs, and the labels [H, W] of the failing ones, in the same order."""

    seed: int
    kind: str
    frames: list[Frame]
    jpegs: list[bytes]
    labels: list[Picture]


class _Set:
    """The scene of a film, with its exposure and where its failure begins."""

    def __init__(self, studio: Studio, seed: int) -> None:
        self.rng = np.random.default_rng(seed)
        self.studio = studio
        self.scene = Scene.random(self.rng, studio.size[0] / studio.size[1])
        self.began = self.scene.moment.height / self.scene.part.height
        self.gain: float | None = studio.shoot(self.scene, self.moment(self.began))[1]
        if self.rng.random() < RE_EXPOSED:
            self.gain = None

    def moment(self, progress: float) -> Moment:
        """At this progress, the nozzle anywhere on its way."""
        scene = self.scene
        height = max(0.02, scene.part.height * progress)
        moment = random_moment(self.rng, scene.printer, scene.centre, scene.size, height)
        return replace(moment, empty=False, hand=False)

    def healthy(self, role: str, progress: float) -> tuple[Shot, Frame]:
        moment = self.moment(progress)
        if role == DISTURBED:
            kind, scene, moment = disturbed(self.rng, self.scene, moment)
            return self.studio.shoot(scene, moment)[0], Frame(role, progress, disturbance=kind)
        return self.studio.shoot(self.scene, moment, None, self.gain)[0], Frame(role, progress)

    def failing(self, trouble: Trouble, disturbance: str = "") -> tuple[Shot, Frame]:
        """The part as it was when the failure began, the nozzle above it or further on."""
        progress = min(1.0, self.began + trouble.growth * AROUND / 2)
        moment = replace(self.moment(progress), height=self.scene.moment.height)
        scene, gain = self.scene, self.gain
        if disturbance:
            _, scene, moment = disturbed(self.rng, scene, moment, disturbance)
            gain = None
        shot, _ = self.studio.shoot(scene, moment, trouble, gain)
        visible = float((shot.labels > 0).mean())
        return shot, Frame(FAILING, progress, trouble.growth, visible, disturbance)


def render_film(studio: Studio, seed: int) -> Film | None:
    """The film of this seed, or None when its failure stays hidden from the camera."""
    there = _Set(studio, seed)
    rng = there.rng
    kind = str(rng.choice(CLASSES, p=SHARES))
    full = Trouble(kind, int(rng.integers(1 << 31)), 1.0, there.scene.moment.height)
    last = there.failing(full)
    if last[1].visible < LEAST_VISIBLE or last[0].picture.std() < 8:
        return None
    shots = [there.healthy(role, progress) for role, progress in _plan(rng, there.began)]
    for growth in _growths(rng, last[1].visible):
        disturbance = str(rng.choice(SEEN_FAILING)) if rng.random() < FAILING_DISTURBED else ""
        shots.append(there.failing(replace(full, growth=growth), disturbance))
    shots.append(last)
    jpegs = [there.scene.webcam.jpeg(shot.picture) for shot, _ in shots]
    labels = [shot.labels for shot, frame in shots if frame.role == FAILING]
    return Film(seed, kind, [frame for _, frame in shots], jpegs, labels)


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


def shard_path(number: int, folder: Path) -> Path:
    """Where a film shard lies."""
    return folder / f"films-{number:05d}.zip"


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


def _store(archive: zipfile.ZipFile, number: int, film: Film) -> list[dict[str, object]]:
    """Writes the pictures of a film; returns their facts with the names that they got."""
    labels, count, facts = iter(film.labels), dict.fromkeys(ROLES, 0), list[dict[str, object]]()
    for frame, data in zip(film.frames, film.jpegs, strict=True):
        name = f"{number:03d}-{frame.role}-{count[frame.role]}"
        archive.writestr(f"{name}.jpg", data)
        if frame.role == FAILING:
            archive.writestr(f"{name}.png", png(next(labels)))
        count[frame.role] += 1
        facts.append({"name": name, **asdict(frame)})
    return facts


def write_films(folder: Path, first: int, count: int, processes: int) -> None:
    """Renders the missing film shards of a range."""
    numbers = [n for n in range(first, first + count) if not shard_path(n, folder).exists()]
    write_missing(write_film_shard, numbers, folder, FILMS_PER_SHARD * sum(PICTURES.values()), processes)
