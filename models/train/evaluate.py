"""Measures the shipped files on the real pictures of `dev`, which they never learned from: `python -m
models.train.evaluate --help`.

Each view is ranked by itself: fixed cameras, web photos, and phone clips against the healthy pictures of the fixed
cameras (the phone set has four healthy pictures). Spaghetti is ranked by the failure score, which stops printers;
other labels by their own output against the same healthy pictures. With --publish the figures go to the JSON beside
each model, to models/README.md and to models/figures/, and a detector that changed is quantised anew.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Mapping
from pathlib import Path

from tqdm import tqdm

from models.train import sheets
from models.train.card import read_facts, write_between, write_facts
from models.train.config import DEFAULT, load
from models.train.dev import Comparison, Figures, comparisons, dev_entries, measure, measure_classes, score_dev
from models.train.pictures import read
from models.train.provenance import code_revision, file_hash, labelled_files_hash
from models.train.single import SinglePictures
from models.train.standing import Standing, aims
from models.train.tables import class_table, file_table, table

MODELS = Path(__file__).resolve().parent.parent
SHIPPED = {"float": "detector.json", "int8": "detector-int8.json"}


def contact_sheets(compared: Mapping[str, Comparison], box_threshold: float, folder: Path, count: int = 24) -> None:
    """The lowest failing and the highest healthy pictures of each spaghetti comparison, worst first."""
    for name, comparison in compared.items():
        if comparison.output is not None:
            continue
        misses = sorted(comparison.failing, key=lambda r: r.verdict.failure)[:count]
        alarms = sorted(comparison.healthy, key=lambda r: -r.verdict.failure)[:count]
        for kind, chosen in (("misses", misses), ("alarms", alarms)):
            tiles = [sheets.Tile(read(r.path), r.verdict.failure, r.verdict.maps, r.sequence[:34]) for r in chosen]
            sheets.save(folder / f"{name.replace(' ', '-')}-{kind}.png", tiles, box_threshold)


def publish(facts_path: Path, metrics: dict[str, Figures], classes: dict[str, Figures], data: Path) -> None:
    """Puts the figures into a model's description, with what they hold for, and lets them decide what is acted on."""
    facts = read_facts(facts_path)
    model = file_hash(facts_path.parent / facts["file"])
    if model != facts["sha256"]:
        raise ValueError(f"{facts_path} describes another file than {facts['file']}: export the model again")
    measured = {
        "model_sha256": model,
        "data_sha256": labelled_files_hash(data / "dev" / "labels.csv", data),
        "code_revision": code_revision(),
    }
    facts["metrics"] |= {"dev": metrics, "classes": classes, "measured": measured}
    for entry in facts["classes"]:
        entry["acted_on"] = classes[entry["name"]]["standing"] == Standing.ACTED_ON
    write_facts(facts_path, facts)


def evaluate(facts_path: Path, data: Path, sheets_folder: Path | None, publishing: bool) -> dict[str, Comparison]:
    """Measures one file, prints its figures, and publishes them if wanted."""
    facts = read_facts(facts_path)
    point, entries = facts["operating_point"], tqdm(dev_entries(data), unit="img")
    compared = comparisons(score_dev(SinglePictures.described(facts_path), data, entries))
    metrics, classes = measure(compared, point["threshold"]), measure_classes(compared)
    print(f"{facts['file']}\n\n{table(metrics)}\n\n{class_table(classes)}\n")
    if sheets_folder:
        contact_sheets(compared, point["box_threshold"], sheets_folder / facts_path.stem)
    if publishing:
        publish(facts_path, metrics, classes, data)
    return compared


def publish_card(models: Path, compared: Mapping[str, Comparison]) -> None:
    """Writes the tables and plots of the model card; `compared` is of the float file."""
    from models.train import figures  # noqa: PLC0415  # matplotlib is only there for those who train

    card = models / "README.md"
    descriptions = {kind: read_facts(models / name) for kind, name in SHIPPED.items() if (models / name).is_file()}
    metrics = descriptions["float"]["metrics"]
    write_between(card, "figures", table(metrics["dev"]))
    write_between(card, "classes", class_table(metrics["classes"]))
    write_between(card, "aims", aims(metrics["dev"]))
    write_between(card, "files", file_table(descriptions))
    sources = {name: comparison.scored() for name, comparison in compared.items() if comparison.output is None}
    figures.draw(sources, descriptions["float"]["operating_point"]["threshold"], models / "figures")


def bring_int8_up_to_date(models: Path, config: Path) -> None:
    """Quantises anew if the detector is another one by now; else takes over what was added to its description."""
    from models.train.quantize import follow, quantize  # noqa: PLC0415  # onnx is only there for those who train

    path = models / SHIPPED["int8"]
    made_from = read_facts(path)["training"]["quantised"]["from_sha256"] if path.is_file() else ""
    if made_from == read_facts(models / SHIPPED["float"])["sha256"]:
        follow(models)
    else:
        quantize(load(config), models)


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m models.train.evaluate", description="Measures the shipped detector on dev."
    )
    parser.add_argument("--data", type=Path, default=Path(os.environ.get("VIGIE_DATA", "../shared/data")))
    parser.add_argument("--models", type=Path, default=MODELS, help="folder of the models and their descriptions")
    parser.add_argument("--sheets", type=Path, help="folder for contact sheets, outside the repository")
    parser.add_argument("--publish", action="store_true", help="write the figures to the JSON files and README.md")
    parser.add_argument("--config", type=Path, default=DEFAULT, help="where the scenes are, to quantise with")
    arguments = parser.parse_args()
    if arguments.publish:
        bring_int8_up_to_date(arguments.models, arguments.config)
    found = {
        kind: evaluate(arguments.models / name, arguments.data, arguments.sheets, arguments.publish)
        for kind, name in SHIPPED.items()
        if (arguments.models / name).is_file()
    }
    if arguments.publish:
        publish_card(arguments.models, found["float"])


if __name__ == "__main__":
    main()
