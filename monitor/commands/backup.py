"""``vigie backup``: copies of the databases, also while they are in use. It needs no cameras.yaml and no password."""

import argparse
from datetime import datetime
from pathlib import Path

from monitor.database import copy_all

HELP = "copy the databases of a monitor or a hub, also while it runs"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare from where, to where, and how many copies stay."""
    parser.add_argument("storage", type=Path, help="the file of storage.path, such as /var/lib/vigie/vigie.db")
    parser.add_argument("folder", type=Path, help="where copies are kept, each in a folder named after its time")
    parser.add_argument("--keep", type=_at_least_one, default=14, metavar="N", help="how many stay (default: 14)")


def run(options: argparse.Namespace) -> int:
    """Copy, and say what was copied. Raises StorageError."""
    made, files = copy_all(options.storage, options.folder, datetime.now().astimezone(), options.keep)
    for file in files:
        print(f"{file.size_bytes:>14,} bytes  {file.name}")
    print(f"copied to {made}")
    return 0


def _at_least_one(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError("must be at least 1")
    return number
