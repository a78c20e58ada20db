"""What is told of Vigie itself: that it cannot judge, order or write, and that it can again."""

from dataclasses import replace

import pytest

from monitor.board import Board, PrinterView
from monitor.config.model import NoControl, Printer, SimulatedControl
from monitor.people.own_watch import AGENT_SILENT_S, GOOD_NEWS_S, OVERLOAD_AFTER_S, OwnWatch, Trouble
from monitor.records import JobState, NoticeStep, PrinterReport
from monitor.records.load import Load, Overload
from monitor.wall import HealthReport
from tests.farms import a_farm, a_printer

AFTER_S = 60.0
WELL = HealthReport(broker_connected=True)
DEAF = HealthReport(broker_connected=False)
SLOWED = Load(overload=Overload(0.0, 2.3, 1.0, 4))
UNABLE, IMPAIRED, AGAIN = NoticeStep.UNABLE, NoticeStep.IMPAIRED, NoticeStep.ABLE_AGAIN


def printer(name: str, site: str = "s", *, controlled: bool = True) -> Printer:
    """Return a printer."""
    control = SimulatedControl(type="simulated") if controlled else NoControl(type="none")
    return a_printer(name).model_copy(update={"control": control, "site": site})


class Times:
    """A watch whose seconds are counted by hand; the agents speak until their sites are silent."""

    def __init__(self, *printers: Printer, does: JobState = JobState.PRINTING, silent: tuple[str, ...] = ()) -> None:
        self.watch, self.now, self.health = OwnWatch(printers, AFTER_S), 0.0, WELL
        self.silent = set(silent)
        board = Board(a_farm(*(one.model_copy(update={"site": "s"}) for one in printers)), 0.5, 0.0)
        self._sites = {one.id: one.site for one in printers}
        self._views = {one.id: board.view(one.id) for one in printers}
        self._does = does

    def passes(self, seconds: float) -> list[tuple[str, NoticeStep, str]]:
        """Let time pass in steps of ten seconds; return what should be known then: trouble, step, site."""
        until = self.now + seconds
        while True:
            found = self.watch.look(self.health, self._look(), self.now)
            if self.now >= until:
                return [(seen.what, seen.matter.step, seen.matter.site) for seen in found]
            self.now += 10

    def keys(self) -> set[str]:
        """Return the keys of what should be known now."""
        return {seen.matter.key for seen in self.watch.look(self.health, self._look(), self.now)}

    def _look(self) -> list[PrinterView]:
        self._report()
        return list(self._views.values())

    def _report(self) -> None:
        for name, view in self._views.items():
            if self._sites[name] not in self.silent:
                report = PrinterReport(name, self._does, self.now // 30, can_pause=True)
                self._views[name] = replace(view, report=report)


@pytest.mark.parametrize(
    ("health", "trouble", "step"),
    [
        (DEAF, Trouble.BROKER, UNABLE),
        (HealthReport(broker_connected=True, detector_problem="gone"), Trouble.DETECTOR, UNABLE),
        (HealthReport(broker_connected=True, storage_problem="full"), Trouble.HISTORY, IMPAIRED),
        (HealthReport(broker_connected=True, archive_problem="full"), Trouble.ARCHIVE, IMPAIRED),
        (HealthReport(broker_connected=True, file_problem="line 4"), Trouble.FILE, IMPAIRED),
        (HealthReport(broker_connected=True, cluster_problem="cut off", is_cut_off=True), Trouble.CLUSTER, UNABLE),
        (HealthReport(broker_connected=True, cluster_problem="another list"), Trouble.CLUSTER, IMPAIRED),
    ],
)
def test_a_trouble_is_told_when_it_lasts_and_so_is_its_end(
    health: HealthReport, trouble: Trouble, step: NoticeStep
) -> None:
    """Both a minute after they began; in the end nothing is left to tell."""
    times = Times(printer("p1"))
    assert [] == times.passes(100)
    times.health = health
    assert [] == times.passes(AFTER_S - 10)
    assert [(trouble, step, "")] == times.passes(10)
    times.health = WELL
    assert [(trouble, step, "")] == times.passes(AFTER_S - 10)
    assert [(trouble, AGAIN, "")] == times.passes(20)
    assert [] == times.passes(GOOD_NEWS_S + AFTER_S)


def test_what_comes_and_goes_quickly_is_not_told() -> None:
    """A broker that is restarted is no news, however often."""
    times = Times(printer("p1"))
    for health in (DEAF, WELL) * 5:
        times.health = health
        assert [] == times.passes(AFTER_S - 20)


def test_a_trouble_that_flickers_is_one_trouble_and_the_next_one_is_another() -> None:
    """By its key: who was told of the first is told of the second, too."""
    times = Times(printer("p1"))
    times.health = DEAF
    times.passes(AFTER_S)
    first = times.keys()
    for health in (WELL, DEAF) * 3:
        times.health = health
        times.passes(AFTER_S - 20)
    assert first == times.keys()
    times.health = WELL
    times.passes(AFTER_S + 10)
    times.health = DEAF
    times.passes(AFTER_S)
    assert (1, False) == (len(times.keys()), times.keys() == first)


def test_a_silent_agent_is_told_for_its_site() -> None:
    """The other site's is well; it is over with the first report."""
    times = Times(printer("p1", "north"), printer("p2", "south"))
    times.passes(100)
    times.silent = {"north"}
    assert [] == times.passes(AGENT_SILENT_S - 10)
    assert [("agent", UNABLE, "north")] == times.passes(AFTER_S + 40)
    times.silent = set()
    assert [("agent", AGAIN, "north")] == times.passes(AFTER_S + 10)


def test_an_agent_that_was_never_heard_is_silent() -> None:
    """Nobody knows whether its printers print."""
    times = Times(printer("p1", "north"), silent=("north",))
    assert [("agent", UNABLE, "north")] == times.passes(AGENT_SILENT_S + AFTER_S)


def test_an_overload_is_told_when_it_lasts_for_five_minutes() -> None:
    """It is no emergency, and often over by itself; with the figures when it is not."""
    times = Times(printer("p1"))
    times.health = HealthReport(broker_connected=True, load=SLOWED)
    assert [] == times.passes(OVERLOAD_AFTER_S - 10)
    assert [(Trouble.OVERLOAD, IMPAIRED, "")] == times.passes(10)
    (seen,) = times.watch.look(times.health, [], times.now)
    assert "4 printers are looked at every 2.3 s instead of 1 s" in seen.detail
    times.health = WELL
    assert [(Trouble.OVERLOAD, AGAIN, "")] == times.passes(AFTER_S)


def test_an_overload_of_a_minute_is_not_told() -> None:
    """Neither that it begins nor that it ends."""
    times = Times(printer("p1"))
    times.health = HealthReport(broker_connected=True, load=SLOWED)
    assert [] == times.passes(2 * AFTER_S)
    times.health = WELL
    assert [] == times.passes(2 * OVERLOAD_AFTER_S)


def test_a_silent_agent_wakes_nobody_when_all_its_printers_had_finished() -> None:
    """Somebody may switch off a site in the evening."""
    times = Times(printer("p1", "north"), does=JobState.IDLE)
    times.passes(100)
    times.silent = {"north"}
    assert [("agent", IMPAIRED, "north")] == times.passes(AGENT_SILENT_S + AFTER_S + 40)


def test_without_a_broker_no_agent_is_blamed() -> None:
    """Nothing is heard of anybody then; afterwards agents get their time to speak."""
    times = Times(printer("p1", "north"))
    times.silent, times.health = {"north"}, DEAF
    assert [("broker", UNABLE, "")] == times.passes(1000)
    times.health = WELL
    assert [("broker", AGAIN, "")] == times.passes(AGENT_SILENT_S)


def test_where_nobody_expects_a_pause_no_agent_is_missed() -> None:
    """Printers without a control have none."""
    times = Times(printer("p1", controlled=False))
    times.silent = {"s"}
    assert [] == times.passes(1000)
