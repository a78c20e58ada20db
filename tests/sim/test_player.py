"""One simulated printer, without a clock: states, pictures, failures."""

from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.records import JobState
from monitor.sim.plan import IDLE_S, Course
from monitor.sim.player import CLEARED_AFTER_S, FAILING_FRAMES_PER_S, PAUSING_S, TAIL, Player
from monitor.sim.prints import Print
from tests.sim.conftest import FAILING_FRAMES, HEALTHY_FRAMES, STARTS_AT, VISIBLE_AT

START = 1_000_000.0
LASTS_S = 390.0  # ten seconds a frame of the healthy clip
FAILS_AFTER_S = STARTS_AT * 10.0


@pytest.fixture
def healthy(prints: tuple[Print, ...]) -> Course:
    """Return a course whose jobs all go well."""
    return Course(prints[0], LASTS_S, 0.0, (1, 0), chance=0.0, first_failure=None, safe_until_s=0.0)


@pytest.fixture
def failing(healthy: Course) -> Course:
    """Return a course whose first job fails after 130 s."""
    return replace(healthy, first_failure=0)


def test_a_print_runs_through_its_clip(healthy: Course) -> None:
    """From the first frame to the last, as its time passes; the nozzle sways between neighbouring frames."""
    player = Player(healthy, START)
    assert [0, 1, 2, 1] == [player.shot(START + s).frame for s in (0, 1, 2, 3)]
    assert 20 == player.shot(START + 200).frame
    assert HEALTHY_FRAMES - 1 == player.shot(START + LASTS_S - 0.1).frame
    assert (LASTS_S - 0.05) / LASTS_S == pytest.approx(player.status(START + LASTS_S - 0.05).progress)


def test_a_finished_print_rests_and_the_next_one_begins(healthy: Course) -> None:
    """Jobs are numbered, and an idle printer shows a cleared bed."""
    player = Player(healthy, START)
    assert (JobState.PRINTING, "cube-1.gcode") == _told(player, START)
    assert (JobState.IDLE, "cube-1.gcode") == _told(player, START + LASTS_S)
    assert 0 == player.shot(START + LASTS_S + 1).frame
    assert (JobState.PRINTING, "cube-2.gcode") == _told(player, START + LASTS_S + IDLE_S)


def test_a_pause_takes_a_moment_and_freezes_the_print(healthy: Course) -> None:
    """Pausing for a second, then paused: neither picture nor progress moves, and a second pause changes nothing."""
    player = Player(healthy, START)
    player.pause(START + 100)
    assert JobState.PAUSING is player.status(START + 100.5).state
    paused = player.status(START + 100 + PAUSING_S)
    player.pause(START + 110)
    assert JobState.PAUSED is paused.state
    assert paused == player.status(START + 150)
    assert player.shot(START + 102) == player.shot(START + 150)


def test_a_resumed_print_goes_on_where_it_was(healthy: Course) -> None:
    """The time of the pause does not count."""
    player = Player(healthy, START)
    player.pause(START + 100)
    player.resume(START + 160)
    assert (JobState.PRINTING, "cube-1.gcode") == _told(player, START + 160)
    assert (100 + PAUSING_S + 39) / LASTS_S == pytest.approx(player.status(START + 199).progress)


def test_a_failure_takes_over_where_the_healthy_print_was(failing: Course) -> None:
    """The failing clip starts at the planned second, grows at its own rate, and goes on until somebody pauses."""
    player = Player(failing, START)
    failure = failing.print.failure
    assert failure is not None
    assert failing.print.healthy == player.shot(START + FAILS_AFTER_S - 0.1).clip
    first = player.shot(START + FAILS_AFTER_S)
    assert (failure.clip, 0) == (first.clip, first.frame)
    assert 10 == player.shot(START + FAILS_AFTER_S + 10 / FAILING_FRAMES_PER_S).frame
    late = {player.shot(START + FAILS_AFTER_S + 20 + s).frame for s in range(60)}
    assert set(range(FAILING_FRAMES - TAIL, FAILING_FRAMES)) == late


def test_the_moment_a_failure_becomes_visible_is_known_exactly(failing: Course) -> None:
    """However late anybody looks, also after a pause."""
    visible_at = START + FAILS_AFTER_S + VISIBLE_AT / FAILING_FRAMES_PER_S
    player = Player(failing, START)
    player.advance(visible_at - 0.01)
    assert player.visible_at is None
    player.pause(visible_at + 5)
    player.advance(visible_at + 60)
    assert player.visible_at == pytest.approx(visible_at)


def test_a_failed_job_that_is_resumed_starts_over(failing: Course) -> None:
    """Whoever resumes it has cleared the bed first."""
    player = Player(failing, START)
    player.pause(START + FAILS_AFTER_S + 20)
    player.resume(START + FAILS_AFTER_S + 40)
    assert (JobState.PRINTING, "cube-2.gcode") == _told(player, START + FAILS_AFTER_S + 40)
    assert player.visible_at is None


def test_a_paused_job_is_cleared_away_in_the_end(failing: Course) -> None:
    """So that the demo goes on when nobody is there; cancelling does the same at once."""
    player = Player(failing, START)
    player.pause(START + 200)
    cleared_at = START + 200 + PAUSING_S + CLEARED_AFTER_S
    assert JobState.PAUSED is player.status(cleared_at - 0.1).state
    assert JobState.IDLE is player.status(cleared_at).state
    assert (JobState.PRINTING, "cube-2.gcode") == _told(player, cleared_at + IDLE_S)
    player.cancel(cleared_at + IDLE_S + 5)
    assert JobState.IDLE is player.status(cleared_at + IDLE_S + 5).state


STEPS = st.lists(st.tuples(st.floats(0, 500), st.sampled_from(["look", "pause", "resume", "cancel"])), max_size=12)


@settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, chance=st.sampled_from([0.0, 0.5, 1.0]), offset=st.floats(0, LASTS_S + IDLE_S))
def test_it_does_not_matter_how_often_somebody_looks(
    steps: list[tuple[float, str]], chance: float, offset: float, healthy: Course
) -> None:
    """A printer that is looked at every second ends up as one that only gets the commands; frames stay in range."""
    course = replace(healthy, chance=chance, offset_s=offset)
    watched, alone, now = Player(course, START), Player(course, START), START
    for seconds, word in steps:
        for second in range(int(seconds)):
            shot = watched.shot(now + second)
            assert 0 <= shot.frame < shot.clip.frames
        now += seconds
        for player in (watched, alone):
            if word != "look":
                {"pause": player.pause, "resume": player.resume, "cancel": player.cancel}[word](now)
    one, other = watched.status(now), alone.status(now)
    assert (one.state, one.job) == (other.state, other.job)
    assert one.progress == pytest.approx(other.progress)
    assert 0 <= one.progress <= 1
    assert (watched.visible_at is None) == (alone.visible_at is None)


def _told(player: Player, at: float) -> tuple[JobState, str]:
    status = player.status(at)
    return status.state, status.job
