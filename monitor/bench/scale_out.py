"""What several monitors that share a farm have done, as a ratio to as many times one. Pure."""

import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from monitor.bench.markdown import as_table

FULL = 0.9  # of the cores beside the monitors: from here on they bound what was measured
DISTURBED = 0.03  # of the monitors' cores used by other programs: rates say little then, CPU time still does


@dataclass(frozen=True, slots=True)
class NodeSpan:
    """One monitor in a measured time; CPU is that of its process and its workers."""

    core: int
    cameras: int
    seconds: float
    done: int  # inspections
    unscored: int
    cpu_s: float
    busy_s: float  # of its core, whoever used it
    stretch: float = 1.0
    is_pinned: bool = True  # no thread of it, nor of its workers, may run on another core


@dataclass(frozen=True, slots=True)
class NodesRun:
    """All of them in one run. ``beside``: cameras, printers, broker, NATS and the bench itself."""

    cameras_each: int
    every_s: float
    is_alone: bool  # independent monitors: no cluster
    spans: tuple[NodeSpan, ...]
    beside_cpu_s: float
    beside_cores: int
    was_owned_once: bool  # every camera, at the beginning and at the end, by the same
    moved: int = 0  # cameras that changed hands when the last of them joined
    needless: int = 0  # of these: to another than the one that joined

    @property
    def nodes(self) -> int:
        """How many monitors."""
        return len(self.spans)

    @property
    def seconds(self) -> float:
        """How long it was measured."""
        return statistics.fmean(span.seconds for span in self.spans)

    @property
    def asked_per_s(self) -> float:
        """Inspections a second that were asked for."""
        return self.nodes * self.cameras_each / self.every_s

    @property
    def per_s(self) -> float:
        """Inspections a second that were done."""
        return sum(span.done / span.seconds for span in self.spans)

    @property
    def cpu_ms(self) -> float:
        """CPU-ms an inspection, of all monitors."""
        return 1000 * sum(span.cpu_s for span in self.spans) / max(1, sum(span.done for span in self.spans))

    @property
    def monitors_used(self) -> float:
        """Cores in use by the monitors."""
        return sum(span.cpu_s / span.seconds for span in self.spans)

    @property
    def strangers_used(self) -> float:
        """Cores that other programs used of those that are the monitors'."""
        return sum(max(0.0, span.busy_s - span.cpu_s) / span.seconds for span in self.spans)

    @property
    def beside_used(self) -> float:
        """Cores in use by what is beside."""
        return self.beside_cpu_s / self.seconds

    @property
    def unscored_share(self) -> float:
        """Of what was done."""
        return sum(span.unscored for span in self.spans) / max(1, sum(span.done for span in self.spans))


@dataclass(frozen=True, slots=True)
class Spread:
    """The median of several runs, and how far they lie apart."""

    median: float
    least: float
    most: float

    @classmethod
    def of(cls, values: Sequence[float]) -> "Spread":
        """Return that of some values."""
        return cls(statistics.median(values), min(values), max(values))


@dataclass(frozen=True, slots=True)
class Step:
    """Runs of as many monitors, beside runs of the fewest; each is compared with the one of its own round."""

    runs: tuple[NodesRun, ...]
    base: tuple[NodesRun, ...]

    @property
    def first(self) -> NodesRun:
        """The first run: what they have in common stands there."""
        return self.runs[0]

    @property
    def to_linear(self) -> Spread:
        """The rate a monitor, as a share of that of the fewest: rate(n) / (n x rate(1))."""
        pairs = zip(self.runs, self.base, strict=True)
        return Spread.of([run.per_s / run.nodes / (base.per_s / base.nodes) for run, base in pairs])

    @property
    def to_linear_by_cpu(self) -> Spread:
        """The same by CPU time an inspection: other programs on the same cores change little of it."""
        return Spread.of([base.cpu_ms / run.cpu_ms for run, base in zip(self.runs, self.base, strict=True)])

    def spread(self, figure: Callable[[NodesRun], float]) -> Spread:
        """Return a figure over the runs."""
        return Spread.of([figure(run) for run in self.runs])

    @property
    def remarks(self) -> list[str]:
        """Why it is no figure of the monitors, if it is none."""
        used, cores = self.spread(lambda run: run.beside_used).median, self.first.beside_cores
        found = []
        if used > FULL * cores:
            found.append(f"bound by what is beside: {used:.2f} of its {cores} cores")
        strangers = self.spread(lambda run: run.strangers_used).most
        if strangers > DISTURBED * self.first.nodes:
            found.append(f"disturbed: other programs used up to {strangers:.2f} of the {self.first.nodes} cores")
        if not all(span.is_pinned for run in self.runs for span in run.spans):
            found.append("a monitor could run on other cores, too")
        if not all(run.was_owned_once for run in self.runs):
            found.append("cameras changed hands meanwhile")
        return found


