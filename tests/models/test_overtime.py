"""How pictures of rendered prints become hours, pauses and delays."""

import json
from dataclasses import replace
from math import inf
from pathlib import Path
from typing import Any

import numpy as np
import onnxruntime
import pytest

from models.train.intervals import binomial_interval, poisson_interval
from models.train.network import Network
from models.train.pictures import jpeg
from models.train.real_overtime import is_decided, real_clips
from models.train.replaying import Camera, Played, Track, played
from models.train.tally import Judging, measured, share, tally
from models.train.timeline import (
    HISTORY_S,
    HOLD_S,
    HOURS,
    LASTS_S,
    STAYS_S,
    Look,
    failing_print,
    healthy_print,
    visible_from,
)
from models.train.whole import EVENTS, PLACES, STEPS, Event, Whole, names, wholes, write
from monitor.baseline import HealthySettings, logit
from monitor.decode import decode
from monitor.memory import CameraMemory
from tests.inspection import tiny_model

MINUTE = 60 // HOLD_S  # looks
WHOLE = Whole(
    7, "spaghetti", 0.5, tuple(0.002 * step for step in range(STEPS)), (Event("night-infrared", 0.3),) * EVENTS
)


def track(*parts: tuple[float, int]) -> Track:
    """Scores, each for so many looks, with and without memory alike."""
    scores = np.concatenate([np.full(count, score, np.float32) for score, count in parts] or [np.zeros(0, np.float32)])
    return Track(scores, scores)


def print_of(seed: int, healthy: Track, failing: Track, visible_s: int = 20) -> Played:
    """A quiet print before the failure."""
    return Played(seed, "spaghetti", visible_s, healthy, track((0.2, MINUTE)), failing, failing)


QUIET, CERTAIN = track((0.2, 60 * MINUTE)), track((0.999, 5 * MINUTE))


# -- the timeline


def test_a_print_is_the_same_for_the_same_seed_and_lasts_its_hours() -> None:
    """Scores are kept in a cache, so nothing else may decide what is shown."""
    assert healthy_print(WHOLE) == healthy_print(WHOLE)
    assert HOURS[0] * 3600 - HOLD_S <= len(healthy_print(WHOLE)) * HOLD_S <= HOURS[1] * 3600 + HOLD_S


def test_a_print_goes_from_the_first_place_to_the_last() -> None:
    """And every picture that is shown was filmed."""
    shown = [look.shown for look in healthy_print(WHOLE)]
    rows = [int(name.split("/")[1]) for name in shown if name.startswith("healthy")]
    assert (0, PLACES - 1) == (rows[0], rows[-1])
    assert set(shown) <= set(names())


def test_the_memory_is_never_taught_the_picture_that_is_judged() -> None:
    """A camera never sees the very same picture twice."""
    looks = healthy_print(WHOLE)
    assert not {look.shown for look in looks} & {look.taught for look in looks}


def test_an_event_lasts_as_long_as_such_things_do() -> None:
    """Four nights that begin at the same time last as long as the longest."""
    looks = [look for look in healthy_print(WHOLE) if look.shown.startswith("event")]
    low, high = LASTS_S["night-infrared"]
    assert low - HOLD_S <= len(looks) * HOLD_S <= high + HOLD_S


def test_a_failure_follows_its_print_and_becomes_visible() -> None:
    """At most an hour before it; visible from the step that covers enough."""
    failure = failing_print(WHOLE)
    assert failure is not None
    assert len(failure.before) * HOLD_S <= HISTORY_S
    assert 2 == visible_from(WHOLE)
    assert 0 < failure.visible_s < len(failure.failing) * HOLD_S - STAYS_S + HOLD_S
    assert f"failing/{STEPS - 1}" == failure.failing[-1].shown[:9]


