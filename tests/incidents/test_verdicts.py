"""What people say about decisions: heard at once, kept for ever, and taken back without a trace in what was learned."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.clock import ManualClock
from monitor.history import History
from monitor.history.schema import MIGRATIONS
from monitor.incidents import Incidents
from monitor.incidents.pictures import StoredPicture
from monitor.records import (
    Action,
    Answer,
    EventKind,
    Incident,
    IncidentStatus,
    JobState,
    Learned,
    PausedBy,
    PauseOutcome,
    PauseResult,
    PersonCommand,
    PersonCommandKind,
    PrinterReport,
    Reception,
    ShadowTally,
    Verdict,
    VerdictKind,
)
from monitor.wire import decode_person_command, encode_event, encode_incident
from tests.incidents.support import SITES, Farm, RecordingOutbox, a_printer, an_observation

Kind = PersonCommandKind


class Album:
    """Pictures that a test has stored."""

    def __init__(self) -> None:
        self.pictures: dict[float, bytes] = {}
        self.kept: list[float] = []

    def find(self, printer: str, taken_at: float) -> StoredPicture | None:
        """Return a picture of p1."""
        jpeg = self.pictures.get(taken_at) if printer == "p1" else None
        return StoredPicture(taken_at, jpeg, 0.4) if jpeg else None

    def keep(self, printer: str, picture: StoredPicture) -> None:
        """Note that it was labelled."""
        assert "p1" == printer
        self.kept.append(picture.taken_at)


class Ward(Farm):
    """A farm in which several people speak."""

    def __init__(self, path: Path, clock: ManualClock | None = None) -> None:
        self.clock = clock or ManualClock()
        self.history = History(path, retry_s=0.05)
        self.outbox = RecordingOutbox()
        self.album = Album()
        self.learned: list[Learned] = []
        self.view = "here"
        self.told, self.stood = [], []
        self.incidents = Incidents(
            self.history, self.outbox, SITES, self.clock, 60.0, self.told.append, self.stood.append,
            pictures=self.album, view_of=lambda _: self.view, on_learned=self.learned.append,
        )  # fmt: skip

    def hear(self, kind: Kind, by: str = "Léa", **more: object) -> Answer:
        """Let somebody speak, a moment later."""
        self.clock.advance(0.5)
        command = PersonCommand("p1", kind, by, self.clock.now())
        return self.incidents.person(replace(command, **more))  # type: ignore[arg-type]  # the keys are fields

    def pause(self, by: PausedBy = PausedBy.VIGIE) -> Incident:
        """Fail, and be seen paused."""
        incident = self.fail()
        order = self.outbox.pauses()[-1]
        self.incidents.pause_result(PauseResult(order.id, "p1", PauseOutcome.PAUSED, 100, paused_by=by))
        self.clock.advance(1.0)
        return incident

    def resumes(self) -> list[PersonCommand]:
        """Return the wishes to resume that went to the agent."""
        return [decode_person_command(m.payload) for m in self.outbox.sent if m.leaf == "command"]

    def verdicts(self) -> list[tuple[VerdictKind, str, bool]]:
        """Return kind, person, and whether it stands, as the history has them, oldest first."""
        found = reversed(self.history.reader.verdicts("p1"))
        return [(v.kind, v.by, v.withdrawn_at is None) for v in found]


@contextmanager
def ward(path: Path, clock: ManualClock | None = None) -> Iterator[Ward]:
    """A ward that runs."""
    here = Ward(path, clock)
    here.history.start()
    try:
        here.incidents.start()
        yield here
    finally:
        here.history.stop()


@pytest.fixture
def here(tmp_path: Path) -> Iterator[Ward]:
    """A ward on an empty file."""
    with ward(tmp_path / "vigie.db") as found:
        yield found


def test_a_false_alarm_labels_the_picture_and_teaches_its_place(here: Ward) -> None:
    """Frame, score, boxes, model and verdict are kept together."""
    incident = here.fail()
    answer = here.hear(Kind.FALSE_ALARM, reason="it is the cable")
    verdict = answer.verdict
    assert verdict is not None
    assert (incident.id, incident.score, incident.boxes, incident.model_sha256) == (
        verdict.incident, verdict.score, verdict.boxes, verdict.model_sha256
    )  # fmt: skip
    assert (incident.frame_taken_at, "it is the cable", "here") == (
        verdict.frame_taken_at,
        verdict.reason,
        verdict.view,
    )
    assert b"jpeg" == here.history.reader.picture(verdict)
    assert [verdict] == list(here.history.reader.verdicts("p1"))


def test_two_people_who_differ_are_both_kept_and_the_later_one_holds(here: Ward) -> None:
    """Each learns at once what holds now, and what the other has said."""
    incident = here.fail()
    first = here.hear(Kind.FALSE_ALARM, "Léa", incident=incident.id)
    second = here.hear(Kind.CONFIRM, "Omar", incident=incident.id)
    assert [Reception.TAKEN, Reception.TAKEN] == [first.reception, second.reception]
    assert first.verdict == second.overruled
    assert "Léa" in second.detail
    expected = [(VerdictKind.FALSE_ALARM, "Léa", True), (VerdictKind.CONFIRMED, "Omar", True)]
    assert expected == here.verdicts()
    assert {"false_alarm", "confirmed"} <= set(here.story(incident))


def test_two_words_at_the_same_moment_are_both_kept(tmp_path: Path) -> None:
    """Not even a millisecond apart: the one that is heard later holds, also after a restart."""
    with ward(tmp_path / "vigie.db") as here:
        incident = here.fail()
        for kind, by in ((Kind.FALSE_ALARM, "Léa"), (Kind.CONFIRM, "Omar")):
            here.incidents.person(PersonCommand("p1", kind, by, here.clock.now(), incident=incident.id))
    with ward(tmp_path / "vigie.db", here.clock) as again:
        repeated = again.hear(Kind.CONFIRM, "Omar", incident=incident.id)
        assert Reception.KNOWN is repeated.reception
        assert 2 == len(again.verdicts())


def test_the_same_word_of_the_same_person_counts_once(here: Ward) -> None:
    """The second is answered with the first."""
    incident = here.fail()
    first = here.hear(Kind.CONFIRM)
    again = here.hear(Kind.CONFIRM)
    assert (Reception.KNOWN, first.verdict) == (again.reception, again.verdict)
    assert 1 == here.story(incident).count("confirmed")


def test_a_confirmed_failure_is_acknowledged_by_that(here: Ward) -> None:
    """Who says that it fails indeed has seen it; the pause goes its way."""
    incident = here.fail()
    here.hear(Kind.CONFIRM, "Omar")
    assert ("Omar", IncidentStatus.PAUSING) == (here.last(incident).acknowledged_by, here.last(incident).status)


def test_a_word_about_another_incident_never_touches_the_open_one(here: Ward) -> None:
    """An acknowledgement that comes late, of an incident that is closed, is refused; a verdict is noted there."""
    old = here.fail()
    here.clock.advance(1.0)
    here.report(JobState.IDLE)
    here.clock.advance(5.0)
    new = here.fail()
    refused = here.hear(Kind.ACKNOWLEDGE, incident=old.id)
    assert Reception.REFUSED is refused.reception
    assert "closed" in refused.detail
    assert here.last(new).acknowledged_by is None
    assert Reception.REFUSED is here.hear(Kind.RESUME, incident=old.id).reception
    assert here.hear(Kind.FALSE_ALARM, incident=old.id).counts
    assert IncidentStatus.PAUSING is here.last(new).status
    assert "false_alarm" in here.story(old)
    assert "false_alarm" not in here.story(new)


def test_what_does_not_exist_is_not_found(here: Ward) -> None:
    """An incident, a verdict, a picture; and an incident of another printer."""
    other = here.fail("p2")
    here.fail()
    words = [
        here.hear(Kind.FALSE_ALARM, incident="nonsense"),
        here.hear(Kind.FALSE_ALARM, incident=other.id),
        here.hear(Kind.WITHDRAW, verdict="nonsense"),
        here.hear(Kind.WITHDRAW),
        here.hear(Kind.MISSED, frame_taken_at=77.0),
    ]
    assert [Reception.NOT_FOUND] * 5 == [answer.reception for answer in words]
    assert [] == here.verdicts()


def test_a_false_alarm_resumes_what_vigie_has_paused(here: Ward) -> None:
    """The incident stays until the printer is seen printing, so that a resume that fails is seen."""
    incident = here.pause()
    here.hear(Kind.FALSE_ALARM)
    (wish,) = here.resumes()
    assert (Kind.RESUME, "Léa", incident.id) == (wish.kind, wish.by, wish.incident)
    assert IncidentStatus.PAUSED is here.last(incident).status
    assert "resume.asked" in here.story(incident)
    here.report(JobState.PRINTING)
    assert IncidentStatus.CLOSED is here.last(incident).status


@pytest.mark.parametrize("by", [PausedBy.PERSON, PausedBy.PRINTER, PausedBy.UNKNOWN])
def test_a_false_alarm_resumes_nobody_elses_pause(here: Ward, by: PausedBy) -> None:
    """A person, the printer itself, or nobody knows who: then somebody has a reason, and must be asked."""
    incident = here.pause(by)
    here.hear(Kind.FALSE_ALARM)
    assert [] == here.resumes()
    assert IncidentStatus.CLOSED is here.last(incident).status


def test_a_false_alarm_does_not_resume_what_a_person_has_paused_since(here: Ward) -> None:
    """The agent lost sight of the printer and does not know any more who paused it."""
    here.pause()
    here.incidents.reported(
        PrinterReport("p1", JobState.PAUSED, here.clock.now(), can_pause=True, paused_by=PausedBy.PERSON)
    )
    here.hear(Kind.FALSE_ALARM)
    assert [] == here.resumes()


def test_a_false_alarm_is_withdrawn_and_the_job_may_be_paused_again(here: Ward) -> None:
    """As if it had never been said; who said and who took it back stay in the history."""
    incident = here.fail(job="visor")
    here.hear(Kind.FALSE_ALARM)
    assert here.incidents.learned("p1").places
    assert "visor" == here.incidents.standing("p1").let_print_job
    answer = here.hear(Kind.WITHDRAW, "Omar", incident=incident.id)
    assert answer.counts
    assert answer.verdict is None
    assert here.incidents.standing("p1").let_print_job is None
    assert Learned("p1") == here.incidents.learned("p1") == here.learned[-1]
    assert [(VerdictKind.FALSE_ALARM, "Léa", False)] == here.verdicts()
    assert "withdrawn" == here.story(incident)[-1]
    assert Reception.NOT_FOUND is here.hear(Kind.WITHDRAW, incident=incident.id).reception


def test_an_old_verdict_that_is_withdrawn_pauses_nothing_of_today(here: Ward) -> None:
    """What a person allowed for today's failure stays allowed."""
    first = here.fail(job="visor")
    old = here.hear(Kind.FALSE_ALARM, incident=first.id).verdict
    assert old is not None
    here.fail(job="visor")
    here.hear(Kind.LET_PRINT)
    assert here.hear(Kind.WITHDRAW, verdict=old.id).counts
    assert "visor" == here.incidents.standing("p1").let_print_job


