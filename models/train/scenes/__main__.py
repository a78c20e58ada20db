"""Command line of the scene factory: `python -m models.train.scenes --help`."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from models.train.scenes.prints import PRINTS_FOLDER, write_prints
from models.train.scenes.shards import write_shards


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="python -m models.train.scenes", description="Renders scenes of FDM printers."
    )
    commands = parser.add_subparsers(dest="command", required=True)
    shards = commands.add_parser(
        "shards", help="training pairs (healthy and failing twins) as zip files; continues a stopped run"
    )
    shards.add_argument("--folder", type=Path, default=Path("build/scenes"))
    shards.add_argument("--first", type=int, default=0, help="number of the first shard (also its seed)")
    shards.add_argument("--count", type=int, default=50, help="shards of 400 pairs")
    shards.add_argument("--processes", type=int, default=max(1, (os.cpu_count() or 2) // 2))
    prints = commands.add_parser("prints", help="the demo farm's prints over time, as MP4")
    prints.add_argument("--folder", type=Path, default=PRINTS_FOLDER)
    prints.add_argument("--only", nargs="*", default=None, help="names of prints to render again")
    arguments = parser.parse_args()
    if arguments.command == "shards":
        write_shards(arguments.folder, arguments.first, arguments.count, arguments.processes)
    else:
        write_prints(arguments.folder, arguments.only)


if __name__ == "__main__":
    main()
