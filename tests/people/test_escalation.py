"""Who is told what, and when: pure, with times that go in."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from monitor.people.escalation import GATHER_S, Escalation, Matter
from monitor.records import Notice, NoticeStep
from tests.people.farm import NIGHT, a_line, contacts

AFTER_S = 300.0
NOON = datetime(2020, 4, 1, 12, 0).timestamp()  # noqa: DTZ001  (quiet times are local)
MIDNIGHT = datetime(2020, 4, 2, 0, 0).timestamp()  # noqa: DTZ001
FAILED, OPENED, PAUSED, HELD = NoticeStep.PAUSE_FAILED, NoticeStep.OPENED, NoticeStep.PAUSED, NoticeStep.HELD


def matter(step: NoticeStep = OPENED, at: float = NOON, **more: object) -> Matter:
    """Return what people should know of printer p1."""
    return Matter("i1", "p1", step, at, **more)  # type: ignore[arg-type]  # the keys are fields


class Night:
    """A clock that is moved by hand beside an escalation, in which every message arrives at once."""

    def __init__(self, escalation: Escalation, at: float = NOON) -> None:
        self.escalation, self.now = escalation, at
        self.told: list[tuple[str, str]] = []
        self.broken: set[str] = set()

    def passes(self, seconds: float) -> list[tuple[str, str]]:
        """Let time pass, second by second; return who is told what meanwhile."""
        before = len(self.told)
        for _ in range(int(seconds)):
            self._deliver(self.escalation.due(self.now))
            self.now += 1
        return self.told[before:]

    def _deliver(self, due: Sequence[Notice]) -> None:
        for notice in due:
            if notice.contact in self.broken:
                self.escalation.failed(notice, self.now, "no answer")
            else:
                self.escalation.sent(notice, self.now)
                self.told.append((notice.step, notice.contact))


def night(*names: str, at: float = NOON, quiet: tuple[str, ...] = ()) -> Night:
    """Return a night with these contacts, some of whom rest from 22 to 6."""
    people = [
        contact.model_copy(update={"quiet": contacts("x", quiet=(NIGHT,))[0].quiet}) if contact.id in quiet else contact
        for contact in contacts(*names)
    ]
    return Night(Escalation(a_line(people), AFTER_S), at)


def test_what_nobody_acknowledges_goes_to_the_next_contact() -> None:
    """One after the other, each once."""
    there = night("a", "b", "c")
    there.escalation.learn(matter())
    assert [(OPENED, "a")] == there.passes(AFTER_S)
    assert [(OPENED, "b")] == there.passes(AFTER_S)
    assert [(OPENED, "c")] == there.passes(3600)


def test_an_acknowledgement_ends_it() -> None:
    """No other contact is told, nor of a pause that was proven."""
    there = night("a", "b")
    there.escalation.learn(matter())
    there.passes(10)
    there.escalation.learn(matter(is_acknowledged=True))
    there.escalation.learn(matter(PAUSED, is_acknowledged=True))
    assert [] == there.passes(3600)


def test_an_acknowledgement_that_is_taken_back_lets_the_next_contact_be_told() -> None:
    """Nobody takes care of it after all, and the time since the first message counts on."""
    there = night("ann", "bob")
    there.escalation.learn(matter())
    assert [(OPENED, "ann")] == there.passes(60)
    there.escalation.learn(matter(is_acknowledged=True))
    assert [] == there.passes(2 * AFTER_S)
    there.escalation.learn(matter())
    assert [(OPENED, "bob")] == there.passes(60)


def test_a_failed_pause_is_told_to_those_who_know_of_the_failure_though_it_is_acknowledged() -> None:
    """Who takes care must know that the printer goes on; nobody else is woken."""
    there = night("a", "b")
    there.escalation.learn(matter())
    there.passes(10)
    there.escalation.learn(matter(FAILED, is_acknowledged=True))
    assert [(FAILED, "a")] == there.passes(3600)


def test_news_goes_to_all_who_have_heard_and_starts_the_wait_anew() -> None:
    """Then the next contact hears the news only."""
    there = night("a", "b", "c")
    there.escalation.learn(matter())
    there.passes(AFTER_S + 1)
    there.escalation.learn(matter(PAUSED))
    assert [(PAUSED, "a"), (PAUSED, "b")] == there.passes(AFTER_S)
    assert [(PAUSED, "c")] == there.passes(3600)


def test_who_rests_is_skipped_and_told_in_the_morning_if_it_is_still_so() -> None:
    """Quiet until 6."""
    there = night("a", "b", at=MIDNIGHT, quiet=("a",))
    there.escalation.learn(matter(at=MIDNIGHT))
    assert [(OPENED, "b")] == there.passes(6 * 3600)
    assert [(OPENED, "a")] == there.passes(10)


def test_when_everybody_rests_the_last_is_woken_for_a_failed_pause_and_for_nothing_else() -> None:
    """A paused print can wait for the morning."""
    there = night("a", "b", at=MIDNIGHT, quiet=("a", "b"))
    there.escalation.learn(matter(PAUSED, at=MIDNIGHT))
    assert [] == there.passes(3600)
    there.escalation.learn(matter(FAILED, at=MIDNIGHT))
    assert [(FAILED, "b")] == there.passes(3600)


def test_who_cannot_be_reached_costs_no_wait_and_is_tried_again_later() -> None:
    """The next contact is told in the same second; when nobody can be reached, that is known."""
    there = night("a", "b")
    there.broken = {"a"}
    there.escalation.learn(matter(FAILED))
    assert [(FAILED, "b")] == there.passes(3)
    alone = night("a")
    alone.broken = {"a"}
    alone.escalation.learn(matter(FAILED))
    assert [] == alone.passes(3)
    assert ["p1"] == [m.printer for m in alone.escalation.unreached()]
    alone.broken = set()
    assert [(FAILED, "a")] == alone.passes(AFTER_S)
    assert [] == alone.escalation.unreached()


def test_what_was_written_before_a_restart_is_not_told_again_and_what_was_not_sent_is() -> None:
    """Each once."""
    there = night("a", "b")
    sent = Notice("n1", "i1", OPENED, "a", NOON, sent_at=NOON)
    unsent = Notice("n2", "i1", OPENED, "b", NOON)
    there.escalation.learn(matter(), [sent])
    assert [] == there.passes(AFTER_S - 1)
    again = night("a", "b")
    again.escalation.learn(matter(), [sent, unsent])
    assert [] == again.passes(AFTER_S - 1)
    assert ["n2"] == [notice.id for notice in again.escalation.due(NOON + AFTER_S)]


def test_an_unsent_notice_of_the_first_contact_is_due_at_once_after_a_restart() -> None:
    """With the row that it has already."""
    there = night("a", "b")
    there.escalation.learn(matter(FAILED), [Notice("n1", "i1", FAILED, "a", NOON - 5)])
    assert ["n1"] == [notice.id for notice in there.escalation.due(NOON)]


def test_a_shared_cause_waits_for_the_others() -> None:
    """So that one message can name all."""
    there = night("a")
    there.escalation.learn(matter(HELD, cause="dark"))
    assert [] == there.passes(GATHER_S)
    assert [(HELD, "a")] == there.passes(1)


def test_a_warning_without_an_incident_goes_to_one_contact_only() -> None:
    """There is nothing to acknowledge."""
    there = night("a", "b")
    there.escalation.learn(matter(NoticeStep.BLIND))
    assert [(NoticeStep.BLIND, "a")] == there.passes(3600)


def trouble(step: NoticeStep, at: float = NOON) -> Matter:
    """Return a trouble of Vigie itself, everywhere."""
    return Matter("broker:", "", step, at)


def test_vigie_being_unable_wakes_somebody_and_goes_on_to_the_next_while_it_lasts() -> None:
    """The last contact at night; by day one after another, as nobody can acknowledge it."""
    there = night("a", "b", at=MIDNIGHT, quiet=("a", "b"))
    there.escalation.learn(trouble(NoticeStep.UNABLE, MIDNIGHT))
    assert [(NoticeStep.UNABLE, "b")] == there.passes(3600)
    there = night("a", "b")
    there.escalation.learn(trouble(NoticeStep.UNABLE))
    assert [(NoticeStep.UNABLE, "a")] == there.passes(AFTER_S)
    assert [(NoticeStep.UNABLE, "b")] == there.passes(3600)


def test_what_endangers_no_print_wakes_nobody() -> None:
    """It is told once, to the first."""
    there = night("a", "b", at=MIDNIGHT, quiet=("a", "b"))
    there.escalation.learn(trouble(NoticeStep.IMPAIRED, MIDNIGHT))
    assert [] == there.passes(3600)
    there = night("a", "b")
    there.escalation.learn(trouble(NoticeStep.IMPAIRED))
    assert [(NoticeStep.IMPAIRED, "a")] == there.passes(3600)


@pytest.mark.parametrize("quiet", [(), ("a", "b")])
def test_that_it_is_over_is_told_to_whoever_had_heard_of_it(quiet: tuple[str, ...]) -> None:
    """Also to somebody who was woken for it, and to nobody else."""
    there = night("a", "b", at=MIDNIGHT, quiet=quiet)
    there.escalation.learn(trouble(NoticeStep.UNABLE, MIDNIGHT))
    ((_, heard),) = there.passes(60)
    there.escalation.learn(trouble(NoticeStep.ABLE_AGAIN, MIDNIGHT + 60))
    assert [(NoticeStep.ABLE_AGAIN, heard)] == there.passes(3600)


def test_good_news_that_cannot_be_sent_is_no_problem() -> None:
    """It is tried again."""
    there = night("a")
    there.escalation.learn(trouble(NoticeStep.UNABLE))
    there.passes(5)
    there.broken = {"a"}
    there.escalation.learn(trouble(NoticeStep.ABLE_AGAIN, NOON + 5))
    there.passes(5)
    assert [] == there.escalation.unreached()
    there.broken = set()
    assert [(NoticeStep.ABLE_AGAIN, "a")] == there.passes(AFTER_S + 5)


def test_a_site_is_the_business_of_its_contacts_and_the_farm_of_all() -> None:
    """Who has other sites is not told of this one's agent."""
    people = (*contacts("north", sites=("north",)), *contacts("south", sites=("south",)), *contacts("all"))
    line = a_line(people)
    assert ("south", "all") == line.of("", "south")
    assert ("north", "south", "all") == line.of("")


