"""Rendered films as the cameras that teach the memory."""

from __future__ import annotations

from collections.abc import Iterator

from models.train.config import Data
from models.train.films import FAILING, Film, Films
from models.train.memory.cameras import Camera, Shot


def filmed_cameras(data: Data, held_out: bool) -> Iterator[Camera]:
    """Each film once, in the order of the shards."""
    for folder in (data.scenes, data.held_out_scenes) if held_out else (data.scenes,):
        films = Films(folder, held_out)
        for entry in films.entries:
            yield camera(films.read(entry))


def camera(film: Film) -> Camera:
    """All its pictures."""
    shots = []
    for frame in film.frames:
        if frame.role == FAILING:
            shots.append(Shot(frame.role, film.picture(frame), film.kind, film.labels(frame), frame.visible))
        else:
            shots.append(Shot(frame.role, film.picture(frame)))
    return Camera(f"film {film.seed}", False, tuple(shots))
