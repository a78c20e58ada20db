"""One simulated printer: what it does and what its camera sees. Pure; time comes in as an argument."""

from dataclasses import dataclass

from monitor.records import JobState
from monitor.sim.plan import IDLE_S, Course
from monitor.sim.prints import Clip

PAUSING_S = 1.0  # a real printer empties its queue of moves first
CLEARED_AFTER_S = 120.0  # a paused job that nobody resumes is taken off the bed, so that the demo goes on
FAILING_FRAMES_PER_S = 2.5  # how fast a failure grows
SWAY = (0, 1, 2, 1)  # frames around the current one, in turn: the nozzle moves between two layers of a clip
TAIL = 12  # last frames of a failing clip, played on until somebody pauses


@dataclass(frozen=True, slots=True)
class Shot:
    """What the camera sees: a frame of a clip."""

    clip: Clip
    frame: int


@dataclass(frozen=True, slots=True)
class Status:
    """What the printer says about itself."""

    state: JobState
    job: str
    progress: float  # 0..1


class Player:
    """A printer that works through its course, and can be paused. Time never goes back."""

    def __init__(self, course: Course, now: float) -> None:
        self.course = course
        self._job = 0
        self._state = JobState.PRINTING
        self._since = now - course.offset_s
        self._worked_s = 0.0  # on this job, when the present state began
        self.visible_at: float | None = None  # when this job's failure became visible
        self.advance(now)

    def advance(self, now: float) -> None:
        """Let the printer do what it has done until ``now``."""
        while self._next_state(now):
            pass
        self._notice_failure(now)

    def pause(self, now: float) -> None:
        """Begin to pause, if it prints."""
        self.advance(now)
        if self._state is JobState.PRINTING:
            self._enter(JobState.PAUSING, now)

    def resume(self, now: float) -> None:
        """Print on; a job that had failed starts over on a cleared bed."""
        self.advance(now)
        if self._state in (JobState.PAUSING, JobState.PAUSED):
            if self._is_failing(now):
                self._begin_next_job(now)
            else:
                self._enter(JobState.PRINTING, now)

    def cancel(self, now: float) -> None:
        """End the job; the next one starts after a while."""
        self.advance(now)
        if self._state is not JobState.IDLE:
            self._enter(JobState.IDLE, now)

    def status(self, now: float) -> Status:
        """Return what the printer says about itself."""
        self.advance(now)
        progress = 0.0 if self._state is JobState.IDLE else min(1.0, self._worked(now) / self.course.lasts_s)
        return Status(self._state, f"{self.course.print.name}-{self._job + 1}.gcode", progress)

    def shot(self, now: float) -> Shot:
        """Return what the camera sees."""
        self.advance(now)
        healthy, failure = self.course.print.healthy, self.course.print.failure
        worked_s = self._worked(now)
        if self._state is JobState.IDLE:
            return Shot(healthy, 0)
        if failure is not None and self._is_failing(now):
            frame = int((worked_s - self.course.fails_after_s) * FAILING_FRAMES_PER_S)
            return Shot(failure.clip, _keep_playing(frame, failure.clip.frames))
        frame = int(worked_s / self.course.lasts_s * (healthy.frames - 1)) + SWAY[int(worked_s) % len(SWAY)]
        return Shot(healthy, min(frame, healthy.frames - 1))

    def _next_state(self, now: float) -> bool:
        """Enter the state that follows by itself, at its exact time; tell whether there was one."""
        passed_s = now - self._since
        match self._state:
            case JobState.PRINTING:
                left_s, following = self.course.lasts_s - self._worked_s, JobState.IDLE
            case JobState.PAUSING:
                left_s, following = PAUSING_S, JobState.PAUSED
            case JobState.PAUSED:
                left_s, following = CLEARED_AFTER_S, JobState.IDLE
            case _:
                left_s, following = IDLE_S, JobState.PRINTING
        if passed_s < left_s:
            return False
        at = self._since + left_s
        self._notice_failure(at)
        if following is JobState.PRINTING:
            self._begin_next_job(at)
        else:
            self._enter(following, at)
        return True

    def _enter(self, state: JobState, at: float) -> None:
        self._worked_s = self._worked(at)
        self._state, self._since = state, at

    def _begin_next_job(self, at: float) -> None:
        self._job += 1
        self._state, self._since, self._worked_s = JobState.PRINTING, at, 0.0
        self.visible_at = None

    def _worked(self, now: float) -> float:
        is_moving = self._state in (JobState.PRINTING, JobState.PAUSING)
        return self._worked_s + (now - self._since if is_moving else 0.0)

    def _is_failing(self, now: float) -> bool:
        return self.course.fails(self._job) and self._worked(now) >= self.course.fails_after_s

    def _notice_failure(self, now: float) -> None:
        failure = self.course.print.failure
        if self.visible_at is not None or failure is None or not self._is_failing(now):
            return
        visible_after_s = self.course.fails_after_s + failure.visible_at / FAILING_FRAMES_PER_S
        ago_s = self._worked(now) - visible_after_s
        if ago_s >= 0:
            self.visible_at = now - ago_s


def _keep_playing(frame: int, frames: int) -> int:
    """Return the frame itself, or one of the clip's last ones, to and fro, once it has run out."""
    if frame < frames:
        return frame
    tail = min(TAIL, frames)
    step = (frame - frames) % (2 * tail)
    return frames - 1 - step if step < tail else frames - 2 * tail + step
