"""``vigie import``: many printers from a table into cameras.yaml, all or none."""

import argparse
import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from monitor.clock import SystemClock
from monitor.commands.try_camera import told
from monitor.config.edit import FarmEditor
from monitor.config.edit.table import TEMPLATE, Row, read_table
from monitor.config.model import Config
from monitor.errors import ConfigError, ConfigRefused
from monitor.tryout.camera import Eye, try_camera

HELP = "add the printers of a CSV table to cameras.yaml, all or none; --template prints one to fill in"
TRIED_AT_ONCE = 8


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the table."""
    parser.add_argument("table", nargs="?", type=Path, metavar="FILE.csv", help="a printer in each row")
    parser.add_argument("--template", action="store_true", help="print a table to fill in, and end")
    parser.add_argument("--check", action="store_true", help="only say what is wrong with the table")
    parser.add_argument("--try", dest="tries", action="store_true", help="try every camera first; none is left out")
    parser.add_argument("--file", type=Path, help="the file (default: cameras.yaml)")


def run(options: argparse.Namespace) -> int:
    """Write them and return 0, or say what is wrong with which row and return 1."""
    if options.template:
        print(TEMPLATE.replace("\r\n", "\n"), end="")
        return 0
    if options.table is None:
        raise ConfigError("name a table, or print one with --template")
    rows = read_table(_content(options.table))
    if faulty := [f"{options.table}:{row.line} {row.printer.id}: {fault}" for row in rows for fault in row.faults]:
        print(*faulty, sep="\n")
        return 1
    path: Path = options.file or Path("cameras.yaml")
    editor, printers = FarmEditor(path, os.environ), [row.printer for row in rows]
    try:
        config = editor.add(printers, dry_run=True)
        if options.tries and not _try_all(config, rows):
            return 1
        if not options.check:
            editor.add(printers)
    except ConfigRefused as exc:
        print(*exc.faults, sep="\n")
        print(f"nothing was written to {path}")
        return 1
    done = "could be added" if options.check else "were added"
    print(f"{len(rows)} printers {done} to {path}")
    return 0


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as exc:
        raise ConfigError(f"{path} cannot be read: {exc.strerror}") from exc


def _try_all(config: Config, rows: Sequence[Row]) -> bool:
    """Try all cameras, some at once; tell whether each was found."""
    eye, clock = Eye(None), SystemClock()

    def one(row: Row) -> bool:
        trial = try_camera(config.printer(row.printer.id).camera, clock, eye)
        print(f"{row.printer.id}: " + "; ".join(line.strip() for line in told(trial)))
        return trial.camera is not None

    with ThreadPoolExecutor(TRIED_AT_ONCE, thread_name_prefix="try") as pool:
        return all(list(pool.map(one, rows)))
