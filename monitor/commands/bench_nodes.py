"""``vigie bench-nodes``: what several monitors that share one farm do, as a ratio to as many times one.

Each monitor is the whole of it, pinned to a core of its own; they share their cameras through a real nats-server.
docs/sizing.md says how to read the figures.
"""

import argparse
import json
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from monitor.bench.cores import Seats, halves, seats
from monitor.bench.figures import Load
from monitor.bench.markdown import put_into
from monitor.bench.nodes import check_installed, run_nodes
from monitor.bench.processes import ending_in_order
from monitor.bench.scale_out import NodesRun, as_json, steps, table
from monitor.commands.detecting import add_detector_arguments, detector_settings
from monitor.errors import VigieError
from monitor.tuning import fingerprint_here

HELP = "measure how monitors that share a farm scale, with a core each"
COMMAND = "vigie bench-nodes"
NODES, CAMERAS = "1,2,3", "300,160"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--nodes", default=NODES, metavar="N,M", help=f"how many monitors ({NODES})")
    each = f"cameras for each monitor: one farm above what a core carries, one below ({CAMERAS})"
    parser.add_argument("--cameras", default=CAMERAS, metavar="N,M", help=each)
    parser.add_argument("--seconds", type=float, default=20.0, metavar="S", help="length of each measurement (20)")
    parser.add_argument("--runs", type=int, default=1, metavar="N", help="runs of each; medians are told (1)")
    parser.add_argument("--way", choices=("snapshot", "mjpeg", "mixed"), default="snapshot", help="how cameras send")
    parser.add_argument("--every", type=float, default=1.0, metavar="S", help="seconds between inspections (1)")
    parser.add_argument("--alone", action="store_true", help="also measure as many monitors without a cluster")
    add_detector_arguments(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object a line")
    marks = "print the table of docs/sizing.md, or put it into FILE"
    parser.add_argument("--markdown", nargs="?", const="", metavar="FILE", help=marks)


def run(options: argparse.Namespace) -> int:
    """Measure and print. Raises VigieError when something is not installed, or there are too few cores."""
    counts, cameras = _numbers("--nodes", options.nodes), _numbers("--cameras", options.cameras)
    check_installed()
    places = seats(os.sched_getaffinity(0), max(counts))
    kinds = [False, True] if options.alone else [False]
    with ending_in_order():
        found = steps(
            [
                _told(_measured(_load(options, each), count, places, is_alone=is_alone))
                for each in cameras
                for is_alone in kinds
                for _ in range(max(1, options.runs))
                for count in counts
            ]
        )
    if options.json:
        for step in found:
            print(json.dumps(as_json(step)))
    text = f"Measured on {_host(options, places, counts)}.\n\n{table(found)}"
    if options.markdown:
        _publish(text, Path(options.markdown))
    elif not options.json:
        print(text)
    return 0


def _measured(load: Load, count: int, places: Seats, *, is_alone: bool) -> NodesRun:
    """Measure once; a second time where a part has not started, since all that was measured before would be lost."""
    try:
        return run_nodes(load, count, places, is_alone=is_alone)
    except VigieError as problem:
        print(f"{problem}; once more", file=sys.stderr, flush=True)
        return run_nodes(load, count, places, is_alone=is_alone)


def _told(run: NodesRun) -> NodesRun:
    """Say that a run is over: all of them take minutes."""
    kind = "without a cluster" if run.is_alone else "in a cluster"
    line = f"{run.nodes} {kind}, {run.cameras_each} cameras each: {run.per_s:.0f} inspections a second"
    print(line, file=sys.stderr, flush=True)
    return run


def _numbers(name: str, text: str) -> Sequence[int]:
    try:
        found = [int(word) for word in text.split(",")]
    except ValueError:
        found = []
    if not found or min(found) < 1:
        raise VigieError(f"{name} {text}: write numbers, such as {NODES if name == '--nodes' else CAMERAS}")
    return found


def _load(options: argparse.Namespace, cameras: int) -> Load:
    return Load(
        cameras, options.seconds, options.way, every_s=options.every, detector=detector_settings(options), failures=0
    )


def _host(options: argparse.Namespace, places: Seats, counts: Sequence[int]) -> str:
    host = fingerprint_here("")
    runs = f"medians of {options.runs} runs (least to most)" if options.runs > 1 else "one run"
    pinned = ", ".join(map(str, places.monitors[: max(counts)]))
    shared, rest = ", ".join(halves(places.monitors)), ", ".join(map(str, sorted(places.rest)))
    return (
        f"{host.cores} cores of {host.cpu}, {host.onnxruntime}, {detector_settings(options).shipped or options.model}; "
        f"monitors on cores {pinned}{f' (hyper-threads: {shared})' if shared else ''}, "
        f"the rest on {rest}; 720p cameras, an inspection each {options.every:g} s, "
        f"{options.seconds:g} s a step, {runs}"
    )


def _publish(text: str, path: Path) -> None:
    try:
        path.write_text(put_into(path.read_text(encoding="utf-8"), text, COMMAND), encoding="utf-8")
    except OSError as exc:
        raise VigieError(f"{path}: {exc.strerror}") from exc
