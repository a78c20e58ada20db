"""Reading, from any thread and beside a running monitor: a read-only connection for each question."""

import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TypeVar

from monitor.database import ask
from monitor.errors import BadPayload
from monitor.history import imports, journal, stories, tables, tally, verdicts, wishes
from monitor.history.stories import Narrowing, Story
from monitor.history.tally import Happened
from monitor.history.wishes import Wish
from monitor.records import Event, Incident, Notice, ShadowTally, Verdict
from monitor.records.journal import Cursor, Page

Answer = TypeVar("Answer")
MISSING = "no history there: start `vigie run` once, or correct storage.path"


class HistoryReader:
    """Answers from the file at ``path``. Every method raises StorageError when there is none, or it is damaged."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def incidents(self, printer: str | None = None, limit: int = -1, since: float = 0.0) -> Sequence[Incident]:
        """Return incidents opened at or after ``since``, newest first; ``limit`` -1 means all."""
        return self._ask(lambda connection: tables.incidents(connection, printer, limit, since))

    def events(self, incident: str) -> Sequence[Event]:
        """Return what happened in one incident, oldest first; empty when it is unknown."""
        return self._ask(lambda connection: tables.events(connection, incident))

    def happenings(self, printer: str, since: float, until: float) -> Sequence[Event]:
        """Return what happened to a printer in a time, with an incident or without, oldest first."""
        return self._ask(lambda connection: tables.happenings(connection, printer, since, until))

    def newest_event(self) -> int:
        """Return the number of the newest event: they are numbered as they are written."""
        return self._ask(tally.newest)

    def happened_after(self, number: int) -> Sequence[Happened]:
        """Return the events after a number, oldest first, as far as they are counted."""
        return self._ask(lambda connection: tally.happened(connection, number))

    def stories(self, which: Narrowing) -> Sequence[Story]:
        """Return incidents as figures need them, newest first."""
        return self._ask(lambda connection: stories.stories(connection, which))

    def missed(self, since: float, until: float) -> Sequence[tuple[str, float]]:
        """Return the printers whose failures people had to report, and when (unix seconds) they were to be seen."""
        return self._ask(lambda connection: stories.missed(connection, since, until))

    def incident(self, incident: str) -> Incident | None:
        """Return one incident; None when there is none of this id."""
        return self._ask(lambda connection: tables.incident(connection, incident))

    def verdicts(
        self, printer: str | None = None, incident: str | None = None, since: float = 0.0, limit: int = -1
    ) -> Sequence[Verdict]:
        """Return verdicts said at or after ``since``, newest first, withdrawn ones too; ``limit`` -1 means all."""
        return self._ask(lambda connection: verdicts.verdicts(connection, printer, incident, since, limit))

    def verdict(self, id_: str) -> Verdict | None:
        """Return one verdict; None when it is unknown."""
        return self._ask(lambda connection: verdicts.verdict(connection, id_))

    def picture(self, verdict: Verdict) -> bytes | None:
        """Return the JPEG that a verdict is about, as the camera sent it."""
        return self._ask(lambda connection: verdicts.picture(connection, verdict))

    def notices(self, incident: str) -> Sequence[Notice]:
        """Return the messages to people about one incident, oldest first."""
        return self._ask(lambda connection: tables.notices(connection, incident))

    def shadow(self, printer: str | None = None, since: float = 0.0) -> ShadowTally:
        """Return what shadow mode would have done in incidents opened at or after ``since``."""
        return self._ask(lambda connection: tables.shadow(connection, printer, since))

    def evidence(self, incident: str) -> bytes | None:
        """Return the JPEG on which the incident was decided, as the camera sent it."""
        return self._ask(lambda connection: tables.evidence(connection, incident))

    def told_open(self) -> Sequence[Incident]:
        """Return the incidents that others have told and that are not closed, oldest first."""
        return self._ask(imports.still_open)

    def unpictured(self, peer: str, limit: int) -> Sequence[str]:
        """Return the newest incidents that a peer has told and whose picture is not here, the oldest of them first."""
        return self._ask(lambda connection: imports.unpictured(connection, peer, limit))

    def identity(self) -> str:
        """Return what tells this file from all others, also from the one that takes its place."""
        return self._ask(journal.identity)

    def newest(self) -> Cursor:
        """Return the identity of this file, and the newest number of its journal."""
        return self._ask(lambda connection: Cursor(journal.identity(connection), journal.head(connection)))

    def wish(self, id_: str) -> Wish | None:
        """Return what became of a command from another place; None when it never came, or long ago."""
        return self._ask(lambda connection: wishes.wish(connection, id_))

    def journal(self, after: int, max_bytes: int) -> Page:
        """Return what was written here after a number, in order: as much as fits, and one row at the least."""
        return self._ask(lambda connection: journal.page(connection, after, max_bytes))

    def cursor(self, peer: str, history: str = "") -> Cursor:
        """Return how far a file of a peer was read; by default the one that was read last."""
        return self._ask(lambda connection: journal.cursor(connection, peer, history))

    def _ask(self, question: Callable[[sqlite3.Connection], Answer]) -> Answer:
        return ask(self._path, question, MISSING, BadPayload)
