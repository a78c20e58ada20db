"""How long a print would still have lasted."""

import pytest

from monitor.pipeline.pace import Pace
from monitor.records import JobState, PrinterReport


def _says(
    pace: Pace, at: float, progress: float | None, state: JobState = JobState.PRINTING, job: str = "visor"
) -> None:
    pace.hear(PrinterReport("p1", state, at, can_pause=True, job=job, progress=progress), at)


def test_what_is_left_follows_from_the_pace_that_was_seen() -> None:
    """A tenth in six minutes: the half that is left takes thirty."""
    pace = Pace()
    for minute in range(7):
        _says(pace, 60.0 * minute, 0.4 + 0.1 * minute / 6)
    assert pytest.approx(0.5) == pace.progress
    assert pytest.approx(1800.0) == pace.left_s


def test_too_little_progress_says_nothing() -> None:
    """One percent in a minute may be heating up: no figure is better than a wrong one."""
    pace = Pace()
    _says(pace, 0.0, 0.40)
    _says(pace, 60.0, 0.41)
    assert pace.left_s is None


def test_a_pause_is_no_printing_time() -> None:
    """A night on pause makes no print slower."""
    pace = Pace()
    _says(pace, 0.0, 0.0)
    _says(pace, 600.0, 0.1)
    _says(pace, 600.0, 0.1, JobState.PAUSED)
    _says(pace, 30_000.0, 0.1)
    _says(pace, 30_600.0, 0.2)
    assert pytest.approx(4800.0) == pace.left_s


@pytest.mark.parametrize(
    ("state", "job", "progress"), [(JobState.IDLE, "visor", None), (JobState.PRINTING, "clip", 0.6)]
)
def test_another_job_has_a_pace_of_its_own(state: JobState, job: str, progress: float | None) -> None:
    """Idle, or another name: what was measured is over."""
    pace = Pace()
    _says(pace, 0.0, 0.1)
    _says(pace, 600.0, 0.5)
    _says(pace, 660.0, progress, state, job)
    assert pace.left_s is None


def test_the_same_file_started_again_is_another_job() -> None:
    """Progress that falls back to nothing belongs to a new print of the same name."""
    pace = Pace()
    _says(pace, 0.0, 0.1)
    _says(pace, 600.0, 0.9)
    _says(pace, 660.0, 0.0)
    assert pace.left_s is None
    _says(pace, 1260.0, 0.5)
    assert pytest.approx(600.0) == pace.left_s


def test_a_printer_that_tells_no_progress_has_no_pace() -> None:
    """None stays None, however long it prints."""
    pace = Pace()
    _says(pace, 0.0, None)
    _says(pace, 6000.0, None)
    assert (None, None) == (pace.progress, pace.left_s)
