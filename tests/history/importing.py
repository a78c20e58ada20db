"""Imports one history into another, a row a page, and says so after each: to be killed at any moment.

Arguments: the file that is read and the file that is written.
"""

import sys
from pathlib import Path

from monitor.history import History, HistoryReader


def main(source: Path, sink: Path) -> None:
    """Go on from where the last process was killed."""
    reader, history = HistoryReader(source), History(sink)
    history.start()
    newest = reader.newest()
    while (after := history.reader.cursor("paris", newest.history).seq) < newest.seq:
        history.import_page("paris", reader.journal(after, 1), lambda printer: f"paris.{printer}")
        print(after, flush=True)  # noqa: T201  # to who kills us
    history.stop()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
