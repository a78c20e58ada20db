"""Some real nodes on real servers, and what their logs prove."""

import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from monitor.clock import uptime_s
from monitor.cluster.lease import Timing
from tests.stacks.processes import Program
from tests.support import wait_until

REPOSITORY = Path(__file__).resolve().parents[2]
PATIENCE_S = 60.0
SWIFT = Timing(0.5, 2.4, 2.6, 0.75, 0.75, 0.75, 2.5, 1.25, 2.0, 1.0, 1.0)
"""A quarter of the usual waiting, for tests in which no server dies: electing their next leader takes seconds."""


@dataclass(frozen=True, slots=True)
class Span:
    """From ``start`` on, until ``end``, a process may have acted on a printer."""

    printer: str
    node: str
    epoch: int
    start: float
    end: float


class NodeProcess:
    """One node: a process that is killed, suspended and started again. All it ever did stands in its log."""

    def __init__(
        self,
        folder: Path,
        name: str,
        urls: Sequence[str],
        printers: Sequence[str],
        timing: Timing = SWIFT,
        alias: str = "",
        digest: str = "",
        clock_skew_s: float = 0.0,
    ) -> None:
        """``alias``: what its log is called, where two processes have one name. ``clock_skew_s``: it is ahead by so
        much."""
        self.name = name
        self._log = folder / f"{alias or name}.jsonl"
        settings: dict[str, Any] = {"node": name, "urls": list(urls), "printers": list(printers), "log": str(self._log)}
        settings |= {"timing": asdict(timing), "digest": digest or f"digest of {len(printers)}"}
        self._deaf = folder / f"{alias or name}.deaf"
        settings |= {"clock_skew_s": clock_skew_s, "deaf": str(self._deaf)}
        command = [sys.executable, "-m", "tests.cluster.keeper_process", json.dumps(settings)]
        self.program = Program(command, folder / f"{alias or name}.err", REPOSITORY)

    def start(self) -> None:
        """Start it; it comes in by itself."""
        self.program.start()

    def deafen(self, *, deaf: bool = True) -> None:
        """Have it hear the broker no more, or again."""
        self._deaf.touch() if deaf else self._deaf.unlink()

    def suspend(self) -> None:
        """Have it do nothing, until :meth:`resume`."""
        self.program.process.suspend()

    def resume(self) -> None:
        """Have it go on where it was."""
        self.program.process.resume()

    def kill(self) -> float:
        """End it as a power cut would; return when that was begun."""
        at = uptime_s()
        self.program.kill()
        return at

    @property
    def epochs(self) -> dict[str, int]:
        """What it may act on, as of its last line."""
        lines = self._lines()
        return dict(lines[-1]["epochs"]) if lines and uptime_s() < lines[-1]["until"] else {}

    @property
    def problem(self) -> str:
        """What it says is wrong, as of its last line."""
        lines = self._lines()
        return str(lines[-1]["problem"]) if lines else "not started"

    def spans(self) -> Iterator[Span]:
        """Yield when it may have acted on what. A line holds until the next one, or until its lease has run out."""
        lines = self._lines()
        for line, following in zip(lines, [*lines[1:], {"at": float("inf")}], strict=True):
            end = min(line["until"], following["at"])
            for printer, epoch in line["epochs"].items():
                if line["at"] < end:
                    yield Span(printer, self.name, epoch, line["at"], end)

    def _lines(self) -> list[dict[str, Any]]:
        if not self._log.exists():
            return []
        written = self._log.read_text().splitlines(keepends=True)
        return [json.loads(line) for line in written if line.endswith("\n")]


class Stage:
    """The nodes that share the printers."""

    def __init__(self, printers: Sequence[str], nodes: Sequence[NodeProcess]) -> None:
        self.printers, self.nodes = list(printers), {node.name: node for node in nodes}

    def owners(self) -> dict[str, str]:
        """Return printer -> the node that may act on it now."""
        return {printer: node.name for node in self.nodes.values() for printer in node.epochs}

    def all_owned(self) -> bool:
        """Whether somebody may act on every printer."""
        return len(self.owners()) == len(self.printers)

    def wait_owned(self, by: set[str]) -> None:
        """Wait until every printer is owned, each of these nodes has some, and no other has any."""

        def are_owned() -> bool:
            owners = self.owners()
            return len(owners) == len(self.printers) and by == set(owners.values())

        assert wait_until(are_owned, PATIENCE_S, 0.05), (
            f"{self.owners()}: {[node.problem for node in self.nodes.values()]}"
        )

    def spans(self) -> list[Span]:
        """Return everything that anybody may have done, in order."""
        return sorted((span for node in self.nodes.values() for span in node.spans()), key=lambda span: span.start)

    def assert_one_owner(self) -> None:
        """Hold the promise over all that was written down: never two at a time, and epochs only grow."""
        last: dict[str, Span] = {}
        for span in self.spans():
            before = last.get(span.printer)
            if before is not None and (before.node, before.epoch) != (span.node, span.epoch):
                assert before.end <= span.start, f"both at once: {before} and {span}"
                assert before.epoch < span.epoch, f"an epoch went back: {before} and {span}"
            if before is None or span.end >= before.end:
                last[span.printer] = span

    def taken_over(self, victim: str, at: float) -> dict[str, float]:
        """Return how long after a node was killed somebody else could act on each of its printers."""
        spans = self.spans()
        its = {span.printer for span in spans if span.node == victim and span.start <= at < span.end}
        after = [span for span in reversed(spans) if span.printer in its and span.node != victim and span.start > at]
        return {span.printer: span.start - at for span in after}  # the first one of each is put last

    def gaps(self, since: float) -> dict[str, float]:
        """Return the longest time for which nobody could act on each printer, from a moment on until now."""
        gaps = dict.fromkeys(self.printers, 0.0)
        until = dict.fromkeys(self.printers, since)
        for span in self.spans():
            if span.end > since:
                gaps[span.printer] = max(gaps[span.printer], span.start - until[span.printer])
                until[span.printer] = max(until[span.printer], span.end)
        return gaps


@contextmanager
def stage(
    folder: Path, names: str, urls: Sequence[str], printers: int = 12, timing: Timing = SWIFT, digest: str = ""
) -> Iterator[Stage]:
    """Run some nodes until all printers are owned; all of them are ended afterwards."""
    listed = [f"p{number:04}" for number in range(printers)]
    made = Stage(listed, [NodeProcess(folder, name, urls, listed, timing, digest=digest) for name in names])
    try:
        for node in made.nodes.values():
            node.start()
        made.wait_owned(set(names))
        yield made
    finally:
        for node in made.nodes.values():
            node.program.kill()