def test_the_one_who_was_overruled_holds_again_when_the_other_withdraws(here: Ward) -> None:
    """Léa's false alarm, Omar's confirmation, and Omar was wrong."""
    incident = here.fail()
    first = here.hear(Kind.FALSE_ALARM, "Léa")
    second = here.hear(Kind.CONFIRM, "Omar", incident=incident.id)
    assert not here.incidents.learned("p1").places
    assert second.verdict is not None
    answer = here.hear(Kind.WITHDRAW, "Omar", verdict=second.verdict.id)
    assert first.verdict == answer.verdict
    assert here.incidents.learned("p1").places


def test_an_acknowledgement_can_be_taken_back(here: Ward) -> None:
    """Nobody takes care of it after all: people are told again."""
    incident = here.fail()
    here.hear(Kind.ACKNOWLEDGE)
    assert here.hear(Kind.UNACKNOWLEDGE, "Omar").counts
    assert here.last(incident).acknowledged_by is None
    assert "unacknowledged" == here.story(incident)[-1]
    assert Reception.KNOWN is here.hear(Kind.UNACKNOWLEDGE).reception


def test_a_missed_failure_keeps_its_picture_and_lowers_the_bar(tmp_path: Path) -> None:
    """The picture is written with the verdict; after a restart all of it is still there."""
    with ward(tmp_path / "vigie.db") as here:
        here.album.pictures[500.25] = b"a stored picture"
        answer = here.hear(Kind.MISSED, frame_taken_at=500.25, reason="on the left")
        assert (500.25, 0.4) == (answer.verdict.frame_taken_at, answer.verdict.score) if answer.verdict else False
        assert [500.25] == here.album.kept
        assert here.incidents.learned("p1").threshold_shift < 0
    with ward(tmp_path / "vigie.db", here.clock) as again:
        assert again.learned[-1] == here.incidents.learned("p1")
        (verdict,) = again.history.reader.verdicts("p1")
        assert b"a stored picture" == again.history.reader.picture(verdict)


