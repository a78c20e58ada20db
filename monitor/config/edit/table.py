"""Printers as a table of comma-separated values (RFC 4180), as spreadsheets write it. Pure.

The first row names keys of cameras.yaml: ``id``, ``site``, ``room``, ``name``, ``camera`` (an address or a word),
``camera.url``, ``control.type``, ``threshold`` ... An empty cell is a key that is not written. Semicolons and tabs
separate cells too, and then a comma may stand in a decimal number: so does Excel where people write 0,7.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from monitor.config.edit.wishes import NewPrinter
from monitor.config.farm import KINDS
from monitor.config.faults import suggestion
from monitor.errors import ConfigError

ROWS_AT_MOST = 2_000

TEMPLATE = (
    "id,name,site,room,camera,camera.type,camera.username,camera.password,control.type,control.url,control.api_key\r\n"
    "p21,Prusa 21,bicetre,hall,http://10.0.0.21:8080/stream,,,,octoprint,http://10.0.0.21,${P21_API_KEY}\r\n"
    "p22,Prusa 22,bicetre,hall,rtsp://10.0.0.22/stream1,,viewer,${P22_CAMERA_PASSWORD},none,,\r\n"
)

_PLACE = ("id", "site", "room", "name", "site_name", "room_name")
_NUMBERS = (
    "inspect_every_s", "idle_every_s", "suspect_every_s", "inspect_at_least_every_s", "threshold",
    "suspect_after_s", "fail_after_s", "recover_after_s", "blind_after_s", "ask_for_s", "rotate",
)  # fmt: skip
_WORDS = ("on_failure",)
_DEVICE_NUMBERS = frozenset({"port", "every_s", "width", "height", "frames_per_s"})


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table; ``faults`` are those that the table itself shows."""

    line: int  # of the table, counted from 1
    printer: NewPrinter
    faults: tuple[str, ...] = field(default=())


def read_table(content: bytes) -> tuple[Row, ...]:
    """Return the table's rows; raises ConfigError when it is none, or has a column that means nothing."""
    text = _decoded(content)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=_delimiter(text), strict=True)
    try:
        lines = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader]
    except csv.Error as exc:
        raise ConfigError(f"line {reader.line_num} is not a row of a table: {exc}") from exc
    rows = [(number, cells) for number, cells in lines if any(cells)]
    if len(rows) < 2:
        raise ConfigError("the table has no printers: its first row names the columns, each further row is a printer")
    if len(rows) > ROWS_AT_MOST:
        raise ConfigError(f"the table has more than {ROWS_AT_MOST} rows: share it out")
    columns = rows[0][1]
    _check_columns(columns)
    return tuple(_row(number, columns, cells) for number, cells in rows[1:])


def _decoded(content: bytes) -> str:
    for encoding in ("utf-8-sig", "cp1252"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise ConfigError("the table is no text: save it as CSV UTF-8")


def _delimiter(text: str) -> str:
    head = text.partition("\n")[0]
    return max(",;\t", key=head.count)


def known_columns() -> tuple[str, ...]:
    """Return every column that means something."""
    devices = [
        f"{device}.{key}"
        for device, kinds in KINDS.items()
        for section in kinds.values()
        for key in section.model_fields
        if key != "headers"
    ]
    return (*_PLACE, "camera", "control", *_NUMBERS, *_WORDS, *dict.fromkeys(devices))


def _check_columns(columns: Sequence[str]) -> None:
    known = known_columns()
    faults = [f"{name or 'an empty name'}: {suggestion(name, known)}" for name in columns if name not in known]
    faults += [f"{name} stands twice" for name in dict.fromkeys(columns) if columns.count(name) > 1]
    faults += [f"{name} is missing" for name in ("id", "site", "room") if name not in columns]
    if faults:
        raise ConfigError("the first row must name the columns; " + "; ".join(faults))


def _row(number: int, columns: Sequence[str], cells: Sequence[str]) -> Row:
    faults = []
    if len(cells) > len(columns) and any(cells[len(columns) :]):
        faults.append(f"has {len(cells)} cells, but there are {len(columns)} columns")
    given = {name: cell for name, cell in zip(columns, cells, strict=False) if cell}
    faults += [f"{name} is empty" for name in ("id", "site", "room") if name not in given]
    values: dict[str, Any] = {}
    for name, cell in given.items():
        is_number = name in _NUMBERS or name.rpartition(".")[2] in _DEVICE_NUMBERS
        values[name] = _number(name, cell, faults) if is_number else cell
    return Row(number, _printer(values), tuple(faults))


def _number(name: str, cell: str, faults: list[str]) -> float | int | str:
    try:
        number = float(cell.replace(",", "."))
    except ValueError:
        faults.append(f"{name}: {cell[:40]} is no number")
        return cell
    return int(number) if number.is_integer() else number


def _printer(values: Mapping[str, Any]) -> NewPrinter:
    place = {name: str(values.get(name, "")) for name in _PLACE}
    settings = {name: values[name] for name in (*_NUMBERS, *_WORDS) if name in values}
    return NewPrinter(**place, camera=_device("camera", values), control=_device("control", values), settings=settings)


def _device(name: str, values: Mapping[str, Any]) -> Mapping[str, Any] | str | None:
    """Return a camera or a control: the cell of its own name, completed by those of its keys."""
    keys = {key.partition(".")[2]: value for key, value in values.items() if key.startswith(f"{name}.")}
    own = values.get(name)
    if not keys:
        return own if own is None else str(own)
    if own is None:
        return keys
    if "://" not in str(own):
        return {"type": str(own), **keys}
    kind = "rtsp" if str(own).lower().startswith("rtsp") else "mjpeg"
    return {"type": kind, "url": str(own), **keys}
