"""One printer's place in the pipeline: its judge, what it says about itself, and whether a failure may be acted on."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from monitor.baseline import Baseline, HealthySettings, logit, probability
from monitor.config.model import Printer
from monitor.judge import Judge, Judgement, JudgeSettings, Phase
from monitor.learning import counted
from monitor.memory import CameraMemory, Memory
from monitor.pacing import Wish
from monitor.pipeline.pace import Pace
from monitor.quiet import quiet_until
from monitor.records import EventKind, JobState, Observation, PrinterReport, Standing
from monitor.records.changing import changed

_RESTING = (JobState.IDLE, JobState.PAUSED, JobState.PAUSING)
"""A printer that says one of these cannot be failing now; anything else, unknown too, is watched."""

REPORT_LASTS_S = 90.0
"""Agents report every 30 s at least. What a dead one left behind, retained, says nothing: least of all "idle"."""

NEAR_LOGITS = 0.5
"""A score that is no further below the threshold makes a printer worth a closer look, before there is any evidence."""
HINT_LASTS_S = 3.0
"""So long after the last such picture it is looked at closely: a single one changes little, and nothing flaps."""

_UNHEARD = (JobState.UNKNOWN, JobState.OFFLINE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What one step decided: events to record, in order, and whether to open an incident."""

    judgement: Judgement
    events: tuple[EventKind, ...] = ()
    opens_incident: bool = False