def steps(runs: Sequence[NodesRun]) -> list[Step]:
    """Return the runs together by farm and number of monitors, in the order in which they came first."""
    found: dict[tuple[bool, int, int], list[NodesRun]] = {}
    for run in runs:
        found.setdefault((run.is_alone, run.cameras_each, run.nodes), []).append(run)
    fewest = {key[:2]: min(other[2] for other in found if other[:2] == key[:2]) for key in found}
    return [Step(tuple(same), tuple(found[(*key[:2], fewest[key[:2]])])) for key, same in found.items()]


def as_json(step: Step) -> Mapping[str, object]:
    """Return a step by the names of its figures, rounded; of most the median, the least and the most."""
    first = step.first
    return {
        "monitors": first.nodes,
        "alone": first.is_alone,
        "cameras_each": [span.cameras for span in first.spans],
        "runs": len(step.runs),
        "seconds": round(first.seconds, 1),
        "asked_per_s": round(first.asked_per_s, 1),
        "inspections_per_s": _three(step.spread(lambda run: run.per_s), 1),
        "inspections_per_s_each": _three(step.spread(lambda run: run.per_s / run.nodes), 1),
        "to_linear": _three(step.to_linear),
        "to_linear_by_cpu": _three(step.to_linear_by_cpu),
        "cpu_ms_per_inspection": _three(step.spread(lambda run: run.cpu_ms)),
        "unscored_share": _three(step.spread(lambda run: run.unscored_share)),
        "cores_monitors": _three(step.spread(lambda run: run.monitors_used)),
        "cores_beside": _three(step.spread(lambda run: run.beside_used)),
        "cores_beside_there": first.beside_cores,
        "cores_strangers": _three(step.spread(lambda run: run.strangers_used)),
        "stretch": _three(step.spread(lambda run: max(span.stretch for span in run.spans)), 2),
        "moved_when_last_joined": [run.moved for run in step.runs],
        "moved_needlessly": [run.needless for run in step.runs],
        "pinned": all(span.is_pinned for run in step.runs for span in run.spans),
        "owned_once": all(run.was_owned_once for run in step.runs),
        "remarks": step.remarks,
    }


def table(all_steps: Sequence[Step]) -> str:
    """Return the steps as a table."""
    head = ("monitors, a core each", "cameras each", "asked a second", "inspections a second", "each",
            "ratio to linear", "CPU-ms an inspection", "ratio by CPU time", "cores: monitors", "beside them",
            "other programs", "moved at the last join: all, needlessly", "remarks")  # fmt: skip
    return as_table(head, [_row(step) for step in all_steps])


def _row(step: Step) -> Sequence[str]:
    first = step.first
    joined = "" if first.is_alone or first.nodes == 1 else f"{first.moved} of {first.nodes * first.cameras_each}"
    return (
        f"{first.nodes}{', no cluster' if first.is_alone else ''}",
        ", ".join(str(span.cameras) for span in first.spans),
        f"{first.asked_per_s:.0f}",
        _text(step.spread(lambda run: run.per_s), 0),
        _text(step.spread(lambda run: run.per_s / run.nodes), 0),
        _text(step.to_linear),
        _text(step.spread(lambda run: run.cpu_ms)),
        _text(step.to_linear_by_cpu),
        _text(step.spread(lambda run: run.monitors_used)),
        f"{_text(step.spread(lambda run: run.beside_used))} of {first.beside_cores}",
        _text(step.spread(lambda run: run.strangers_used)),
        joined and f"{joined}, {first.needless}",
        "; ".join(step.remarks),
    )


def _text(found: Spread, digits: int = 2) -> str:
    texts = [f"{value:,.{digits}f}" for value in (found.median, found.least, found.most)]
    return texts[0] if texts[1] == texts[2] else f"{texts[0]} ({texts[1]} to {texts[2]})"


def _three(found: Spread, digits: int = 3) -> list[float]:
    return [round(value, digits) for value in (found.median, found.least, found.most)]
