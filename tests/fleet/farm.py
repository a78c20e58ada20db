"""A farm whose pictures are scripted: real judges and the guard, second by second, without threads or clocks."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field

from monitor.fleet import FleetGuard, Group, GuardSettings, Release, look_of
from monitor.judge import Judge, JudgeSettings, Phase
from monitor.records import CommonCause, GroupKind, Health, Hold, Observation, StartNews

JUDGE = JudgeSettings(threshold=0.5, suspect_after_s=3, fail_after_s=10, recover_after_s=60, blind_after_s=30)
WELL, FAILED, DARK = 0.02, 0.98, None

Script = Callable[[float], float | None]
"""From the second of the play to the score that the picture gets; None: too dark to say anything."""


def well(_: float) -> float | None:
    """A print that goes on and on."""
    return WELL


def fails_at(at: float) -> Script:
    """A print that fails at this second, and stays a failure."""
    return lambda t: FAILED if t >= at else WELL


def between(start: float, end: float, score: float | None = FAILED, then: Script = well) -> Script:
    """Something that is seen wrongly for a while; before and after it goes by another script."""
    return lambda t: score if start <= t < end else then(t)


@dataclass
class ScriptedFarm:
    """Plays scripts and keeps what the guard said."""

    scripts: Mapping[str, Script]
    groups: Iterable[Group]
    every_s: float = 1.0
    news: StartNews = StartNews.STARTED
    started_at: float = -86_400.0
    acted: dict[str, float] = field(default_factory=dict)  # paused at once, and when
    held: dict[str, Hold] = field(default_factory=dict)
    released: dict[str, float] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """All cameras are known to be well when the play begins."""
        self.guard = FleetGuard(self.groups, GuardSettings(), self.started_at, self.news)
        self._judges = {name: Judge(JUDGE, -60.0) for name in self.scripts}
        self._out: set[str] = set()

    def play(self, until_s: float) -> "ScriptedFarm":
        """Let the time from second 0 pass."""
        for step in range(int(until_s / self.every_s) + 1):
            now = step * self.every_s
            for name, script in self.scripts.items():
                self._look(name, script(now), now)
            self._release(self.guard.tick(now), now)
        return self

    @property
    def causes(self) -> set[CommonCause]:
        """What people are told, once each."""
        return {hold.cause for hold in self.held.values()}

    def _look(self, name: str, score: float | None, now: float) -> None:
        judge, before = self._judges[name], self._judges[name].judgement.phase
        health = Health.OK if score is not None else Health.DARK
        judgement = judge.observe(Observation(name, now, health, score))
        is_paused = name in self.acted or name in self.released
        self.guard.note(name, look_of(judgement, JUDGE, is_resting=is_paused, camera_is_out=False), now)
        if judgement.phase is Phase.FAILING and before is not Phase.FAILING and not is_paused:
            hold = self.guard.decided(name, now)
            if hold is None:
                self.acted[name] = now
            else:
                self.held[name] = hold

    def _release(self, releases: Iterable[Release], now: float) -> None:
        self.released |= {release.printer: now for release in releases}


def one_room(number: int) -> tuple[list[str], tuple[Group, ...]]:
    """Return the printers of one room, and the room."""
    names = [f"p{index:02}" for index in range(number)]
    return names, (Group(GroupKind.ROOM, "Print hall", frozenset(names)),)


def sites(number: int, size: int) -> tuple[list[list[str]], tuple[Group, ...]]:
    """Return the printers of each site, and the groups: a camera server and a name for each site, and the farm."""
    places = [[f"s{site:02}-p{index}" for index in range(size)] for site in range(number)]
    groups = [Group(GroupKind.SITE, f"S{site:02}", frozenset(names)) for site, names in enumerate(places)]
    servers = [Group(GroupKind.CAMERA_SERVER, f"10.0.{site}.2", frozenset(names)) for site, names in enumerate(places)]
    farm = Group(GroupKind.FARM, "", frozenset(name for names in places for name in names))
    return places, (*servers, *groups, farm)
