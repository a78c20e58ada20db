"""The judge: from scores over time to watching, suspect, failing or blind. Pure: no clock, thread or socket.

Evidence is kept in *seconds of certain failure*, so that a decision means the same at 0.2 Hz and at 15 Hz. Each
trusted picture speaks for the time since the one before it: far above the threshold a second adds a second, at
the threshold it adds nothing, below it takes away. This is Page's cumulative sum test (E. S. Page, "Continuous
inspection schemes", Biometrika 41, 1954) with the increment bounded, so that no single frame decides.
There is no warm-up: the first layer is judged like any other.
"""

from dataclasses import dataclass
from enum import StrEnum

from monitor.baseline import logit
from monitor.records import Health, Observation

CERTAIN_LOGITS = 2.0
"""A score this many logits away from the threshold counts in full (odds of about 7 to 1)."""


class Phase(StrEnum):
    """What the pictures say, before anybody asks what the printer says."""

    WATCHING = "watching"
    SUSPECT = "suspect"
    FAILING = "failing"
    BLIND = "blind"


UNDECIDED = 0.99
"""Of what decides: as much evidence another monitor's pictures may leave, so that one of our own has to agree."""


@dataclass(frozen=True, slots=True)
class JudgeSettings:
    """Times are seconds; ``threshold`` is a score, 0 to 1, exclusive."""

    threshold: float
    suspect_after_s: float
    fail_after_s: float
    recover_after_s: float
    blind_after_s: float


@dataclass(frozen=True, slots=True)
class Judgement:
    """What the judge thinks of one printer, and since when."""

    phase: Phase
    since: float
    evidence_s: float
    score: float | None
    health: Health | None  # of the newest picture; None: there was none yet


def certainty(score: float, threshold: float) -> float:
    """Return how strongly a score speaks for (+1) or against (-1) a failure: bounded log-odds over the threshold."""
    return max(-1.0, min(1.0, (logit(score) - logit(threshold)) / CERTAIN_LOGITS))


class Judge:
    """Judges one printer. Feed it observations in the order of ``taken_at``, and the time now and then."""

    def __init__(self, settings: JudgeSettings, started_at: float) -> None:
        self._settings = settings
        self._phase = Phase.BLIND  # unknown is never fine: blind until the first picture that can be trusted
        self._since = started_at
        self._evidence_s = 0.0
        self._trusted_at: float | None = None
        self._health: Health | None = None
        self._score: float | None = None
        self._blind_from = started_at

    def use(self, settings: JudgeSettings) -> None:
        """Judge by other settings from the next picture on; the evidence so far counts."""
        self._settings = settings
        self._evidence_s = min(self._evidence_s, settings.fail_after_s)

    def inherit(self, evidence_s: float) -> None:
        """Begin with what another judge's pictures spoke for: a suspicion goes on, a decision takes a picture more."""
        self._evidence_s = min(max(evidence_s, 0.0), UNDECIDED * self._settings.fail_after_s)

    @property
    def judgement(self) -> Judgement:
        """The judgement as it stands."""
        return Judgement(self._phase, self._since, self._evidence_s, self._score, self._health)

    def observe(self, observation: Observation) -> Judgement:
        """Take one picture's observation into account; one that is older than the last is ignored."""
        at = observation.taken_at
        if self._trusted_at is not None and at < self._trusted_at:
            return self.judgement
        self._health = observation.health
        self._score = observation.score
        if observation.is_trusted and observation.score is not None:
            self._weigh(observation.score, at)
        return self.tick(at)

    def tick(self, now: float) -> Judgement:
        """Let time pass: without a picture that can be trusted the judge goes blind."""
        is_stale = now - self._blind_from >= self._settings.blind_after_s
        if is_stale and self._phase in (Phase.WATCHING, Phase.SUSPECT):
            self._enter(Phase.BLIND, now)
        return self.judgement

    def reset(self, now: float) -> Judgement:
        """Forget all evidence: a new job has started on a bed that somebody has cleared."""
        self._evidence_s = 0.0
        self._trusted_at = now  # the next picture speaks for the new job's time only
        if self._phase is not Phase.BLIND:
            self._enter(Phase.WATCHING, now)
        return self.judgement

    def _weigh(self, score: float, at: float) -> None:
        settings = self._settings
        gap_s = 0.0 if self._trusted_at is None else at - self._trusted_at
        # One picture never speaks for more than half of the decision, however slow the camera is.
        spoken_for_s = min(gap_s, settings.fail_after_s / 2)
        self._trusted_at = self._blind_from = at
        gain = certainty(score, settings.threshold)
        if self._phase is Phase.FAILING and gain < 0:
            gain *= settings.fail_after_s / settings.recover_after_s
        self._evidence_s = min(max(self._evidence_s + gain * spoken_for_s, 0.0), settings.fail_after_s)
        self._enter(self._phase_by_evidence(), at)

    def _phase_by_evidence(self) -> Phase:
        evidence_s, settings = self._evidence_s, self._settings
        if evidence_s >= settings.fail_after_s:
            return Phase.FAILING
        if self._phase is Phase.FAILING and evidence_s > 0:
            return Phase.FAILING
        # Hysteresis: a suspicion is dropped at half of what raised it.
        floor_s = settings.suspect_after_s / 2 if self._phase is Phase.SUSPECT else settings.suspect_after_s
        return Phase.SUSPECT if evidence_s >= floor_s and evidence_s > 0 else Phase.WATCHING

    def _enter(self, phase: Phase, at: float) -> None:
        if phase is not self._phase:
            self._phase, self._since = phase, at
