"""The folder of a data set: pictures are written once and never again, the tables are written anew each time."""

import csv
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from monitor.dataset.rows import BOX_COLUMNS, LABEL_COLUMNS, Labelled, Line, Naming, box_row, label_row, manifest_line
from monitor.errors import StorageError, StorageFull

MANIFEST, LABELS, BOXES, README = "manifest.jsonl", "train/labels.csv", "boxes.csv", "README.md"

_README = """# Labelled pictures of a Vigie farm

Written by `vigie export`. {count} pictures with a verdict that held at the time: what people said of decisions of the
print-failure detector, on cameras of their own farm.

- `manifest.jsonl`: everything known about each picture, a JSON object a line. Boxes are the detector's, in fractions of
  the upright picture; of a false alarm they say where nothing was wrong.
- `train/labels.csv`, `boxes.csv`: the same for `models/train/real.py`. Boxes are `checked: no`: nobody has drawn them
  by eye, so training does not use them until somebody has, and writes `yes`.
- `upright`: whether the picture is turned as the farm sees it; `false` where the camera or its rotation was another
  one when it was judged, or the printer has left: then it is as the camera sent it, and its boxes lie elsewhere.
- `label`: `ok` for a false alarm; else the class that was confirmed, or `failing` where nobody has said which.

**Licence and consent.** These pictures belong to the farm that took them; no licence comes with them. They may show
people, rooms, patients' names on labels, or parts that are confidential. {names} Look at
every picture before you give any of them away, and ask whoever is to be seen.

Run the same command again to add what was said since. Pictures are never overwritten or deleted; of a verdict that was
withdrawn the picture stays in the folder, and the tables do not name it any more.
"""
_NAMED = "The manifest names who judged them."
_ANONYMOUS = "No person is named in the tables, and printers are hashes; the pictures are as they are."


class DatasetFolder:
    """A folder that was made by us, or is to be."""

    def __init__(self, path: Path, naming: Naming) -> None:
        """Raises StorageError when something else lies there already, or another kind of export."""
        self._path, self._naming = path, naming
        self._lines: dict[str, Line] = {line["file"]: line for line in self._known()}
        self.added = 0

    def __contains__(self, file: str) -> bool:
        """Whether a picture is there, whole."""
        return (self._path / file).is_file()

    def files(self) -> Sequence[str]:
        """Return the pictures that the manifest names."""
        return tuple(self._lines)

    def add(self, one: Labelled, view: Mapping[str, Any]) -> None:
        """Write a picture unless it is there. Raises StorageFull when that cannot be done."""
        line = manifest_line(one, self._naming, view)
        if line["file"] not in self:
            self._write(line["file"], one.jpeg)
            self.added += 1
        self._lines[line["file"]] = line

    def drop(self, file: str) -> None:
        """Name a picture no more; it stays."""
        self._lines.pop(file, None)

    def finish(self) -> None:
        """Write the tables and the README. Raises StorageFull when that cannot be done."""
        lines = [self._lines[file] for file in sorted(self._lines)]
        names = _NAMED if self._naming.key is None else _ANONYMOUS
        self._write(MANIFEST, "".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines).encode())
        self._write(LABELS, _table(LABEL_COLUMNS, map(label_row, lines)))
        self._write(BOXES, _table(BOX_COLUMNS, (row for row in map(box_row, lines) if row)))
        self._write(README, _README.format(count=len(lines), names=names).encode())

    def _known(self) -> list[Line]:
        manifest = self._path / MANIFEST
        if not manifest.is_file():
            foreign = self._path.exists() and (not self._path.is_dir() or any(self._foreign()))
            if foreign:
                raise StorageError(f"{self._path}: something else lies there; name an empty folder or a new one")
            return []
        try:
            lines = [json.loads(text) for text in manifest.read_text().splitlines()]
            is_named = {("by" in line) for line in lines}
        except (OSError, ValueError, TypeError) as exc:
            raise StorageError(f"{manifest}: cannot be read ({exc}); export into a new folder") from exc
        if is_named and is_named != {self._naming.key is None}:
            raise StorageError(
                f"{self._path}: names {'some' if True in is_named else 'nobody'}; export as before, or elsewhere"
            )
        return lines

    def _foreign(self) -> Iterable[Path]:
        """Yield what is not of an export that was interrupted before its end."""
        return (entry for entry in self._path.iterdir() if entry.name != "train")

    def _write(self, name: str, data: bytes) -> None:
        """Write a file as a whole or not at all."""
        path = self._path / name
        part = path.with_name(path.name + ".part")
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            part.write_bytes(data)
            part.replace(path)
        except OSError as exc:
            raise StorageFull(f"{path}: {exc.strerror}; make room or name another folder, then export again") from exc


def _table(columns: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue().encode()