STEPS = st.sampled_from([OPENED, PAUSED, FAILED, NoticeStep.ASKED])
ACTS = st.one_of(
    STEPS,
    st.sampled_from(["acknowledge", "rest"]),
    st.sampled_from([1, 60, 299, 301, 4000]),
    st.tuples(st.just("break"), st.sampled_from("abc")),
)


@pytest.mark.parametrize("quiet", [(), ("a",), ("a", "b", "c")])
@settings(deadline=None, max_examples=60)
@given(acts=st.lists(ACTS, max_size=12))
def test_whatever_happens_nobody_hears_anything_twice_or_after_an_acknowledgement(
    quiet: tuple[str, ...], acts: list[object]
) -> None:
    """At most one message for each step and contact; after an acknowledgement only of a failed pause; and a failed
    pause that nobody acknowledges reaches the last contact, whoever rests."""
    there = night("a", "b", "c", at=MIDNIGHT, quiet=quiet)
    present = matter(at=MIDNIGHT)
    there.escalation.learn(present)
    for act in acts:
        if isinstance(act, NoticeStep):
            present = Matter("i1", "p1", act, there.now, present.is_acknowledged)
            there.escalation.learn(present)
        elif act == "acknowledge":
            present = Matter("i1", "p1", present.step, there.now, is_acknowledged=True)
            there.escalation.learn(present)
        elif act == "rest":
            there.escalation.rest("i1")
        elif isinstance(act, tuple):
            there.broken ^= {str(act[1])}
        elif isinstance(act, int):
            told = there.passes(min(act, 400))
            assert not present.is_acknowledged or {FAILED} >= {step for step, _ in told}
    assert 1 >= max(Counter(there.told).values(), default=0)
    there.broken = set()
    if not present.is_acknowledged:
        there.escalation.learn(Matter("i1", "p1", FAILED, there.now))
        there.passes(4 * AFTER_S)
        assert (FAILED, "c") in there.told


def test_the_time_zone_of_the_machine_is_what_quiet_times_mean() -> None:
    """A contact that rests at night is awake at noon."""
    people = contacts("a", quiet=(NIGHT,))
    assert {"a"} == set(a_line(people).awake(NOON))
    assert set() == set(a_line(people).awake(MIDNIGHT))
