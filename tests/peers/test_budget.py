"""A thin line's budget, and whose tile comes next."""

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from monitor.peers.budget import BURST_S, LOOKED_AT_EVERY_S, UNSEEN_EVERY_S, Budget, Turns, Urgency, Wanted

MESSAGES = st.lists(st.tuples(st.floats(0.0, 3.0), st.integers(1, 64_000)), min_size=1, max_size=60)


@given(st.floats(10.0, 1000.0), MESSAGES)
def test_over_any_span_no_more_is_sent_than_the_line_allows(kbit_per_s: float, wishes: list[tuple[float, int]]) -> None:
    """And one burst, and the longest message."""
    budget, now = Budget(kbit_per_s, 0.0), 0.0
    sent: list[tuple[float, int]] = []
    for pause_s, size in wishes:
        now += pause_s
        if budget.wait_s(now) == 0.0:
            budget.spend(size, now)
            sent.append((now, size))
    rate = kbit_per_s * 125
    for first in range(len(sent)):
        for last in range(first, len(sent)):
            total = sum(size for _, size in sent[first : last + 1])
            longest = max(size for _, size in sent[first : last + 1])
            assert total <= rate * (sent[last][0] - sent[first][0] + BURST_S) + longest + 1.0


def test_who_waits_as_long_as_it_is_told_may_send() -> None:
    """No shorter, and no longer."""
    budget = Budget(80.0, 0.0)  # 10 kB/s, and 10 kB at once
    budget.spend(30_000, 0.0)
    assert 2.0 == budget.wait_s(0.0)
    assert 0.5 == budget.wait_s(1.5)
    assert 0.0 == budget.wait_s(2.0)


def test_what_must_be_told_counts_and_tiles_wait_for_it() -> None:
    """A debt is paid back before anything else is sent."""
    budget = Budget(80.0, 0.0)
    for _ in range(4):
        budget.spend(10_000, 0.0)
    assert 3.0 == budget.wait_s(0.0)


CALM, SUSPECT, FAILING = (
    Wanted(urgency, is_looked_at=True) for urgency in (Urgency.CALM, Urgency.SUSPECT, Urgency.FAILING)
)


def test_failing_printers_come_first_then_suspects_then_who_waits_longest() -> None:
    """Each once, while nobody's turn comes again."""
    turns = Turns()
    wanted = {"c1": CALM, "s1": SUSPECT, "f1": FAILING, "c2": CALM}
    assert ["f1", "s1", "c1", "c2", None] == [turns.next(wanted, 10.0) for _ in range(5)]
    turns.next({"c2": CALM}, 20.0)
    assert ["c1", "c2"] == [turns.next({"c2": CALM, "c1": CALM}, 30.0) for _ in range(2)]


def test_many_that_fail_leave_room_for_the_others() -> None:
    """One tile of three goes to who was not sent the longest."""
    turns, wanted = Turns(), {f"f{number}": FAILING for number in range(30)} | {"c1": CALM, "c2": CALM}
    sent = Counter(turns.next(wanted, 2.0 * tick) for tick in range(320))
    assert min(sent["c1"], sent["c2"]) >= 3
    assert sum(count for name, count in sent.items() if name and name.startswith("f")) > 250


def test_a_printer_that_fails_unseen_is_sent_now_and_then() -> None:
    """Whoever comes to look finds a picture; until then the line is spared."""
    turns = Turns()
    unseen = {"f1": Wanted(Urgency.FAILING, is_looked_at=False)}
    at = [now / 10 for now in range(101) if turns.next(unseen, now / 10)]
    assert [0.0, UNSEEN_EVERY_S, 2 * UNSEEN_EVERY_S] == at
    seen = {"f1": FAILING}
    assert turns.next(seen, 10.0 + LOOKED_AT_EVERY_S) == "f1"


@given(st.lists(st.sets(st.integers(0, 9), max_size=10), min_size=1, max_size=100))
def test_nobody_is_passed_over_for_ever(rounds: list[set[int]]) -> None:
    """Printers come and go and are urgent by their number: who is always wanted is sent within three turns of each."""
    turns, waited = Turns(), 0
    for number, present in enumerate(rounds):
        wanted = {f"p{one}": (FAILING, SUSPECT, CALM)[one % 3] for one in present} | {"always": CALM}
        chosen = turns.next(wanted, 10.0 * number)
        waited = 0 if chosen == "always" else waited + 1
        assert waited <= 3 * 11


def test_a_rate_that_changes_forgets_nothing_that_was_spent() -> None:
    """20 kB in debt are twenty seconds at 1 kB/s, and two at 10."""
    budget = Budget(80.0, 0.0)
    budget.spend(30_000, 0.0)
    budget.carries(8.0, 0.0)
    assert 20.0 == budget.wait_s(0.0)
    budget.carries(80.0, 10.0)
    assert 1.0 == budget.wait_s(10.0)
    budget.carries(8.0, 60.0)
    budget.spend(2_000, 60.0)
    assert 1.0 == budget.wait_s(60.0), "what it may hold is a second's worth of the rate of now"
