"""The files that ship: each is what its description says, and judges a frame by the frame alone."""

import hashlib
import json
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest
from numpy.typing import NDArray

from models.train.evaluate import SHIPPED
from models.train.single import STRIDE, nothing_known

MODELS = Path(__file__).resolve().parents[2] / "models"
CLASSES = ["spaghetti", "detached", "blob", "stringing", "warping", "layer_shift", "under_extrusion"]


@pytest.fixture(scope="module", params=SHIPPED.values(), ids=str)
def description(request: pytest.FixtureRequest) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((MODELS / request.param).read_text())
    return facts


@pytest.fixture(scope="module")
def session(description: dict[str, Any]) -> onnxruntime.InferenceSession:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    path = str(MODELS / description["file"])
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def _frames(count: int, description: dict[str, Any]) -> NDArray[np.uint8]:
    shape = (count, description["input"]["height"], description["input"]["width"], 3)
    return np.random.default_rng(3).integers(0, 256, shape, dtype=np.uint8)


def _run(session: onnxruntime.InferenceSession, frames: NDArray[np.uint8]) -> list[NDArray[np.float32]]:
    """Outputs for frames of cameras of which nothing is known yet."""
    count, height, width, _ = frames.shape
    rest = nothing_known(session, height, width, count)
    outputs: list[NDArray[np.float32]] = session.run(["failure", "classes", "maps"], {"frames": frames, **rest})
    return outputs


def test_the_description_carries_the_hash_of_the_file(description: dict[str, Any]) -> None:
    """Model, training facts and figures belong together, and the hash ties them."""
    digest = hashlib.sha256((MODELS / description["file"]).read_bytes()).hexdigest()
    assert digest == description["sha256"]


def test_the_file_names_its_own_classes(description: dict[str, Any], session: onnxruntime.InferenceSession) -> None:
    """A file that is copied without its description still says what its outputs mean."""
    assert CLASSES == [entry["name"] for entry in description["classes"]]
    assert CLASSES == json.loads(session.get_modelmeta().custom_metadata_map["classes"])


def test_outputs_have_the_promised_shapes(description: dict[str, Any], session: onnxruntime.InferenceSession) -> None:
    """A probability a frame, a probability a class, and a map at stride 16."""
    failure, classes, maps = _run(session, _frames(2, description))
    height, width = description["input"]["height"], description["input"]["width"]
    assert (2,) == failure.shape
    assert (2, 7) == classes.shape
    assert (2, 7, height // STRIDE, width // STRIDE) == maps.shape
    assert all(0 <= part.min() and part.max() <= 1 for part in (failure, classes, maps))


def test_a_frame_scores_the_same_alone_and_in_a_batch(
    description: dict[str, Any], session: onnxruntime.InferenceSession
) -> None:
    """Who else is inspected at the same moment must not change a verdict."""
    frames = _frames(5, description)
    alone = [_run(session, frame[None])[0][0] for frame in frames]
    assert _run(session, frames)[0] == pytest.approx(alone, abs=1e-5)


def test_an_even_grey_picture_is_no_failure(description: dict[str, Any], session: onnxruntime.InferenceSession) -> None:
    """A covered lens must not stop a printer."""
    grey = np.full_like(_frames(1, description), 110)
    assert _run(session, grey)[0][0] < description["operating_point"]["threshold"]
