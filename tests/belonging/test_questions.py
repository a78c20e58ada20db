"""Long before a proof somebody is asked to look: soon after cameras were touched, and hardly ever for nothing."""

from collections.abc import Mapping

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.belonging import Evidence, Handling, Touch, question_summary, summary, touches
from monitor.belonging.odds import Odds
from monitor.belonging.questions import SILENT_STEPS
from monitor.records.belonging import Belonging, Belongs
from tests.belonging.simulated_handling import SimulatedHandling
from tests.belonging.simulated_room import DAY, HOUR, SimulatedRoom

NAMES = [f"p{number:02}" for number in range(8)]
MINUTE = 2  # steps
NAMED = st.dictionaries(st.sampled_from(NAMES), st.none() | st.booleans())
TOUCHES = st.dictionaries(st.sampled_from(NAMES), st.sampled_from(Touch), max_size=3)
ASKED = {"a": Belonging(Belongs.ASKED, "b"), "b": Belonging(Belongs.ASKED, "a")}
NOTHING = dict.fromkeys("ab", Belonging())


def after_an_hour() -> Evidence:
    """Return what is known when a has printed for an hour, and b has rested, and each camera has shown its own."""
    evidence = Evidence(["a", "b", "c"])
    for _ in range(HOUR):
        evidence.step({"a": True, "b": False, "c": True}, {"a": True, "b": False, "c": True})
    return evidence


def exchanged(evidence: Evidence, steps: int) -> Mapping[str, Belonging]:
    """Let each of the cameras of a and b show the other one, for so long; return what is said of these two."""
    for _ in range(steps):
        evidence.step({"a": False, "b": True, "c": True}, {"a": True, "b": False, "c": True})
    return {name: one for name, one in evidence.known().items() if name in "ab" and one.belongs is not Belongs.BELONGS}


@pytest.mark.parametrize(("touch", "within_min"), [(Touch.SAID, 5), (Touch.CHANGED, 5), (Touch.LOST, 15)])
def test_two_that_do_what_the_other_says_are_asked_about_within_minutes_of_a_touch(
    touch: Touch, within_min: int
) -> None:
    """Sooner where it is more likely that somebody exchanged them. The third is left alone."""
    evidence = after_an_hour()
    evidence.touched({"a": touch, "b": touch})
    assert ASKED == exchanged(evidence, within_min * MINUTE)
    assert Belongs.ASKED is not evidence.known()["c"].belongs


def test_cameras_that_nobody_has_touched_are_not_asked_about() -> None:
    """They show what they showed: a proof is another matter."""
    assert ASKED != exchanged(after_an_hour(), 15 * MINUTE)


def test_two_that_were_touched_hours_apart_were_not_exchanged_with_each_other() -> None:
    """Whatever they show now."""
    evidence = after_an_hour()
    evidence.touched({"a": Touch.CHANGED})
    for _ in range(2 * HOUR):
        evidence.step({"a": True, "b": False, "c": True}, {"a": True, "b": False, "c": True})
    evidence.touched({"b": Touch.CHANGED})
    assert ASKED != exchanged(evidence, 15 * MINUTE)


def test_the_more_cameras_are_touched_the_more_is_needed() -> None:
    """Each was exchanged with one at most; those touched before learn of it, too."""
    few, many = Odds(8), Odds(8)
    few.touched(np.arange(2), 0.1)
    for place in range(8):
        many.touched(np.array([place]), 0.1)
    assert np.log(0.1) == pytest.approx(few.log[0, 1])
    assert np.log(0.1 / 7) == pytest.approx(many.log[0, 1])
    assert np.log(0.1 / 7) == pytest.approx(many.log[3, 7])


def test_what_somebody_found_right_is_not_asked_again_for_twelve_hours() -> None:
    """Unless they are touched again after that; a proof is told all the same."""
    evidence = after_an_hour()
    evidence.touched(dict.fromkeys("ab", Touch.SAID))
    assert ASKED == exchanged(evidence, 5 * MINUTE)
    evidence.is_right("a", "b")
    assert Belongs.ASKED not in {one.belongs for one in evidence.known().values()}
    for _ in range(20):
        evidence.touched(dict.fromkeys("ab", Touch.SAID))
        assert Belongs.ASKED not in {one.belongs for one in exchanged(evidence, MINUTE).values()}
    proven = exchanged(evidence, SILENT_STEPS)
    assert dict.fromkeys("ab", Belongs.DOES_NOT) == {name: one.belongs for name, one in proven.items()}


def test_after_the_silence_it_may_be_asked_anew() -> None:
    """When there is a reason to."""
    evidence = after_an_hour()
    evidence.is_right("a", "b")
    for _ in range(SILENT_STEPS):
        evidence.step({"a": True, "b": False, "c": True}, {"a": True, "b": False, "c": True})
    evidence.touched(dict.fromkeys("ab", Touch.SAID))
    assert ASKED == exchanged(evidence, 5 * MINUTE)


