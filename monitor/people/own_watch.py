"""What people should know of Vigie itself: that it cannot judge, order or write, and that it can again. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from monitor.board import PrinterView
from monitor.config.model import NoControl, Printer
from monitor.people.escalation import Matter
from monitor.people.farm_watch import Sighting
from monitor.records import JobState, NoticeStep, PrinterReport

AGENT_SILENT_S = 90.0
"""An agent tells of each of its printers every 30 s, changed or not: of which none is told for so long, it is away."""

OVERLOAD_AFTER_S = 300.0
"""Too much to look at is told when it lasts so long: it may be over by itself, and prints are watched meanwhile."""

GOOD_NEWS_S = 12 * 3600.0
"""So long who was told of a trouble may be told that it is over: somebody's quiet time may end before."""

_RESTING = (JobState.IDLE, JobState.ERROR, JobState.OFFLINE)


class Trouble(StrEnum):
    """What keeps Vigie from its work; its words in :mod:`monitor.people.words`."""

    BROKER = "broker"  # no pause can arrive
    DETECTOR = "detector"  # nothing is judged
    CLUSTER = "cluster"  # nothing is certain to be ours, so nothing is paused from here
    AGENT = "agent"  # the printers of a site cannot be paused
    HISTORY = "history"  # nothing is written; prints are watched and paused all the same
    ARCHIVE = "archive"  # nor scores and pictures
    OVERLOAD = "overload"  # printers are looked at less often than they should be
    FILE = "file"  # cameras.yaml was broken by somebody; what was right before holds


class OwnHealth(Protocol):
    """How the monitor itself is, as on ``/health``; a problem is empty when all is well."""

    @property
    def broker_connected(self) -> bool:
        """Whether the broker of every site is connected."""

    @property
    def storage_problem(self) -> str:
        """Why nothing can be written."""

    @property
    def detector_problem(self) -> str:
        """Why nothing is judged."""

    @property
    def archive_problem(self) -> str:
        """Why scores and pictures are not kept."""

    @property
    def file_problem(self) -> str:
        """Why cameras.yaml, as it is now, is refused."""

    @property
    def cluster_problem(self) -> str:
        """Why printers are not shared with other monitors as they should be."""

    @property
    def is_cut_off(self) -> bool:
        """Whether that is so bad that nothing is paused from here."""

    @property
    def overload_problem(self) -> str:
        """What the machine cannot keep up with."""


@dataclass(slots=True)
class _Case:
    """One trouble from its beginning until nobody needs to hear any more that it is over."""

    since: float
    step: NoticeStep = NoticeStep.UNABLE
    detail: str = ""
    well_since: float | None = None


_Place = tuple[Trouble, str]  # and the site; empty: all of them
_Found = Mapping[_Place, tuple[NoticeStep, str]]  # how bad, and why


class OwnWatch:
    """Remembers since when Vigie is in which trouble. Times come in."""

    def __init__(self, printers: Iterable[Printer], after_s: float) -> None:
        """``after_s``: what is shorter than this is not told, neither a trouble nor its end."""
        self.follow(printers)
        self._after_s = after_s
        self._heard: dict[str, tuple[PrinterReport | None, float]] = {}  # by printer, and when by our own clock
        self._cases: dict[_Place, _Case] = {}

    def follow(self, printers: Iterable[Printer]) -> None:
        """Know other printers from now on."""
        self._sites = {p.id: p.site for p in printers if not isinstance(p.control, NoControl)}

    def look(self, health: OwnHealth, views: Sequence[PrinterView], now: float) -> list[Sighting]:
        """Return all that should be known now, each with the same key as long as it is the same trouble."""
        self._hear(views, now, is_deaf=not health.broker_connected)
        found = dict(self._troubles(health, views, now))
        for place in sorted(found.keys() | self._cases.keys()):
            self._follow(place, found, now)
        return [s for place, case in self._cases.items() if (s := self._sighting(place, case, now)) is not None]

    def _hear(self, views: Iterable[PrinterView], now: float, *, is_deaf: bool) -> None:
        for view in views:
            if is_deaf or view.id not in self._heard or self._heard[view.id][0] != view.report:
                self._heard[view.id] = (view.report, now)

    def _troubles(
        self, health: OwnHealth, views: Sequence[PrinterView], now: float
    ) -> Iterable[tuple[_Place, tuple[NoticeStep, str]]]:
        if not health.broker_connected:
            yield (Trouble.BROKER, ""), (NoticeStep.UNABLE, "")
        if health.detector_problem:
            yield (Trouble.DETECTOR, ""), (NoticeStep.UNABLE, health.detector_problem)
        if health.cluster_problem:
            how_bad = NoticeStep.UNABLE if health.is_cut_off else NoticeStep.IMPAIRED
            yield (Trouble.CLUSTER, ""), (how_bad, health.cluster_problem)
        if health.storage_problem:
            yield (Trouble.HISTORY, ""), (NoticeStep.IMPAIRED, health.storage_problem)
        if health.archive_problem:
            yield (Trouble.ARCHIVE, ""), (NoticeStep.IMPAIRED, health.archive_problem)
        if health.overload_problem:
            yield (Trouble.OVERLOAD, ""), (NoticeStep.IMPAIRED, health.overload_problem)
        if health.file_problem:
            yield (Trouble.FILE, ""), (NoticeStep.IMPAIRED, health.file_problem)
        for site in dict.fromkeys(self._sites.values()):
            served = [view for view in views if self._sites.get(view.id) == site]
            if served and all(now - self._heard[view.id][1] >= AGENT_SILENT_S for view in served):
                yield (Trouble.AGENT, site), (_how_bad(served), "")

    def _follow(self, place: _Place, found: _Found, now: float) -> None:
        case = self._cases.get(place)
        if place in found:
            if case is None or self._is_over(case, now):
                case = self._cases[place] = _Case(now)
            case.step, case.detail = found[place]
            case.well_since = None
        elif case is not None:
            case.well_since = now if case.well_since is None else case.well_since
            is_news = case.well_since - case.since >= self._lasting_s(place[0])
            if not is_news or now - case.well_since >= self._after_s + GOOD_NEWS_S:
                del self._cases[place]

    def _lasting_s(self, trouble: Trouble) -> float:
        return max(self._after_s, OVERLOAD_AFTER_S) if trouble is Trouble.OVERLOAD else self._after_s

    def _is_over(self, case: _Case, now: float) -> bool:
        return case.well_since is not None and now - case.well_since >= self._after_s

    def _sighting(self, place: _Place, case: _Case, now: float) -> Sighting | None:
        trouble, site = place
        if now - case.since < self._lasting_s(trouble):
            return None
        step = NoticeStep.ABLE_AGAIN if self._is_over(case, now) else case.step
        key = f"{trouble}:{site}:{case.since:.3f}"  # a trouble that outlasts a restart is told again
        return Sighting(Matter(key, "", step, now, site=site), case.since, case.detail, trouble)


def _how_bad(served: Iterable[PrinterView]) -> NoticeStep:
    """A silent agent calls nobody at night when all of its printers had finished before."""
    is_at_rest = all(view.report is not None and view.report.state in _RESTING for view in served)
    return NoticeStep.IMPAIRED if is_at_rest else NoticeStep.UNABLE
