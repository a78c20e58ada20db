"""``vigie bench-wall``: what the wall's server costs for N tiles and M viewers, and how old their pictures are.

The server runs in a process of its own, which is told pictures as by the pipeline; the viewers run in another one.
``--slow 10000`` measures it a second time with one more viewer that reads 10 kB/s: nobody else may notice it.
``--sweep`` adds how the cost grows with viewers and with tiles, ``--soak 2`` the memory after two hours.
The aim of the project: 90 tiles at 2 fps and 10 viewers for at most 5 % of one core.
"""

import argparse
import json

from monitor.bench.wall import WallFigures, measure_wall, soak
from monitor.errors import VigieError
from monitor.malloc import limit_arenas

HELP = "measure what the wall's server costs, and how old pictures are at its viewers"

SWEEP_S = 8.0
_COLUMNS = ("tiles", "viewers", "cpu_percent", "age_p50_s", "age_p99_s")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("--tiles", type=int, default=90, metavar="N", help="printers on the wall (90)")
    parser.add_argument("--fps", type=float, default=2.0, help="new pictures a second of each (2)")
    parser.add_argument("--viewers", type=int, default=10, metavar="M", help="open walls (10)")
    parser.add_argument("--seconds", type=float, default=20.0, metavar="S", help="length of a measurement (20)")
    parser.add_argument("--slow", type=float, metavar="BYTES_PER_S", help="again with a viewer that reads this slowly")
    parser.add_argument("--soak", type=float, metavar="HOURS", help="also let hours pass on a clock moved by hand")
    parser.add_argument("--sweep", action="store_true", help="also for fewer and more viewers and tiles")
    parser.add_argument("--json", action="store_true", help="one JSON object")


def run(options: argparse.Namespace) -> int:
    """Measure and print."""
    if options.tiles < 1 or options.viewers < 0:
        raise VigieError("--tiles: at least 1; --viewers: 0 or more")
    found: dict[str, object] = dict(_measured(options, options.tiles, options.viewers, options.seconds).as_json())
    if options.slow:
        beside = measure_wall(options.tiles, options.fps, options.viewers, options.seconds, options.slow).as_json()
        found["beside_a_slow_viewer"] = beside
    if options.sweep:
        runs = [(options.tiles, viewers) for viewers in (0, 1, 5, 20)] + [
            (tiles, options.viewers) for tiles in (12, 60)
        ]
        found["sweep"] = [_measured(options, tiles, viewers, SWEEP_S).as_json() for tiles, viewers in runs]
    if options.soak:
        limit_arenas()
        found |= soak(options.tiles, options.fps, options.viewers, options.soak).as_json()
    print(json.dumps(found) if options.json else _table(found), flush=True)
    return 0


def _measured(options: argparse.Namespace, tiles: int, viewers: int, seconds: float) -> WallFigures:
    return measure_wall(tiles, options.fps, viewers, seconds)


def _table(found: dict[str, object]) -> str:
    lines = [f"{name:18} {value}" for name, value in found.items() if not isinstance(value, dict | list)]
    beside = found.get("beside_a_slow_viewer")
    if isinstance(beside, dict):
        lines += ["", "beside a slow viewer:"] + [f"{name:22} {value}" for name, value in beside.items()]
    sweep = found.get("sweep")
    if isinstance(sweep, list):
        lines += ["", "".join(f"{name:>12}" for name in _COLUMNS)]
        lines += ["".join(f"{run[name]:12}" for name in _COLUMNS) for run in sweep]
    return "\n".join(lines)
