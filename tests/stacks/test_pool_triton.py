"""The detector on a real Triton server: the same scores, and no picture lost when it is killed."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest
from numpy.typing import NDArray

from monitor.config.detector import Pool
from monitor.config.model import Detector as Settings
from monitor.detector import Detector, ModelInfo, read_model
from monitor.detector.pooled import PooledSession
from monitor.looking import Errand, Looker
from monitor.memory import Memory
from monitor.records import Health
from tests.inspection.pictures import frame, jpeg, scene
from tests.stacks import install
from tests.stacks.triton import TritonServer

WITHIN_S = 10.0  # the machine of a test run may be busy
PICTURES = 12


@pytest.fixture(scope="module")
def model() -> tuple[ModelInfo, ort.InferenceSession]:
    """Return the shipped model, which has a memory."""
    info, data = read_model(Settings().path)
    return info, ort.InferenceSession(data, providers=["CPUExecutionProvider"])


@pytest.fixture
def server(tmp_path: Path) -> Iterator[TritonServer]:
    """Yield a running Triton with that model."""
    try:
        found = install.triton()
    except install.InstallError as exc:
        pytest.skip(f"Triton cannot be installed here: {exc}")
    server = TritonServer(found, tmp_path, Settings())
    server.start()
    yield server
    server.stop()


def pictures(info: ModelInfo) -> NDArray[np.uint8]:
    """Return a batch of scenes of the model's size."""
    return np.stack([scene(seed, info.width, info.height) for seed in range(PICTURES)])


def test_triton_gives_the_scores_that_this_machine_gives(
    server: TritonServer, model: tuple[ModelInfo, ort.InferenceSession]
) -> None:
    """With and without a memory, features too; within float tolerance: the same file, on the same processor."""
    info, local = model
    session = PooledSession(info, local, Pool(url=server.url, within_s=WITHIN_S))
    pooled, alone = Detector(info, session), Detector(info, local, 1)
    batch = pictures(info)
    features = [one.features for one in alone.infer(batch)]
    memories = [
        Memory(np.concatenate([found, np.ones_like(found)]).astype(np.float16), 0.8) if place % 2 else None
        for place, found in enumerate(features)
        if found is not None
    ]
    for ours, theirs in zip(alone.infer(batch, memories), pooled.infer(batch, memories), strict=True):
        assert pytest.approx(ours.score, abs=1e-5) == theirs.score
        assert pytest.approx(dict(ours.classes), abs=1e-5) == dict(theirs.classes)
        assert ours.features is not None
        assert theirs.features is not None
        np.testing.assert_allclose(ours.features, theirs.features, atol=1e-4)
    assert (PICTURES, 0, 0) == (session.state.pooled, session.state.here, session.state.lost)
    session.close()


def test_no_inspection_is_lost_when_triton_is_killed_and_it_is_used_again_when_it_is_back(
    server: TritonServer, model: tuple[ModelInfo, ort.InferenceSession]
) -> None:
    """Every look gives a scored inspection of every picture, whoever scores it."""
    info, local = model
    now = [0.0]
    session = PooledSession(info, local, Pool(url=server.url, within_s=WITHIN_S), 1, lambda: now[0])
    looker = Looker(Detector(info, session), {}, batch_size=4)
    errands = [Errand(frame(jpeg(scene(seed, 640, 480)), f"p{seed}")) for seed in range(4)]

    def scores() -> list[float | None]:
        seen = [inspection.observation for inspection in looker.look(errands)]
        assert [Health.OK] * len(errands) == [one.health for one in seen]
        return [one.score and round(one.score, 4) for one in seen]

    expected = scores()
    assert session.state.is_there
    server.kill()
    for _ in range(3):
        assert expected == scores()
        now[0] += 60.0
    assert (False, 3) == (session.state.is_there, session.state.lost)
    server.start()
    assert expected == scores()
    assert (True, 8, 12) == (session.state.is_there, session.state.pooled, session.state.here)
    session.close()
