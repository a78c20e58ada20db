"""One line for ``systemctl status``: what is watched, and what is wrong."""

from collections import Counter
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from monitor.peering import problems_of
from monitor.records import State
from monitor.wall import HealthReport

if TYPE_CHECKING:  # each of them has loaded itself; a hub must not load the others
    from monitor.agent import Agent
    from monitor.app import App
    from monitor.hub.hub import Hub

NO_BROKER = "no broker"


def of_monitor(app: "App") -> str:
    """Return how a monitor is."""
    counted = Counter(str(view.state) if view.is_known else "not known" for view in app.board.snapshot().printers)
    return _line(f"{sum(counted.values())} printers", counted, _problems(app.health()))


def of_agent(agent: "Agent") -> str:
    """Return how an agent is."""
    problems = ("" if agent.is_connected else NO_BROKER, agent.problem)
    return _line(f"serves {agent.printers} printers", {}, filter(None, problems))


def of_hub(hub: "Hub") -> str:
    """Return how a hub is."""
    lines = hub.collector.lines()
    counted = Counter(str(line.line.kind) for line in lines)
    return _line(
        f"{len(lines)} sites, {sum(line.printers for line in lines)} printers", counted, _problems(hub.health())
    )


def _problems(report: HealthReport) -> Iterator[str]:
    if not report.broker_connected:
        yield NO_BROKER
    yield from problems_of(report)


def _line(what: str, counted: dict[str, int], problems: Iterable[str]) -> str:
    states = ", ".join(f"{counted[kind]} {kind}" for kind in sorted(counted, key=_place))
    return "; ".join([f"{what}: {states}" if states else what, *problems])


def _place(kind: str) -> tuple[int, str]:
    """Return the order in which states are told: as they are listed, and others by name."""
    known = [str(state) for state in State]
    return (known.index(kind) if kind in known else len(known), kind)
