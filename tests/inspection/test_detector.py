"""The detector: only the described model runs, on the chosen provider, and its numbers are passed on."""

from pathlib import Path
from typing import Any, get_args

import numpy as np
import onnxruntime as ort
import pytest

from monitor.assets import asset
from monitor.baseline import HealthySettings
from monitor.calibration import Calibration
from monitor.config.detector import SHIPPED, Precision, Provider
from monitor.config.model import Detector as Settings
from monitor.detector import PROVIDERS, Detector, read_model
from monitor.errors import DetectorError, ModelMismatch, ModelMissing
from monitor.records import FailureClass
from tests.inspection import tiny_model


def batch(*levels: int) -> np.ndarray:
    """Return a batch of plain pictures."""
    size = tiny_model.SIZE
    return np.stack([np.full((size, size, 3), level, np.uint8) for level in levels])


def load(path: Path) -> Detector:
    """Load a model as the configuration names it."""
    return Detector.load(Settings(model=str(path)))


def test_scores_come_back_in_the_batchs_order(detector: Detector) -> None:
    """One detection a picture; the tiny model's score is the brightness."""
    scores = [d.score for d in detector.infer(batch(51, 255, 0))]
    assert pytest.approx([0.2, 1.0, 0.0]) == scores


def test_batch_and_single_give_the_same(detector: Detector) -> None:
    """A picture's score does not depend on its neighbours."""
    alone = [detector.infer(batch(level))[0] for level in (10, 200)]
    assert alone == detector.infer(batch(10, 200))


@pytest.mark.parametrize("pictures_a_run", [1, 2, 5, None])
def test_runs_of_any_length_give_the_same(detector: Detector, pictures_a_run: int | None) -> None:
    """How a batch is cut is a matter of memory; nothing is lost, doubled or moved."""
    session = ort.InferenceSession(tiny_model.build(), providers=["CPUExecutionProvider"])
    levels = (0, 51, 102, 153, 255)
    expected = [detector.infer(batch(level))[0] for level in levels]
    assert expected == Detector(detector.info, session, pictures_a_run).infer(batch(*levels))


def test_untrained_classes_are_left_out(detector: Detector) -> None:
    """A number that means nothing must not look like one that does."""
    (detection,) = detector.infer(batch(255))
    assert {FailureClass.SPAGHETTI: 1.0} == dict(detection.classes)
    assert [FailureClass.SPAGHETTI] == [box.failure_class for box in detection.boxes]
    assert {FailureClass.SPAGHETTI} == detector.info.acted_on


def test_info_says_what_runs(detector: Detector) -> None:
    """Hash, size and operating point come from the description."""
    info = detector.info
    assert (32, 32, 0.5, 64) == (info.height, info.width, info.threshold, len(info.sha256))


def test_missing_model_names_file_and_remedy(tmp_path: Path) -> None:
    """Without the model or without its description nothing is loaded."""
    with pytest.raises(ModelMissing, match=r"tiny\.json.*No such file.*restore"):
        load(tmp_path / "tiny.onnx")
    tiny_model.write(tmp_path).unlink()
    with pytest.raises(ModelMissing, match=r"tiny\.onnx.*No such file.*restore"):
        load(tmp_path / "tiny.onnx")


def test_truncated_model_is_told_by_its_hash(tmp_path: Path) -> None:
    """A download that broke off is not run."""
    path = tiny_model.write(tmp_path)
    path.write_bytes(path.read_bytes()[:-10])
    with pytest.raises(ModelMismatch, match=r"SHA-256.*damaged or is another model"):
        load(path)


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"schema": 2}, "schema"),
        ({"sha256": "abc"}, "sha256"),
        ({"classes": [{"name": "spagetti", "trained": True, "acted_on": True}]}, "classes.0.name"),
        ({"operating_point": {"threshold": 1.5}}, "operating_point.threshold"),
        ({"operating_point": {}}, "operating_point.threshold"),
        (
            {"operating_point": {"threshold": 0.5, "healthy": {"mean": 0.0, "between_sd": -0.1, "within_sd": 1}}},
            "operating_point.healthy.between_sd",
        ),
        (
            {"operating_point": {"threshold": 0.5, "calibration": {"slope": -1.0, "shift": 0.0}}},
            "operating_point.calibration.slope",
        ),
    ],
)
def test_description_is_checked_key_by_key(tmp_path: Path, changes: dict[str, Any], words: str) -> None:
    """The message names the key."""
    with pytest.raises(ModelMismatch, match=words):
        load(tiny_model.write(tmp_path, changes=changes))


def test_how_healthy_pictures_score_may_be_said_and_has_a_default(tmp_path: Path) -> None:
    """An older description says nothing about it."""
    assert HealthySettings() == load(tiny_model.write(tmp_path)).info.healthy
    healthy = {"mean": -2.0, "between_sd": 0.5, "within_sd": 0.25}
    told = load(tiny_model.write(tmp_path, changes={"operating_point": {"threshold": 0.5, "healthy": healthy}}))
    assert HealthySettings(**healthy) == told.info.healthy


def test_how_scores_become_probabilities_may_be_said(tmp_path: Path) -> None:
    """A description that says nothing about it leaves its scores for comparing only."""
    assert load(tiny_model.write(tmp_path)).info.calibration is None
    point = {"threshold": 0.5, "calibration": {"slope": 0.7, "shift": -1.5}}
    told = load(tiny_model.write(tmp_path, changes={"operating_point": point}))
    assert Calibration(0.7, -1.5) == told.info.calibration


