"""Scores in few bytes, and back."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.archive.points import Points, how_of, pack, pack_peaks, peaks_of, unpack, unpack_peaks
from monitor.errors import BadPayload
from monitor.judge import Phase
from monitor.records import Health
from tests.archive.support import T0, points

SCORES = st.one_of(st.none(), st.floats(0.0, 1.0))
HOWS = st.tuples(st.sampled_from(Phase), st.sampled_from(Health), st.booleans(), st.booleans())


@given(
    st.lists(st.tuples(st.integers(0, 400), SCORES, SCORES, HOWS), min_size=1, max_size=100),
    st.integers(0, 1 << 41),
)
def test_what_was_packed_comes_back(drawn: list[tuple[int, float | None, float | None, tuple]], first_ms: int) -> None:  # type: ignore[type-arg]
    """Times to the millisecond, all of "how", and scores to 0.0005; an unknown score stays unknown."""
    gaps, scores, raws, hows = zip(*drawn, strict=True)
    score = np.array([np.nan if value is None else value for value in scores], np.float64)
    raw = np.where(np.isnan(score), np.nan, [value if value is not None else 0.5 for value in raws])
    how = [how_of(phase, health, is_resting=resting, is_muted=muted) for phase, health, resting, muted in hows]
    before = Points(first_ms + np.cumsum(gaps), score, raw, np.array(how, np.uint8))
    after = unpack(pack(before))
    assert before.taken_ms.tolist() == after.taken_ms.tolist()
    assert how == after.how.tolist()
    for old, new in ((before.score, after.score), (before.raw, after.raw)):
        np.testing.assert_allclose(new, old, atol=0.0005)
    assert [phase for phase, *_ in hows] == [tuple(Phase)[place] for place in after.phase]
    assert [resting for _, _, resting, _ in hows] == after.is_resting.tolist()
    assert [muted for *_, muted in hows] == after.is_muted.tolist()
    is_trusted = [h is Health.OK and s is not None for s, (_, h, _, _) in zip(scores, hows, strict=True)]
    assert is_trusted == after.is_trusted.tolist()


def test_half_a_minute_of_a_healthy_print_needs_few_bytes() -> None:
    """Scores that wander a little and cameras that jitter a little: 4 bytes an inspection at most."""
    noise = np.random.default_rng(1)
    calm = points(list(np.clip(0.05 + 0.01 * noise.standard_normal(30), 0.001, 0.2)), every_s=1.0)
    jittery = Points(calm.taken_ms + noise.integers(0, 40, 30), calm.score, calm.raw, calm.how)
    assert len(pack(jittery)) <= 4 * 30


@given(st.binary(max_size=200))
def test_damaged_bytes_are_told_and_never_believed(blob: bytes) -> None:
    """Any bytes: points of the right number, or BadPayload, and nothing else."""
    for read in (unpack, unpack_peaks):
        with pytest.raises(BadPayload):
            read(blob)
    whole = pack(points([0.1, 0.2]))
    with pytest.raises(BadPayload):
        unpack(whole[: len(whole) // 2])
    with pytest.raises(BadPayload):
        unpack(b"\x09" + whole[1:])


def test_the_peaks_of_an_hour_keep_each_minutes_least_most_and_mean() -> None:
    """A single bad second stays the most of its minute; a minute without a score stays empty."""
    scores: list[float | None] = [0.1] * 120
    scores[70] = 0.9
    peaks = unpack_peaks(pack_peaks(peaks_of(points([*scores, None, None]), T0)))
    assert [60, 60, 0] == peaks.count[:3].tolist()
    np.testing.assert_allclose([0.1, 0.9], peaks.most[:2], atol=0.0005)
    np.testing.assert_allclose([0.1, 0.1], peaks.least[:2], atol=0.0005)
    np.testing.assert_allclose([0.1, (59 * 0.1 + 0.9) / 60], peaks.mean[:2], atol=0.0005)
    assert np.isnan(peaks.most[2:]).all()
