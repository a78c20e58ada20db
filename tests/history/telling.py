"""Reading one history's journal into another, and what both hold."""

from dataclasses import replace

from monitor.history import History, HistoryReader
from monitor.records import Event, Incident, Verdict, VerdictKind
from tests.history.test_history import incident

ALL = 1_000_000  # bytes


def verdict(number: int, withdrawn_at: float | None = None) -> Verdict:
    """Return what somebody said of the number-th incident."""
    return Verdict(
        f"verdict-{number:04}",
        "p1",
        VerdictKind.FALSE_ALARM,
        "Léa",
        1500.0 + number,
        1000.0 + number,
        0.9,
        (),
        "ab",
        incident(number).id,
        withdrawn_at=withdrawn_at,
    )


def told(reader: HistoryReader, after: int = 0) -> list[str]:
    """Return the ids of the journal's rows, in order."""
    return [row.id for row in reader.journal(after, ALL).rows]


def pull(source: HistoryReader, sink: History, peer: str = "paris", max_bytes: int = ALL) -> int:
    """Read a journal to its end, page by page; return how many pages that took."""
    pages = 0
    while True:
        newest, cursor = source.newest(), sink.reader.cursor(peer)
        after = cursor.seq if cursor.history == newest.history else 0
        if after >= newest.seq:
            return pages
        assert sink.import_page(peer, source.journal(after, max_bytes), lambda printer: f"{peer}.{printer}")
        pages += 1


def content(reader: HistoryReader) -> tuple[set[Incident], set[Event], set[Verdict]]:
    """Return all that a history tells, with the printers' own names."""
    incidents = [replace(one, parameters=(), printer=one.printer.rpartition(".")[2]) for one in reader.incidents()]  # type: ignore[arg-type]  # so that it can be hashed
    events = [event for one in incidents for event in reader.events(one.id)]
    verdicts = [replace(one, printer=one.printer.rpartition(".")[2]) for one in reader.verdicts()]
    return (
        set(incidents),
        {replace(event, printer=event.printer.rpartition(".")[2]) for event in events},
        set(verdicts),
    )
