"""The memory is trained on what the monitor remembers: same mean and spread, no picture in its own memory, no film seen
on both sides.
"""

import csv
import json
import math
import zipfile
from pathlib import Path

import cv2
import numpy as np
import onnxruntime
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from models.train import config
from models.train.augment import plain
from models.train.classes import CLASSES, FAILURES
from models.train.evaluate import SHIPPED
from models.train.films import AFTER, BEFORE, DISTURBED, FAILING, HELD_OUT, ROLES, shard_path
from models.train.memory.cameras import Camera, Shot, real_cameras
from models.train.memory.draws import MOST, Draws, known
from models.train.memory.filmed import filmed_cameras
from models.train.memory.kept import Features
from models.train.memory.running import memories, weights
from models.train.memory.targets import targets
from models.train.pictures import jpeg, png
from monitor.detector import ModelInfo, read_model
from monitor.detector.contract import FEATURES, KNOWN, MEMORY, OUTPUTS, Shape, check_contract, check_features
from monitor.memory import CameraMemory, MemorySettings

MODELS = Path(__file__).resolve().parents[2] / "models"
MONITOR = MemorySettings()
LEAST_GAIN = config.load().memory.least_gain
HELD = MOST + 2  # pictures in the largest memory: a disturbed one and one of the failure may come on top
STRIDE = 16


def learned(pictures: NDArray[np.float32], gap_s: float, lasts_s: float) -> NDArray[np.float32]:
    """What the monitor remembers of pictures [n, M, h, w] that came at regular gaps: [2 M, h, w]."""
    memory = CameraMemory(MemorySettings(lasts_s=lasts_s))
    for number, picture in enumerate(pictures):
        memory.learn(picture, number * gap_s)
    remembered = memory.remembered(len(pictures) * gap_s)
    assert remembered is not None
    return remembered.cells.astype(np.float32)


def trained_on(pictures: NDArray[np.float32], least_gain: float) -> NDArray[np.float32]:
    """What the training makes of them."""
    return np.concatenate([part[0] for part in memories(weights(len(pictures), least_gain)[None], pictures)])


def test_the_gain_of_the_training_is_the_monitors() -> None:
    """Pictures come every_s apart, and lasts_s later they weigh 1/e."""
    assert LEAST_GAIN == pytest.approx(1 - math.exp(-MONITOR.every_s / MONITOR.lasts_s), rel=1e-3)


@given(st.lists(st.lists(st.floats(-8, 8, width=16), min_size=6, max_size=6), min_size=1, max_size=HELD))
def test_the_training_remembers_as_the_monitor_does(values: list[list[float]]) -> None:
    """One to ten pictures of three features on two cells; float16 costs up to a two-hundredth of their range."""
    pictures = np.array(values, np.float32).reshape(-1, 3, 1, 2)
    monitors = learned(pictures, MONITOR.every_s, MONITOR.lasts_s)
    assert monitors == pytest.approx(trained_on(pictures, LEAST_GAIN), abs=0.08)


@given(st.integers(1, 40), st.floats(1, 600), st.integers(0, 1 << 31))
def test_so_it_does_at_any_pace(count: int, gap_s: float, seed: int) -> None:
    """From hardly fading to forgetting two thirds with each picture."""
    pictures = np.random.default_rng(seed).normal(0, 1, (count, 2, 3, 4)).astype(np.float32)
    trained = trained_on(pictures, 1 - math.exp(-gap_s / 600))
    assert learned(pictures, gap_s, 600) == pytest.approx(trained, abs=0.02)


@given(st.integers(0, 1 << 31), st.integers(1, HELD))
def test_known_is_a_share_and_low_for_young_memories(seed: int, pictures: int) -> None:
    """Two pictures may by chance show a camera at its calmest."""
    drawn = known(np.random.default_rng(seed), pictures)
    assert 0 < drawn <= (0.7 if pictures <= 2 else 1)


@pytest.mark.parametrize("pictures", range(1, HELD + 1))
def test_the_training_has_met_what_the_monitor_says_it_knows(pictures: int) -> None:
    """Of as many pictures, the monitor says nothing lower or higher than what was drawn."""
    memory, rng = CameraMemory(), np.random.default_rng(pictures)
    for number in range(pictures):
        memory.learn(np.zeros((1, 1, 1), np.float32), number * MONITOR.every_s)
    remembered = memory.remembered((pictures - 1) * MONITOR.every_s)
    assert remembered is not None
    drawn = [known(rng, pictures) for _ in range(500)]
    assert min(drawn) < remembered.known <= max(drawn)


