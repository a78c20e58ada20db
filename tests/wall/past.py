"""A farm that has a past: a history and an archive in real files, and an application that tells of them."""

import random
from dataclasses import replace
from pathlib import Path

from monitor.archive import ArchiveReader
from monitor.clock import Clock, ManualClock
from monitor.database import open_for_writing
from monitor.history import Change, HistoryReader, tables
from monitor.history.schema import SCHEMA
from monitor.records import Incident
from monitor.report.sources import ReportSources
from monitor.wall import create_app
from tests.report.year import END, life, write_archive
from tests.wall.contract import CheckedClient
from tests.wall.farm import Farm, picture

PICTURE = picture("the part", size=(640, 480))


class PastFarm(Farm):
    """Its incidents are invented, the newest at ``self.end``; the wall shows them all."""

    def __init__(self, folder: Path, incidents: int = 60, clock: Clock | None = None, **more: object) -> None:
        self.path = folder / "vigie.db"
        self.reader = HistoryReader(self.path)
        super().__init__(4, clock or ManualClock(END), incidents=self.reader, **more)  # type: ignore[arg-type]
        self.end = self.clock.now() - 600.0
        self.facts = self._write(incidents)
        newest = [(fact.printer, fact.opened_at) for fact in self.facts[:1]]
        write_archive(self.path, self.printers, newest, PICTURE, self.clock.now(), days=70)
        past = ReportSources.at(self.path)
        self.services = replace(self.services, past=past, archive=ArchiveReader(self.path))
        self.app = create_app(self.services)
        self.app.test_client_class = CheckedClient

    def _write(self, count: int) -> list[Incident]:
        """Write an incident each nine hours back from the end; newest first, the newest caught and confirmed."""
        chance = random.Random(4)  # noqa: S311  # nothing secret
        connection = open_for_writing(self.path, SCHEMA)
        connection.execute("BEGIN IMMEDIATE")
        for number in reversed(range(count)):
            printer = self.printers[number % len(self.printers)]
            for change in life(chance, printer, self.end - number * 9 * 3600.0, PICTURE):
                tables.apply(connection, change)
        connection.execute("COMMIT")
        connection.close()
        return list(self.reader.incidents())

    def write(self, *changes: Change) -> None:
        """Write more into the history."""
        connection = open_for_writing(self.path, SCHEMA)
        for change in changes:
            tables.apply(connection, change)
        connection.close()
