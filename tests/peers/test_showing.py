"""What of the board is told, and when: facts at once, figures now and then, all of it every minute."""

from hypothesis import given
from hypothesis import strategies as st

from monitor.clock import ManualClock
from monitor.judge import Phase
from monitor.peers import showing
from monitor.peers.records import CompactView
from monitor.peers.showing import ALL_EVERY_S, ASKED_EVERY_S, SCORES_EVERY_S, Showing, compact
from monitor.peers.wire import VIEWS_BYTES, decode_views
from monitor.records import JobState, State
from tests.peers.board import Hall

st.register_type_strategy(float, st.floats(allow_nan=False, allow_infinity=False))


class Teller:
    """Tells a hall's views once a second."""

    def __init__(self) -> None:
        self.hall = Hall(ManualClock(1000.0))
        self.showing = Showing()

    def told(self, after_s: float = 1.0) -> tuple[bool, list[str]]:
        """Let time pass; return whether all is told, and of whom something is."""
        now = self.hall.clock.now()
        clock = self.hall.clock
        assert isinstance(clock, ManualClock)
        now = clock.advance(after_s)
        is_full, news = self.showing.news(self.hall.board.snapshot().printers, now)
        return is_full, [view.printer for view in news]


def test_all_is_told_first_and_then_every_minute() -> None:
    """Whoever listens from now on knows all within that time."""
    teller = Teller()
    assert (True, ["p1", "p2"]) == teller.told()
    assert (False, []) == teller.told()
    assert (True, ["p1", "p2"]) == teller.told(ALL_EVERY_S)


def test_a_fact_is_told_at_once_and_of_that_printer_only() -> None:
    """A phase, a state, a job."""
    teller = Teller()
    teller.told()
    teller.hall.look("p1", phase=Phase.SUSPECT)
    assert (False, ["p1"]) == teller.told()
    teller.hall.report("p2", JobState.PAUSED)
    assert (False, ["p2"]) == teller.told()


def test_figures_alone_are_told_now_and_then() -> None:
    """Scores differ with every look."""
    teller = Teller()
    teller.hall.look("p1")
    teller.hall.report("p1", progress=0.1)
    teller.told()
    teller.hall.look("p1", score=0.2)
    teller.hall.report("p1", progress=0.2)
    assert (False, []) == teller.told()
    assert (False, ["p1"]) == teller.told(SCORES_EVERY_S)


def test_who_asks_is_told_all_and_who_asks_all_the_time_is_not() -> None:
    """The line is thin."""
    teller = Teller()
    assert (True, ["p1", "p2"]) == teller.told()
    teller.showing.ask()
    assert (False, []) == teller.told(ASKED_EVERY_S / 2)
    assert (True, ["p1", "p2"]) == teller.told(ASKED_EVERY_S / 2)


def test_a_printer_that_comes_back_is_told_at_once() -> None:
    """In a cluster another monitor has told of it meanwhile."""
    hall, showing = Hall(ManualClock(1000.0)), Showing()
    first, second = hall.board.snapshot().printers
    told = [showing.news(views, 1000.0 + at)[1] for at, views in enumerate(([first], [second], [first], [first]))]
    assert [["p1"], ["p2"], ["p1"], []] == [[view.printer for view in views] for views in told]


def test_a_view_says_what_the_board_says() -> None:
    """To the figures that a wall shows."""
    hall = Hall(ManualClock(1000.0))
    hall.look("p1", score=0.123456)
    hall.report("p1", progress=0.5)
    view = compact(hall.board.view("p1"))
    assert (State.WATCHING, 0.123, 1000.0, JobState.PRINTING, "visor.gcode", 0.5, True) == (
        view.state,
        view.score,
        view.frame_taken_at,
        view.job_state,
        view.job,
        view.progress,
        view.can_pause,
    )


@given(st.data())
def test_many_views_are_told_in_messages_that_a_line_carries(data: st.DataObject) -> None:
    """Each once, in order, and none too long."""
    one = data.draw(st.from_type(CompactView))
    views = [one] * data.draw(st.integers(0, 300))
    payloads = list(showing.messages(views, True, 1000.0, "instance"))
    assert views == [view for payload in payloads for view in decode_views(payload).views]
    assert all(len(payload) <= VIEWS_BYTES for payload in payloads)
