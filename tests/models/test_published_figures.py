"""What the model card claims can be recomputed: a slice of its table, from the file that ships and the pictures."""

import json
from pathlib import Path
from typing import Any

import pytest

from models.train import sizes, steps
from models.train.ablations import RESULTS
from models.train.ablations import table as ablation_table
from models.train.card import read_between
from models.train.dev import VIEWS, comparisons, dev_entries, score_dev
from models.train.evaluate import SHIPPED
from models.train.provenance import labelled_files_hash
from models.train.single import SinglePictures
from models.train.standing import Standing, aims
from models.train.statistics import figures
from models.train.tables import class_table, file_table, table
from tests.support import require_real_images

MODELS = Path(__file__).resolve().parents[2] / "models"


@pytest.fixture(scope="module", params=SHIPPED.values(), ids=str)
def description(request: pytest.FixtureRequest) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads((MODELS / request.param).read_text())
    return facts


@pytest.fixture
def dev() -> Path:
    data = require_real_images()
    if not (data / "dev" / "labels.csv").is_file():
        pytest.skip(f"no real images at {data / 'dev'}")
    return data


def test_the_figures_are_of_the_file_that_ships(description: dict[str, Any]) -> None:
    """Nobody exports a model and forgets to measure it."""
    assert description["sha256"] == description["metrics"].get("measured", {}).get("model_sha256")


def test_the_figures_are_of_the_pictures_that_are_here(description: dict[str, Any], dev: Path) -> None:
    """Other pictures or labels would give other figures."""
    expected = description["metrics"]["measured"]["data_sha256"]
    assert expected == labelled_files_hash(dev / "dev" / "labels.csv", dev)


def test_the_fixed_cameras_give_the_published_figures(description: dict[str, Any], dev: Path) -> None:
    """One row of the table anew, 200 pictures; the JPEG decoder of another machine may move a score a little."""
    model = SinglePictures.described(MODELS / Path(description["file"]).with_suffix(".json"))
    rows = score_dev(model, dev, dev_entries(dev, [VIEWS["fixed cameras"]]))
    found = figures(comparisons(rows)["fixed cameras"].scored())
    published = description["metrics"]["dev"]["fixed cameras"]
    assert {name: published[name][0] for name in found} == pytest.approx(found, abs=0.005)


def test_the_quantised_file_is_of_the_detector_that_ships() -> None:
    """Nobody trains anew and forgets to quantise."""
    float_file, int8_file = (json.loads((MODELS / name).read_text()) for name in SHIPPED.values())
    assert float_file["sha256"] == int8_file["training"]["quantised"]["from_sha256"]
    assert float_file["operating_point"].get("healthy") == int8_file["operating_point"].get("healthy")


def test_a_class_is_acted_on_where_the_rule_says_so(description: dict[str, Any]) -> None:
    """The monitor reads what the measurement decided."""
    expected = {name: m["standing"] == Standing.ACTED_ON for name, m in description["metrics"]["classes"].items()}
    assert expected == {entry["name"]: entry["acted_on"] for entry in description["classes"]}


def test_the_model_card_says_what_the_description_says() -> None:
    """Both are written by `make evaluate`, and nobody polishes a table by hand."""
    descriptions = {kind: json.loads((MODELS / name).read_text()) for kind, name in SHIPPED.items()}
    metrics = descriptions["float"]["metrics"]
    assert file_table(descriptions) == read_between(MODELS / "README.md", "files")
    assert table(metrics["dev"]) == read_between(MODELS / "README.md", "figures")
    assert class_table(metrics["classes"]) == read_between(MODELS / "README.md", "classes")
    assert aims(metrics["dev"]) == read_between(MODELS / "README.md", "aims")


def test_the_ablations_are_those_that_were_measured() -> None:
    """Or it says that none were."""
    path = MODELS / RESULTS
    results = json.loads(path.read_text()) if path.is_file() else []
    assert ablation_table(results) == read_between(MODELS / "README.md", "ablations")


def test_the_steps_are_those_that_were_measured(dev: Path, tmp_path: Path) -> None:
    """The card's tables are of the figures beside it, and the last step's fixed cameras can be had again."""
    facts = json.loads((MODELS / steps.RESULTS).read_text())
    assert steps.both_tables(facts) == read_between(MODELS / "README.md", "steps")
    last = steps.chain(MODELS, tmp_path)[-1]
    rows = score_dev(last.model, dev, dev_entries(dev, [VIEWS["fixed cameras"]]), last.see)
    found = sizes.REAL["AUC"](comparisons(rows)["fixed cameras"].scored())
    assert facts["as they are"][-1]["figures"]["fixed cameras"]["AUC"]["after"][0] == pytest.approx(found, abs=0.005)


def test_the_sizes_are_of_the_file_that_ships(dev: Path) -> None:
    """And one smaller size's fixed cameras can be had again."""
    facts = json.loads((MODELS / sizes.RESULTS).read_text())
    assert json.loads((MODELS / SHIPPED["int8"]).read_text())["sha256"] == facts["sha256"]
    assert sizes.tables(facts) == read_between(MODELS / "README.md", "sizes")
    some = next(size for size in facts["sizes"] if size["height"] == 288)
    model = SinglePictures(MODELS / facts["file"], some["height"], some["width"])
    rows = score_dev(model, dev, dev_entries(dev, [VIEWS["fixed cameras"]]))
    found = sizes.REAL["AUC"](comparisons(rows)["fixed cameras"].scored())
    assert some["figures"]["fixed cameras"]["AUC"]["after"][0] == pytest.approx(found, abs=0.005)


def test_the_plots_are_of_the_same_figures() -> None:
    """Their legends carry them."""
    metrics = json.loads((MODELS / SHIPPED["float"]).read_text())["metrics"]["dev"]
    plots = {name: (MODELS / "figures" / f"{name}.svg").read_text() for name in ("roc", "reliability")}
    for source in VIEWS:
        assert f"{source}, AUC {metrics[source]['auc'][0]:.3f}" in plots["roc"]
        assert f"{source}, ECE {metrics[source]['calibration_error']:.3f}" in plots["reliability"]
