"""Reading beside a writer, from any thread: a read-only connection for each question."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from monitor.database.file import translated
from monitor.errors import StorageDamaged, StorageError

Answer = TypeVar("Answer")


def ask(
    path: Path, question: Callable[[sqlite3.Connection], Answer], missing: str, unreadable: type[Exception]
) -> Answer:
    """Return the answer of the file at ``path``.

    ``missing``: what to tell where there is no file. ``unreadable``: what ``question`` raises for a row that is none of
    ours. Raises StorageError.
    """
    if not path.is_file():
        raise StorageError(f"{path}: {missing}")
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=5.0)) as connection:
            return question(connection)
    except sqlite3.Error as exc:
        raise translated(exc, path) from exc
    except unreadable as exc:
        raise StorageDamaged(f"{path}: a row cannot be read ({exc}): was it changed by hand?") from exc
