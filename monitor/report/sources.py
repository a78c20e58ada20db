"""Where reports and records come from: the history and the archive, read together, beside a running monitor."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from monitor.archive import ArchiveReader
from monitor.config.model import Config, Printer
from monitor.errors import StorageError
from monitor.history import HistoryReader, Narrowing, Story
from monitor.incidents.steps import steps_of
from monitor.learning import learned, view_of
from monitor.records import Hour, Incident, Learned, ScoreBucket, StoredFrame, Verdict
from monitor.report.periods import Period
from monitor.report.record import KeptFrame, Known
from monitor.report.saved import GRAMS_PER_HOUR
from monitor.report.summary import Report, Sources, make_report, whereabouts

HOUR_S = 3600.0
BEFORE_S, AFTER_S = 150.0, 90.0  # of the decision: what an auditor wants to see of scores and frames
FRAMES_AT_MOST = 12


class ReportSources:
    """Reads both files. Every method may be called from any thread, and raises StorageError."""

    def __init__(self, history: HistoryReader, archive: ArchiveReader) -> None:
        self._history, self._archive = history, archive

    @classmethod
    def at(cls, storage_path: Path) -> "ReportSources":
        """Return the sources of a monitor whose storage.path this is."""
        return cls(HistoryReader(storage_path), ArchiveReader(storage_path))

    def stories(self, which: Narrowing) -> Sequence[Story]:
        """Return incidents as figures need them, newest first."""
        return self._history.stories(which)

    def report(self, period: Period, config: Config, now: float, grams_per_hour: float = GRAMS_PER_HOUR) -> Report:
        """Return the report of a period; without an archive it has no hours, and says so."""
        since, until = period.since, period.until
        stories = self._history.stories(Narrowing(since, until))
        sources = Sources(stories, self._history.missed(since, until), self._hours(since, until))
        return make_report(period, sources, whereabouts(config), now, grams_per_hour)

    def known(self, incident_id: str, config: Config) -> Known | None:
        """Return everything that is known of an incident; None when there is none of this id."""
        incident = self._history.incident(incident_id)
        if incident is None:
            return None
        events = self._history.events(incident_id)
        printer = next((p for p in config.printers if p.id == incident.printer), None)
        return Known(
            incident=incident,
            events=events,
            steps=steps_of(incident, events),
            notices=self._history.notices(incident_id),
            verdicts=self._history.verdicts(incident=incident_id),
            learned=self._learned_before(incident, printer),
            suspected_at=self._suspected_at(incident),
            scores=self._scores(incident),
            frames=self._frames(incident),
            place=whereabouts(config).get(incident.printer),
            rotate=printer.settings.rotate if printer else 0,
            evidence=self._history.evidence(incident_id),
        )

    def evidence(self, incident_id: str) -> tuple[Incident | None, bytes | None]:
        """Return an incident and its evidence picture, as far as they are there."""
        return self._history.incident(incident_id), self._history.evidence(incident_id)

    def _hours(self, since: float, until: float) -> Sequence[Hour] | None:
        """Return whole hours summed up, and those that the period only touches; None: nobody has counted any."""
        first, last = math.ceil(since / HOUR_S) * HOUR_S, math.floor(until / HOUR_S) * HOUR_S
        try:
            edges = [start for start in (first - HOUR_S, last) if since < start + HOUR_S and start < until]
            touched = [hour for start in edges for hour in self._archive.hours(None, start, start + HOUR_S)]
            return [*self._archive.hour_sums(first, last), *touched]
        except StorageError:  # no archive is no reason to have no report
            return None

    def _suspected_at(self, incident: Incident) -> float | None:
        opened_at = incident.opened_at
        which = Narrowing(opened_at, math.nextafter(opened_at, math.inf), printers=(incident.printer,))
        return next((story.suspected_at for story in self._history.stories(which) if story.id == incident.id), None)

    def _learned_before(self, incident: Incident, printer: Printer | None) -> Learned | None:
        """Return what the camera had learned when the failure was decided; None when it is no longer known."""
        if printer is None:
            return None
        verdicts = self._history.verdicts(printer=incident.printer)
        return learned(incident.printer, _held_at(verdicts, incident.opened_at), incident.opened_at, view_of(printer))

    def _scores(self, incident: Incident) -> Sequence[ScoreBucket]:
        since, until = incident.opened_at - BEFORE_S, incident.opened_at + AFTER_S
        try:
            return self._archive.series(incident.printer, since, until, round(until - since))
        except StorageError:
            return ()

    def _frames(self, incident: Incident) -> Sequence[KeptFrame]:
        since, until = incident.opened_at - BEFORE_S, incident.opened_at + AFTER_S
        try:
            frames = _some(self._archive.frames(incident.printer, since, until))
            pictures = [self._archive.frame(frame.printer, frame.taken_at) for frame in frames]
        except StorageError:
            return ()
        return [
            KeptFrame(frame.taken_at, frame.score, hashlib.sha256(jpeg).hexdigest() if jpeg else None)
            for frame, jpeg in zip(frames, pictures, strict=True)
        ]


def _some(frames: Sequence[StoredFrame]) -> Sequence[StoredFrame]:
    """Return as many frames as a record shows, from the first to the last, evenly."""
    step = (len(frames) - 1) / (FRAMES_AT_MOST - 1)
    return frames if step <= 1 else [frames[round(number * step)] for number in range(FRAMES_AT_MOST)]


def _held_at(verdicts: Sequence[Verdict], at: float) -> list[Verdict]:
    """Return the verdicts as they stood at a time, oldest first."""
    said = [verdict for verdict in reversed(verdicts) if verdict.at < at]
    stood = [verdict for verdict in said if verdict.withdrawn_at is None or verdict.withdrawn_at > at]
    return [replace(verdict, withdrawn_at=None, withdrawn_by=None) for verdict in stood]
