"""The rendered prints that simulated cameras show: H.264 clips beside this file, listed in prints.json.

Each print has a healthy clip, from the first layer to the finished part, and maybe a failing one that takes over at
one of its frames. A clip's pictures are spread over a print's whole time: they are samples of it, not a film.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from monitor.errors import ConfigError
from monitor.records import FailureClass
from monitor.sim.prints.frames import FrameStore, Picture

__all__ = ["FOLDER", "Clip", "Failure", "Picture", "Print", "load_prints"]

FOLDER = Path(__file__).resolve().parent
_STORE = FrameStore()


@dataclass(frozen=True, slots=True)
class Clip:
    """A video file with a known number of frames."""

    path: Path
    frames: int
    store: FrameStore = field(default=_STORE, repr=False, compare=False)

    def frame(self, number: int) -> Picture:
        """Return frame ``number`` (from 0), uint8 [height, width, 3] BGR, read-only; raises ConfigError."""
        if not 0 <= number < self.frames:
            raise IndexError(f"{self.path.name} has frames 0 to {self.frames - 1}, not {number}")
        return self.store.frame(self.path, number)


@dataclass(frozen=True, slots=True)
class Failure:
    """How a print goes wrong."""

    clip: Clip
    starts_at: int  # frame of the healthy clip that the failing clip takes over from
    visible_at: int  # frame of the failing clip from which a person sees it
    failure_class: FailureClass


@dataclass(frozen=True, slots=True)
class Print:
    """One rendered print."""

    name: str
    healthy: Clip
    layers: int
    failure: Failure | None

    @property
    def fails_at(self) -> float:
        """The share of the print (0..1) that is done when its failure begins; 1 for one that has none."""
        return self.failure.starts_at / (self.healthy.frames - 1) if self.failure else 1.0


def load_prints(folder: Path = FOLDER) -> tuple[Print, ...]:
    """Return the prints listed in a folder's prints.json; raises ConfigError when they are not all there."""
    index = folder / "prints.json"
    try:
        prints = tuple(_print(entry, folder) for entry in json.loads(index.read_text(encoding="utf-8")))
    except (OSError, ValueError, KeyError, TypeError) as exc:
        raise ConfigError(f"{index}: the simulated prints cannot be read ({exc!r}); install vigie again") from exc
    clips = [clip for made in prints for clip in (made.healthy, made.failure and made.failure.clip) if clip]
    missing = [clip.path.name for clip in clips if not clip.path.is_file()]
    if missing or not prints:
        raise ConfigError(f"{folder}: {', '.join(missing) or 'every print'} is missing; install vigie again")
    return prints


def _print(entry: Mapping[str, Any], folder: Path) -> Print:
    failing = entry["failing"]
    failure = failing and Failure(
        clip=Clip(folder / failing["file"], int(failing["frames"])),
        starts_at=int(failing["starts_at_healthy_frame"]),
        visible_at=int(failing["visible_at_frame"]),
        failure_class=FailureClass(failing["failure_class"]),
    )
    healthy = entry["healthy"]
    clip = Clip(folder / healthy["file"], int(healthy["frames"]))
    return Print(str(entry["name"]), clip, int(healthy["layers"]), failure or None)
