"""A server runs the detector for several monitors, and this machine does while it is away. The server is a stand-in."""

import hashlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnxruntime as ort
import pytest

from monitor.cli import main
from monitor.config.detector import Pool
from monitor.config.model import Detector as Settings
from monitor.detector import Detector, read_model
from monitor.detector.pooled import AGAIN_AFTER_S, PooledSession
from monitor.errors import PoolAway
from monitor.kserve import KserveClient
from monitor.memory import Memory
from monitor.records.pooling import PoolReport, PoolState
from monitor.wall import HealthReport
from tests.inspection import tiny_model
from tests.inspection.stand_in_pool import StandInPool
from tests.wall.farm import Farm

WITHIN_S = 2.0


class Time:
    """Seconds that pass when a test says so."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        """Return the time."""
        return self.now


@pytest.fixture(params=[False, True], ids=["alone", "remembers"])
def model_file(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a model's file, once without a memory and once with one."""
    return tiny_model.write(tmp_path, tiny_model.build(remembers=request.param))


@pytest.fixture
def pool(model_file: Path) -> Iterator[StandInPool]:
    """Yield a stand-in that serves this file."""
    data = model_file.read_bytes()
    sha256 = hashlib.sha256(data).hexdigest()
    server = StandInPool(data, f"vigie-{sha256[:12]}", sha256)
    server.start()
    yield server
    server.stop()


