"""What is physically needed."""

import json

import onnx
import pytest
from onnx import TensorProto

from models.train.speed import multiply_adds
from monitor.assets import asset
from monitor.bench.floors import PEAK_MODEL, entropy_ms, peak_macs_per_s
from monitor.sim.load_cameras import VGA, make_pictures


def test_the_peak_model_is_one_matrix_product() -> None:
    """The bytes in the code are what onnx builds."""
    model = onnx.load_from_string(PEAK_MODEL)
    assert ["MatMulInteger"] == [node.op_type for node in model.graph.node]
    kinds = [value.type.tensor_type.elem_type for value in (*model.graph.input, *model.graph.output)]
    assert [TensorProto.UINT8, TensorProto.INT8, TensorProto.INT32] == kinds


@pytest.mark.parametrize("name", ["detector", "detector-int8"])
def test_the_descriptions_say_how_many_multiply_adds_the_network_has(name: str) -> None:
    """Counted again from the float file."""
    facts = json.loads(asset(f"models/{name}.json").read_text(encoding="utf-8"))
    size = facts["input"]["height"], facts["input"]["width"]
    assert facts["multiply_adds"] == multiply_adds(asset("models/detector.onnx"), *size)


def test_floors_are_measured() -> None:
    """Larger pictures need more; a core does some million multiply-adds a second at least."""
    small, large = (entropy_ms(make_pictures(2, size)) for size in (VGA, (1920, 1080)))
    assert 0 < small < large
    assert peak_macs_per_s() > 1e6
