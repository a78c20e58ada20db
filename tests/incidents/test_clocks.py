"""The machine's clock is set while the monitor is down: what was under way ends in its time all the same.

While it runs, setting the clock does nothing: :class:`monitor.clock.SystemClock` counts on by itself.
"""

import time
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.clock import ManualClock, SystemClock, Uptime
from monitor.incidents.case import Case
from monitor.incidents.clocks import in_time
from monitor.records import IncidentStatus, JobState, PauseOutcome
from tests.incidents.support import Farm, farm

HOUR_S = 3600.0


def restarted(before: Farm, step_s: float) -> ManualClock:
    """Return the clock of the next run, two seconds later, after the machine's clock was set by a step."""
    return ManualClock(before.clock.now() + 2.0 + step_s)


def test_a_clock_that_was_set_back_delays_no_escalation(tmp_path: Path) -> None:
    """The order is repeated for its sixty seconds, not for an hour and sixty seconds."""
    with farm(tmp_path / "vigie.db") as before:
        incident = before.fail()
        before.wait(5)
    with farm(tmp_path / "vigie.db", restarted(before, -HOUR_S)) as after:
        assert [incident.pause_id] == [pause.id for pause in after.outbox.pauses()][-1:]
        after.wait(61)
        assert IncidentStatus.PAUSE_FAILED is after.last(incident).status
        assert 1 == after.story(incident).count("pause.failed")


def test_a_clock_that_was_set_back_hides_no_proof(tmp_path: Path) -> None:
    """Reports of now are not taken for reports from before the failure, nor is the resume that follows."""
    with farm(tmp_path / "vigie.db") as before:
        incident = before.fail()
    with farm(tmp_path / "vigie.db", restarted(before, -HOUR_S)) as after:
        after.wait(1)
        after.report(JobState.PAUSED)
        assert IncidentStatus.PAUSED is after.last(incident).status
        after.wait(1)
        after.report(JobState.PRINTING)
        assert IncidentStatus.CLOSED is after.last(incident).status


def test_a_clock_that_was_set_forward_has_people_told_at_once_and_a_late_proof_counts(tmp_path: Path) -> None:
    """The order seems to be an hour old: nobody can tell, so somebody has to look."""
    with farm(tmp_path / "vigie.db") as before:
        incident = before.fail()
    with farm(tmp_path / "vigie.db", restarted(before, HOUR_S)) as after:
        after.wait(1)
        assert IncidentStatus.PAUSE_FAILED is after.last(incident).status
        after.outbox.sent += before.outbox.sent
        after.answer(PauseOutcome.PAUSED)
        assert IncidentStatus.PAUSED is after.last(incident).status


def test_a_case_that_lies_in_the_past_is_left_as_it_is(tmp_path: Path) -> None:
    """And one from the future keeps its durations."""
    with farm(tmp_path / "vigie.db") as here:
        incident = replace(here.fail(), acts_at=here.clock.now() + 30)
        now = here.clock.now()
    (pause,) = here.outbox.pauses()
    case = Case(incident, pause, resend_at=now + 10)
    assert case == in_time(case, now + 1)
    moved = in_time(case, now - HOUR_S)
    assert (60.0, 30.0, 10.0) == (
        moved.pause.expires_at - (now - HOUR_S) if moved.pause else 0.0,
        (moved.incident.acts_at or 0.0) - moved.incident.opened_at,
        moved.resend_at - (now - HOUR_S),
    )


def test_the_clock_of_a_running_process_is_not_moved_by_the_machines() -> None:
    """It was read once; from then on the monotonic clock counts, so that it follows the uptime alone."""
    clock = SystemClock()
    assert pytest.approx(time.time(), abs=5.0) == clock.now()
    before, uptime = clock.now(), Uptime.now()
    assert pytest.approx(clock.now() - before, abs=0.5) == Uptime.now().seconds - uptime.seconds
    assert uptime.boot == Uptime.now().boot
