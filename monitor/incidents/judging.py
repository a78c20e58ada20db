"""What people say afterwards: verdicts on what is closed or was missed, and verdicts that are taken back."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

from monitor.history import HistoryReader
from monitor.incidents.cases import Cases, an_event
from monitor.incidents.pictures import Pictures
from monitor.incidents.verdicts import Verdicts
from monitor.records import (
    Answer,
    Event,
    EventKind,
    Incident,
    PersonCommand,
    Reception,
    Standing,
    Verdict,
    VerdictKind,
)

EVENT_OF = {
    VerdictKind.FALSE_ALARM: EventKind.FALSE_ALARM,
    VerdictKind.CONFIRMED: EventKind.CONFIRMED,
    VerdictKind.MISSED: EventKind.MISSED,
}


class Judging:
    """Not thread-safe; its owner holds a lock. What is written is kept in the verdicts, in this order."""

    def __init__(
        self, cases: Cases, verdicts: Verdicts, reader: HistoryReader, pictures: Pictures, sites: Mapping[str, str]
    ) -> None:
        """``sites``: the site of each printer by id."""
        self._cases, self._verdicts, self._reader, self._sites = cases, verdicts, reader, sites
        self._pictures = pictures

    def incident(self, id_: str, printer: str) -> Incident | None:
        """Return a printer's closed incident. Raises StorageError when the history cannot be read."""
        found = self._cases.closed(id_) or self._reader.incident(id_)
        return found if found is not None and found.printer == printer else None

    def newest(self, printer: str) -> Incident | None:
        """Return a printer's newest closed incident. Raises StorageError when the history cannot be read."""
        lately = self._cases.newest_closed(printer)
        return lately or next(iter(self._reader.incidents(printer, limit=1)), None)

    def judge(self, command: PersonCommand, incident: Incident, now: float) -> Answer:
        """Take a verdict on a closed incident: what is withheld at night is judged in the morning."""
        answer = self._verdicts.said(command, incident, now)
        self._write(answer, command, now)
        return answer

    def missed(self, command: PersonCommand, now: float) -> Answer:
        """Take it that a stored picture shows a failure which was not noticed; the picture is kept for ever."""
        taken_at = command.frame_taken_at
        if taken_at is None:
            return Answer(Reception.REFUSED, "say which stored picture is meant: frame_taken_at")
        picture = self._pictures.find(command.printer, taken_at)
        if picture is None:
            return Answer(Reception.NOT_FOUND, f"no picture of second {taken_at:.3f} is stored")
        answer = self._verdicts.said(command, picture, now)
        self._write(answer, command, now, picture.jpeg)
        if answer.counts:
            self._pictures.keep(command.printer, picture)
        return answer

    def withdraw(self, command: PersonCommand, now: float) -> Answer:
        """Take a verdict back: it is as if it had never been said, and both words stay in the history."""
        meant = self._verdicts.meant(command)
        if meant is None:
            return Answer(Reception.NOT_FOUND, "there is no such verdict, or none that stands on this incident")
        if meant.withdrawn_at is not None:
            return Answer(Reception.KNOWN, f"{meant.withdrawn_by} has taken it back", self._verdicts.holds(meant))
        self._take_back([meant], command.by, now)
        told = f"{meant.kind.value}, said by {meant.by}, is taken back"
        return Answer(Reception.TAKEN, told, self._verdicts.holds(meant), overruled=meant)

    def forget(self, printer: str, by: str, now: float) -> int:
        """Withdraw the verdicts of which a camera has learned anything; return how many those were."""
        teaching = self._verdicts.teaching(printer, now)
        self._take_back(teaching, by, now)
        return len(teaching)

    def _write(self, answer: Answer, command: PersonCommand, now: float, jpeg: bytes | None = None) -> None:
        verdict = answer.verdict
        if answer.reception is not Reception.TAKEN or verdict is None:
            return
        detail = f"{command.by}: {command.reason}" if command.reason else command.by
        event, labelled = (
            self._event(verdict, EVENT_OF[verdict.kind], now, detail),
            ((verdict.id, jpeg),) if jpeg else (),
        )
        self._cases.judged((event,), (verdict,), labelled=labelled)
        self._verdicts.keep((verdict,), now)

    def _take_back(self, verdicts: Iterable[Verdict], by: str, now: float) -> None:
        withdrawn = tuple(replace(one, withdrawn_by=by, withdrawn_at=now) for one in verdicts)
        if not withdrawn:
            return
        events = tuple(
            self._event(one, EventKind.WITHDRAWN, now, f"{by}: {one.kind.value}, said by {one.by}") for one in withdrawn
        )
        standing = tuple(changed for one in withdrawn for changed in self._stops_again(one))
        self._cases.judged(events, withdrawn, standing)
        self._verdicts.keep(withdrawn, now)

    def _event(self, verdict: Verdict, kind: EventKind, now: float, detail: str) -> Event:
        return an_event(self._sites[verdict.printer], verdict.printer, kind, now, detail, verdict.incident)

    def _stops_again(self, verdict: Verdict) -> Iterable[Standing]:
        """A false alarm let the job go on. Was it the last word on the newest incident, then it does so no more."""
        standing = self._cases.standings.of(verdict.printer)
        newest = self._cases.of(verdict.printer)
        incident = newest.incident if newest else self._cases.newest_closed(verdict.printer)
        was_no = verdict.kind is VerdictKind.FALSE_ALARM and incident is not None and incident.id == verdict.incident
        holds = self._verdicts.holds(verdict)
        if was_no and standing.let_print_job is not None and holds is not None and holds.id == verdict.id:
            yield replace(standing, let_print_job=None)
