"""Command line of the scene factory: `python -m models.train.scenes --help`."""

from __future__ import annotations

import argparse
import os
from pathlib import Path

from models.train.films import HELD_OUT
from models.train.scenes.films import FILMS_PER_SHARD, write_films
from models.train.scenes.prints import PRINTS_FOLDER, write_prints
from models.train.scenes.shards import PAIRS_PER_SHARD, write_shards


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m models.train.scenes", description="Renders scenes of printers.")
    parser.add_argument(
        "what",
        nargs="?",
        choices=("all", "shards", "films", "prints"),
        default="all",
        help="shards: training pairs as zip files; films: pictures before, during and without a failure, likewise; "
        "all (default): both; prints: the demo farm's clips",
    )
    parser.add_argument("--folder", type=Path, help=f"default: build/scenes, or {PRINTS_FOLDER} for prints")
    parser.add_argument(
        "--first",
        type=int,
        default=0,
        help=f"number of the first shard: its seed; films from {HELD_OUT} on are not trained on",
    )
    parser.add_argument(
        "--count",
        type=int,
        default=50,
        help=f"shards of {PAIRS_PER_SHARD} pairs, or of {FILMS_PER_SHARD} films; what exists stays",
    )
    parser.add_argument("--processes", type=int, default=max(1, (os.cpu_count() or 2) // 2))
    parser.add_argument("--only", nargs="*", help="names of prints to render again")
    arguments = parser.parse_args()
    if arguments.what == "prints":
        write_prints(arguments.folder or PRINTS_FOLDER, arguments.only)
        return
    for what, write in (("films", write_films), ("shards", write_shards)):
        if arguments.what in (what, "all"):
            folder = arguments.folder or Path("build/scenes")
            write(folder, arguments.first, arguments.count, arguments.processes)


if __name__ == "__main__":
    main()
