"""A worker process sees what a looker in this process sees, and what ends it loses one picture at most."""

import os
import signal

import cv2
import numpy as np
import psutil
import pytest

from monitor.config.model import Detector as Settings
from monitor.config.model import PrinterSettings, Region
from monitor.detector import Detector
from monitor.errors import DetectorError
from monitor.learning import LearnedTable
from monitor.looking import Errand, Looker
from monitor.memory import Memory
from monitor.records import Health, Learned
from monitor.workers import RemoteLooker, start_all
from monitor.workers.parcel import PLENTY_BYTES
from tests.inspection.pictures import frame, jpeg, plain, scene
from tests.support import wait_until
from tests.workers.conftest import Making
from tests.workers.fragile import DEADLY

FRAGILE = "tests.workers.fragile"


def errands(*pictures: bytes) -> list[Errand]:
    """Return an errand a picture, each of a printer of its own."""
    return [Errand(frame(picture, f"p{place}", 100.0 + place, place)) for place, picture in enumerate(pictures)]


def test_it_sees_what_a_looker_here_sees(making: Making, detector: Detector) -> None:
    """Good, dark, cut-off and broken pictures, more than a batch, turned and cut: equal to the last bit."""
    settings = {
        "p1": PrinterSettings(rotate=90, region=Region(x=0.25, width=0.5)),
        "p2": PrinterSettings(threshold=0.3),
    }
    whole = jpeg(scene(1))
    pictures = [whole, jpeg(scene(2)), jpeg(plain(3, 640, 480)), b"<html>", whole[: len(whole) // 2] + b"\x00\xff\xd9"]
    asked = errands(*pictures, *pictures)
    here = Looker(detector, settings, batch_size=4).look(asked)
    there = making(settings).look(asked)
    assert here == there
    for one, other in zip(here, there, strict=True):
        assert other.sample is None or (one.sample is not None and np.array_equal(one.sample, other.sample))


def test_a_memory_travels_with_the_picture(making: Making, detector: Detector) -> None:
    """A model with a memory gives the same score and features in either process, another one than without."""
    past = Memory(np.full((2, 8, 8), 0.25, np.float16), 1.0)
    asked = [Errand(frame(jpeg(scene())), memory, wants_tile=False) for memory in (past, None)]
    here, there = Looker(detector, {}).look(asked), making().look(asked)
    assert here == there
    assert there[0].observation.score != there[1].observation.score
    assert there[0].tile_jpeg is None
    assert here[0].features is not None
    assert there[0].features is not None
    assert np.array_equal(here[0].features, there[0].features)


def test_what_is_larger_than_the_shared_block_travels_all_the_same(making: Making) -> None:
    """A picture of some megabytes is no reason to fail."""
    noise = np.random.default_rng(1).normal(0, 40, (1500, 2600, 3))
    large = jpeg(np.clip(scene(1, 2600, 1500) + noise, 0, 255).astype(np.uint8), cv2.IMWRITE_JPEG_QUALITY, 99)
    assert 4 * PLENTY_BYTES < len(large)
    (seen,) = making().look(errands(large))
    assert Health.OK is seen.observation.health


def test_settings_and_verdicts_reach_it_with_the_next_picture(making: Making) -> None:
    """Nothing of a camera is kept in the worker but what it was told last."""
    settings: dict[str, PrinterSettings] = {}
    learned = LearnedTable()
    image = scene(1, level=60)
    image[:, :320] = 200
    worker = making(settings, learned)
    (before,) = worker.look(errands(jpeg(image)))
    settings["p0"] = PrinterSettings(region=Region(width=0.5))
    learned.put(Learned("p0", threshold_shift=-0.3))
    (after,) = worker.look(errands(jpeg(image)))
    assert (before.observation.score or 0) + 0.2 < (after.observation.score or 0)
    assert (0.0, -0.3) == (before.observation.threshold_shift, after.observation.threshold_shift)


def test_a_worker_that_was_killed_is_replaced_and_loses_nothing(making: Making) -> None:
    """As when the system takes its memory back between two batches."""
    worker, asked = making(), errands(jpeg(scene(1)), jpeg(scene(2)))
    before, killed = worker.look(asked), worker.pid
    assert killed is not None
    os.kill(killed, signal.SIGKILL)
    assert before == worker.look(asked)
    assert killed != worker.pid


def test_the_picture_that_ends_a_worker_is_unreadable_and_its_neighbours_are_seen(making: Making) -> None:
    """A fault in a decoder must not blind a farm."""
    seen = making(program=FRAGILE).look(errands(jpeg(scene(1)), DEADLY, jpeg(scene(2))))
    assert [Health.OK, Health.UNREADABLE, Health.OK] == [one.observation.health for one in seen]
    assert "ended by it" in seen[1].observation.detail
    assert [True, False, True] == [one.is_picture for one in seen]


def test_a_model_that_is_missing_is_told_before_anything_starts(tmp_path: os.PathLike[str]) -> None:
    """With the sentence that the detector itself has for it; no process is left."""
    worker = RemoteLooker(Settings(model=f"{tmp_path}/gone.onnx"), 4, {}, LearnedTable())
    with pytest.raises(DetectorError, match=r"gone\.json"):
        start_all([worker])
    assert worker.pid is None


def test_a_worker_ends_with_its_parent(making: Making) -> None:
    """The line is closed when the parent dies, however it dies."""
    worker = making()
    assert worker.pid is not None
    process = psutil.Process(worker.pid)
    worker.stop()
    assert wait_until(lambda: not process.is_running() or process.status() == psutil.STATUS_ZOMBIE)
    with pytest.raises(DetectorError):
        worker.look(errands(jpeg(scene())))
