"""Whole rendered prints from their files: what one camera saw from the first layer to the last, and a failing branch.

A print is one zip file, written by filming.py. `healthy/PLACE/k.jpg` are taken along it, the nozzle somewhere else in
each; `event/NUMBER/k.jpg` while something harmless happens; `failing/STEP/k.jpg` as its failure grows, the part frozen
where it began. `facts.json` says the rest.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

PLACES, NOZZLES = 12, 4
EVENTS, EVENT_SHOTS = 4, 3
STEPS, STEP_SHOTS = 10, 2
PICTURES = PLACES * NOZZLES + EVENTS * EVENT_SHOTS + STEPS * STEP_SHOTS  # of a print


@dataclass(frozen=True)
class Event:
    """Something harmless (scenes/disturbances.py), and how far the print is then, 0..1."""

    kind: str
    progress: float


@dataclass(frozen=True)
class Whole:
    """The facts of one print."""

    seed: int
    kind: str  # class of the failing branch
    began: float  # how far the print is when it fails, 0..1
    cover: tuple[float, ...]  # share of the picture that the failure covers [STEPS]
    events: tuple[Event, ...]

    @classmethod
    def read(cls, path: Path) -> Whole:
        """Raises zipfile.BadZipFile, KeyError or TypeError for anything but a print."""
        with zipfile.ZipFile(path) as archive:
            facts = json.loads(archive.read("facts.json"))
        facts["events"] = tuple(Event(**event) for event in facts["events"])
        return cls(**{**facts, "cover": tuple(facts["cover"])})


def wholes(folder: Path) -> dict[Path, Whole]:
    """All prints of a folder, by their files, in the order of their seeds."""
    return {path: Whole.read(path) for path in sorted(folder.glob("print-*.zip"))}


def names() -> Iterator[str]:
    """Of all pictures of a print."""
    for part, rows, shots in (
        ("healthy", PLACES, NOZZLES),
        ("event", EVENTS, EVENT_SHOTS),
        ("failing", STEPS, STEP_SHOTS),
    ):
        yield from (f"{part}/{row}/{shot}" for row in range(rows) for shot in range(shots))


def write(path: Path, whole: Whole, jpegs: dict[str, bytes]) -> None:
    """Writes a print; the file appears under its name only when it is whole."""
    part = path.with_suffix(".part")
    with zipfile.ZipFile(part, "w", zipfile.ZIP_STORED) as archive:
        for name, data in jpegs.items():
            archive.writestr(f"{name}.jpg", data)
        archive.writestr("facts.json", json.dumps(asdict(whole)))
    part.rename(path)
