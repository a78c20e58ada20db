"""The monitor's side of the conversation with an agent of real printers, and how long a pause takes there."""

import time
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from monitor.agent import Agent
from monitor.clock import SystemClock
from monitor.config.model import Control, Storage
from monitor.records import JobState, PauseResult
from tests.agent.farms import farm
from tests.brokers import Mosquitto
from tests.pause_desk import PauseDesk

PauseTimes = defaultdict[str, list[float]]  # stack -> seconds from the published pause to the published proof


@contextmanager
def at_the_desk(broker: Mosquitto, controls: Mapping[str, Control], folder: Path | None = None) -> Iterator[PauseDesk]:
    """Run an agent for some printers, and the monitor's side of the conversation. ``folder``: where it keeps things."""
    desk = PauseDesk(broker.endpoint, SystemClock())
    config = farm(controls)
    if folder is not None:
        config = config.model_copy(update={"storage": Storage(path=str(folder / "vigie.db"))})
    agent = Agent(config, broker.endpoint, SystemClock(), "test-agent")
    desk.start()
    agent.start()
    try:
        yield desk
    finally:
        agent.stop()
        desk.stop()


def knows(desk: PauseDesk, printer: str) -> bool:
    """Whether the printer was reported with a state of its own."""
    report = desk.newest(printer)
    return report is not None and report.can_pause and report.state is not JobState.UNKNOWN


def says(desk: PauseDesk, printer: str) -> JobState | None:
    """Return the state that was reported last."""
    report = desk.newest(printer)
    return report.state if report is not None else None


def is_offline(desk: PauseDesk, printer: str) -> bool:
    """Whether the printer was reported as gone."""
    report = desk.newest(printer)
    return report is not None and report.state is JobState.OFFLINE and not report.can_pause


def timed_pause(desk: PauseDesk, printer: str, stack: str, times: PauseTimes) -> PauseResult:
    """Order a pause, return its answer, and note how long that took; the times are printed, never asserted."""
    begun_at = time.perf_counter()
    result = desk.pause(printer)
    times[stack].append(time.perf_counter() - begun_at)
    return result
