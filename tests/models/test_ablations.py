"""What differs between the small runs, and how their figures are written."""

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from models.train.ablations import (
    ABLATIONS,
    EVERYTHING,
    Ablation,
    budget,
    fingerprint,
    held_out_figures,
    shards,
    table,
    wanted,
)
from models.train.config import Config, load
from models.train.heldout import HeldOut

BASE = budget(load(), 4800)


def _named(name: str) -> Ablation:
    return next(a for a in ABLATIONS if a.name == name)


def _decides(config: Config) -> str:
    return fingerprint(config, [])


def test_every_run_gets_the_same_budget() -> None:
    """But for the one that is about the budget."""
    steps = {a.name: a.change(BASE).training.steps for a in ABLATIONS}
    assert 4800 // BASE.training.batch == steps[EVERYTHING.name]
    assert {"half the steps"} == {name for name, count in steps.items() if count != steps[EVERYTHING.name]}
    assert steps[EVERYTHING.name] // 2 == steps["half the steps"]


def test_every_run_is_another_one() -> None:
    """No ablation is without effect; half the scenes differ by what is seen."""
    runs = {(_decides(a.change(BASE)), a.every) for a in ABLATIONS}
    assert len(ABLATIONS) == len(runs)


@pytest.mark.parametrize("part", ["data", "network", "training"])
def test_an_ablation_takes_away_one_thing(part: str) -> None:
    """Seeds apart, no run changes two parts of the config."""
    others = {"data", "network", "training"} - {part}
    for ablation in ABLATIONS:
        changed = ablation.change(BASE)
        if getattr(changed, part) != getattr(BASE, part):
            assert all(getattr(changed, name) == getattr(BASE, name) for name in others)


def test_the_machine_does_not_make_another_run() -> None:
    """A run that stopped on three cores goes on on two."""
    faster = replace(BASE, training=replace(BASE.training, threads=64, checkpoint_every=1))
    moved = replace(BASE, data=replace(BASE.data, scenes=Path("elsewhere")))
    assert {_decides(BASE)} == {_decides(faster), _decides(moved)}


def test_other_shards_make_another_run(tmp_path: Path) -> None:
    """Scenes that were rendered meanwhile must not slip into half of a table."""
    for name in ("shard-00001.zip", "shard-00002.zip", "shard-00003.zip", "films-00001.zip", "other.zip"):
        (tmp_path / name).write_bytes(b"1")
    every = [path.name for path in shards(tmp_path)]
    assert ["shard-00001.zip", "shard-00002.zip", "shard-00003.zip", "films-00001.zip"] == every
    assert ["shard-00001.zip", "shard-00003.zip", "films-00001.zip"] == [p.name for p in shards(tmp_path, 2)]
    assert fingerprint(BASE, shards(tmp_path)) != fingerprint(BASE, shards(tmp_path, 2))


def test_runs_are_chosen_by_words() -> None:
    """And none is about films where there are none."""
    assert [_named("half the scenes"), _named("half the steps"), _named("half the channels")] == wanted(["half"], True)
    assert set(ABLATIONS) - {_named("no films")} == set(wanted([], films=False))


def test_clips_are_ranked_against_rendered_healthy_pictures() -> None:
    """Real healthy pictures are too few, and rendered failures are another row."""
    kind = np.array(["", "", "", "spaghetti", "spaghetti", "stringing"])
    real = np.array([False, False, True, False, True, False])
    failure = np.array([0.1, 0.5, 0.9, 0.3, 0.7, 1.0])
    nothing = np.zeros((6, 7))
    found = held_out_figures(HeldOut(failure, nothing, nothing[:, 0], kind, real, kind))
    assert 0.5 == found["scenes"]["auc"]
    assert 1.0 == found["clips"]["auc"]


def _result(name: str, value: float) -> dict[str, object]:
    held = {"auc": value, "tpr_at_2%_fpr": value}
    dev = {"fixed cameras": value, "phone clips": value, "web photos": value}
    return {"name": name, "scenes": held, "clips": held, "dev": dev}


def test_the_table_says_what_another_seed_changes() -> None:
    """Or nobody knows which differences to believe."""
    lines = table([_result("everything", 0.9), _result("no films", 0.5), _result("everything, third seed", 0.86)])
    assert 6 == len(lines.splitlines())
    assert "*range over 2 seeds* | 0.040" in lines.splitlines()[-1]
    assert "range" not in table([_result("everything", 0.9)])
