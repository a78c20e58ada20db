"""What verdicts teach: places that count less, a lower bar, and nothing that could not be undone."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.learning import LASTS_S, holding, learned, taught_by
from monitor.learning.rule import DISCOUNT_A_VERDICT, MOST_DISCOUNT, MOST_HIDDEN, MOST_SHIFT, SHIFT_A_MISS
from monitor.records import Learned, Verdict, VerdictKind
from tests.learning.said import a_box, a_verdict

NOW = 2000.0
FALSE, MISSED, CONFIRMED = VerdictKind.FALSE_ALARM, VerdictKind.MISSED, VerdictKind.CONFIRMED

boxes = st.builds(a_box, st.floats(0, 0.7), st.floats(0, 0.7), st.floats(0.01, 0.3), st.floats(0.01, 0.3))
said = st.lists(
    st.tuples(st.sampled_from(list(VerdictKind)), st.lists(boxes, max_size=3), st.integers(0, 5)), max_size=14
).map(
    lambda rows: [
        a_verdict(kind, number, *where, incident=f"i{about}") for number, (kind, where, about) in enumerate(rows)
    ]
)  # fmt: skip


def test_a_false_alarm_teaches_its_place() -> None:
    """The box and a margin, with one verdict's discount."""
    (place,) = learned("p1", [a_verdict(FALSE, 1, a_box(0.4, 0.4))], NOW).places
    assert (0.37, 0.37, 0.16, 0.16) == pytest.approx((place.x, place.y, place.width, place.height))
    assert (DISCOUNT_A_VERDICT, ("v001",)) == (place.discount, place.verdicts)


def test_what_is_said_again_of_a_place_counts_more_up_to_a_bound() -> None:
    """Ten false alarms at one place are one place, with the highest discount."""
    many = [a_verdict(FALSE, n, a_box(0.4, 0.4)) for n in range(10)]
    (place,) = learned("p1", many, NOW).places
    assert MOST_DISCOUNT == place.discount


def test_two_places_apart_stay_two() -> None:
    """What was never shown between them is not hidden."""
    two = [a_verdict(FALSE, 1, a_box(0.1, 0.1)), a_verdict(FALSE, 2, a_box(0.7, 0.7))]
    assert 2 == len(learned("p1", two, NOW).places)


def test_without_boxes_no_place_is_learned() -> None:
    """Nobody knows where it was, and the page says so."""
    verdict = a_verdict(FALSE, 1)
    assert Learned("p1") == learned("p1", [verdict], NOW)
    assert "" == taught_by(verdict, learned("p1", [verdict], NOW))


def test_a_missed_failure_takes_places_away_and_lowers_the_bar() -> None:
    """Nobody has said where it is, so no place is to be trusted; what is said later teaches anew."""
    verdicts = [a_verdict(FALSE, 1, a_box(0.4, 0.4)), a_verdict(MISSED, 2)]
    assert Learned("p1", (), -SHIFT_A_MISS, ("v002",)) == learned("p1", verdicts, NOW)
    assert "threshold" == taught_by(verdicts[1], learned("p1", verdicts, NOW))
    after = learned("p1", [*verdicts, a_verdict(FALSE, 3, a_box(0.4, 0.4))], NOW)
    assert ("v003",) == after.places[0].verdicts


def test_a_missed_failure_with_a_place_leaves_the_others() -> None:
    """Only the place that may have hidden it goes."""
    places = [a_verdict(FALSE, 1, a_box(0.1, 0.1)), a_verdict(FALSE, 2, a_box(0.7, 0.7))]
    left = learned("p1", [*places, a_verdict(MISSED, 3, a_box(0.12, 0.12))], NOW).places
    assert [("v002",)] == [place.verdicts for place in left]


