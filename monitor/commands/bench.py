"""``vigie bench``: the whole monitor on N simulated 720p cameras, and what an inspected frame costs.

The cameras run in a process of their own and only send; CPU time and memory are the monitor's alone: capture,
inspection, judge, history, embedded broker and wall.
"""

import argparse
import json

from monitor.benchmark import Figures, measure

HELP = "measure cost and delay on simulated cameras"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--cameras", type=int, default=12, metavar="N", help="simulated 720p MJPEG cameras (12)")
    parser.add_argument("--seconds", type=float, default=30.0, metavar="S", help="length of the measurement (30)")
    parser.add_argument("--fps", type=float, default=5.0, help="frames a second that each camera sends (5)")
    parser.add_argument("--every", type=float, default=1.0, metavar="S", help="seconds between inspections (1)")
    parser.add_argument("--model", default="", help="another detector.onnx than the shipped one")
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(options: argparse.Namespace) -> int:
    """Measure and print."""
    figures = measure(options.cameras, options.seconds, options.fps, options.every, options.model)
    print(json.dumps(figures.as_json()) if options.json else _table(figures), flush=True)
    return 0


def _table(figures: Figures) -> str:
    return "\n".join(f"{name:24} {value}" for name, value in figures.as_json().items())
