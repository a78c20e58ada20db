"""What each ingredient gives: small networks of one budget, each trained without one of them: `python -m
models.train.ablations --help`.

A run is smaller and shorter than the shipped detector's, so only differences say something, and only those beyond what
another seed makes: two more runs with everything show how much that is. Nothing is chosen by these figures, `dev`
among them. A stopped run continues; what is done is not done again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import logging
import tempfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import asdict, dataclass, replace
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import numpy as np
from tqdm import tqdm

from models.train.card import markdown, write_between
from models.train.config import DEFAULT, Config, Losses, Stage, load
from models.train.dev import VIEWS, comparisons, dev_entries, score_dev
from models.train.heldout import HeldOut, score_held_out
from models.train.provenance import code_revision
from models.train.single import SinglePictures
from models.train.statistics import Scored, auc, rate_at

logger = logging.getLogger(__name__)
MODELS = Path(__file__).resolve().parent.parent
RESULTS = "ablations.json"
SAMPLES, HEIGHT, WIDTH = 60_000, 192, 256
BY_THE_MACHINE = {  # where and how fast, not what
    *("data.scenes", "data.held_out_scenes", "data.real"),
    *("training.threads", "training.workers", "training.checkpoint_every"),
}
Result = dict[str, Any]
Change = Callable[[Config], Config]


def _data(**values: Any) -> Change:
    return lambda config: replace(config, data=replace(config.data, **values))


def _training(**values: Any) -> Change:
    return lambda config: replace(config, training=replace(config.training, **values))


def _losses(**values: Any) -> Change:
    return _training(losses=Losses(**values))


def _half_the_channels(config: Config) -> Config:
    channels = tuple(max(4, count // 2) for count in config.network.channels)
    return replace(config, network=replace(config.network, channels=channels))


def _half_the_steps(config: Config) -> Config:
    return budget(config, config.training.steps * config.training.batch // 2)


@dataclass(frozen=True)
class Ablation:
    """A run: what is different, and which of the shards it may see (every n-th)."""

    name: str
    change: Change
    every: int = 1


EVERYTHING = Ablation("everything", lambda config: config)
ABLATIONS = (
    EVERYTHING,
    Ablation("everything, second seed", _training(seed=101)),
    Ablation("no real frames", _data(real_share=0.0)),
    Ablation("no rendered scenes", _data(real_share=1.0)),
    Ablation("no films", _data(film_share=0.0)),
    Ablation("no boxes on real frames", _data(boxed=False)),
    Ablation("twins augmented apart", _training(paired=False)),
    Ablation("no augmentation", _training(augment=False)),
    Ablation("no loss on cells", _losses(cells=0.0)),
    Ablation("no loss on classes", _losses(class_cells=0.0, classes=0.0)),
    Ablation("half the scenes", lambda config: config, every=2),
    Ablation("half the steps", _half_the_steps),
    Ablation("half the channels", _half_the_channels),
    Ablation("everything, third seed", _training(seed=102)),
)


def budget(config: Config, samples: int) -> Config:
    """The config of a small run: small pictures, one cycle, an average that is short enough for it."""
    steps = samples // config.training.batch
    stage = Stage(steps, HEIGHT, WIDTH, config.training.stages[0].least_visible)
    training = replace(config.training, cycles=(steps,), stages=(stage,), warm_up=min(100, steps), ema=0.99)
    return replace(config, network=replace(config.network, height=HEIGHT, width=WIDTH), training=training)


def shards(folder: Path, every: int = 1) -> list[Path]:
    """Every n-th shard of pairs, and of films."""
    kinds = (sorted(folder.glob(f"{kind}-*.zip")) for kind in ("shard", "films"))
    return [path for kind in kinds for path in kind[::every]]


def fingerprint(config: Config, seen: Iterable[Path]) -> str:
    """Of all that decides a run: another budget, seed or other shards are another run."""
    parts = {"data": asdict(config.data), "network": asdict(config.network), "training": asdict(config.training)}
    facts = {f"{part}.{key}": value for part, values in parts.items() for key, value in values.items()}
    facts = {key: value for key, value in facts.items() if key not in BY_THE_MACHINE}
    facts["shards"] = [(path.name, path.stat().st_size) for path in seen]
    return hashlib.sha256(json.dumps(facts, default=str, sort_keys=True).encode()).hexdigest()[:16]


def run_apart(ablation: Ablation, base: Config, folder: Path) -> Result:
    """Runs in a process of its own: a loader that forks after other threads were started waits for ever."""
    with ProcessPoolExecutor(1, get_context("spawn")) as process:
        return process.submit(run, ablation.name, base, folder).result()


def run(name: str, base: Config, folder: Path) -> Result:
    """Trains, or continues, one small network and measures it; `base` is the budget. Needs torch."""
    logging.basicConfig(level=logging.INFO)
    ablation = next(a for a in ABLATIONS if a.name == name)
    config, seen = ablation.change(base), shards(base.data.scenes, ablation.every)
    mark = fingerprint(config, seen)
    own = folder / f"{ablation.name.replace(' ', '-').replace(',', '')}-{mark}"
    if (own / "result.json").is_file():
        return dict(json.loads((own / "result.json").read_text()))
    from models.train.export import load_average, write_onnx  # noqa: PLC0415  # torch is only there for those who train
    from models.train.train import CHECKPOINT, train  # noqa: PLC0415

    with tempfile.TemporaryDirectory() as scenes:  # shards that appear meanwhile are not seen
        for path in seen:
            (Path(scenes) / path.name).symlink_to(path.resolve())
        train(replace(config, data=replace(config.data, scenes=Path(scenes))), own)
    path = own / "detector.onnx"
    write_onnx(load_average(own / CHECKPOINT).detector, None, config, path)
    result = {"name": ablation.name, "fingerprint": mark, "code_revision": code_revision()} | measure(base, path)
    (own / "result.json").write_text(json.dumps(result, indent=1) + "\n")
    return result


def measure(base: Config, path: Path) -> Result:
    """On pictures that every run was kept from, whatever it was trained on."""
    real = base.data.real
    compared = comparisons(score_dev(SinglePictures(path, HEIGHT, WIDTH), real, dev_entries(real)))
    dev = {source: round(auc(compared[source].scored()), 3) for source in VIEWS}
    return held_out_figures(score_held_out(base, path)) | {"dev": dev}


def held_out_figures(held: HeldOut) -> Result:
    """Rendered failures, and the failing frames of real clips, against rendered healthy pictures.

    The clips that were held out show six healthy pictures, too few to rank against.
    """
    healthy, figures = held.healthy & ~held.real, {}
    for name, failing in (("scenes", held.failing & ~held.real), ("clips", held.failing & held.real)):
        rows = healthy | failing
        data = Scored(held.failure[rows], failing[rows], np.flatnonzero(rows).astype(str))
        figures[name] = {"auc": round(auc(data), 3), "tpr_at_2%_fpr": round(rate_at(data, 0.02), 3)}
    return figures


def table(results: Sequence[Mapping[str, Any]]) -> str:
    """In Markdown, with what another seed alone changes."""
    if not results:
        return "Not measured yet."
    head = ["trained with", "held-out scenes: AUC", "TPR at 2 % FPR", "held-out clips: AUC", "TPR at 2 % FPR"]
    rows = [[str(r["name"]), *(f"{value:.3f}" for value in _values(r))] for r in results]
    seeds = np.array([_values(r) for r in results if str(r["name"]).startswith(EVERYTHING.name)])
    if len(seeds) > 1:
        rows.append([f"*range over {len(seeds)} seeds*", *(f"{spread:.3f}" for spread in np.ptp(seeds, axis=0))])
    return markdown([*head, *(f"dev, {source}: AUC" for source in VIEWS)], rows)


def _values(result: Mapping[str, Any]) -> list[float]:
    """The figures of a row, in the order of the table."""
    held = [result[kind][figure] for kind in ("scenes", "clips") for figure in ("auc", "tpr_at_2%_fpr")]
    return [*held, *(result["dev"][source] for source in VIEWS)]


def publish(results: Sequence[Result], models: Path) -> None:
    """Writes the results and their table."""
    (models / RESULTS).write_text(json.dumps(list(results), indent=1) + "\n")
    write_between(models / "README.md", "ablations", table(results))


def wanted(names: Sequence[str], films: bool) -> list[Ablation]:
    """Those whose names hold one of these words, all without any; none about films where there are none."""
    chosen = [a for a in ABLATIONS if not names or any(word in a.name for word in names)]
    return [a for a in chosen if films or "films" not in a.name]


def main() -> None:
    logging.basicConfig(level=logging.INFO)
    parser = argparse.ArgumentParser(prog="python -m models.train.ablations", description="What each ingredient gives.")
    parser.add_argument("--config", type=Path, default=DEFAULT, help="of the shipped detector; the runs are small ones")
    parser.add_argument("--folder", type=Path, default=Path("build/ablations"), help="checkpoints and results")
    parser.add_argument("--only", nargs="*", default=[], help="words of names: those runs alone")
    parser.add_argument("--threads", type=int, help="instead of the config's")
    parser.add_argument("--samples", type=int, default=SAMPLES, help="pictures that each run learns from")
    parser.add_argument("--publish", action="store_true", help=f"write models/{RESULTS} and the model card's table")
    arguments = parser.parse_args()
    base = budget(load(arguments.config), arguments.samples)
    if arguments.threads:
        base = replace(base, training=replace(base.training, threads=arguments.threads))
    films = bool(list(base.data.scenes.glob("films-*.zip")))
    results = []
    for ablation in tqdm(wanted(arguments.only, films), unit="run"):
        results.append(run_apart(ablation, base, arguments.folder))
        logger.info("%s", json.dumps(results[-1]))
    print(table(results))
    if arguments.publish:
        publish(results, MODELS)


if __name__ == "__main__":
    main()