Pictures = list[tuple[str, float]]  # role, share of the picture that its failure covers
ONES = st.tuples(st.sampled_from((BEFORE, BEFORE, AFTER, DISTURBED)), st.just(1.0))
GROWING = st.tuples(st.just(FAILING), st.floats(0.001, 0.4))  # the nozzle hides some of it, now and then
CAMERAS = st.lists(st.tuples(st.lists(ONES, max_size=20), st.lists(GROWING, max_size=6)), max_size=5)


def kept(cameras: list[Pictures]) -> Features:
    """Facts as the draws read them: a camera's pictures next to each other, a failure's as it grew."""
    rows = [(number, *picture) for number, pictures in enumerate(cameras) for picture in pictures]
    count = len(rows)
    nothing = np.zeros((count, 1, 1, 1), np.int8)
    return Features(
        seen=nothing.astype(np.float16),
        cells=nothing,
        failure=np.zeros(count, np.int8),
        classes=nothing[:, 0, 0],
        camera=np.array([number for number, _, _ in rows], np.int32),
        role=np.array([ROLES.index(role) for _, role, _ in rows], np.int8),
        kind=np.zeros(count, np.int8),
        visible=np.array([visible for _, _, visible in rows], np.float32),
        real=np.zeros(count, np.bool_),
    )


def full_camera() -> Pictures:
    """What one film gives; the nozzle hides the failure when it is at its largest."""
    growing = [(FAILING, share) for share in (0.002, 0.01, 0.05, 0.2, 0.005)]
    return [*[(BEFORE, 1.0)] * 8, *[(AFTER, 1.0)] * 4, *[(DISTURBED, 1.0)] * 4, *growing]


@settings(deadline=None)
@given(CAMERAS, st.integers(0, 1 << 31))
def test_no_picture_is_in_its_own_memory_or_in_another_cameras(
    some: list[tuple[Pictures, Pictures]], seed: int
) -> None:
    """Whatever pictures there are; each memory's shares sum to one."""
    facts = kept([full_camera(), *([*ones, *growing] for ones, growing in some)])
    rows, batch = Draws(facts, LEAST_GAIN).batch(np.random.default_rng(seed), cameras=4, each=6)
    block = np.cumsum(np.diff(facts.camera[rows], prepend=-1) != 0)  # one camera may be drawn twice
    assert (24, len(rows)) == batch.shares.shape
    assert batch.shares.sum(1) == pytest.approx(np.ones(24), abs=1e-5)
    assert 0 <= batch.shares.min()
    assert not batch.shares[np.arange(24), batch.present].any()
    for present, shares in zip(batch.present, batch.shares, strict=True):
        remembered = np.flatnonzero(shares)
        assert 1 <= len(remembered) <= HELD
        assert {facts.camera[rows[present]]} == set(facts.camera[rows[remembered]])
        assert {block[present]} == set(block[remembered])


@settings(deadline=None)
@given(st.lists(GROWING, min_size=1, max_size=8), st.integers(0, 1 << 31))
def test_a_memory_holds_no_later_picture_of_the_failure(growing: Pictures, seed: int) -> None:
    """Nor any of it when another is judged: at most one of the same failure, earlier and smaller."""
    facts = kept([[*full_camera()[:16], *growing]])
    rows, batch = Draws(facts, LEAST_GAIN).batch(np.random.default_rng(seed), cameras=1, each=60)
    fails = facts.role[rows] == ROLES.index(FAILING)
    for present, shares in zip(batch.present, batch.shares, strict=True):
        of_it = np.flatnonzero((shares > 0) & fails)
        assert len(of_it) <= int(fails[present])
        assert (of_it < present).all()
        assert (facts.visible[rows[of_it]] < facts.visible[rows[present]]).all()
        assert not shares[facts.role[rows] == ROLES.index(AFTER)].any()


def test_memories_are_young_disturbed_and_polluted_now_and_then() -> None:
    """So that the network has met what happens on a farm; none of it is the rule."""
    facts = kept([full_camera()])
    rows, batch = Draws(facts, LEAST_GAIN).batch(np.random.default_rng(0), cameras=1, each=2000)
    held, role = batch.shares > 0, facts.role[rows]
    judged_fails = role[batch.present] == ROLES.index(FAILING)
    polluted = batch.shares[:, role == ROLES.index(FAILING)].sum(1) > 0
    assert 0.45 < judged_fails.mean() < 0.55
    assert 0.15 < polluted[judged_fails].mean() < 0.3
    assert 0.2 < held[:, role == ROLES.index(DISTURBED)].any(1).mean() < 0.3
    assert 0.2 < (held.sum(1) <= 2).mean() < 0.5


