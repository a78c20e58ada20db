"""Command line of the scene factory: `python -m models.train.scenes --help`."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from models.train.scenes.prints import PRINTS_FOLDER, write_prints
from models.train.scenes.shards import PAIRS_PER_SHARD, write_shards


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m models.train.scenes", description="Renders scenes of printers.")
    parser.add_argument(
        "what",
        nargs="?",
        choices=("shards", "prints"),
        default="shards",
        help="shards (default): training pairs as zip files; prints: the demo farm's clips",
    )
    parser.add_argument("--folder", type=Path, help=f"default: build/scenes for shards, {PRINTS_FOLDER} for prints")
    parser.add_argument("--first", type=int, default=0, help="number of the first shard, which is also its seed")
    parser.add_argument("--count", type=int, default=50, help=f"shards of {PAIRS_PER_SHARD} pairs; what exists stays")
    parser.add_argument("--processes", type=int, default=max(1, (os.cpu_count() or 2) // 2))
    parser.add_argument("--only", nargs="*", help="names of prints to render again")
    arguments = parser.parse_args()
    if arguments.what == "shards":
        folder = arguments.folder or Path("build/scenes")
        write_shards(folder, arguments.first, arguments.count, arguments.processes)
    else:
        write_prints(arguments.folder or PRINTS_FOLDER, arguments.only)


if __name__ == "__main__":
    main()