def test_what_was_put_right_begins_anew() -> None:
    """Even a proof: what was seen was of other printers."""
    evidence = after_an_hour()
    proven = exchanged(evidence, DAY)
    assert dict.fromkeys("ab", Belongs.DOES_NOT) == {name: one.belongs for name, one in proven.items()}
    evidence.put_right(["a", "b"])
    assert dict.fromkeys("ab", Belongs.UNKNOWN) == {name: evidence.known()[name].belongs for name in "ab"}
    for _ in range(HOUR):
        evidence.step({"a": True, "b": False, "c": True}, {"a": True, "b": False, "c": True})
    assert not {Belongs.ASKED, Belongs.DOES_NOT} & {one.belongs for one in evidence.known().values()}


def test_a_question_ends_by_itself_when_the_cameras_follow_their_printers() -> None:
    """Two heat-ups and a visitor look like an exchange for a moment."""
    evidence = after_an_hour()
    evidence.touched(dict.fromkeys("ab", Touch.SAID))
    assert ASKED == exchanged(evidence, 5 * MINUTE)
    for _ in range(HOUR):
        evidence.step({"a": True, "b": False, "c": True}, {"a": True, "b": False, "c": True})
    assert Belongs.ASKED not in {one.belongs for one in evidence.known().values()}


def test_when_most_cameras_change_at_once_it_was_the_light() -> None:
    """Nobody has so many hands; one or two are somebody's."""
    before = dict.fromkeys(NAMES, Handling())
    dark = touches(dict.fromkeys(NAMES, Handling(changed=1)), before)
    assert dict.fromkeys(NAMES, Touch.LOST) == dark
    two = before | dict.fromkeys(NAMES[:2], Handling(changed=1)) | {"p05": Handling(lost=1)}
    assert {"p00": Touch.CHANGED, "p01": Touch.CHANGED, "p05": Touch.LOST} == touches(two, before)
    assert {} == touches({"new": Handling(changed=3)}, {})


def test_exchanged_cameras_of_a_room_are_asked_about_within_minutes() -> None:
    """In simulated rooms with people, heat-ups and slow prints, once the two say different things: the median of nine
    rooms is five minutes at most. What else the button has forgotten asks nothing wrong."""
    delays_min = []
    for seed in range(9):
        room, evidence = SimulatedRoom(NAMES, seed), Evidence(NAMES)
        for _ in range(DAY // 2):
            evidence.step(*room.step())
        room.swap("p01", "p06")
        for name in NAMES:
            evidence.begin_anew(name)
        steps, asked = 0, False
        while not asked and steps < 2 * HOUR:
            known = evidence.step(*room.step())
            steps += steps > 0 or room.works("p01") is not room.works("p06")
            asked = Belongs.ASKED in {known["p01"].belongs, known["p06"].belongs}
        delays_min.append(steps / MINUTE)
    assert 5 >= sorted(delays_min)[4], delays_min


def test_a_day_of_lost_cameras_and_a_cleaning_asks_hardly_anything() -> None:
    """Every camera is away for minutes once a day, and all are wiped once: three questions at most in 20 cameras."""
    names = [f"p{number:02}" for number in range(20)]
    room, evidence = SimulatedRoom(names, 11), Evidence(names)
    handling, asked = SimulatedHandling(room, 11, cleaned_every=DAY), 0
    before: set[str] = set()
    for _ in range(DAY):
        moves, works, touched = handling.step()
        evidence.touched(touched)
        now = {name for name, one in evidence.step(moves, works).items() if one.belongs is Belongs.ASKED}
        asked, before = asked + len(now - before), now
    assert asked <= 3


@settings(max_examples=40, deadline=None)
@given(st.lists(st.tuples(NAMED, NAMED, TOUCHES), max_size=60))
def test_whatever_happens_questions_are_sound_and_no_proof_depends_on_them(
    story: list[tuple[dict[str, bool], dict[str, bool], dict[str, Touch]]],
) -> None:
    """They name another printer; a likelihood stays one; what is proven is proven with and without them."""
    touched, alone = Evidence(NAMES), Evidence(NAMES)
    for moves, works, what in story:
        touched.touched(what)
        with_questions, without = touched.step(moves, works), alone.step(moves, works)
        shares = touched.questions.odds.exchanged()
        assert ((shares >= 0) & (shares <= 1)).all()
        assert np.array_equal(shares, shares.T)
        for name in NAMES:
            one = with_questions[name]
            assert one.belongs is not Belongs.ASKED or one.perhaps in set(NAMES) - {name}
            assert (one.belongs is Belongs.DOES_NOT) == (without[name].belongs is Belongs.DOES_NOT)


def test_a_question_is_told_by_itself() -> None:
    """Not among what is known to be wrong."""
    known = {"p07": Belonging(Belongs.ASKED, "p12"), "p08": Belonging()}
    assert "cameras that may have been exchanged, somebody should look: p07 (p12?)" == question_summary(known)
    assert ["", ""] == [summary(known), question_summary({"p08": Belonging(Belongs.DOES_NOT)})]
