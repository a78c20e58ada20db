"""A worker process with the tiny detector."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from monitor.config.model import Detector as Settings
from monitor.config.model import PrinterSettings
from monitor.detector import Detector
from monitor.learning import LearnedTable
from monitor.workers import PROGRAM, RemoteLooker, start_all
from tests.inspection import tiny_model

Making = Callable[..., RemoteLooker]


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """A model whose score is the picture's brightness, but for what the camera remembers of it."""
    return tiny_model.write(tmp_path, tiny_model.build(remembers=True))


@pytest.fixture
def detector(model: Path) -> Detector:
    """The same, in this process."""
    return Detector.load(Settings(model=str(model)))


@pytest.fixture
def making(model: Path) -> Iterator[Making]:
    """Make workers that run, and end with the test."""
    made: list[RemoteLooker] = []

    def make(
        settings: dict[str, PrinterSettings] | None = None, learned: LearnedTable | None = None, program: str = PROGRAM
    ) -> RemoteLooker:
        worker = RemoteLooker(
            Settings(model=str(model)), 4, {} if settings is None else settings, learned or LearnedTable(), program
        )
        made.append(worker)
        start_all([worker])
        return worker

    yield make
    for worker in made:
        worker.stop()
