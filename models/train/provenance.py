"""What ties a figure to its model, its data and its code."""

from __future__ import annotations

import csv
import hashlib
import subprocess
from pathlib import Path

CODE = Path(__file__).resolve().parent


def file_hash(path: Path) -> str:
    """SHA-256 of a file, in hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def labelled_files_hash(labels: Path, root: Path) -> str:
    """SHA-256 of a labels.csv and of every file that it names below `root`, in its order."""
    total = hashlib.sha256(labels.read_bytes())
    with labels.open() as lines:
        for row in csv.DictReader(lines):
            total.update(row["file"].encode())
            total.update(hashlib.sha256((root / row["file"]).read_bytes()).digest())
    return total.hexdigest()


def code_revision() -> str:
    """The commit that the working tree stands on, with `-changed` where this package differs from it."""
    commit = _git("rev-parse", "HEAD")
    return f"{commit}-changed" if _git("status", "--porcelain", "--", str(CODE)) else commit or "unknown"


def _git(*arguments: str) -> str:
    run = subprocess.run(["git", *arguments], cwd=CODE, capture_output=True, text=True, check=False)  # noqa: S603, S607
    return run.stdout.strip()