class Stage:
    """A detector with a pool, and one without."""

    def __init__(self, path: Path, url: str, within_s: float = WITHIN_S) -> None:
        info, data = read_model(path)
        self.time = Time()
        local = ort.InferenceSession(data, providers=["CPUExecutionProvider"])
        self.session = PooledSession(info, local, Pool(url=url, within_s=within_s), 1, self.time)
        self.pooled, self.alone = Detector(info, self.session), Detector(info, local)

    def agrees(self, *levels: int) -> bool:
        """Whether a batch has the same detections, in order, with the pool as without it."""
        size = tiny_model.SIZE
        batch = np.stack([np.full((size, size, 3), level, np.uint8) for level in levels])
        cells = np.full((2, size // tiny_model.CELL, size // tiny_model.CELL), 0.25, np.float16)
        memories = [Memory(cells, 0.5), *[None] * (len(levels) - 1)]
        ours, theirs = (one.infer(batch, memories) for one in (self.alone, self.pooled))
        assert len(levels) == len(theirs)
        return [round(one.score, 5) for one in ours] == [round(one.score, 5) for one in theirs]

    @property
    def state(self) -> PoolState:
        """How it stands with the pool."""
        return self.session.state


@pytest.fixture
def stage(model_file: Path, pool: StandInPool) -> Iterator[Stage]:
    """Yield a detector with that pool."""
    stage = Stage(model_file, pool.url)
    yield stage
    stage.session.close()


def test_a_batch_goes_to_the_pool_whole_and_comes_back_in_order(stage: Stage, pool: StandInPool) -> None:
    """After a trial of two pictures that shows that it is our model."""
    assert stage.agrees(0, 51, 255)
    assert stage.agrees(10)
    assert [2, 3, 1] == pool.batches
    assert PoolState(pool.url, is_there=True, pooled=4) == stage.state


def test_a_server_that_writes_numbers_as_json_will_do(stage: Stage, pool: StandInPool) -> None:
    """The binary extension is asked for; a server may not have it."""
    pool.says_json = True
    assert stage.agrees(0, 51, 255)
    assert 3 == stage.state.pooled


def test_a_server_that_is_killed_loses_no_picture_and_is_taken_up_again(stage: Stage, pool: StandInPool) -> None:
    """Batches are scored here until it is back; it is asked less and less often, and checked again."""
    assert stage.agrees(51, 102)
    pool.stop()
    for wait_s in AGAIN_AFTER_S:
        assert stage.agrees(51, 102)
        stage.time.now += wait_s - 0.01
        assert stage.agrees(10)  # it is not asked yet
        stage.time.now += 0.01
    assert len(AGAIN_AFTER_S) == stage.state.lost
    assert pool.url in stage.state.why
    pool.start()
    assert stage.agrees(51, 102)
    assert (True, "", 4, 18) == (stage.state.is_there, stage.state.why, stage.state.pooled, stage.state.here)


@pytest.mark.parametrize("fault", ["hangs", "answers_nan", "fails_with"])
def test_a_server_that_hangs_or_lies_is_left_alone_for_a_while(model_file: Path, pool: StandInPool, fault: str) -> None:
    """The batch is scored here after the limit, so that no picture is older than that."""
    stage = Stage(model_file, pool.url, within_s=1.0)
    try:
        setattr(pool, fault, 500)
        assert stage.agrees(51, 102)
        assert (False, 1, 2) == (stage.state.is_there, stage.state.lost, stage.state.here)
        setattr(pool, fault, 0)
        stage.time.now += AGAIN_AFTER_S[0]
        assert stage.agrees(51, 102)
        assert stage.state.is_there
    finally:
        stage.session.close()


def test_another_file_is_refused(stage: Stage, pool: StandInPool) -> None:
    """By its hash, where the server tells it, before any picture is sent."""
    pool.sha256 = "ab" * 32
    assert stage.agrees(51)
    assert "serve the same file" in stage.state.why
    assert "abababababab" in stage.state.why
    assert [] == pool.batches


def test_a_model_that_gives_other_scores_is_refused(model_file: Path) -> None:
    """A server may tell no hash: the same two pictures must have the same scores there."""
    data = model_file.read_bytes()
    other = data.replace(np.float32(255).tobytes(), np.float32(100).tobytes())  # what brightness is divided by
    server = StandInPool(other, f"vigie-{hashlib.sha256(data).hexdigest()[:12]}")
    server.start()
    stage = Stage(model_file, server.url)
    assert stage.agrees(51)
    stage.session.close()
    server.stop()
    assert "gives other scores" in stage.state.why


def test_a_server_without_the_model_says_so(model_file: Path, pool: StandInPool) -> None:
    """With the name that we asked for."""
    asked, pool.name = pool.name, "something-else"
    stage = Stage(model_file, pool.url)
    assert stage.agrees(51)
    assert f"refuses {asked}: 404" in stage.state.why
    stage.session.close()


def test_something_that_is_no_model_server_says_nothing_useful(pool: StandInPool) -> None:
    """Nobody listens, or the path is another one."""
    pool.stop()
    with pytest.raises(PoolAway, match=pool.url):
        KserveClient(pool.url, "m").describe(WITHIN_S)


def test_without_the_setting_nothing_of_it_is_loaded(model_file: Path) -> None:
    """And with it the detector says how it stands, on the way to /health."""
    assert Detector.load(Settings(model=str(model_file))).pool is None
    code = "import sys, monitor.app; print([m for m in sys.modules if 'kserve' in m or 'pooled' in m])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "[]" == done.stdout.strip()


def test_the_configured_detector_uses_its_pool(model_file: Path, pool: StandInPool) -> None:
    """From its first trial run on."""
    detector = Detector.load(Settings(model=str(model_file), pool=Pool(url=pool.url)))
    assert detector.pool is not None
    assert (True, 1) == (detector.pool.is_there, detector.pool.pooled)
    detector.close()


def test_a_servers_repository_is_written(model_file: Path, tmp_path: Path) -> None:
    """With the name and the hash that monitors look for, and all that the model takes and gives."""
    assert 0 == main(["pool-model", "--model", str(model_file), str(tmp_path / "served")])
    sha256 = hashlib.sha256(model_file.read_bytes()).hexdigest()
    model = tmp_path / "served" / f"vigie-{sha256[:12]}"
    assert model_file.read_bytes() == (model / "1/model.onnx").read_bytes()
    config = (model / "config.pbtxt").read_text()
    assert sha256 in config
    remembers = "known" in config
    assert remembers == ("features" in config)
    names = {"frames", "failure", "classes", "maps", *(["memory", "known", "features"] if remembers else [])}
    assert names | {f"vigie-{sha256[:12]}"} == set(re.findall(r'name: "([^"]+)"', config))


def test_what_the_workers_say_is_summed_up() -> None:
    """One that is cut off is enough to tell."""
    there = PoolState("u").counted(pooled=5).there()
    away = PoolState("u").counted(here=2).away("gone")
    assert PoolReport("pictures are scored on this machine: gone", 5, 2, 1) == PoolReport.of([there, away])
    assert PoolReport("", 5, 0, 0) == PoolReport.of([there])


def test_a_server_that_is_away_is_told_by_health_and_metrics() -> None:
    """And that pictures are scored here; a monitor without a pool has no such figures."""
    farm = Farm()
    client = farm.app.test_client()
    assert "" == client.get("/health").get_json()["pool_problem"]
    assert "vigie_pool" not in client.get("/metrics").text
    farm.health = HealthReport(broker_connected=True, pool=PoolReport("pictures are scored here: gone", 5, 2, 1))
    assert "pictures are scored here: gone" == client.get("/health").get_json()["pool_problem"]
    told = client.get("/metrics").text.splitlines()
    assert {
        'vigie_problem{part="pool"} 1.0',
        'vigie_pool_pictures_total{by="pool"} 5.0',
        'vigie_pool_pictures_total{by="here"} 2.0',
        "vigie_pool_lost_total 1.0",
    } <= set(told)