def test_a_failure_that_nobody_could_see_is_not_played() -> None:
    """Neither as caught nor as missed."""
    assert failing_print(replace(WHOLE, cover=(0.0,) * STEPS)) is None
    unseen = print_of(1, QUIET, track())
    assert [] == tally([unseen], Judging("alone", 0.9, None)).all_s


# -- the tally


@pytest.mark.parametrize("prior", [None, HealthySettings()])
def test_a_clear_failure_is_caught_and_a_quiet_print_is_not_paused(prior: HealthySettings | None) -> None:
    """With and without a baseline; ten seconds of evidence, of which it is invisible for five."""
    found = tally([print_of(seed, QUIET, CERTAIN, visible_s=5) for seed in range(3)], Judging("alone", 0.9, prior))
    assert (0, 0, 3) == (found.pauses, found.paused, len(found.all_s))
    assert all(3 <= delay <= 8 for delay in found.all_s)
    assert 3 == found.hours


def test_what_is_decided_before_it_is_visible_took_no_time() -> None:
    """Not less."""
    found = tally([print_of(1, QUIET, CERTAIN, visible_s=60)], Judging("alone", 0.9, None))
    assert {"spaghetti": [0.0]} == found.delays_s


def test_a_print_over_the_threshold_is_one_false_pause_until_it_recovers() -> None:
    """As in the monitor: the same alarm counts again only after it was over."""
    loud = track((0.999, 10 * MINUTE), (0.2, 10 * MINUTE), (0.999, MINUTE))
    found = tally([print_of(4, loud, CERTAIN)], Judging("alone", 0.9, None))
    assert (1, 2) == (found.paused, found.pauses)
    assert {4} == {seed for seed, _ in found.pauses_at}


def test_pictures_that_cannot_be_trusted_pause_nothing() -> None:
    """A dark camera is blind and decides nothing."""
    dark = track((np.nan, 10 * MINUTE))
    assert 0 == tally([print_of(1, dark, CERTAIN)], Judging("alone", 0.9, None)).pauses


def test_the_scores_with_memory_are_judged_where_they_are_asked_for() -> None:
    """Here the memory alone sees the failure."""
    some = print_of(1, QUIET, Track(track((0.2, MINUTE)).alone, track((0.999, MINUTE)).alone))
    caught = {part: tally([some], Judging(part, 0.9, None)).all_s[0] < inf for part in ("alone", "remembering")}
    assert {"alone": False, "remembering": True} == caught


def test_the_prior_is_what_the_prints_score() -> None:
    """In log-odds; dark pictures say nothing."""
    prints = [print_of(n, track((score, 9), (np.nan, 9)), CERTAIN) for n, score in enumerate((0.2, 0.4))]
    prior = measured(prints, "alone")
    assert prior.mean == pytest.approx((logit(0.2) + logit(0.4)) / 2, abs=0.01)
    assert 0 == prior.within_sd


def test_a_share_counts_what_was_decided_in_time() -> None:
    """Never is later than any time."""
    assert "1 of 3" == share([10.0, 90.0, inf], 60.0)
    assert "2 of 3 (9% to 99%)" == share([10.0, 90.0, inf], interval=True)


# -- intervals


def test_intervals_are_the_exact_ones() -> None:
    """Against tables: 0.242 to 7.225 for two events (Garwood), 0.444 to 0.975 for 8 of 10 (Clopper and Pearson)."""
    assert (0.2422, 7.2247) == tuple(round(value, 4) for value in poisson_interval(2))
    assert (0.4439, 0.9748) == tuple(round(value, 4) for value in binomial_interval(8, 10))
    assert (0.0, 3.6889) == tuple(round(value, 4) for value in poisson_interval(0))
    assert (0.0, 1.0) == (binomial_interval(0, 5)[0], binomial_interval(5, 5)[1])


# -- the network in two halves, and a print played to it


