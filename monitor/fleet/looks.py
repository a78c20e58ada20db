"""How a printer looks to the guard: what its judge says, but whether *now* and not since when."""

from enum import Enum, auto

from monitor.judge import Judgement, JudgeSettings, Phase
from monitor.records import Health

RECOVERING_S = 1.0
"""Healthy pictures for so long, on balance, and a failing print may be on its way back: long before the judge says so.
A picture that speaks for a failure takes several healthy ones back, so a failure seen well now and then stays one."""


class Look(Enum):
    """What matters of a printer for its neighbours."""

    RESTING = auto()  # it says itself that it does not print: nobody counts on it
    WELL = auto()
    SUSPECT = auto()
    FAILING = auto()
    RECOVERING = auto()  # failing, but its pictures speak against it by now
    UNSEEN = auto()  # nothing that could be trusted is seen of it

    @property
    def is_alarm(self) -> bool:
        """Whether its pictures speak for a failure."""
        return self in (Look.SUSPECT, Look.FAILING)


def look_of(judgement: Judgement, settings: JudgeSettings, *, is_resting: bool, camera_is_out: bool) -> Look:
    """Return how a printer looks; ``camera_is_out``: the connection to its camera is lost."""
    if is_resting:
        return Look.RESTING
    if camera_is_out or judgement.phase is Phase.BLIND or judgement.health is not Health.OK:
        return Look.UNSEEN
    if judgement.phase is Phase.SUSPECT:
        return Look.SUSPECT
    if judgement.phase is not Phase.FAILING:
        return Look.WELL
    # the judge takes evidence away so slowly that recover_after_s of healthy pictures use all of it up
    healthy_s = (1.0 - judgement.evidence_s / settings.fail_after_s) * settings.recover_after_s
    return Look.RECOVERING if healthy_s >= min(RECOVERING_S, settings.recover_after_s / 2) else Look.FAILING
