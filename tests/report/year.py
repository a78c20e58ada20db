"""A farm's year, made up: ``python -m tests.report.year FILE [INCIDENTS]`` writes a history to try pages with.

Invented, and named so: printers p01 to p90, random failures, each with the events that such an incident has.
"""

import random
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

from monitor.archive import frame_rows
from monitor.archive import tables as archive_tables
from monitor.archive.batch import Batch, KeepFrame, Slice
from monitor.archive.frames import FrameFiles
from monitor.archive.reader import archive_path, frames_folder
from monitor.archive.schema import SCHEMA as ARCHIVE
from monitor.database import open_for_writing
from monitor.history import Change, HistoryReader, tables
from monitor.history.schema import SCHEMA
from monitor.ids import uuid7
from monitor.records import (
    Action,
    Box,
    Event,
    EventKind,
    FailureClass,
    Hour,
    Incident,
    IncidentStatus,
    KeptFor,
    Verdict,
    VerdictKind,
)
from tests.wall.farm import picture

END = 1_795_200_000.0  # 2026-11-20T18:40:00Z
YEAR_S = 365 * 86_400.0
PEOPLE = ("Marie", "Karim", "Anaïs", "Jo")
CLASSES = (FailureClass.SPAGHETTI,) * 5 + (FailureClass.DETACHED,) * 3 + tuple(FailureClass)


def write_year(
    path: Path, printers: Sequence[str], incidents: int, evidence: bytes, end: float = END, seed: int = 1
) -> None:
    """Write that many incidents of the year before ``end``, the first hundred of the newest with a picture."""
    chance = random.Random(seed)  # noqa: S311  # nothing secret
    times = sorted(end - chance.random() * YEAR_S for _ in range(incidents))
    connection = open_for_writing(path, SCHEMA)
    connection.execute("BEGIN IMMEDIATE")
    for number, at in enumerate(times):
        picture = evidence if number >= incidents - 100 else None
        for change in life(chance, chance.choice(printers), at, picture):
            tables.apply(connection, change)
    connection.execute("COMMIT")
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def life(chance: random.Random, printer: str, at: float, evidence: bytes | None) -> Iterator[Change]:
    """Yield what is written of one incident: the sign before it, then the incident with its events, then a verdict."""
    kind = chance.choice(CLASSES)
    box = Box(kind, 0.1 + 0.4 * chance.random(), 0.2 + 0.3 * chance.random(), 0.3, 0.25, 0.9)
    paused_at = at + chance.lognormvariate(0.6, 0.6)
    caught, shadow = chance.random() < 0.93, chance.random() < 0.08
    left = chance.uniform(600, 40_000) if chance.random() < 0.8 else None
    progress = None if left is None else chance.random()
    closed_at = paused_at + chance.lognormvariate(7.0, 1.0)
    who = chance.choice(PEOPLE)
    incident = Incident(
        uuid7(at), "cochin", printer, at, kind, round(0.7 + 0.3 * chance.random(), 3), (box,), "5f2c" * 16,
        {"threshold": 0.5, "suspect_after_s": 3.0, "fail_after_s": 10.0, "recover_after_s": 60.0,
         "blind_after_s": 30.0, "camera_threshold": 0.5},
        Action.PAUSE, IncidentStatus.CLOSED, uuid7(at + 0.001), closed_at, who, "the job ended",
        "visor_v3.gcode", job_progress=progress, job_left_s=left, software="0.1.0",
    )  # fmt: skip
    facts: list[tuple[EventKind, float, str]] = [(EventKind.INCIDENT_OPENED, at, kind.value)]
    if shadow:
        facts.append((EventKind.PAUSE_WITHHELD, at, "shadow mode"))
    else:
        facts.append((EventKind.PAUSE_SENT, at + 0.02, ""))
        facts.append((EventKind.PAUSE_ACCEPTED, at + 0.05, ""))
        facts.append((EventKind.PAUSE_ORDERED, at + 0.09, ""))
        facts.append((EventKind.PAUSE_CONFIRMED, paused_at, "paused (1890 ms)") if caught
                     else (EventKind.PAUSE_FAILED, at + 60.0, "unreachable: no answer"))  # fmt: skip
    facts.append((EventKind.PEOPLE_TOLD, at + 1.4, f"{who} (ntfy)"))
    facts.append((EventKind.ACKNOWLEDGED, paused_at + chance.lognormvariate(5.0, 1.0), who))
    verdict = chance.random()
    is_false, is_confirmed = verdict < 0.12, verdict > 0.6
    if is_false:
        facts.append((EventKind.FALSE_ALARM, closed_at - 1.0, who))
    facts.append((EventKind.INCIDENT_CLOSED, closed_at, "the job ended"))
    sign = Event(uuid7(at - 9.0), "cochin", printer, at - 9.0 - 8 * chance.random(), EventKind.SUSPECTED)
    yield Change(events=(sign,))
    events = [Event(uuid7(when), "cochin", printer, when, what, incident.id, why) for what, when, why in facts]
    yield Change(incident, "", evidence, tuple(events))
    if is_false or is_confirmed:
        word = VerdictKind.FALSE_ALARM if is_false else VerdictKind.CONFIRMED
        said = Verdict(
            uuid7(closed_at), printer, word, who, closed_at - 1.0, at, 0.9, (box,), "5f2c" * 16, incident.id, kind
        )
        yield Change(verdicts=(said,))