@pytest.fixture
def model(tmp_path: Path) -> Path:
    """The score of this one is how far a picture's brightness is from the remembered one."""
    data = tiny_model.build(remembers=True)
    facts: dict[str, Any] = tiny_model.description(data)
    path = tmp_path / str(facts["file"])
    path.write_bytes(data)
    path.with_suffix(".json").write_text(json.dumps(facts))
    return path


def grey(level: int) -> bytes:
    """A picture with some texture, or it would count as a covered lens."""
    noise = np.random.default_rng(level).integers(-20, 20, (96, 128, 3))
    return jpeg(np.clip(noise + level, 0, 255).astype(np.uint8), 95)


def test_both_halves_say_what_the_whole_file_says(model: Path) -> None:
    """To the last bit."""
    network, whole = Network(model), onnxruntime.InferenceSession(str(model))
    seen, memory = network.see(grey(180)), CameraMemory()
    for second in range(3):
        past = network.see(grey(60)).features
        assert past is not None
        memory.learn(past, second)
    remembered = memory.remembered(3)
    assert remembered is not None
    cells = remembered.cells[None].astype(np.float32)
    frames = decode(grey(180), (network.info.height, network.info.width)).input[None]
    for score, known in ((network.score(seen, remembered), remembered.known), (seen.alone, 0.0)):
        inputs = {"frames": frames, "memory": cells, "known": np.array([known], np.float32)}
        assert whole.run(["failure"], inputs)[0][0] == pytest.approx(score)


def test_a_camera_learns_while_nothing_is_suspected(model: Path) -> None:
    """Brightness that stays is remembered, so its score sinks; alone it scores the same for ever."""
    network = Network(model)
    seen = {name: network.see(grey(90)) for name in ("shown", "taught")}
    scores = Camera(network, seen).track([Look("shown", "taught")] * 10 * MINUTE)
    assert scores.alone[0] == scores.alone[-1]
    assert scores.remembering[0] == scores.alone[0]
    assert scores.remembering[-1] < 0.1 * scores.alone[-1]


def test_a_print_is_read_back_as_it_was_played(model: Path, tmp_path: Path) -> None:
    """From its file, and from the cache of this model."""
    whole = replace(WHOLE, cover=(0.01,) * STEPS)
    write(tmp_path / "print-7.zip", whole, {name: grey(100 if name.startswith("failing") else 90) for name in names()})
    assert {tmp_path / "print-7.zip": whole} == wholes(tmp_path)
    network = Network(model)
    first, second = (played(tmp_path / "print-7.zip", network, tmp_path / "cache") for _ in range(2))
    assert (7, "spaghetti") == (second.seed, second.kind)
    for part in ("healthy", "before", "failing", "unseen"):
        assert np.array_equal(getattr(first, part).remembering, getattr(second, part).remembering)
    assert second.failing.remembering.mean() < second.unseen.remembering[:2].mean()


def test_real_clips_play_as_cameras(model: Path, tmp_path: Path) -> None:
    """A failing one for a minute, a healthy one for an hour; one that shows both belongs to neither."""
    rows = ["file,label,clip"]
    for clip, labels in {"a": ["spaghetti"] * 2, "b": ["ok", "empty-bed"], "c": ["ok", "spaghetti"]}.items():
        for number, label in enumerate(labels):
            rows.append(f"train/{clip}{number}.jpg,{label},{clip}")
            (tmp_path / "train").mkdir(exist_ok=True)
            (tmp_path / rows[-1].split(",")[0]).write_bytes(grey(240 if label == "spaghetti" else 60))
    (tmp_path / "train" / "labels.csv").write_text("\n".join(rows))
    clips = list(real_clips(Network(model), tmp_path, 0.2))
    assert {("a", True, 60 // HOLD_S), ("b", False, 3600 // HOLD_S)} == {
        (clip.name, clip.fails, len(clip.track.alone)) for clip in clips
    }
    assert [clip.fails for clip in clips] == [is_decided(clip, Judging("alone", 0.6, None)) for clip in clips]