def test_what_is_said_of_a_former_view_teaches_nothing_of_this_one(here: Ward) -> None:
    """The incident was decided before the camera was turned; turned back, its place is known again."""
    incident = here.fail()
    here.view = "turned"
    here.hear(Kind.FALSE_ALARM, incident=incident.id)
    assert Learned("p1") == here.incidents.learned("p1")
    here.view = "here"
    here.incidents.relearn()
    assert here.learned[-1].places


def test_a_withdrawal_that_names_nothing_takes_nothing_back(here: Ward) -> None:
    """Over MQTT anybody may forget a key: a missed failure, which has no incident, is not meant by that."""
    here.album.pictures[500.0] = b"x"
    here.hear(Kind.MISSED, frame_taken_at=500.0)
    assert Reception.NOT_FOUND is here.hear(Kind.WITHDRAW).reception
    assert [True] == [stands for _, _, stands in here.verdicts()]


def test_all_that_was_learned_can_be_forgotten(here: Ward) -> None:
    """By withdrawing what taught it, and what was overruled by that."""
    first = here.fail()
    here.hear(Kind.FALSE_ALARM, "Léa")
    here.hear(Kind.FALSE_ALARM, "Omar", incident=first.id)
    here.album.pictures[500.0] = b"x"
    here.hear(Kind.MISSED, frame_taken_at=500.0)
    here.hear(Kind.FALSE_ALARM, "Zoé", incident=first.id)
    assert 4 == here.incidents.forget("p1", "Admin")
    assert Learned("p1") == here.incidents.learned("p1")
    assert [] == [one for one in here.verdicts() if one[2]]
    assert 0 == here.incidents.forget("p1", "Admin")


