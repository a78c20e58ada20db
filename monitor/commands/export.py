"""``vigie export``: pictures that people have labelled, as a data set for training; also while the monitor runs."""

import argparse
import os
import secrets
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from monitor.commands.moments import since
from monitor.config.load import default_path, load
from monitor.config.model import Printer
from monitor.dataset import DatasetFolder, Labelled, Naming
from monitor.dataset.rows import file_of
from monitor.decode.turning import upright
from monitor.errors import BadFrame, StorageFull
from monitor.history import HistoryReader
from monitor.learning import holding, view_of
from monitor.records import Verdict

HELP = "write the pictures that people have labelled as a data set for training"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare where to, from which farm, and what of it."""
    parser.add_argument("folder", type=Path, help="a new folder, or one of an earlier export, to which news are added")
    parser.add_argument("file", nargs="?", type=Path, help="the monitor's cameras.yaml (default: cameras.yaml)")
    parser.add_argument("--printer", metavar="ID", help="of this printer only")
    parser.add_argument("--since", type=since, default=0.0, metavar="WHEN", help="said since then: 24h, 7d, 2026-11-21")
    parser.add_argument("--anonymous", action="store_true", help="name nobody, and printers by a hash")


def run(arguments: argparse.Namespace) -> int:
    """Export, and say what was done. Raises ConfigError and StorageError."""
    config = load(arguments.file or default_path(), os.environ)
    storage = Path(config.storage.path)
    reader = HistoryReader(storage)
    said = reader.verdicts(arguments.printer)
    folder = DatasetFolder(arguments.folder, Naming(_key(storage) if arguments.anonymous else None))
    held = {verdict.id: verdict for verdict in _holding(said)}
    gone = _drop_overtaken(folder, said, held)
    lost = 0
    for verdict in held.values():
        if verdict.at < arguments.since or file_of(verdict) in folder.files():
            continue
        printer = next((one for one in config.printers if one.id == verdict.printer), None)
        labelled = _labelled(reader, verdict, printer)
        if labelled is None:
            lost += 1
        else:
            folder.add(labelled, _view(printer))
    folder.finish()
    print(f"{arguments.folder}: {folder.added} pictures written, {len(folder.files())} in all")
    if gone:
        print(f"{gone} were withdrawn or overruled since, and are named no more")
    if lost:
        print(f"{lost} have no picture any more")
    return 0


def _holding(said: Sequence[Verdict]) -> Iterator[Verdict]:
    """Yield the verdicts that hold, printer by printer; ``said`` newest first, as the history has them."""
    by_printer: dict[str, list[Verdict]] = defaultdict(list)
    for verdict in reversed(said):
        by_printer[verdict.printer].append(verdict)
    for verdicts in by_printer.values():
        yield from holding(verdicts)


def _drop_overtaken(folder: DatasetFolder, said: Sequence[Verdict], held: Mapping[str, Verdict]) -> int:
    """Name no more what was exported and is not what people say now; return how many those are."""
    known = set(folder.files())
    overtaken = [file_of(one) for one in said if one.id not in held and file_of(one) in known]
    for file in overtaken:
        folder.drop(file)
    return len(overtaken)


def _labelled(reader: HistoryReader, verdict: Verdict, printer: Printer | None) -> Labelled | None:
    """Return a verdict with its picture; None when that is not there any more, or no picture.

    The rotation in cameras.yaml turns it upright only if the camera looked so when the verdict was said.
    """
    jpeg = reader.picture(verdict)
    if jpeg is None:
        return None
    try:
        is_same_view = printer is not None and view_of(printer) == verdict.view
        rotate = printer.settings.rotate if printer is not None and is_same_view else 0
        return Labelled(verdict, *upright(jpeg, rotate), is_same_view)
    except BadFrame:
        return None


def _view(printer: Printer | None) -> Mapping[str, Any]:
    return {} if printer is None else printer.settings.model_dump(mode="json", include={"rotate", "region", "mask"})


def _key(storage: Path) -> bytes:
    """Return the key of this farm's hashes, made on first use and kept beside the history, never in an export.

    Raises StorageFull when it cannot be kept: then the next export would call the same printer by another name.
    """
    path = storage.with_name(f"{storage.stem}-export.key")
    try:
        if not path.is_file():
            path.touch(mode=0o600, exist_ok=False)
            path.write_bytes(secrets.token_bytes(32))
        return path.read_bytes()
    except OSError as exc:
        raise StorageFull(f"{path}: {exc.strerror}; it keeps the names of printers secret") from exc
