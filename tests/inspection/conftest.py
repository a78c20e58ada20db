"""A detector for the inspection's tests."""

from pathlib import Path

import pytest

from monitor.config.model import Detector as Settings
from monitor.detector import Detector
from tests.inspection import tiny_model


@pytest.fixture(scope="session")
def detector(tmp_path_factory: pytest.TempPathFactory) -> Detector:
    """The tiny model, loaded: its score is the picture's mean brightness."""
    path: Path = tiny_model.write(tmp_path_factory.mktemp("model"))
    return Detector.load(Settings(model=str(path)))