def write_films(number: int, folder: Path, seeds: list[int]) -> None:
    """A shard of films of one healthy and one failing picture."""
    picture = np.full((32, 48, 3), 90, np.uint8)
    labels = np.zeros((32, 48), np.uint8)
    labels[8:24, 8:24] = 1 + CLASSES.index("blob")
    films = []
    with zipfile.ZipFile(shard_path(number, folder), "w") as archive:
        for index, seed in enumerate(seeds):
            names = [f"{index}-{role}-0" for role in (BEFORE, FAILING)]
            for name in names:
                archive.writestr(f"{name}.jpg", jpeg(picture, 90))
            archive.writestr(f"{names[1]}.png", png(labels))
            healthy = {"name": names[0], "role": BEFORE, "progress": 0.3}
            failing = {"name": names[1], "role": FAILING, "progress": 0.6, "growth": 1.0, "visible": 1 / 6}
            films.append({"seed": seed, "kind": "blob", "frames": [healthy, failing]})
        archive.writestr("films.json", json.dumps(films))


def data(folder: Path) -> config.Data:
    """Films and frames of a test."""
    return config.Data(folder / "scenes", folder, folder / "held", 0.05, 0.4, 0.3, 0.16)


def test_no_held_out_film_teaches_the_memory(tmp_path: Path) -> None:
    """The shard's number says so, in whichever of the folders it lies."""
    for folder in ("scenes", "held"):
        (tmp_path / folder).mkdir()
    write_films(7, tmp_path / "scenes", [1, 2])
    write_films(HELD_OUT, tmp_path / "scenes", [3])
    write_films(8, tmp_path / "held", [4])
    write_films(HELD_OUT + 1, tmp_path / "held", [5, 6])
    sides = [[camera.name for camera in filmed_cameras(data(tmp_path), held_out=side)] for side in (False, True)]
    assert [["film 1", "film 2"], ["film 3", "film 5", "film 6"]] == sides


def test_a_film_is_a_camera_with_labels_where_it_fails(tmp_path: Path) -> None:
    """And nothing of its healthy pictures is a failure."""
    (tmp_path / "scenes").mkdir()
    write_films(0, tmp_path / "scenes", [1])
    (camera,) = filmed_cameras(data(tmp_path), held_out=False)
    healthy, failing = camera.shots
    assert [(BEFORE, "", None), (FAILING, "blob", 1 / 6)] == [
        (healthy.role, healthy.kind, healthy.labels),
        (failing.role, failing.kind, failing.visible),
    ]
    assert failing.labels is not None
    assert 16 * 16 == (failing.labels > 0).sum()


def test_no_real_clip_is_on_both_sides(tmp_path: Path) -> None:
    """Nor does a healthy picture lent to a failing clip's camera come over; every clip bears a grey of its own."""
    (tmp_path / "train").mkdir()
    greys, lines = range(0, 240, 4), []
    for grey in greys:
        label = "spaghetti" if grey % 8 else "ok"
        for frame in range(12 if grey % 48 == 0 else 2):  # some are sequences
            name = f"train/{grey}-{frame}.png"
            assert cv2.imwrite(str(tmp_path / name), np.full((8, 8, 3), grey, np.uint8))
            lines.append({"file": name, "label": label, "clip": f"clip {grey}"})
    with (tmp_path / "train" / "labels.csv").open("w", newline="") as file:
        writer = csv.DictWriter(file, list(lines[0]))
        writer.writeheader()
        writer.writerows(lines)
    learned_from, held_out = (list(real_cameras(tmp_path, 0.3, side)) for side in (False, True))
    assert learned_from
    assert held_out
    assert not _greys(learned_from) & _greys(held_out)
    assert set(greys) == _greys(learned_from) | _greys(held_out)
    assert {"still", "clip", "sequence"} == {camera.name.split()[0] for camera in learned_from}


def _greys(cameras: list[Camera]) -> set[int]:
    return {int(shot.picture[0, 0, 0]) for camera in cameras for shot in camera.shots}


SIZE = (64, 96)  # 4 x 6 cells
BLANK = np.zeros((128, 192, 3), np.uint8)  # rendered at twice the size


