"""The life of an incident, whatever happens to it in whatever order."""

from itertools import pairwise

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from monitor.incidents import life
from monitor.incidents.case import Case, Step
from monitor.incidents.life import RESEND_S
from monitor.incidents.progress import from_text, to_text
from monitor.incidents.told import told
from monitor.records import (
    Action,
    EventKind,
    FailureClass,
    Incident,
    IncidentStatus,
    JobState,
    PauseCommand,
    PauseOutcome,
    PauseResult,
    PersonCommand,
    PersonCommandKind,
    PrinterReport,
)

TIMEOUT_S = 60.0
ENDS = {EventKind.PAUSE_CONFIRMED, EventKind.PAUSE_FAILED, EventKind.INCIDENT_CLOSED}


class LifeOfAnIncident(RuleBasedStateMachine):
    """Broker, agent, printer, people and time act on one case at random."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 1000.0
        self.sent: list[tuple[str, float, float]] = []  # pause id, when, seconds that must lie before the next
        self.events: list[EventKind] = []
        self.proven_at: float | None = None

    @initialize()
    def open(self) -> None:
        """A failure was decided."""
        incident = Incident(
            "i", "s", "p", self.now, FailureClass.BLOB, 0.9, (), "", {}, Action.PAUSE, IncidentStatus.OPEN
        )
        pause = PauseCommand("c", "s", "p", "i", self.now, self.now + TIMEOUT_S, "blob")
        self.case = Case(incident)
        self.take(life.ordered(self.case, pause))

    def take(self, step: Step | None) -> None:
        """Make a step true, by way of the database."""
        if step is None:
            return
        self.case = from_text(step.case.incident, to_text(step.case))
        assert self.case == step.case
        self.events += [kind for kind, _ in step.events]
        if step.send_pause:
            assert self.case.pause is not None
            wait_s = life.UNHEARD_S if self.case.last_answer == life.NOBODY_LISTENS else RESEND_S
            self.sent.append((self.case.pause.id, self.now, wait_s))

    @property
    def is_open(self) -> bool:
        """Whether Incidents would still hand facts to the case."""
        return self.case.incident.status is not IncidentStatus.CLOSED

    @rule(seconds=st.floats(0.1, 30.0))
    def time_passes(self, seconds: float) -> None:
        """The pipeline ticks."""
        self.now += seconds
        if self.is_open:
            self.take(life.ticked(self.case, self.now))

    @precondition(lambda self: self.is_open)
    @rule(has_subscribers=st.booleans(), pause_id=st.sampled_from(["c", "another"]))
    def broker_acknowledges(self, has_subscribers: bool, pause_id: str) -> None:
        """The broker has the command."""
        self.take(life.sent(self.case, pause_id, has_subscribers=has_subscribers))
        if self.case.last_answer == life.NOBODY_LISTENS:
            pause, at, _ = self.sent[-1]
            self.sent[-1] = (pause, at, life.UNHEARD_S)

    @precondition(lambda self: self.is_open)
    @rule(outcome=st.sampled_from(PauseOutcome), pause_id=st.sampled_from(["c", "another"]))
    def agent_answers(self, outcome: PauseOutcome, pause_id: str) -> None:
        """An answer, perhaps to another command."""
        before = self.case.incident.status
        self.take(life.answered(self.case, PauseResult(pause_id, "p", outcome, 1), self.now))
        if pause_id == "another":
            assert before is self.case.incident.status

    @precondition(lambda self: self.is_open)
    @rule(state=st.sampled_from(JobState), age_s=st.floats(0.0, 100.0))
    def printer_reports(self, state: JobState, age_s: float) -> None:
        """A report, perhaps an old one."""
        self.take(life.reported(self.case, PrinterReport("p", state, self.now - age_s, can_pause=True), self.now))

    @precondition(lambda self: self.is_open)
    @rule(kind=st.sampled_from(PersonCommandKind))
    def person_decides(self, kind: PersonCommandKind) -> None:
        """Somebody at the wall."""
        self.take(told(self.case, PersonCommand("p", kind, "Léa", self.now), self.now))

    @invariant()
    def a_pause_is_sent_only_while_it_is_wanted(self) -> None:
        """Never after its expiry, always with the same id; never faster than every 10 s, or 2 s if nobody listened."""
        assert {"c"} == {pause for pause, _, _ in self.sent} or not self.sent
        assert all(at < 1000.0 + TIMEOUT_S for _, at, _ in self.sent)
        assert all(later[1] - earlier[1] >= earlier[2] - 1e-6 for earlier, later in pairwise(self.sent))

    @invariant()
    def nothing_is_told_twice(self) -> None:
        """One sending, one proof, one failure, one end."""
        for kind in (
            EventKind.PAUSE_SENT,
            EventKind.PAUSE_CONFIRMED,
            EventKind.PAUSE_FAILED,
            EventKind.INCIDENT_CLOSED,
        ):
            assert self.events.count(kind) <= 1

    @invariant()
    def a_proof_is_the_last_word_on_the_pause(self) -> None:
        """No failure and no sending follows a proof."""
        if EventKind.PAUSE_CONFIRMED in self.events:
            after = self.events[self.events.index(EventKind.PAUSE_CONFIRMED) :]
            assert EventKind.PAUSE_FAILED not in after

    @invariant()
    def nobody_is_left_in_the_dark(self) -> None:
        """Once the time is over the incident has been proven, has failed, or was closed by a person or the printer."""
        if self.now > 1000.0 + TIMEOUT_S + 30.0:
            assert ENDS & set(self.events)


LifeOfAnIncident.TestCase.settings = settings(max_examples=150, stateful_step_count=30, deadline=None)
test_any_life_keeps_the_promises = LifeOfAnIncident.TestCase