def test_a_confirmed_failure_takes_one_false_alarm_from_its_place() -> None:
    """Of two, one is left; of one, nothing."""
    two = [a_verdict(FALSE, n, a_box(0.4, 0.4)) for n in (1, 2)]
    once = [*two, a_verdict(CONFIRMED, 3, a_box(0.42, 0.42))]
    assert [("v002",)] == [place.verdicts for place in learned("p1", once, NOW).places]
    assert () == learned("p1", [*once, a_verdict(CONFIRMED, 4, a_box(0.42, 0.42))], NOW).places


def test_the_later_word_on_an_incident_holds_and_the_former_comes_back() -> None:
    """Two people differ; when the later one withdraws, the first holds again."""
    first = a_verdict(FALSE, 1, a_box(0.4, 0.4), incident="i")
    second = a_verdict(CONFIRMED, 2, a_box(0.4, 0.4), incident="i", by="Omar")
    assert [second] == holding([first, second])
    assert () == learned("p1", [first, second], NOW).places
    withdrawn = replace(second, withdrawn_by="Omar", withdrawn_at=1500.0)
    assert learned("p1", [first], NOW) == learned("p1", [first, withdrawn], NOW)


def test_two_people_who_agree_teach_once() -> None:
    """Two words about one incident are no two false alarms."""
    both = [a_verdict(FALSE, n, a_box(0.4, 0.4), incident="i") for n in (1, 2)]
    assert DISCOUNT_A_VERDICT == learned("p1", both, NOW).places[0].discount


def test_what_nobody_says_again_lapses() -> None:
    """A camera may have been moved meanwhile."""
    verdicts = [a_verdict(FALSE, 1, a_box(0.4, 0.4)), a_verdict(MISSED, 2)]
    assert Learned("p1") == learned("p1", verdicts, NOW + LASTS_S)


def test_another_view_has_learned_nothing() -> None:
    """Another address or rotation: the place would be another one."""
    assert Learned("p1") == learned("p1", [a_verdict(FALSE, 1, a_box(0.4, 0.4), view="a")], NOW, "b")


def test_a_box_that_hides_too_much_teaches_nothing() -> None:
    """A false alarm over the whole picture leaves nothing to watch: that is no place."""
    assert () == learned("p1", [a_verdict(FALSE, 1, a_box(0.1, 0.1, 0.8, 0.8))], NOW).places


@given(said)
def test_what_is_learned_is_bounded(verdicts: list[Verdict]) -> None:
    """Places, discounts and the bar, whatever people say; the bar is never raised."""
    result = learned("p1", verdicts, NOW)
    assert sum(place.width * place.height for place in result.places) <= MOST_HIDDEN + 1e-9
    assert all(0 < place.discount <= MOST_DISCOUNT for place in result.places)
    assert all(0 <= p.x <= p.x + p.width <= 1 + 1e-9 and 0 <= p.y <= p.y + p.height <= 1 + 1e-9 for p in result.places)
    assert -MOST_SHIFT <= result.threshold_shift <= 0


@given(said, st.data())
def test_a_withdrawn_verdict_was_never_said(verdicts: list[Verdict], data: st.DataObject) -> None:
    """Any set of them, in any order."""
    out = data.draw(st.sets(st.sampled_from([v.id for v in verdicts]))) if verdicts else set()
    withdrawn = [replace(v, withdrawn_by="Omar", withdrawn_at=NOW) if v.id in out else v for v in verdicts]
    never_said = [v for v in verdicts if v.id not in out]
    assert learned("p1", never_said, NOW) == learned("p1", data.draw(st.permutations(withdrawn)), NOW)


@given(said)
def test_a_false_alarm_more_never_takes_from_another_place_or_moves_the_bar(verdicts: list[Verdict]) -> None:
    """More false alarms: the bar stays, and as many places or fewer than boxes."""
    more = a_verdict(FALSE, 999, a_box(0.4, 0.4))
    before, after = learned("p1", verdicts, NOW), learned("p1", [*verdicts, more], NOW)
    assert before.threshold_shift == after.threshold_shift
    assert sum(p.discount for p in after.places) >= max((p.discount for p in before.places), default=0.0)
