"""Film shards: the same number holds the same pictures, and each says what it shows."""

import json
import shutil
import zipfile
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

pytest.importorskip("moderngl", reason="moderngl is not installed (pip install vigie[train])")

from models.train import filming
from models.train.classes import CLASSES
from models.train.films import AFTER, BEFORE, DISTURBED, FAILING, HELD_OUT, Films, shard_path
from models.train.pictures import decode
from models.train.rendered import Rendered
from models.train.scenes.films import PICTURES, write_film_shard
from models.train.scenes.scene import Studio
from models.train.scenes.shards import LEAST_VISIBLE
from models.train.timeline import VISIBLE
from models.train.whole import STEPS, names

SIZE = (96, 72)


@pytest.fixture(scope="module")
def shard(tmp_path_factory: pytest.TempPathFactory) -> Path:
    try:
        Studio(SIZE).close()
    except Exception as fault:  # noqa: BLE001 - every driver fails in its own way
        pytest.skip(f"no OpenGL by EGL here (apt: libegl1 libgl1-mesa-dri): {fault}")
    return write_film_shard(3, tmp_path_factory.mktemp("films"), 2, SIZE)


def test_a_film_shard_is_a_function_of_its_number(shard: Path, tmp_path: Path) -> None:
    """So that a stopped run continues with those that are missing."""
    again = write_film_shard(3, tmp_path, 2, SIZE)
    with zipfile.ZipFile(shard) as first, zipfile.ZipFile(again) as second:
        assert first.namelist() == second.namelist()
        for name in first.namelist():
            assert first.read(name) == second.read(name)


def test_each_film_has_all_roles(shard: Path) -> None:
    """Before the failure, later without it, disturbed without it, and while it grows."""
    for film in _films(shard):
        roles = [frame["role"] for frame in film["frames"]]
        assert {role: roles.count(role) for role in PICTURES} == PICTURES
        progress = {role: [f["progress"] for f in film["frames"] if f["role"] == role] for role in PICTURES}
        assert max(progress[BEFORE]) <= min(progress[AFTER])
        assert sorted(progress[BEFORE]) == progress[BEFORE]
        assert all(frame["disturbance"] for frame in film["frames"] if frame["role"] == DISTURBED)


def test_a_failure_grows_and_its_labels_mark_it(shard: Path) -> None:
    """The labels hold its class and nothing else, and the facts say how much of the picture it covers."""
    with zipfile.ZipFile(shard) as archive:
        for film in _films(shard):
            frames = [frame for frame in film["frames"] if frame["role"] == FAILING]
            growths = [frame["growth"] for frame in frames]
            assert sorted(growths) == growths
            assert growths[-1] == 1
            assert frames[-1]["visible"] >= LEAST_VISIBLE
            for frame in frames:
                labels = decode(archive.read(f"{frame['name']}.png"), cv2.IMREAD_GRAYSCALE)
                assert decode(archive.read(f"{frame['name']}.jpg")).shape[:2] == labels.shape
                assert {0, 1 + CLASSES.index(film["kind"])} >= set(np.unique(labels))
                assert frame["visible"] == pytest.approx((labels > 0).mean())


def test_a_reader_gives_pictures_by_role(shard: Path) -> None:
    """And the labels of those that fail."""
    films = Films(shard.parent)
    assert [(shard, 0), (shard, 1)] == films.entries
    film = films.read(films.entries[1])
    assert PICTURES[BEFORE] + PICTURES[FAILING] == len(film.of(BEFORE, FAILING))
    assert (*SIZE[::-1], 3) == film.picture(film.of(AFTER)[0]).shape
    last = film.of(FAILING)[-1]
    assert last.visible == pytest.approx((film.labels(last) > 0).mean())


def test_a_pair_is_healthy_and_failing_and_the_same_for_the_same_draw(shard: Path) -> None:
    """Training asks for a least share of the picture that a failure covers."""
    rendered = Rendered(shard.parent, 0.05, film_share=1.0)
    for seed in range(20):
        pairs = [rendered.pair(np.random.default_rng(seed), LEAST_VISIBLE) for _ in range(2)]
        assert all(map(np.array_equal, *pairs))
        assert (pairs[0][2] > 0).mean() >= LEAST_VISIBLE
        assert not np.array_equal(pairs[0][0], pairs[0][1])


def test_held_out_films_are_never_trained_on(shard: Path, tmp_path: Path) -> None:
    """Their number says so, wherever they lie; shards that come later are found."""
    films, held_out = Films(tmp_path), Films(tmp_path, held_out=True)
    for number in (3, HELD_OUT):
        shutil.copy(shard, shard_path(number, tmp_path))
    films.rescan()
    held_out.rescan()
    assert {"films-00003.zip"} == {path.name for path, _ in films.entries}
    assert {f"films-0{HELD_OUT}.zip"} == {path.name for path, _ in held_out.entries}


def test_a_whole_print_is_a_function_of_its_seed_and_its_failure_is_seen(shard: Path) -> None:  # noqa: ARG001 - EGL
    """All pictures are there; the failure begins unseen and ends in view."""
    studio = Studio(SIZE)
    (first, jpegs), (second, again) = (filming.film(studio, filming.FIRST_SEED + 5) for _ in range(2))
    studio.close()
    assert first == second
    assert jpegs == again
    assert list(names()) == list(jpegs)
    assert STEPS == len(first.cover)
    assert first.cover[0] < max(first.cover)
    assert max(first.cover) >= VISIBLE


def _films(shard: Path) -> list[dict[str, Any]]:
    with zipfile.ZipFile(shard) as archive:
        films: list[dict[str, Any]] = json.loads(archive.read("films.json"))
        return films
