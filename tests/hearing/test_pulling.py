"""Which page is asked for, and when: one question at a time, again when no answer comes, never beyond what was read."""

from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.hearing.pulling import ANSWER_S, FULL_S, LONGEST_S, TOLD_AFTER_S, Pulling
from monitor.peers.records import PageAsk
from monitor.records.journal import Cursor, Page


def _pulling(seq: int = 0) -> Pulling:
    return Pulling(lambda history: Cursor(history, seq))


def _page(ask: PageAsk, upto: int, head: int) -> Page:
    return Page(ask.history, ask.after, upto, head, (), ask.id)


def test_nothing_is_asked_before_the_site_has_written_more_than_was_read() -> None:
    """A pulse says how far it is."""
    pulling = _pulling(7)
    assert pulling.next(0.0, "a") is None
    pulling.told("file", 7, 0.0)
    assert pulling.next(0.0, "a") is None
    pulling.told("file", 9, 1.0)
    assert PageAsk("b", "file", 7) == pulling.next(1.0, "b")


def test_one_question_is_under_way_and_the_next_page_follows_its_answer() -> None:
    """Until all is read."""
    pulling = _pulling()
    pulling.told("file", 9, 0.0)
    first = pulling.next(0.0, "a")
    assert first is not None
    assert pulling.next(1.0, "b") is None
    page = _page(first, 5, 9)
    assert pulling.is_answer(page)
    pulling.written(page)
    assert PageAsk("c", "file", 5) == pulling.next(1.0, "c")
    pulling.written(Page("file", 5, 9, 9, (), "c"))
    assert pulling.next(1.0, "d") is None


def test_a_page_that_nobody_waits_for_is_no_answer() -> None:
    """An older question's, one of another beginning, and one of another file that does not begin at its beginning."""
    pulling = _pulling(3)
    pulling.told("file", 9, 0.0)
    ask = pulling.next(0.0, "a")
    assert ask is not None
    assert not pulling.is_answer(Page("file", 3, 5, 9, (), "older"))
    assert not pulling.is_answer(Page("file", 2, 5, 9, (), "a"))
    assert not pulling.is_answer(Page("another", 3, 5, 9, (), "a"))
    assert pulling.is_answer(Page("another", 0, 5, 9, (), "a"))


def test_an_unanswered_question_is_asked_again_less_and_less_often() -> None:
    """The line may be up and the site busy; when the line comes back it is asked at once."""
    pulling = _pulling()
    pulling.told("file", 9, 0.0)
    asked_at = [second for second in range(400) if pulling.next(float(second), str(second)) is not None]
    waits = [later - before for before, later in pairwise(asked_at)]
    assert [ANSWER_S, 2 * ANSWER_S, 4 * ANSWER_S, LONGEST_S, LONGEST_S] == waits[:5]
    assert pulling.next(400.0, "a") is None
    pulling.line_is_back()
    assert pulling.next(400.0, "b") is not None


def test_a_page_that_cannot_be_written_is_asked_for_again_later() -> None:
    """The disk is full: the site keeps what it has, and the same question comes after a while."""
    pulling = _pulling()
    pulling.told("file", 9, 0.0)
    first = pulling.next(0.0, "a")
    pulling.refused(0.0)
    pulling.line_is_back()
    assert pulling.next(FULL_S - 0.1, "b") is None
    again = pulling.next(FULL_S, "b")
    assert first is not None
    assert again is not None
    assert (first.history, first.after) == (again.history, again.after)


def test_another_file_of_the_site_is_read_from_where_that_file_was_read() -> None:
    """It was put back from a copy, or begun anew."""
    read = {"old": 40, "new": 0}
    pulling = Pulling(lambda history: Cursor(history, read[history]))
    pulling.told("old", 50, 0.0)
    assert PageAsk("a", "old", 40) == pulling.next(0.0, "a")
    pulling.told("new", 3, 1.0)
    assert PageAsk("b", "new", 0) == pulling.next(1.0, "b")


def test_that_something_is_missing_is_told_when_it_lasts() -> None:
    """A page takes a second: that is no news."""
    pulling = _pulling()
    pulling.told("file", 9, 0.0)
    assert not pulling.is_behind(TOLD_AFTER_S - 0.1)
    assert pulling.is_behind(TOLD_AFTER_S)
    ask = pulling.next(5.0, "a")
    assert ask is not None
    pulling.written(_page(ask, 9, 9))
    assert not pulling.is_behind(100.0)


@settings(max_examples=200)
@given(st.lists(st.tuples(st.sampled_from(["tick", "answer", "lost", "full", "back", "more"]), st.integers(1, 20))))
def test_whatever_is_lost_or_refused_every_number_is_read_once_and_in_order(steps: list[tuple[str, int]]) -> None:
    """The cursor never jumps over anything and never goes back; in the end all is read."""
    head, read, now = 10, 0, 0.0
    pulling = Pulling(lambda history: Cursor(history, read))
    pulling.told("file", head, now)
    open_: PageAsk | None = None
    for kind, number in [*steps, *[("tick", 20), ("answer", 20)] * 40]:
        now += number if kind == "tick" else 0.1
        if kind == "more":
            head += number
            pulling.told("file", head, now)
        if kind == "back":
            pulling.line_is_back()
        if kind == "full" and open_ is not None:
            pulling.refused(now)
            open_ = None
        if kind == "answer" and open_ is not None:
            page = _page(open_, min(head, open_.after + number), head)
            if pulling.is_answer(page):
                assert read == page.after
                read = page.upto
                pulling.written(page)
        ask = pulling.next(now, f"{now}")
        if ask is not None:
            assert read == ask.after
            open_ = ask
    assert head == read
