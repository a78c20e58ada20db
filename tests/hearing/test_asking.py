"""Pictures of incidents and tiles: asked for one by one, and only for whom somebody looks at."""

from monitor.hearing.looking import RENEW_S, Looks
from monitor.hearing.wanted import ANSWER_S, PAUSE_S, TRIES, WAITING_AT_MOST, Wanted


def test_the_newest_picture_is_asked_for_first_and_one_at_a_time() -> None:
    """What is open now matters more than what was in the night."""
    wanted = Wanted()
    wanted.want(["old", "new"])
    assert "new" == wanted.next(0.0)
    assert wanted.next(1.0) is None
    assert wanted.came("new", 1.0, is_there=True)
    assert wanted.next(1.0) is None
    assert "old" == wanted.next(1.0 + PAUSE_S)


def test_a_picture_that_never_comes_holds_nobody_up_and_is_given_up() -> None:
    """It is asked for some times, between others; then not again."""
    wanted = Wanted()
    wanted.want(["lost"])
    asked = [wanted.next(number * ANSWER_S) for number in range(TRIES + 2)]
    assert ["lost"] * TRIES + [None, None] == asked
    wanted.want(["lost", "new"])
    assert "new" == wanted.next(1000.0)


def test_the_word_that_there_is_none_is_an_answer_and_an_unasked_one_is_not() -> None:
    """A site may have deleted it."""
    wanted = Wanted()
    wanted.want(["a"])
    assert not wanted.came("a", 0.0, is_there=True)
    wanted.next(0.0)
    assert not wanted.came("b", 0.0, is_there=True)
    assert wanted.came("a", 0.0, is_there=False)
    wanted.want(["a"])
    assert wanted.next(1000.0) is None


def test_of_very_many_the_oldest_are_not_asked_for() -> None:
    """A thousand pictures are an hour of a thin line."""
    wanted = Wanted()
    wanted.want([str(number) for number in range(WAITING_AT_MOST + 5)])
    asked = set()
    for step in range(2 * WAITING_AT_MOST):
        chosen = wanted.next(step * ANSWER_S)
        if chosen is not None:
            asked.add(chosen)
            wanted.came(chosen, step * ANSWER_S, is_there=True)
    assert {str(number) for number in range(5, WAITING_AT_MOST + 5)} == asked


def test_a_site_hears_at_once_of_whom_somebody_begins_to_look_at_and_then_now_and_then() -> None:
    """And once that nobody looks any more."""
    looks = Looks()
    assert not looks.next([], 0.0)
    assert looks.next(["p01"], 1.0)
    assert not looks.next(["p01"], 2.0)
    assert looks.next(["p01", "p02"], 3.0)
    assert not looks.next(["p01"], 4.0)
    assert looks.next(["p01"], 3.0 + RENEW_S)
    assert looks.next([], 20.0)
    assert not looks.next([], 40.0)


def test_a_share_of_our_line_is_told_at_once_when_it_changes_and_then_now_and_then() -> None:
    """Also where nobody looks."""
    looks = Looks()
    assert looks.next([], 0.0, 50.0)
    assert not looks.next([], 1.0, 50.0)
    assert looks.next([], 2.0, 10.0)
    assert looks.next([], 2.0 + RENEW_S, 10.0)
    assert looks.next([], 8.0), "it has none any more"
    assert not looks.next([], 60.0)