def test_broken_json_is_a_mismatch(tmp_path: Path) -> None:
    """Half a file is no description."""
    path = tiny_model.write(tmp_path)
    path.with_suffix(".json").write_text('{"schema": 1,')
    with pytest.raises(ModelMismatch, match=r"tiny\.json.*Invalid JSON"):
        load(path)


def test_model_that_is_no_onnx_is_refused_by_name(tmp_path: Path) -> None:
    """The hash may fit and the file still be something else."""
    with pytest.raises(ModelMismatch, match=r"cannot load .*tiny\.onnx"):
        load(tiny_model.write(tmp_path, model=b"not a model"))


@pytest.mark.parametrize("part", [{"height": 64}, {"name": "pictures"}], ids=["another height", "another name"])
def test_input_that_differs_from_its_description_is_refused(tmp_path: Path, part: dict[str, Any]) -> None:
    """A picture of the wrong shape must not be found out at night."""
    changed = tiny_model.description(tiny_model.build())["input"] | part
    with pytest.raises(ModelMismatch, match="its description says"):
        load(tiny_model.write(tmp_path, changes={"input": changed}))


def test_number_of_classes_must_fit_the_outputs(tmp_path: Path) -> None:
    """A class list of another length would name the wrong class."""
    classes = [{"name": "blob", "trained": True, "acted_on": True}]
    with pytest.raises(ModelMismatch, match="2 channels for 1 classes"):
        load(tiny_model.write(tmp_path, changes={"classes": classes}))


def test_score_that_is_no_number_is_an_error_and_not_a_healthy_print(tmp_path: Path) -> None:
    """NaN compares as below any threshold: it must never get that far."""
    broken = load(tiny_model.write(tmp_path, model=tiny_model.build(score_is_nan=True)))
    with pytest.raises(DetectorError, match="NaN"):
        broken.infer(batch(0))


def test_unavailable_provider_is_an_error_that_lists_the_available(tmp_path: Path) -> None:
    """Whoever asked for a GPU must not get the CPU in silence."""
    path = tiny_model.write(tmp_path)
    with pytest.raises(DetectorError, match=r"CoreMLExecutionProvider is not available.*CPUExecutionProvider"):
        Detector.load(Settings(model=str(path), provider="coreml"))


def test_onnxruntimes_errors_are_translated(detector: Detector) -> None:
    """A batch of the wrong shape is a DetectorError with the shape in it."""
    with pytest.raises(DetectorError, match=r"\(1, 8, 8, 3\)"):
        detector.infer(np.zeros((1, 8, 8, 3), np.uint8))


@pytest.mark.parametrize("precision", SHIPPED)
def test_shipped_model_fits_its_description_and_runs(precision: Precision) -> None:
    """Each model in the repository is the one that its description hashes, and can fire."""
    detector = Detector.load(Settings(precision=precision))
    info = detector.info
    assert asset(SHIPPED[precision]) == info.path
    noise = np.random.default_rng(0).integers(0, 255, (3, info.height, info.width, 3), dtype=np.uint8)
    detections = detector.infer(noise)
    assert 3 == len(detections)
    assert all(0.0 <= d.score <= 1.0 and set(d.classes) == info.trained for d in detections)
    assert info.acted_on
    assert info.sha256 == read_model(info.path)[0].sha256


def test_both_shipped_models_are_one_network() -> None:
    """Who changes the precision changes neither the classes nor what a camera's pictures are made into."""
    int8, fp32 = (read_model(asset(SHIPPED[precision]))[0] for precision in ("int8", "fp32"))
    assert int8.sha256 != fp32.sha256
    assert (int8.classes, int8.acted_on) == (fp32.classes, fp32.acted_on)
    assert (int8.input_name, int8.height, int8.width) == (fp32.input_name, fp32.height, fp32.width)


@pytest.mark.parametrize("provider", get_args(Provider))
def test_bytes_are_for_cpus_and_floats_for_all_else(provider: Provider) -> None:
    """What is written always wins, and every provider that can be written can be opened."""
    usual: Precision = "int8" if provider == "cpu" else "fp32"
    assert asset(SHIPPED[usual]) == Settings(provider=provider).path
    for precision in get_args(Precision):
        assert asset(SHIPPED[precision]) == Settings(provider=provider, precision=precision).path
    assert provider in PROVIDERS


def test_a_model_of_ones_own_has_no_shipped_precision(tmp_path: Path) -> None:
    """Its path is all that is needed; nothing is known of what is inside."""
    settings = Settings(model=str(tmp_path / "ours.onnx"))
    assert (None, tmp_path / "ours.onnx") == (settings.shipped, settings.path)
    assert f"a model of your own, on cpu: {settings.path}" == str(settings)


def test_a_damaged_file_is_not_replaced_by_the_other_precision(tmp_path: Path) -> None:
    """Both files lie there, one is cut: that one is told, by name, and the other one is left alone."""
    for relative in SHIPPED.values():
        for path in (asset(relative), asset(relative).with_suffix(".json")):
            (tmp_path / path.name).write_bytes(path.read_bytes())
    damaged = tmp_path / Path(SHIPPED["int8"]).name
    damaged.write_bytes(damaged.read_bytes()[:-1])
    with pytest.raises(ModelMismatch, match=r"detector-int8\.onnx .*detector\.precision"):
        load(damaged)
