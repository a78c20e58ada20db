"""``vigie bench``: the whole monitor on N simulated 720p cameras, and what an inspected frame costs.

The cameras run in a process of their own and only send; CPU time and memory are the monitor's alone: capture,
inspection, judge, history, embedded broker and wall.

``--against M`` adds ``rss_mb_per_camera``: the same run with M cameras goes first, in a process of its own, and the
difference of the two resident sizes is divided by the difference in cameras. So nothing that every run needs (the
interpreter, the libraries, the detector's sessions) counts as a camera's, and nothing that a camera needs is left out.
The heap's holes need a minute or two to come: a short run flatters. So does one that ends before every camera's memory
is there (``remembered``), after two minutes, where the model has one.
"""

import argparse
import json
import logging
import subprocess
import sys
from dataclasses import replace

from monitor.benchmark import Figures, measure
from monitor.commands.detecting import add_detector_arguments, as_arguments, detector_settings
from monitor.errors import VigieError
from monitor.malloc import limit_arenas

HELP = "measure cost and delay on simulated cameras"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--cameras", type=int, default=12, metavar="N", help="simulated 720p MJPEG cameras (12)")
    parser.add_argument("--seconds", type=float, default=30.0, metavar="S", help="length of the measurement (30)")
    parser.add_argument("--fps", type=float, default=5.0, help="frames a second that each camera sends (5)")
    parser.add_argument("--every", type=float, default=1.0, metavar="S", help="seconds between inspections (1)")
    add_detector_arguments(parser)
    parser.add_argument("--against", type=int, metavar="M", help="also say what memory a camera more than M costs")
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(options: argparse.Namespace) -> int:
    """Measure and print."""
    logging.getLogger("monitor").setLevel(logging.WARNING)  # not a line for each camera that connects
    limit_arenas()
    against = None if options.against is None else _rss_mb_of(options.against, options)
    figures = measure(options.cameras, options.seconds, options.fps, options.every, detector_settings(options))
    if against is not None:
        per_camera_mb = (figures.rss_mb - against) / (options.cameras - options.against)
        figures = replace(figures, rss_mb_per_camera=per_camera_mb)
    print(json.dumps(figures.as_json()) if options.json else _table(figures), flush=True)
    return 0


def _rss_mb_of(cameras: int, options: argparse.Namespace) -> float:
    """Return what the same run needs with another number of cameras."""
    if cameras == options.cameras:
        raise VigieError(f"--against {cameras}: choose another number than that of --cameras")
    command = [sys.executable, "-m", "monitor", "bench", "--json", "--cameras", str(cameras)]
    command += ["--seconds", str(options.seconds), "--fps", str(options.fps), "--every", str(options.every)]
    command += as_arguments(detector_settings(options))
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603  # ourselves
    if done.returncode != 0:
        raise VigieError(f"the run with {cameras} cameras failed: see above")
    return float(json.loads(done.stdout)["rss_mb"])


def _table(figures: Figures) -> str:
    return "\n".join(f"{name:24} {value}" for name, value in figures.as_json().items())