class Watch:
    """Decides for one printer. Owned by the pipeline's thread; times come in, no clock inside."""

    def __init__(
        self, printer: Printer, model_threshold: float, started_at: float, healthy: HealthySettings | None = None
    ) -> None:
        """``healthy`` is how the model's healthy pictures score; None takes what was measured for the shipped one."""
        self.printer = printer
        self.report: PrinterReport | None = None
        self.pace = Pace()
        self._heard_at = started_at
        self._known_state: JobState | None = None
        self._known_job: str | None = None
        self._mute_until: float | None = None
        self._model_threshold, self._healthy = model_threshold, healthy or HealthySettings()
        self.judge_settings = _judge_settings(printer, model_threshold)
        self._wishes = self._wishes_now()
        self._handled = False  # the present failure has had its incident; it gets no second one
        self._goes_on = False  # because a person has said so
        self.see_anew(started_at)

    def see_anew(self, now: float) -> None:
        """Forget all that the pictures have taught: from ``now`` on they show something else.

        What the printer says stays known, and that its failure has had its incident: as after a restart.
        """
        self.begins_at = now  # an older picture says nothing
        self._judge = Judge(self.judge_settings, now)
        self._baseline = Baseline(self._healthy, self.judge_settings.threshold)
        self._memory = CameraMemory()
        self._phase = Phase.BLIND
        self._evidence_s = 0.0
        self._hinted_at = float("-inf")
        self._blind_told = False
        self._calm_since: float | None = None
        self._seen: Observation | None = None  # the newest, as the detector scored it

    def inherit(self, evidence_s: float) -> None:
        """Begin with the evidence that another monitor had when it watched this printer."""
        self._judge.inherit(evidence_s)
        self._evidence_s = self._judge.judgement.evidence_s

    def follow(self, printer: Printer) -> None:
        """Go by other settings of the same printer; what its pictures have taught stays."""
        self.printer = printer
        self.judge_settings = _judge_settings(printer, self._model_threshold)
        self._wishes = self._wishes_now()
        self._judge.use(self.judge_settings)
        self._baseline.use(self.judge_settings.threshold)

    def observe(self, observation: Observation, features: NDArray[np.float32] | None = None) -> Verdict:
        """Judge one inspected picture by its score relative to the camera's own healthy pictures.

        ``features`` [M, h, w]: the picture's, where the model has a memory.
        """
        judgement = self._judge.observe(self._relative(observation))
        self._evidence_s = judgement.evidence_s
        if self._is_hint(judgement):
            self._hinted_at = observation.taken_at
        self._teach(observation, features, judgement)
        events = self._transition(judgement, observation.taken_at)
        self._note_calm(judgement, observation)
        if EventKind.RECOVERED in events:
            self._handled = False
        elif self._handled and self._is_calm_again(observation.taken_at):
            self._handled = False
            events = (*events, EventKind.RECOVERED)
        opens = (
            judgement.phase is Phase.FAILING
            and not self._handled
            and not self.is_resting
            and self.muted_until(observation.taken_at) is None
        )
        self._handled = self._handled or opens
        return Verdict(judgement, events, opens)

    def tick(self, now: float) -> Verdict:
        """Let time pass without a picture."""
        judgement = self._judge.tick(now)
        self._distrust(judgement)
        return Verdict(judgement, self._transition(judgement, now))

    def hear(self, report: PrinterReport, now: float) -> bool:
        """Take in what the printer says; a new job starts with a clean slate. Tell whether one does."""
        self.report = report
        self._wishes = self._wishes_now()
        self._heard_at = now
        if report.state in _UNHEARD:
            return False  # what is not known is no new job
        self.pace.hear(report, now)
        is_other_job = None not in (self._known_job, report.job) and self._known_job != report.job
        is_new_job = report.state is JobState.PRINTING and (self._known_state is JobState.IDLE or is_other_job)
        if is_new_job:
            self._judge.reset(now)
            self._baseline.new_job()
            self._memory.new_job(now)
            self._handled = False
        self._known_state, self._known_job = report.state, report.job or self._known_job
        return is_new_job

    def remembered(self, now: float) -> Memory | None:
        """Return what the camera's healthy pictures were like, for the inspection of the next one."""
        return self._memory.remembered(now)

    def wants_features(self, at: float) -> bool:
        """Whether the features of a picture of second ``at`` may be learned."""
        return self._memory.is_due(at)

    @property
    def may_stand_still(self) -> bool:
        """Whether a picture like the one before is no news: nothing speaks for a failure, and the printer does not say
        that it prints. One that prints moves, and is scored whatever it shows."""
        is_printing = self.report is not None and self.report.state is JobState.PRINTING
        return self._phase is Phase.WATCHING and self._evidence_s == 0.0 and not is_printing

    def silence(self, now: float) -> PrinterReport | None:
        """Return what to believe of a printer whose agent has fallen silent; None while its last report holds."""
        is_known = self.report is not None and self.report.state is not JobState.UNKNOWN
        if not is_known or now - self._heard_at < REPORT_LASTS_S:
            return None
        why = f"no agent has reported on it for {REPORT_LASTS_S:.0f} s: does its agent run?"
        return PrinterReport(self.printer.id, JobState.UNKNOWN, now, can_pause=False, detail=why)

    def stand(self, standing: Standing) -> None:
        """Take in what people decided: to open no incident for a while, or that the present failure may go on; or that
        it may not after all, and then it may have an incident again."""
        self._mute_until = standing.muted_until
        if self._goes_on and standing.let_print_job is None:
            self._handled = False
        self._goes_on = standing.let_print_job is not None
        if standing.let_print_job is not None:
            self.handled(standing.let_print_job or None)

    def handled(self, job: str | None) -> None:
        """The present failure has had its incident, perhaps before a restart: it gets none until it has recovered, or
        until another job than this one is printed."""
        self._handled = True
        self._known_job = self._known_job or job

    def muted_until(self, now: float) -> float | None:
        """Return until when incidents are held back, by a person or by a quiet time; None when they are not."""
        by_person = self._mute_until if self._mute_until is not None and now < self._mute_until else None
        if not self.printer.settings.quiet:
            return by_person
        end = quiet_until(datetime.fromtimestamp(now).astimezone(), self.printer.settings.quiet)
        ends = [at for at in (by_person, end.timestamp() if end else None) if at is not None]
        return max(ends, default=None)

    @property
    def parameters(self) -> Mapping[str, float]:
        """The judge's settings by name, for the incident's record, and where the raw score's threshold stood."""
        bar = self._bar(self._seen)
        known = {**asdict(self.judge_settings), "camera_threshold": round(probability(bar), 4)}
        return {**known, **_learned_parameters(self._seen)}

    @property
    def job(self) -> str | None:
        """What the printer says that it prints."""
        return self.report.job if self.report is not None else None

    @property
    def is_resting(self) -> bool:
        """Whether the printer itself says that it does not print."""
        return self.report is not None and self.report.state in _RESTING

    @property
    def wish(self) -> Wish:
        """How often it should be inspected, as things stand: an idle printer rests, one that may fail is looked at
        closely; a paused one is looked at as before, for whoever comes to the wall must see the bed as it is."""
        calm, suspect = self._wishes
        return suspect if self.is_suspect else calm

    @property
    def is_suspect(self) -> bool:
        """Whether its newest pictures may be the beginning of a failure that is not decided yet."""
        if self._seen is None or self._phase is Phase.FAILING or self.is_resting:
            return False
        return self._seen.taken_at - self._hinted_at <= HINT_LASTS_S

    def _wishes_now(self) -> tuple[Wish, Wish]:
        """Return how often it should be inspected while it is calm and while it is suspect."""
        settings = self.printer.settings
        calm_s = settings.inspect_every_s
        if self.report is not None and self.report.state is JobState.IDLE:
            calm_s = max(settings.idle_every_s, calm_s)
        at_least_s = min(settings.inspect_at_least_every_s, settings.blind_after_s / 2)  # load alone blinds nobody
        return Wish.of(calm_s, at_least_s), Wish.of(calm_s, at_least_s, settings.suspect_every_s)

    @property
    def _knows_job(self) -> bool:
        return self.report is not None and self.report.state not in _UNHEARD

    def _relative(self, observation: Observation) -> Observation:
        """Return the observation with the score that would say on a camera never seen what it says on this one."""
        self._seen = observation
        if observation.score is None:
            return observation
        bar, again = self._bar(observation), observation.second_look
        score = logit(observation.score)
        if again is not None:
            score = counted(score, logit(again.elsewhere), again.discount, bar)
        return changed(observation, score=probability(score + logit(self.judge_settings.threshold) - bar))

    def _bar(self, observation: Observation | None) -> float:
        shift = observation.threshold_shift if observation is not None else 0.0
        return self._baseline.bar(knows_job=self._knows_job) + shift

    def _teach(self, observation: Observation, features: NDArray[np.float32] | None, judgement: Judgement) -> None:
        """Only what raises no suspicion teaches: a trusted picture of a print at work, while there is no evidence."""
        self._distrust(judgement)
        is_calm = judgement.phase is Phase.WATCHING and judgement.evidence_s == 0
        if is_calm and self._is_lesson(observation) and observation.score is not None and not self.is_resting:
            self._baseline.learn(observation.score, observation.taken_at)
            self._memory.offer(features, observation.taken_at)

    def _is_hint(self, judgement: Judgement) -> bool:
        if judgement.score is None:
            return judgement.evidence_s > 0
        return judgement.evidence_s > 0 or logit(judgement.score) > logit(self.judge_settings.threshold) - NEAR_LOGITS

    def _is_lesson(self, observation: Observation) -> bool:
        """Whether a picture may teach what is healthy: one that only looks so by a discount may show a failure."""
        is_plain = observation.second_look is None or logit(observation.score or 0.0) < self._bar(observation)
        return observation.is_trusted and is_plain

    def _distrust(self, judgement: Judgement) -> None:
        """A suspicion, a blind camera and a print that somebody paused may each have begun a while ago."""
        if judgement.phase is not Phase.WATCHING or self.is_resting:
            self._memory.distrust()

    def _note_calm(self, judgement: Judgement, observation: Observation) -> None:
        if judgement.phase is not Phase.WATCHING or judgement.evidence_s > 0:
            self._calm_since = None
        elif observation.is_trusted and self._calm_since is None:
            self._calm_since = observation.taken_at

    def _is_calm_again(self, now: float) -> bool:
        """Whether a failure is over that this run's judge has never seen, for it began before a restart."""
        since = self._calm_since
        return since is not None and now - since >= self.judge_settings.recover_after_s

    def _transition(self, judgement: Judgement, now: float) -> tuple[EventKind, ...]:
        old, new = self._phase, judgement.phase
        self._phase = new
        if new is Phase.BLIND:
            is_due = now - judgement.since >= self.judge_settings.blind_after_s or old is not Phase.BLIND
            if is_due and not self._blind_told:
                self._blind_told = True
                return (EventKind.CAMERA_BLIND,)
            return ()
        events: list[EventKind] = []
        if self._blind_told:
            self._blind_told = False
            events.append(EventKind.CAMERA_BACK)
        if new is Phase.SUSPECT and old is not Phase.SUSPECT:
            events.append(EventKind.SUSPECTED)
        elif new is Phase.WATCHING and old is Phase.SUSPECT:
            events.append(EventKind.CLEARED)
        elif old is Phase.FAILING and new is not Phase.FAILING:
            events.append(EventKind.RECOVERED)
        return tuple(events)


def _judge_settings(printer: Printer, model_threshold: float) -> JudgeSettings:
    settings = printer.settings
    return JudgeSettings(
        threshold=settings.threshold or model_threshold,
        suspect_after_s=settings.suspect_after_s,
        fail_after_s=settings.fail_after_s,
        recover_after_s=settings.recover_after_s,
        blind_after_s=settings.blind_after_s,
    )


def _learned_parameters(seen: Observation | None) -> Mapping[str, float]:
    """Return what verdicts had changed in the score of a picture, for the incident's record."""
    if seen is None:
        return {}
    known = {"threshold_shift": seen.threshold_shift} if seen.threshold_shift else {}
    again = seen.second_look
    if again is None or seen.score is None:
        return known
    scores = {"raw_score": round(seen.score, 4), "score_elsewhere": round(again.elsewhere, 4)}
    return {**known, **scores, "learned_discount": again.discount, "learned_places": float(again.places)}
