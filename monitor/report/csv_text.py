"""Tables as CSV (RFC 4180, UTF-8 without a mark): for a spreadsheet, which must not take a name for a formula. Pure."""

import csv
import io
from collections.abc import Iterable, Sequence

Cell = str | int | float | None

_BEGINS_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Spreadsheets calculate what begins so. Source: OWASP, "CSV Injection"."""
DECIMALS = 3


def csv_text(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> str:
    """Return a table with one line of names; numbers with a dot, nothing for None, lines end with CRLF."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(head)
    writer.writerows([_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def _cell(cell: Cell) -> str | int:
    if cell is None:
        return ""
    if isinstance(cell, float):
        return f"{cell:.{DECIMALS}f}".rstrip("0").rstrip(".")
    if isinstance(cell, int):
        return cell
    told = cell.replace("\0", "")  # first: what follows one may begin a formula
    return f"'{told}" if told.startswith(_BEGINS_FORMULA) else told
