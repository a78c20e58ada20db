"""Copies of database files that are in use: complete, as of one moment, in one file each."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shutil import copyfile, rmtree

from monitor.database.file import translated
from monitor.errors import StorageError, StorageFull

STAMP = "%Y-%m-%dT%H%M%S"
BESIDE = ("printer-certificates.json", "tuning.json")  # small files that lie beside the databases


@dataclass(frozen=True, slots=True)
class Copied:
    """A file of a copy, and its size."""

    name: str
    size_bytes: int


def copy_all(storage: Path, folder: Path, at: datetime, keep: int) -> tuple[Path, tuple[Copied, ...]]:
    """Copy what lies at ``storage.path`` into a new folder below ``folder``, named after the time; return it.

    Of older copies the newest ``keep - 1`` stay. A copy that was not finished ends in ``.part`` and is made away with
    by the next one. The agents' journals are left out: what they hold is over within minutes.
    Raises StorageError when a file cannot be read, or StorageFull when the copy cannot be written.
    """
    _check_whose(storage)
    made = folder / at.strftime(STAMP)
    part = made.with_name(f"{made.name}.part")
    try:
        for left in folder.glob("*.part"):
            rmtree(left)
        part.mkdir(mode=0o700, parents=True)
        files = tuple(_copied(storage, part))
        part.rename(made)
        _thin_out(folder, keep)
    except OSError as exc:
        remedy = "check that its disk has room and that this user may write there"
        raise StorageFull(f"{exc.filename or folder}: {exc.strerror}: {remedy}") from exc
    return made, files


def _check_whose(storage: Path) -> None:
    try:
        owner = storage.stat().st_uid
    except OSError as exc:
        raise StorageError(f"{storage}: {exc.strerror}: name the file of storage.path") from exc
    if (
        os.geteuid() == 0 != owner
    ):  # the files that SQLite puts beside it would be root's, and Vigie could not open them
        raise StorageError(
            f"{storage}: belongs to another user: run this as that user (sudo -u vigie vigie backup ...)"
        )


def _copied(storage: Path, into: Path) -> Iterator[Copied]:
    stem = storage.stem
    databases = [storage, storage.with_name(f"{stem}-access{storage.suffix}"), storage.with_name(f"{stem}-archive.db")]
    for database in databases:
        if database.exists():
            _copy_database(database, into / database.name)
            yield Copied(database.name, (into / database.name).stat().st_size)
    others = [storage.with_name(name) for name in BESIDE] + sorted(storage.parent.glob(f"{storage.name}.*.matrix"))
    for other in others:
        if other.exists():
            copyfile(other, into / other.name)
            yield Copied(other.name, (into / other.name).stat().st_size)


def _copy_database(source: Path, copy: Path) -> None:
    """VACUUM INTO reads in one transaction: writers do not wait, and it never begins again (sqlite.org/lang_vacuum)."""
    try:
        with closing(sqlite3.connect(f"{source.absolute().as_uri()}?mode=rw", uri=True, timeout=30.0)) as connection:
            connection.execute("VACUUM INTO ?", (str(copy),))
        with closing(sqlite3.connect(copy)) as connection:
            found = connection.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.Error as exc:
        raise translated(exc, source) from exc
    if found != ("ok",):
        raise StorageError(f"{copy}: the copy is damaged ({found[0]}): look at the disk, and at {source}")
    copy.chmod(0o600)
    with copy.open("rb") as file:
        os.fsync(file.fileno())


def _thin_out(folder: Path, keep: int) -> None:
    made = sorted(path for path in folder.iterdir() if path.is_dir() and _is_a_copy(path.name))
    for old in made[:-keep]:
        rmtree(old)


def _is_a_copy(name: str) -> bool:
    try:
        datetime.strptime(name, STAMP)  # noqa: DTZ007  # only whether it is one
    except ValueError:
        return False
    return True
