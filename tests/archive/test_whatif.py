"""The replay decides like the judge that sees every picture."""

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from monitor.archive.points import Points, how_of, joined
from monitor.archive.whatif import Unknown, Would, replay, unknowns, watched_s
from monitor.baseline import HealthySettings
from monitor.config.model import PrinterSettings
from monitor.judge import JudgeSettings, Phase
from monitor.pipeline.watch import Watch
from monitor.records import EventKind, Health, JobState, Observation, PrinterReport
from tests.archive.support import T0, points
from tests.farms import a_printer

LEVELS = (None, 0.01, 0.3, 0.55, 0.8, 0.99)
RUN = st.tuples(st.sampled_from(LEVELS), st.integers(1, 40), st.sampled_from((0.2, 1.0, 7.0, 40.0)))
SETTINGS = st.builds(
    JudgeSettings,
    threshold=st.sampled_from((0.2, 0.5, 0.7, 0.9)),
    suspect_after_s=st.sampled_from((0.5, 3.0, 12.0)),
    fail_after_s=st.sampled_from((1.0, 10.0, 30.0)),
    recover_after_s=st.sampled_from((5.0, 60.0)),
    blind_after_s=st.sampled_from((5.0, 30.0)),
)


@given(st.lists(RUN, min_size=1, max_size=12), st.lists(st.floats(0, 600), max_size=3), SETTINGS)
def test_what_is_left_out_changes_nothing(
    runs: Sequence[tuple[float | None, int, float]], jobs: Sequence[float], settings: JudgeSettings
) -> None:
    """The same incidents at the same times, and as many suspicions, as a watch that is shown every second of it."""
    parts, at = [], T0 + 1
    for score, count, every_s in runs:
        parts.append(points([score] * count, every_s, at))
        at += count * every_s
    seen = joined(parts)
    resets = sorted(T0 + job for job in jobs)
    assert _watched(seen, resets, settings) == replay(seen, resets, settings)


def _watched(seen: Points, resets: Sequence[float], settings: JudgeSettings) -> Would:
    """Show everything to the monitor's own watch, with its ticks."""
    printer = a_printer("p01", **_as_config(settings))
    watch = Watch(printer, 0.5, float(seen.taken_s[0]), HealthySettings(between_sd=0.0))
    incidents, suspicions, pending, tick_at = [], 0, list(resets), float(seen.taken_s[0])
    for at, score, trusted in zip(seen.taken_s.tolist(), seen.score.tolist(), seen.is_trusted.tolist(), strict=True):
        moments = sorted([(reset, "reset") for reset in pending if reset <= at] + [(at, "tick")])
        pending = [reset for reset in pending if reset > at]
        for moment, kind in moments:
            while tick_at < moment:
                suspicions += EventKind.SUSPECTED in watch.tick(tick_at).events
                tick_at += 1.0
            if kind == "reset":
                for state in (JobState.IDLE, JobState.PRINTING):
                    watch.hear(PrinterReport("p01", state, moment, can_pause=True), moment)
        health = Health.OK if trusted else Health.DARK
        suspicions += EventKind.SUSPECTED in watch.tick(at).events
        verdict = watch.observe(Observation("p01", at, health, score if trusted else None))
        suspicions += EventKind.SUSPECTED in verdict.events
        if verdict.opens_incident:
            incidents.append((at, score))
    return Would(tuple(incidents), suspicions)


def _as_config(settings: JudgeSettings) -> dict[str, object]:
    names = ("threshold", "suspect_after_s", "fail_after_s", "recover_after_s", "blind_after_s")
    return {name: getattr(settings, name) for name in names}


def test_a_printer_that_rests_or_is_muted_gets_no_incident() -> None:
    """A failure during a mute gets its incident when the mute ends, as in the monitor."""
    failing = points([0.99] * 60)
    settings = _settings()
    quiet = how_of(Phase.FAILING, Health.OK, is_resting=True, is_muted=False)
    resting = Points(failing.taken_ms, failing.score, failing.raw, failing.how * 0 + quiet)
    assert Would((), 0) == replay(resting, [], settings)
    muted = how_of(Phase.FAILING, Health.OK, is_resting=False, is_muted=True)
    how = failing.how.copy()
    how[:40] = muted
    assert (T0 + 40,) == tuple(
        at for at, _ in replay(Points(failing.taken_ms, failing.score, failing.raw, how), [], settings).incidents
    )


def test_a_new_job_begins_with_a_clean_slate() -> None:
    """Nine certain seconds before and nine after are no failure, without the new job they are one."""
    seen = points([0.99] * 18)
    assert 1 == len(replay(seen, [], _settings()).incidents)
    assert 0 == len(replay(seen, [T0 + 9], _settings()).incidents)


def test_the_replay_tells_what_it_cannot_know() -> None:
    """A short time, a gap, a camera's own bar and a print that was paused are all named."""
    calm = points([0.1] * 100)
    assert (Unknown.SHORT,) == unknowns(calm, T0, T0 + 100, Would((), 0))
    assert () == unknowns(points([0.1] * 2000, every_s=60.0), T0, T0 + 86_400, Would((), 0))
    assert Unknown.GAPS in unknowns(points([0.1] * 20, every_s=400.0), T0, T0 + 100, Would((), 0))
    assert Unknown.AFTER_A_PAUSE in unknowns(calm, T0, T0 + 100, Would(((T0, 0.9),), 1))
    relative = Points(calm.taken_ms, calm.score, calm.raw + 0.2, calm.how)
    assert Unknown.CAMERA_BAR in unknowns(relative, T0, T0 + 100, Would((), 0))
    assert (Unknown.SHORT,) == unknowns(points([]), T0, T0 + 100, Would((), 0))


def test_only_time_with_pictures_counts_as_watched() -> None:
    """A gap counts for no longer than a camera may be silent before it is blind."""
    assert 9.0 == watched_s(points([0.1] * 10), 30.0)
    assert 30.0 == watched_s(points([0.1] * 2, every_s=500.0), 30.0)
    assert 0.0 == watched_s(points([None] * 10), 30.0)


def _settings() -> JudgeSettings:
    plain = PrinterSettings()
    return JudgeSettings(0.5, plain.suspect_after_s, plain.fail_after_s, plain.recover_after_s, plain.blind_after_s)
