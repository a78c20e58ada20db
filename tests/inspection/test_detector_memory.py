"""A detector that compares a picture with what its camera has shown before: what goes in, and which files may."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper

from monitor.detector import Detector
from monitor.errors import DetectorError, ModelMismatch
from monitor.memory import Memory
from tests.inspection import tiny_model
from tests.inspection.test_detector import batch, load

CELLS = tiny_model.SIZE // tiny_model.CELL


def remembering(folder: Path) -> Detector:
    """The tiny model that has a memory."""
    return load(tiny_model.write(folder, tiny_model.build(remembers=True)))


def memory(brightness: float, known: float) -> Memory:
    """A camera that has always been that bright."""
    cells = np.zeros((2, CELLS, CELLS), np.float16)
    cells[0] = brightness
    return Memory(cells, known)


def test_a_picture_without_a_memory_is_judged_alone(tmp_path: Path, detector: Detector) -> None:
    """Nothing said, None, and a memory that is not known yet are the same, and the same as without any memory."""
    alone = detector.infer(batch(51))
    subject = remembering(tmp_path)
    for memories in ((), (None,), (memory(0.9, known=0.0),)):
        assert alone == subject.infer(batch(51), memories)


def test_a_picture_is_compared_with_its_own_cameras_memory(tmp_path: Path) -> None:
    """Three pictures of one brightness, of cameras that were as bright, were brighter, and were never seen."""
    memories = [memory(0.2, 1.0), memory(1.0, 0.5), None]
    scores = [d.score for d in remembering(tmp_path).infer(batch(51, 51, 51), memories)]
    assert scores == pytest.approx([0.0, 0.3, 0.2], abs=1e-3)


def test_one_cameras_memory_does_not_reach_the_next_picture(tmp_path: Path) -> None:
    """The buffer is used again and again."""
    subject = remembering(tmp_path)
    before = subject.infer(batch(51))
    subject.infer(batch(51), [memory(1.0, 1.0)])
    assert before == subject.infer(batch(51))


@pytest.mark.parametrize("pictures_a_run", [1, 2, None])
def test_memories_stay_with_their_pictures_however_a_batch_is_cut(tmp_path: Path, pictures_a_run: int | None) -> None:
    """Five cameras, and then a smaller batch in the same buffer."""
    info = remembering(tmp_path).info
    session = ort.InferenceSession(str(info.path), providers=["CPUExecutionProvider"])
    subject = Detector(info, session, pictures_a_run)
    levels = [0, 51, 102, 153, 204]
    assert pytest.approx([0.0] * 5, abs=1e-3) == [
        d.score for d in subject.infer(batch(*levels), [memory(level / 255, 1.0) for level in levels])
    ]
    assert pytest.approx([0.2], abs=1e-3) == [d.score for d in subject.infer(batch(0), [memory(0.2, 1.0)])]


def test_the_features_of_each_picture_come_back(tmp_path: Path, detector: Detector) -> None:
    """One feature: the brightness of each cell. A model without a memory gives none."""
    dim, bright = remembering(tmp_path).infer(batch(51, 255))
    assert dim.features is not None
    assert bright.features is not None
    assert (1, CELLS, CELLS) == dim.features.shape
    assert pytest.approx((0.2, 1.0)) == (dim.features.mean(), bright.features.mean())
    assert detector.infer(batch(51), [memory(0.2, 1.0)])[0].features is None


def test_a_memory_that_is_no_number_is_an_error(tmp_path: Path) -> None:
    """Were its answer taken, it would be learned, and no later picture could be judged."""
    with pytest.raises(DetectorError, match="NaN"):
        remembering(tmp_path).infer(batch(51), [memory(float("nan"), 1.0)])


def test_a_model_of_another_size_has_a_memory_of_another_size(tmp_path: Path) -> None:
    """A smaller or an int8 one under its own name, with its own description beside it."""
    model = tiny_model.build(remembers=True, height=48, width=64)
    subject = load(tiny_model.write(tmp_path, model, name="detector-int8", size=(48, 64)))
    cells = np.zeros((2, 12, 16), np.float16)
    (detection,) = subject.infer(np.full((1, 48, 64, 3), 51, np.uint8), [Memory(cells, 1.0)])
    assert detection.features is not None
    assert (1, 12, 16) == detection.features.shape
    assert pytest.approx(0.2, abs=1e-3) == detection.score


Edit = Callable[[onnx.GraphProto], None]


def takes(name: str, shape: list[int | str], kind: int = TensorProto.FLOAT) -> Edit:
    """One input more."""
    return lambda graph: graph.input.append(helper.make_tensor_value_info(name, kind, shape))


def gives_features(channels: int) -> Edit:
    """The brightness a cell as features, whatever the file says that their number is."""

    def edit(graph: onnx.GraphProto) -> None:
        graph.node.append(helper.make_node("Concat", ["cells"] * channels, ["features"], axis=1))
        shape: list[int | str] = ["n", channels, CELLS, CELLS]
        graph.output.append(helper.make_tensor_value_info("features", TensorProto.FLOAT, shape))

    return edit


MEMORY, KNOWN = takes("memory", ["n", 2, CELLS, CELLS]), takes("known", ["n"])


@pytest.mark.parametrize(
    ("edits", "words"),
    [
        ([MEMORY], r"takes frames .*, memory of tensor\(float\); .*, memory of tensor\(float\), known of"),
        ([takes("memory", ["n", 2, CELLS, CELLS], TensorProto.DOUBLE), KNOWN], r"memory of tensor\(double\)"),
        ([MEMORY, KNOWN], r"lacks the outputs \['features'\]"),
        ([takes("memory", ["n", 3, CELLS, CELLS]), KNOWN, gives_features(1)], r"must be \[any, 2 M, h, w\]"),
        ([takes("memory", [1, 2, CELLS, CELLS]), KNOWN, gives_features(1)], r"must be \[any, 2 M, h, w\]"),
        ([takes("memory", ["n", "channels", CELLS, CELLS]), KNOWN, gives_features(1)], r"must be \[any, 2 M, h, w\]"),
        ([takes("memory", ["n", 2]), KNOWN, gives_features(1)], r"must be \[any, 2 M, h, w\]"),
        ([MEMORY, KNOWN, gives_features(2)], r"features of the shape \[1, 2, 8, 8\] and takes a memory of \[2, 8, 8\]"),
    ],
    ids=["alone", "double", "no features", "odd", "fixed batch", "unnumbered", "flat", "too many features"],
)
def test_half_a_memory_is_refused_with_what_is_missing(tmp_path: Path, edits: list[Edit], words: str) -> None:
    """A model that remembers something else than it is asked for must not be found out at night."""
    model = onnx.load_from_string(tiny_model.build())
    for edit in edits:
        edit(model.graph)
    with pytest.raises(ModelMismatch, match=words):
        load(tiny_model.write(tmp_path, model.SerializeToString()))


def test_a_whole_memory_is_accepted_in_any_order(tmp_path: Path) -> None:
    """The names say what is what. Without these edits the faults above would prove nothing."""
    model = onnx.load_from_string(tiny_model.build())
    for edit in (KNOWN, gives_features(1), MEMORY):
        edit(model.graph)
    assert load(tiny_model.write(tmp_path, model.SerializeToString())).infer(batch(51))[0].features is not None


def test_cells_that_the_file_leaves_free_are_16_pixels(tmp_path: Path) -> None:
    """As in the shipped file. The tiny one's features are on cells of 4: such a memory could never be given back."""
    model = onnx.load_from_string(tiny_model.build(remembers=True))
    for dimension, name in zip(model.graph.input[1].type.tensor_type.shape.dim[2:], ("rows", "columns"), strict=True):
        dimension.dim_param = name
    with pytest.raises(ModelMismatch, match=r"features of the shape \[1, 1, 8, 8\] and takes a memory of \[2, 2, 2\]"):
        load(tiny_model.write(tmp_path, model.SerializeToString()))


@pytest.mark.parametrize(("height", "width"), [(32, 40), (24, 32)])
def test_sides_that_are_no_whole_cells_are_refused_by_name(tmp_path: Path, height: int, width: int) -> None:
    """Before anything is run: inside the network it would be a shape that says nothing to anybody."""
    model = onnx.load_from_string(tiny_model.build(remembers=True, height=height, width=width))
    for dimension, name in zip(model.graph.input[1].type.tensor_type.shape.dim[2:], ("rows", "columns"), strict=True):
        dimension.dim_param = name
    path = tiny_model.write(tmp_path, model.SerializeToString(), size=(height, width))
    with pytest.raises(ModelMismatch, match=rf"{height} x {width} pixels.*multiples of 16"):
        load(path)
