"""When two detectors of different seeds are said to agree."""

import json
from pathlib import Path

import pytest

from models.train.card import read_between
from models.train.seeds import RESULTS, agree, comparison, estimates

MODELS = Path(__file__).resolve().parents[2] / "models"


@pytest.mark.parametrize(
    ("expected", "one", "other"),
    [
        (True, (0.95, 0.90, 0.99), (0.93, 0.85, 0.98)),
        (False, (0.95, 0.94, 0.99), (0.93, 0.85, 0.98)),  # the other's value lies below the first one's interval
        (False, (0.95, 0.90, 0.99), (0.93, 0.85, 0.94)),
        (True, (1.0, 1.0, 1.0), (1.0, 1.0, 1.0)),
    ],
)
def test_two_figures_agree_when_each_lies_in_the_others_interval(
    expected: bool, one: tuple[float, float, float], other: tuple[float, float, float]
) -> None:
    """Either way round."""
    assert expected == agree(one, other) == agree(other, one)


def test_the_table_of_seeds_is_of_the_files_that_were_measured() -> None:
    """The shipped side is the file that ships; the card's table is computed from the figures beside it."""
    found = json.loads((MODELS / RESULTS).read_text())
    shipped = json.loads((MODELS / "detector.json").read_text())
    assert shipped["sha256"] == found["shipped"]["sha256"]
    assert found["shipped"]["seed"] != found["other"]["seed"]
    assert comparison(found["shipped"], found["other"]) == read_between(MODELS / "README.md", "seeds")


def test_false_pauses_and_catches_are_compared_too() -> None:
    """Not only single pictures."""
    found = json.loads((MODELS / RESULTS).read_text())
    names = [name for name, _ in estimates(found["shipped"])]
    assert ["rendered prints, share caught", "rendered prints, false pauses in 1,000 h"] == names[-2:]