def write_archive(
    path: Path,
    printers: Sequence[str],
    told: Sequence[tuple[str, float]],
    frame: bytes,
    end: float = END,
    days: int = 365,
) -> None:
    """Write the hours of the year, and scores and frames around incidents: (printer, when it was decided)."""
    archive = archive_path(path)
    connection = open_for_writing(archive, ARCHIVE)
    connection.execute("BEGIN IMMEDIATE")
    slices = [part for printer, at in told for part in _scores(printer, at)]
    archive_tables.apply(
        connection, Batch(end, tuple(slices), tuple(hours_of_year(printers, end, days))), end - days * 86_400.0
    )
    for printer, at in told:
        for offset in (-120.0, -60.0, -8.0, -4.0, 0.0, 6.0):
            taken_at = round(at + offset, 3)
            FrameFiles(frames_folder(path)).write(printer, round(taken_at * 1000), frame)
            kept = KeepFrame(printer, taken_at, KeptFor.INCIDENT, 0.9 if offset > -10 else 0.1)
            frame_rows.put(connection, kept, len(frame))
    connection.execute("COMMIT")
    connection.close()


def _scores(printer: str, opened_at: float) -> Iterator[Slice]:
    """Yield two minutes and a half before a decision, in which the score rises in the last twenty seconds."""
    for begins in range(-150, 90, 30):
        part = Slice(printer, opened_at + begins + 30)
        for second in range(begins, begins + 30):
            score = 0.06 + 0.03 * ((second * 7919) % 5) / 5 + (0.8 if -14 < second < 30 else 0.0)
            part.taken_at.append(opened_at + second)
            part.score.append(score)
            part.raw.append(score)
            part.how.append(0)
        yield part


def hours_of_year(printers: Sequence[str], end: float = END, days: int = 365, seed: int = 1) -> Iterator[Hour]:
    """Yield the hours of a year: every printer prints by day and most by night, some camera is blind at times."""
    chance = random.Random(seed)  # noqa: S311  # nothing secret
    first, last = int(end // 3600) - days * 24, int(end // 3600)
    for printer in printers:
        fault = chance.random() ** 4
        for number in range(first, last):
            printing = 3600.0 * min(1.0, 0.35 + chance.random())
            blind = printing * (fault if chance.random() < 0.1 else 0.002)
            yield Hour(printer, number * 3600.0, printing, printing - blind, blind, 0.0, int(printing - blind))


def main(path: Path, incidents: int) -> None:
    """Write history and archive."""
    printers, jpeg = [f"p{n:02d}" for n in range(1, 91)], picture("made up", size=(1280, 720))
    write_year(path, printers, incidents, jpeg)
    newest = HistoryReader(path).incidents(limit=5)
    write_archive(path, printers, [(fact.printer, fact.opened_at) for fact in newest], jpeg)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]) if len(sys.argv) > 2 else 20_000)
