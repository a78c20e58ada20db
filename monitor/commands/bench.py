"""``vigie bench``: what watching costs on this machine, from few cameras to more than it can carry.

Each step of the ladder is the whole monitor in a process of its own: detector, judge, database, MQTT to a mosquitto,
a wall with one viewer, on simulated cameras in another process that serve real JPEGs over loopback. The figures are
the monitor's alone. Beside them stand what is physically needed and two usual ways of doing the same.
"""

import argparse
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path

from pydantic import TypeAdapter

from monitor.bench import ladder
from monitor.bench.floors import Floors, measure_floors
from monitor.bench.plot import draw
from monitor.bench.processes import module
from monitor.bench.step import Load, StepFigures
from monitor.bench.ways import WAYS
from monitor.commands.detecting import add_detector_arguments, detector_settings
from monitor.errors import ModelMissing, VigieError
from monitor.sim.load_cameras import make_pictures

HELP = "measure cost and delay on simulated cameras, and say how many this machine carries"
LADDER = "12,60,90,250,500,1000"
WAY_CAMERAS, WAY_FPS = 12, 15


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--cameras", default=LADDER, metavar="N,M", help=f"the steps of the ladder ({LADDER})")
    parser.add_argument("--seconds", type=float, default=30.0, metavar="S", help="length of each measurement (30)")
    parser.add_argument("--way", choices=("snapshot", "mjpeg"), default="snapshot", help="how cameras send (snapshot)")
    parser.add_argument("--fps", type=float, default=5.0, help="frames a second of an MJPEG camera (5)")
    parser.add_argument("--every", type=float, default=1.0, metavar="S", help="seconds between inspections (1)")
    parser.add_argument("--mix", choices=("plain", "mixed"), default="plain", help="all 720p, or as one finds them")
    parser.add_argument("--failures", type=int, default=0, metavar="K", help="prints that fail in each step (0)")
    parser.add_argument("--ways", action="store_true", help="also measure two usual ways of doing the same")
    parser.add_argument("--plot", type=Path, metavar="FILE.svg", help="draw cost against cameras")
    add_detector_arguments(parser)
    parser.add_argument("--json", action="store_true", help="one JSON object a line, a step each; then the summary")


def run(options: argparse.Namespace) -> int:
    """Measure and print. Raises VigieError when a step does not start."""
    counts = _counts(options.cameras)
    floors = _floors(options)
    steps = []
    for count in counts:
        steps.append(_step(options, count))
        _say(ladder.as_json(steps[-1], floors), as_json=options.json)
    summary = _summary(steps, floors, options)
    _say(summary, as_json=options.json)
    if options.plot is not None:
        options.plot.write_text(draw(steps, floors.total_ms if floors else None), encoding="utf-8")
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
        return measure_floors(make_pictures(16), detector_settings(options).path.with_suffix(".json"))
    except ModelMissing as lacking:
        print(lacking, file=sys.stderr)
        return None


def _step(options: argparse.Namespace, cameras: int) -> StepFigures:
    load = Load(
        cameras,
        options.seconds,
        options.way,
        options.fps,
        options.every,
        options.mix,
        options.failures,
        detector_settings(options),
    )
    command = [sys.executable, "-m", "monitor.bench.step", TypeAdapter(Load).dump_json(load).decode()]
    done = subprocess.run(command, stdout=subprocess.PIPE, check=False)  # noqa: S603  # ourselves
    if done.returncode != 0:
        raise VigieError(f"the step of {cameras} cameras failed: see above")
    return TypeAdapter(StepFigures).validate_json(done.stdout)


def _summary(steps: Sequence[StepFigures], floors: Floors | None, options: argparse.Namespace) -> dict[str, object]:
    pictures = make_pictures(8)
    answer = ladder.sizing(steps, os.cpu_count() or 1, sum(map(len, pictures)) / len(pictures))
    found: dict[str, object] = {
        "answer": f"this machine carries about {answer.cameras} cameras at 1 Hz; the limit is {answer.limit}"
    }
    for name, line in (("cpu_ms_per_s", ladder.cpu_growth(steps)), ("rss_mb", ladder.memory_growth(steps))):
        if line is not None:
            found[name] = f"{line.fixed:.1f} + {line.per_camera:.3f} x cameras"
    if floors is not None:
        found |= {"floor_bytes_ms": round(floors.bytes_ms, 3), "floor_network_ms": round(floors.network_ms, 3)}
        found["peak_gmacs"] = round(floors.peak_gmacs)
    if options.ways:
        ours_ms = steps[-1].cpu_ms_per_inspection / options.every
        for way, theirs_ms in _ways(options.seconds).items():
            found[f"{way}_cpu_ms_per_camera_s"] = theirs_ms
            found[f"{way}_ratio"] = round(theirs_ms / ours_ms, 2)
    return found


def _ways(seconds: float) -> dict[str, float]:
    arguments = ["--cameras", str(WAY_CAMERAS), "--frames-per-s", str(WAY_FPS)]
    found = {}
    with module("monitor.sim.load_cameras", *arguments) as url:
        for way in WAYS:
            command = [sys.executable, "-m", "monitor.bench.ways", "--way", way, "--cameras", str(WAY_CAMERAS)]
            command += ["--seconds", str(seconds), url]
            done = subprocess.run(command, stdout=subprocess.PIPE, check=True)  # noqa: S603  # ourselves
            found[way] = float(json.loads(done.stdout)["cpu_ms_per_camera_s"])
    return found


def _say(line: dict[str, object], *, as_json: bool) -> None:
    if as_json:
        print(json.dumps(line), flush=True)
        return
    print("\n".join(f"{name:24} {_text(value)}" for name, value in line.items()) + "\n", flush=True)


def _text(value: object) -> str:
    return ", ".join(f"{k} {v}" for k, v in value.items()) if isinstance(value, dict) else str(value)
