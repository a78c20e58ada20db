"""``vigie bench``: what watching costs on this machine, from few cameras to more than it can carry.

Each step of the ladder is the whole monitor in a process of its own: detector, judge, database, MQTT to a mosquitto,
a wall with one viewer, on simulated cameras in another process that serve real JPEGs over loopback. The figures are
the monitor's alone. Beside them stand what is physically needed and two usual ways of doing the same. docs/sizing.md
says how to read them. ``--tune`` finds how many sessions with which batch suit this machine, and ``--soak`` holds one
step for long.
"""

import argparse
import json
import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from monitor.bench import ladder
from monitor.bench.figures import Load, StepFigures, median_of, spread_of
from monitor.bench.floors import Floors, measure_floors
from monitor.bench.lines import as_json
from monitor.bench.markdown import put_into, tables
from monitor.bench.plot import draw
from monitor.bench.processes import ending_in_order
from monitor.bench.running import run_step, run_ways
from monitor.commands.bench_soak import soak
from monitor.commands.bench_tune import tune
from monitor.commands.detecting import add_detector_arguments, detector_settings
from monitor.errors import ModelMissing, VigieError
from monitor.sim.load_cameras import make_pictures
from monitor.tuning import fingerprint_here

HELP = "measure cost and delay on simulated cameras, and say how many this machine carries"
LADDER = "12,60,90,250,500,1000,2000"
PICTURES = 16  # whose floors and size are taken


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--cameras", default=LADDER, metavar="N,M", help=f"the steps of the ladder ({LADDER})")
    parser.add_argument("--seconds", type=float, default=30.0, metavar="S", help="length of each measurement (30)")
    parser.add_argument("--runs", type=int, default=1, metavar="N", help="runs of each step; medians are told (1)")
    ways = ("snapshot", "mjpeg", "mixed")
    parser.add_argument("--way", choices=ways, help="how cameras send (snapshot; with --mix mixed: mixed)")
    parser.add_argument("--fps", type=float, default=5.0, help="frames a second of an MJPEG camera (5)")
    parser.add_argument("--every", type=float, default=1.0, metavar="S", help="seconds between inspections (1)")
    parser.add_argument("--mix", choices=("plain", "mixed"), default="plain", help="all 720p, or as one finds them")
    parser.add_argument("--failures", type=int, default=30, metavar="K", help="prints that fail, at most (30)")
    parser.add_argument("--ways", action="store_true", help="also measure two usual ways of doing the same")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw the ladder, or the soak")
    parser.add_argument("--tune", action="store_true", help="find and store the best number of sessions and batch")
    parser.add_argument("--config", type=Path, metavar="FILE", help="--tune: the cameras.yaml that it is for")
    parser.add_argument("--soak", type=float, metavar="MINUTES", help="hold the first step for long; memory's slope")
    parser.add_argument("--samples", type=Path, metavar="FILE", help="--soak: a line each ten seconds (soak.jsonl)")
    add_detector_arguments(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object a line, a step each; then the summary")
    marks = "print the tables of docs/sizing.md, or put them into FILE"
    parser.add_argument("--markdown", nargs="?", const="", metavar="FILE", help=marks)


def run(options: argparse.Namespace) -> int:
    """Measure and print. Raises VigieError when a step does not start."""
    with ending_in_order():
        return _run(options)


def _run(options: argparse.Namespace) -> int:
    counts = _counts(options.cameras)
    if options.tune:
        return tune(options)
    if options.soak:
        return soak(_load(options, counts[0]), options)
    floors, steps = _floors(options), []
    for count in counts:
        runs = [run_step(_load(options, count)) for _ in range(max(1, options.runs))]
        steps.append(median_of(runs))
        line = as_json(steps[-1], floors, _cores())
        _say(line | ({"spread": spread_of(runs)} if options.runs > 1 else {}), as_json=options.json)
    pictures = make_pictures(PICTURES)
    bytes_a_picture = sum(map(len, pictures)) / len(pictures)
    summary = _summary(steps, floors, bytes_a_picture, options)
    _say(summary, as_json=options.json)
    if options.plot is not None:
        options.plot.write_text(draw(steps, floors.total_ms if floors else None), encoding="utf-8")
    if options.markdown is not None:
        text = tables(steps, floors, summary, _host(options), _cores(), bytes_a_picture)
        _publish(text, options.markdown)
    return 0


def _counts(text: str) -> list[int]:
    try:
        counts = [int(word) for word in text.split(",")]
    except ValueError:
        counts = []
    if not counts or min(counts) < 1:
        raise VigieError(f"--cameras {text}: write numbers of cameras, such as 90 or {LADDER}")
    return counts


def _floors(options: argparse.Namespace) -> Floors | None:
    try:
        return measure_floors(make_pictures(PICTURES), detector_settings(options).path.with_suffix(".json"))
    except ModelMissing as lacking:
        print(lacking, file=sys.stderr)
        return None


def _load(options: argparse.Namespace, cameras: int) -> Load:
    return Load(
        cameras,
        options.seconds,
        options.way or ("mixed" if options.mix == "mixed" else "snapshot"),
        options.fps,
        options.every,
        options.mix,
        options.failures,
        detector_settings(options),
    )


def _summary(
    steps: Sequence[StepFigures], floors: Floors | None, bytes_a_picture: float, options: argparse.Namespace
) -> dict[str, object]:
    answer = ladder.sizing(steps, _cores(), bytes_a_picture)
    found: dict[str, object] = {
        "answer": f"this machine carries about {answer.cameras:,} printers at 1 Hz; the limit is {answer.limit}"
    }
    for name, line in (("cpu_ms_per_s", ladder.cpu_growth(steps)), ("rss_mb", ladder.memory_growth(steps))):
        if line is not None:
            found[name] = f"{line.fixed:.1f} + {line.per_camera:.3f} x cameras"
    if floors is not None:
        found |= {"floor_bytes_ms": round(floors.bytes_ms, 3), "floor_network_ms": round(floors.network_ms, 3)}
        found |= {"peak_gmacs": round(floors.peak_gmacs), "kb_a_picture": round(bytes_a_picture / 1000, 1)}
        found["jpeg_mb_s"] = round(bytes_a_picture / 1000 / floors.bytes_ms, 1)
    if options.ways:
        carried = next((step for step in reversed(steps) if ladder.is_carried(step)), steps[-1])
        ours_ms = carried.cpu_ms_per_inspection / options.every
        for way, theirs_ms in run_ways(options.seconds).items():
            found[f"{way}_cpu_ms_per_camera_s"] = theirs_ms
            found[f"{way}_ratio"] = round(theirs_ms / ours_ms, 2)
    return found


def _host(options: argparse.Namespace) -> str:
    host = fingerprint_here("")
    runs = f"medians of {options.runs} runs" if options.runs > 1 else "one run"
    farm = "a mixed farm" if options.mix == "mixed" else "720p cameras"
    return (
        f"{host.cores} cores of {host.cpu}, {host.onnxruntime}, {detector_settings(options).shipped or options.model}; "
        f"{farm}, an inspection each {options.every:g} s, {options.seconds:g} s a step, {runs}"
    )


def _cores() -> int:
    return len(os.sched_getaffinity(0))


def _publish(text: str, file: str) -> None:
    if not file:
        print(text)
        return
    path = Path(file)
    try:
        path.write_text(put_into(path.read_text(encoding="utf-8"), text), encoding="utf-8")
    except OSError as exc:
        raise VigieError(f"{path}: {exc.strerror}") from exc


def _say(line: Mapping[str, object], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(line), flush=True)
        return
    print("\n".join(f"{name:26} {_text(value)}" for name, value in line.items()) + "\n", flush=True)


def _text(value: object) -> str:
    return ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else str(value)
