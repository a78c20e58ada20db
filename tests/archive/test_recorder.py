"""The pipeline's side: what is gathered, when it is handed over, and how hours are counted."""

from monitor.archive import Recorder
from monitor.archive.batch import Batch, Change, KeepFrame
from monitor.judge import Phase
from monitor.records import JobState, MarkKind, State
from tests.archive.support import OWN_S, T0, look, view


class Desk:
    """Takes what a recorder hands over."""

    def __init__(self) -> None:
        self.batches: list[Batch] = []
        self.frames: list[KeepFrame] = []
        self.recorder = Recorder(self.batches.append, self.frames.append)


def test_slices_end_with_half_minutes_and_are_handed_over_soon_after() -> None:
    """A crash loses half a minute: nothing is held back longer."""
    desk = Desk()
    for second in range(100):
        look(desk.recorder, T0 + second)
        desk.recorder.tick([view()], T0 + second)
    written = [part for batch in desk.batches for part in batch.slices]
    assert [30, 30, 30] == [len(part.taken_at) for part in written]
    assert [T0, T0 + 32, T0 + 62, T0 + 92] == [batch.at for batch in desk.batches]
    assert all(int(part.taken_at[0] // 30) == int(part.taken_at[-1] // 30) for part in written)
    desk.recorder.flush(T0 + 100)
    assert 10 == len(desk.batches[-1].slices[0].taken_at)


def test_a_picture_that_is_older_than_the_last_is_left_out_like_the_judge_does() -> None:
    """Times in a slice never go back."""
    desk = Desk()
    for at in (T0 + 2, T0 + 1, T0 + 3):
        look(desk.recorder, at)
    desk.recorder.flush(T0 + 4)
    assert [T0 + 2, T0 + 3] == list(desk.batches[0].slices[0].taken_at)


def test_states_are_noted_when_they_change_and_when_a_printer_leaves() -> None:
    """The first one when the run begins, later ones with the time of the board."""
    desk = Desk()
    desk.recorder.tick([view(), view("p02")], T0)
    desk.recorder.tick([view(state=State.SUSPECT, since=T0 + 0.4), view("p02")], T0 + 1)
    desk.recorder.tick([view(state=State.SUSPECT, since=T0 + 0.4)], T0 + 2)
    desk.recorder.flush(T0 + 3)
    assert [
        Change("p01", T0, State.WATCHING),
        Change("p02", T0, State.WATCHING),
        Change("p01", T0 + 0.4, State.SUSPECT),
        Change("p02", T0 + 2, None),
    ] == [change for batch in desk.batches for change in batch.changes]


def test_hours_say_how_well_each_print_was_watched() -> None:
    """Printing is watched or blind; a mute counts beside; who rests counts nothing; the unknown counts as a print."""
    desk = Desk()
    for second in range(61):
        blind = Phase.BLIND if second > 40 else Phase.WATCHING
        views = [
            view("prints", phase=blind, muted_until=T0 + 99 if second > 50 else None),
            view("rests", job=JobState.IDLE),
            view("paused", job=JobState.PAUSED),
            view("unknown", job=None),
        ]
        look(desk.recorder, T0 + second, printer="prints")
        desk.recorder.tick(views, T0 + second)
    desk.recorder.flush(T0 + 61)
    hours = [hour for batch in desk.batches for hour in batch.hours]
    assert 61 == sum(hour.inspections for hour in hours)
    prints = [hour for hour in hours if hour.printer == "prints"]
    assert (60, 40, 20, 10) == tuple(
        sum(getattr(hour, name) for hour in prints) for name in ("printing_s", "watched_s", "blind_s", "muted_s")
    )
    unknown = [hour for hour in hours if hour.printer == "unknown"]
    assert (60, 60) == (sum(h.printing_s for h in unknown), sum(h.unknown_s for h in unknown))
    assert {"prints", "unknown"} == {hour.printer for hour in hours}


def test_time_in_which_the_monitor_stood_still_is_counted_for_nothing() -> None:
    """A tick after ten minutes speaks for five seconds of them."""
    desk = Desk()
    desk.recorder.tick([view()], T0)
    desk.recorder.tick([view()], T0 + 600)
    desk.recorder.flush(T0 + 600)
    assert 5.0 == sum(hour.printing_s for batch in desk.batches for hour in batch.hours)


def test_a_new_job_leaves_a_mark() -> None:
    """The judge began anew there: who replays the scores must know."""
    desk = Desk()
    desk.recorder.job_started("p01", "cube", T0)
    desk.recorder.flush(T0 + 1)
    assert [(MarkKind.JOB_STARTED, "cube", T0)] == [(mark.kind, mark.detail, mark.at) for mark in desk.batches[0].marks]


def test_bytes_that_are_no_picture_are_not_kept_as_a_frame() -> None:
    """An HTML page from a camera is an inspection without a score, and no JPEG."""
    desk = Desk()
    for second in range(OWN_S + 60):
        look(desk.recorder, T0 + second)
    assert 1 == len(desk.frames)
    look(desk.recorder, T0 + OWN_S + 60, score=None, is_picture=False)
    assert 1 == len(desk.frames)
    look(desk.recorder, T0 + OWN_S + 61, score=None)
    assert 2 == len(desk.frames)  # too dark to be judged, but a picture: it shows why