def test_what_is_said_while_the_disk_is_full_is_not_lost(tmp_path: Path) -> None:
    """It waits in memory, holds, teaches, and is written when there is room."""
    with ward(tmp_path / "vigie.db") as here:
        connection = here.history._connection
        assert connection is not None
        connection.execute("PRAGMA max_page_count = 1")
        incident = here.incidents.failed(
            a_printer(), an_observation("p1", here.clock.now()), b"x" * 100_000, "ab", {}, here.clock.now()
        )
        here.hear(Kind.FALSE_ALARM)
        answer = here.hear(Kind.CONFIRM, "Omar", incident=incident.id)
        assert here.history.problem
        assert answer.overruled is not None
        connection.execute("PRAGMA max_page_count = 100000")
    with ward(tmp_path / "vigie.db", here.clock) as again:
        assert 2 == len(again.verdicts())


def test_a_labelled_picture_is_never_deleted_by_its_age(tmp_path: Path) -> None:
    """One of two closed incidents was judged; a verdict that was withdrawn keeps nothing."""
    with ward(tmp_path / "vigie.db") as here:
        kept = here.fail()
        here.hear(Kind.FALSE_ALARM)
        withdrawn = here.fail()
        here.hear(Kind.FALSE_ALARM)
        here.hear(Kind.WITHDRAW, incident=withdrawn.id)
        plain = here.fail()
        here.clock.advance(1.0)
        here.report(JobState.IDLE)
    history = History(tmp_path / "vigie.db")
    history.start(forget_before=here.clock.now() + 1)
    history.stop()
    assert [kept.id] == [incident.id for incident in history.reader.incidents()]
    assert b"jpeg" == history.reader.evidence(kept.id)
    assert history.reader.evidence(plain.id) is None


def test_shadow_mode_counts_what_holds_now(here: Ward) -> None:
    """A false alarm that is taken back, or overruled, is none."""
    incident = here.fail(action=Action.ALERT)
    here.hear(Kind.FALSE_ALARM)
    assert ShadowTally(1, 1) == here.history.reader.shadow()
    here.hear(Kind.CONFIRM, "Omar", incident=incident.id)
    assert ShadowTally(1, 0) == here.history.reader.shadow()


def test_false_alarms_of_an_older_file_are_verdicts_that_teach_nothing(tmp_path: Path) -> None:
    """They were events only; their view is not known."""
    path = tmp_path / "vigie.db"
    with ward(path) as here:
        incident = here.fail()
        here.hear(Kind.FALSE_ALARM, reason="cable")
        event = next(e for e in here.history.reader.events(incident.id) if e.kind is EventKind.FALSE_ALARM)
        body, closed = encode_event(event).decode(), encode_incident(here.last(incident)).decode()
    old = tmp_path / "old.db"
    with sqlite3.connect(old) as connection:
        connection.executescript("".join(MIGRATIONS[:2]) + "PRAGMA user_version = 2;")
        connection.execute(
            "INSERT INTO incident (id, printer, opened_at, closed_at, body, progress) VALUES (?, 'p1', 1, 2, ?, '')",
            (incident.id, closed),
        )
        connection.execute(
            "INSERT INTO event (id, incident, printer, at, body) VALUES (?, ?, 'p1', 2, ?)",
            (event.id, incident.id, body),
        )
    with ward(old) as again:
        (verdict,) = again.history.reader.verdicts()
        assert (VerdictKind.FALSE_ALARM, "Léa", incident.boxes) == (verdict.kind, verdict.by, verdict.boxes)
        assert Learned("p1") == again.incidents.learned("p1")


def test_a_verdict_of_before_says_nothing_wrong_about_its_type(here: Ward) -> None:
    """What the history returns is what was said."""
    here.fail()
    said = here.hear(Kind.FALSE_ALARM).verdict
    assert isinstance(said, Verdict)
    assert said == here.history.reader.verdict(said.id)