@pytest.mark.parametrize("kind", CLASSES)
def test_a_failure_without_labels_teaches_no_cell(kind: str) -> None:
    """What is known is that it is there; of the other classes, and of where, nothing is."""
    cells, failure, classes = targets(Shot(FAILING, BLANK, kind), plain(*SIZE))
    assert (1 + len(CLASSES), 4, 6) == cells.shape
    assert {-1} == set(cells.flat)
    assert (1 if kind in FAILURES else -1) == failure
    assert [1 if name == kind else -1 for name in CLASSES] == list(classes)


@given(st.sampled_from(CLASSES), st.integers(0, 3), st.integers(0, 5), st.integers(1, 4), st.integers(1, 6))
def test_with_labels_the_cells_under_the_mask_are_positive(kind: str, y: int, x: int, rows: int, columns: int) -> None:
    """And those that it does not touch are not; an advisory class leaves open whether the print fails."""
    labels = np.zeros(BLANK.shape[:2], np.uint8)
    covered = np.zeros((4, 6), np.bool_)
    covered[y : y + rows, x : x + columns] = True
    labels[covered.repeat(32, 0).repeat(32, 1)] = 1 + CLASSES.index(kind)
    cells, failure, classes = targets(Shot(FAILING, BLANK, kind, labels), plain(*SIZE))
    index = CLASSES.index(kind)
    near = cv2.dilate(covered.astype(np.uint8), np.ones((3, 3), np.uint8)) > 0
    assert {1} == set(cells[1 + index][covered])
    assert {0} >= set(cells[1 + index][~near])
    assert {0} == set(np.delete(cells[1:], index, 0).flat)
    assert {1 if kind in FAILURES else -1} == set(cells[0][covered]) | {failure}
    assert {0} >= set(cells[0][~near])
    assert 1 == classes[index]


def test_a_healthy_picture_teaches_every_cell() -> None:
    """There is nothing to be found anywhere in it."""
    cells, failure, classes = targets(Shot(BEFORE, BLANK), plain(*SIZE))
    assert {0} == {*cells.flat, failure, *classes}


class Shipped:
    """A shipped file as the monitor opens it."""

    def __init__(self, info: ModelInfo, model: bytes) -> None:
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads, options.log_severity_level = 1, 3
        self.info = info
        self.session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self.memory: Shape | None = check_contract(info, self.session)
        self.inputs = {node.name for node in self.session.get_inputs()}
        self.outputs = {node.name for node in self.session.get_outputs()}
        size = (2, info.height, info.width, 3)
        self.frames = np.random.default_rng(7).integers(0, 256, size, dtype=np.uint8)

    def has_no_memory(self) -> bool:
        """Whether it judges pictures alone, and takes and gives nothing else."""
        alone = {self.info.input_name} == self.inputs and not {MEMORY, KNOWN, FEATURES} & self.outputs
        assert alone == (self.memory is None)
        return alone

    def run(self, seed: int, known: float) -> dict[str, NDArray[np.float32]]:
        """Outputs for two pictures whose cameras remember something arbitrary."""
        assert self.memory is not None
        cells = np.abs(np.random.default_rng(seed).normal(0, 2, (2, *self.memory))).astype(np.float32)
        names = [*OUTPUTS, FEATURES]
        inputs = {self.info.input_name: self.frames, MEMORY: cells, KNOWN: np.full(2, known, np.float32)}
        return dict(zip(names, self.session.run(names, inputs), strict=True))


@pytest.fixture(scope="module", params=SHIPPED.values(), ids=str)
def shipped(request: pytest.FixtureRequest) -> Shipped:
    return Shipped(*read_model((MODELS / request.param).with_suffix(".onnx")))


def test_a_memory_of_which_nothing_is_known_changes_nothing(shipped: Shipped) -> None:
    """To the last bit. One that is known does: or the file would not need it."""
    if shipped.has_no_memory():
        return
    first, second = shipped.run(1, 0.0), shipped.run(2, 0.0)
    for name in OUTPUTS:
        assert np.array_equal(first[name], second[name]), name
    assert not np.array_equal(shipped.run(1, 1.0)["maps"], shipped.run(2, 1.0)["maps"])


def test_features_are_what_a_memory_is_made_of(shipped: Shipped) -> None:
    """A mean and a spread of each feature on each cell, of finite numbers, and not of the memory itself."""
    if shipped.has_no_memory():
        return
    assert shipped.memory is not None
    features = shipped.run(1, 1.0)[FEATURES]
    check_features(shipped.info, shipped.memory, (1, *features.shape[1:]))
    assert (shipped.info.height // STRIDE, shipped.info.width // STRIDE) == features.shape[2:]
    assert np.isfinite(features).all()
    assert np.array_equal(features, shipped.run(2, 0.0)[FEATURES])
