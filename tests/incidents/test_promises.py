"""What holds for every incident, whatever happens in whatever order; restarts and power cuts at any step included."""

import tempfile
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from pathlib import Path

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, precondition, rule

from monitor.clock import ManualClock
from monitor.mqtt import DeliveryOutcome
from monitor.records import (
    Action,
    CommonCause,
    EventKind,
    Hold,
    IncidentStatus,
    JobState,
    PauseOutcome,
    PauseStep,
    PersonCommandKind,
)
from tests.incidents.support import Farm, PowerCut, a_printer, farm

NO = {PersonCommandKind.RESUME, PersonCommandKind.LET_PRINT, PersonCommandKind.FALSE_ALARM}
UNFINISHED = {IncidentStatus.HELD, IncidentStatus.ASKING, IncidentStatus.PAUSING}
JOBS = st.sampled_from([None, "visor", "vase"])
LONG_S = 130  # more than holding, asking and pausing take in the worst case


class OnePrinter(RuleBasedStateMachine):
    """Cameras, broker, agent, printer, people, time and restarts act on one printer's incidents at random."""

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.path = Path(self.stack.enter_context(tempfile.TemporaryDirectory())) / "vigie.db"
        self.clock = ManualClock()
        self.here: Farm
        self.running = ExitStack()
        self.wishes: dict[str, int] = defaultdict(int)  # orders that people may have given, by incident
        self.ids: dict[str, set[str]] = defaultdict(set)  # of orders, by incident
        self.ended: set[str] = set()  # incidents that a person said no to, or that were seen paused
        self.begin()

    def begin(self) -> None:
        """Start on what is in the file."""
        self.here = self.running.enter_context(farm(self.path, self.clock))
        self.seen = 0

    @property
    def incident(self) -> str:
        """The open incident's id, or an empty text."""
        found = self.here.incidents.open_incident("p1")
        return found.id if found else ""

    def act(self, what: Callable[[], object]) -> None:
        """Let something happen; when the power fails in it, start again on what was written."""
        try:
            what()
        except PowerCut:
            self.running.close()
            self.begin()
        self.check()

    def check(self) -> None:
        """Look at every order that went out since the last look."""
        new = self.here.outbox.pauses()[self.seen :]
        self.seen += len(new)
        for pause in new:
            assert pause.incident not in self.ended, "a pause after a person's no, or after the proof"
            assert self.clock.now() < pause.expires_at
            self.ids[pause.incident].add(pause.id)
        for incident, ids in self.ids.items():
            assert incident == "" or len(ids) <= 1 + self.wishes[incident], "two orders for one incident"
        found = self.here.incidents.open_incident("p1")
        if found and found.status is IncidentStatus.PAUSED:
            self.ended.add(found.id)

    @rule(action=st.sampled_from(Action), hold_s=st.none() | st.floats(1.0, 60.0), job=JOBS)
    def camera_shows_a_failure(self, action: Action, hold_s: float | None, job: str | None) -> None:
        """With or without the fleet guard's veto."""
        hold = None if hold_s is None else Hold(CommonCause(), self.clock.now() + hold_s)
        self.act(lambda: self.here.fail(action=action, hold=hold, job=job))

    @rule(action=st.sampled_from(Action))
    def fleet_guard_releases(self, action: Action) -> None:
        """What is held goes the printer's way."""
        self.act(lambda: self.here.incidents.release(a_printer(action=action), self.clock.now(), "it alone"))

    @rule()
    def pictures_recover(self) -> None:
        """They look healthy again."""
        self.act(self.here.recover)

    @rule(seconds=st.integers(1, 30))
    def time_passes(self, seconds: int) -> None:
        """The pipeline ticks."""
        for _ in range(seconds):
            self.act(lambda: self.here.wait(1))

    @rule(outcome=st.sampled_from(DeliveryOutcome))
    def broker_acknowledges(self, outcome: DeliveryOutcome) -> None:
        """It has all that waits, or refuses it."""
        self.act(lambda: self.here.acknowledge(outcome))

    @precondition(lambda self: self.here.outbox.pauses())
    @rule(step=st.sampled_from(PauseStep))
    def agent_tells(self, step: PauseStep) -> None:
        """How far it has come."""
        self.act(lambda: self.here.progress(step))

    @precondition(lambda self: self.here.outbox.pauses())
    @rule(outcome=st.sampled_from(PauseOutcome))
    def agent_answers(self, outcome: PauseOutcome) -> None:
        """The newest order, perhaps late."""
        self.act(lambda: self.here.answer(outcome))

    @rule(state=st.sampled_from(JobState), job=JOBS)
    def printer_reports(self, state: JobState, job: str | None) -> None:
        """What it does."""
        self.clock.advance(0.1)
        self.act(lambda: self.here.report(state, job=job))

    @rule(kind=st.sampled_from(PersonCommandKind))
    def person_decides(self, kind: PersonCommandKind) -> None:
        """Somebody at the wall, or in a chat."""
        self.clock.advance(0.1)
        incident = self.incident
        self.wishes[incident] += kind is PersonCommandKind.PAUSE
        if incident and kind in NO:
            self.ended.add(incident)
        self.act(lambda: self.here.say(kind))

    @rule()
    def power_is_about_to_fail(self) -> None:
        """Whatever comes next is written, and not sent any more."""
        self.here.outbox.is_cut = True

    @rule()
    def monitor_restarts(self) -> None:
        """All that is known is in the file."""
        self.running.close()
        self.begin()
        self.check()

    def teardown(self) -> None:
        """Whatever has happened: when nothing more does, every incident is proven, closed, failed or told."""
        with self.stack, self.running:
            self.time_passes(LONG_S)
            for incident in self.here.history.reader.incidents():
                assert incident.status not in UNFINISHED
                if incident.status is IncidentStatus.OPEN:
                    assert {EventKind.PAUSE_WITHHELD, EventKind.RELEASED} & set(self.here.story(incident))


OnePrinter.TestCase.settings = settings(max_examples=60, stateful_step_count=25, deadline=None)
test_any_life_of_a_printer_keeps_the_promises = OnePrinter.TestCase
