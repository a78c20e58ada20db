"""What goes into one message, and when: never a flood."""

from collections.abc import Callable

from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.people.bundling import BUNDLE_EVERY_S, WINDOW_S, Bundler
from monitor.people.escalation import Matter
from monitor.records import Notice, NoticeStep

STEPS = {"f": NoticeStep.PAUSE_FAILED, "p": NoticeStep.PAUSED, "h": NoticeStep.HELD, "b": NoticeStep.BLIND}


def waiting(*names: str) -> list[Notice]:
    """Return notices; the first letter of each name is its step."""
    return [Notice(name, name, STEPS[name[0]], "a", float(number)) for number, name in enumerate(names)]


def about(cause: str = "") -> Callable[[Notice], Matter]:
    """Return what a notice is about, all with one cause."""
    return lambda notice: Matter(notice.incident, "p1", NoticeStep(notice.step), 0.0, cause=cause)


def names(notices: list[Notice]) -> list[str]:
    """Return their names."""
    return [notice.id for notice in notices]


def test_each_incident_has_its_message_and_the_most_urgent_is_first() -> None:
    """A failed pause before a paused print."""
    assert ["f2"] == names(Bundler(6).choose(waiting("p1", "f2", "f3"), about(), 0.0))


def test_what_shares_a_cause_is_one_message() -> None:
    """Held printers, and cameras that show nothing."""
    assert ["h1", "h2"] == names(Bundler(6).choose(waiting("h1", "p1", "h2"), about("dark"), 0.0))
    assert ["b1", "b2"] == names(Bundler(6).choose(waiting("b1", "b2"), about(), 0.0))


def test_after_the_first_messages_the_rest_is_one_a_minute() -> None:
    """All that waits, together; and when the window is over each has its own again."""
    bundler = Bundler(2)
    assert ["f1"] == names(bundler.choose(waiting("f1", "p2"), about(), 0.0))
    bundler.sent(0.0)
    assert ["p2"] == names(bundler.choose(waiting("p2"), about(), 10.0))
    bundler.sent(10.0)
    assert [] == bundler.choose(waiting("f1", "p2"), about(), 11.0)
    assert 10.0 + BUNDLE_EVERY_S == bundler.next_at(11.0)
    assert ["f1", "p2"] == names(bundler.choose(waiting("p2", "f1"), about(), 10.0 + BUNDLE_EVERY_S))
    assert ["f1"] == names(bundler.choose(waiting("f1", "p2"), about(), 10.0 + WINDOW_S))


def test_more_at_once_than_there_are_messages_left_is_one_message() -> None:
    """Sixty printers that nobody could pause are told now, not one by one."""
    assert 60 == len(Bundler(6).choose(waiting(*(f"f{number}" for number in range(60))), about(), 0.0))


def test_a_printer_that_joins_a_known_cause_is_no_news_for_a_while() -> None:
    """Only while it is held; a failed pause always is."""
    bundler = Bundler(6)
    bundler.knows("dark", 0.0)
    held, failed = Matter("i", "p", NoticeStep.HELD, 0.0, cause="dark"), Matter("i", "p", NoticeStep.PAUSE_FAILED, 0.0)
    assert [True, False, False] == [
        bundler.is_known(held, 60.0),
        bundler.is_known(held, 1e4),
        bundler.is_known(failed, 60.0),
    ]


@settings(deadline=None)
@given(st.lists(st.tuples(st.floats(0, 30), st.integers(0, 3)), max_size=60))
def test_whatever_comes_no_ten_minutes_have_more_than_the_first_messages_and_one_a_minute(
    comes: list[tuple[float, int]],
) -> None:
    """And nothing is left behind."""
    bundler, now, queue, sent, number = Bundler(3), 0.0, [], [], 0
    for wait_s, count in [*comes, (WINDOW_S, 0), *[(1.0, 0)] * 200]:
        now += wait_s
        for _ in range(count):
            number += 1
            queue.append(Notice(str(number), str(number), NoticeStep.PAUSED, "a", now))
        if batch := bundler.choose(queue, about(), now):
            queue = [notice for notice in queue if notice not in batch]
            bundler.sent(now)
            sent.append(now)
    assert [] == queue
    for first in sent:
        assert 3 + WINDOW_S / BUNDLE_EVERY_S >= sum(first <= at < first + WINDOW_S for at in sent)
