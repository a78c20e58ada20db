"""``vigie bench-pause``: from a failure that was decided to the printer that was seen paused, and what of it is ours.

The whole monitor runs: cameras that are inspected, a mosquitto of its own, an agent, printers in a process of their
own. The printer's own time is taken off. With ``--unreachable`` the same is measured with all printers reachable
before, in a process of its own, and ``ratio_p50`` and ``ratio_p99`` say what the unreachable ones cost the others.
"""

import argparse
import json
import logging
import subprocess
import sys

from monitor.bench.pauses import PauseFigures, measure_pauses
from monitor.errors import VigieError
from monitor.malloc import limit_arenas

HELP = "measure how long a pause takes, from the decision to the proof"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--printers", type=int, default=90, metavar="N", help="simulated printers with cameras (90)")
    parser.add_argument("--failing", type=int, default=10, metavar="M", help="printers that fail at once (10)")
    parser.add_argument("--unreachable", type=int, default=0, metavar="U", help="of the printers never answer (0)")
    parser.add_argument("--rounds", type=int, default=30, metavar="R", help="how often (30)")
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(options: argparse.Namespace) -> int:
    """Measure and print."""
    if not 0 < options.failing <= options.printers - options.unreachable:
        raise VigieError("--failing: choose at least 1, and at most the printers that can be reached")
    logging.getLogger("monitor").setLevel(logging.CRITICAL)  # not a line for each pause, nor for each silent printer
    limit_arenas()
    before = _all_reachable(options) if options.unreachable else None
    figures = measure_pauses(options.printers, options.unreachable, options.failing, options.rounds)
    found = figures.as_json() | (_ratios(figures, before) if before else {})
    print(json.dumps(found) if options.json else "\n".join(f"{name:18} {value}" for name, value in found.items()))
    return 0 if figures.lost == 0 else 1


def _ratios(figures: PauseFigures, before: dict[str, float]) -> dict[str, float]:
    return {
        "all_reachable_p50_ms": before["own_p50_ms"],
        "all_reachable_p99_ms": before["own_p99_ms"],
        "ratio_p50": round(figures.own_p50_ms / before["own_p50_ms"], 2),
        "ratio_p99": round(figures.own_p99_ms / before["own_p99_ms"], 2),
    }


def _all_reachable(options: argparse.Namespace) -> dict[str, float]:
    """Return the figures of the same run where every printer answers."""
    command = [sys.executable, "-m", "monitor", "bench-pause", "--json", "--printers", str(options.printers)]
    command += ["--failing", str(options.failing), "--rounds", str(options.rounds)]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=False)  # noqa: S603  # ourselves
    if done.returncode != 0:
        raise VigieError("the run with all printers reachable failed: see above")
    found: dict[str, float] = json.loads(done.stdout)
    return found
