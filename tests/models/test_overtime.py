"""How films of rendered prints become hours, pauses and delays."""

import pytest

pytest.importorskip("moderngl", reason="moderngl is not installed (pip install vigie[train])")

from models.train.filming import NOZZLES, PLACES, STEPS, Film
from models.train.overtime import HISTORY_S, STAYS_S, failing_scores, healthy_scores, measured, tally
from monitor.baseline import HealthySettings, logit


def film(seed: int, healthy: float, failing: float, visible_from: int | None = 3) -> Film:
    """A print that scores the same all along, and so does its failure from the first step."""
    return Film(
        seed, "spaghetti", 9, visible_from, [[healthy] * NOZZLES] * PLACES, [[failing] * (NOZZLES // 2)] * STEPS
    )


FILMS = [film(seed, 0.2, 0.999) for seed in range(3)]


def test_a_clear_failure_is_caught_and_a_clean_print_is_not_paused() -> None:
    """With and without a baseline."""
    for healthy in (None, HealthySettings()):
        found = tally(FILMS, 0.9, healthy)
        assert (0, 3, 3) == (found.pauses, found.failing, len(found.delays_s))
        assert [0.0, 0.0, 0.0] == found.delays_s  # decided before the mask covers enough to count as visible


def test_a_healthy_print_over_the_threshold_is_one_false_pause() -> None:
    """It counts again only after it has recovered, which it never does."""
    found = tally([film(1, 0.97, 0.999)], 0.9, None)
    assert (1, 1) == (found.paused, found.pauses)
    assert found.hours >= 1


def test_a_failure_that_nobody_could_see_is_not_counted() -> None:
    """Neither as caught nor as missed."""
    assert 0 == tally([film(1, 0.2, 0.2, visible_from=None)], 0.9, None).failing


def test_the_same_film_is_played_the_same_way() -> None:
    """Lengths and order come from the seed."""
    assert healthy_scores(FILMS[0]) == healthy_scores(FILMS[0])
    before, failure, visible_s = failing_scores(FILMS[0])
    assert len(before) <= HISTORY_S
    assert 0 < visible_s < len(failure) - STAYS_S


def test_the_prior_is_what_the_prints_score() -> None:
    """In log-odds."""
    prior = measured([film(1, 0.2, 0.9), film(2, 0.4, 0.9)])
    assert prior.mean == pytest.approx((logit(0.2) + logit(0.4)) / 2, abs=0.01)
    assert 0 == prior.within_sd
