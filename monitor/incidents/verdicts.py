"""What people say about decisions: who differs from whom, what holds, and what each camera learned from it."""

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace

from monitor.ids import uuid7
from monitor.incidents.pictures import StoredPicture
from monitor.learning import holding, learned, subject
from monitor.records import Answer, Incident, Learned, PersonCommand, PersonCommandKind, Reception, Verdict, VerdictKind

KEPT = 2_000  # verdicts of a printer, in memory; the history has all

KINDS = {
    PersonCommandKind.FALSE_ALARM: VerdictKind.FALSE_ALARM,
    PersonCommandKind.CONFIRM: VerdictKind.CONFIRMED,
    PersonCommandKind.MISSED: VerdictKind.MISSED,
}


class Verdicts:
    """Not thread-safe; its owner holds a lock, and writes a verdict before it is kept here."""

    def __init__(self, view_of: Callable[[str], str], listener: Callable[[Learned], None]) -> None:
        """``view_of`` names what a printer's camera looks at. ``listener`` hears what a camera has learned."""
        self._view_of, self._listener = view_of, listener
        self._said: dict[str, deque[Verdict]] = defaultdict(lambda: deque(maxlen=KEPT))

    def restore(self, verdicts: Iterable[Verdict], now: float) -> None:
        """Take over what the last run has written, oldest first."""
        for verdict in verdicts:
            self._said[verdict.printer].append(verdict)
        self.relearn(now)

    def of(self, printer: str) -> Sequence[Verdict]:
        """Return all that was said about a printer's pictures, oldest first, withdrawn ones too."""
        return tuple(self._said.get(printer, ()))

    def keep(self, verdicts: Iterable[Verdict], now: float) -> None:
        """Take in what was written: new verdicts, or withdrawn ones."""
        news = {verdict.id: verdict for verdict in verdicts}
        for printer in {verdict.printer for verdict in news.values()}:
            said = self._said[printer]
            known = {verdict.id for verdict in said}
            changed = [news.get(verdict.id, verdict) for verdict in said]
            said.clear()
            said.extend((*changed, *(v for v in news.values() if v.printer == printer and v.id not in known)))
            self._listener(self.learned(printer, now))

    def learned(self, printer: str, now: float) -> Learned:
        """Return what a printer's camera has learned by now."""
        return learned(printer, self.of(printer), now, self._view_of(printer))

    def relearn(self, now: float) -> None:
        """Derive anew what all cameras have learned: time has passed, or a camera looks at something else."""
        for printer in list(self._said):
            self._listener(self.learned(printer, now))

    def holds(self, verdict: Verdict) -> Verdict | None:
        """Return what holds on what a verdict is about."""
        about = [one for one in self.of(verdict.printer) if subject(one) == subject(verdict)]
        return next(iter(holding(about)), None)

    def said(self, command: PersonCommand, about: Incident | StoredPicture, now: float) -> Answer:
        """Return the answer to a new verdict, with the verdict; only one that is taken is to be written and kept."""
        verdict = self._verdict(command, about, now)
        former = self.holds(verdict)
        if former is None:
            return Answer(Reception.TAKEN, verdict=verdict)
        told = f"{former.kind.value}, says {former.by}"
        if former.kind is not verdict.kind:
            return Answer(Reception.TAKEN, f"it overrules: {told}", verdict, overruled=former)
        is_same = former.by == verdict.by
        return Answer(Reception.KNOWN, told, former) if is_same else Answer(Reception.TAKEN, f"so {told}", verdict)

    def meant(self, command: PersonCommand) -> Verdict | None:
        """Return the verdict that is to be withdrawn; None when there is none of that id, or none that stands."""
        said = self.of(command.printer)
        if command.verdict is not None:
            return next((one for one in said if one.id == command.verdict), None)
        if command.incident is None:
            return None
        return next((one for one in holding(said) if one.incident == command.incident), None)

    def teaching(self, printer: str, now: float) -> list[Verdict]:
        """Return the verdicts in which what a camera learned has its origin, and those that would take their place."""
        said, found = list(self.of(printer)), list[Verdict]()
        while True:
            now_learned = learned(printer, said, now, self._view_of(printer))
            ids = {*now_learned.misses, *(id_ for place in now_learned.places for id_ in place.verdicts)}
            if not ids:
                return found
            found += [one for one in said if one.id in ids]
            said = [one for one in said if one.id not in ids]

    def _verdict(self, command: PersonCommand, about: Incident | StoredPicture, now: float) -> Verdict:
        verdict = Verdict(
            id=uuid7(now),
            printer=command.printer,
            kind=KINDS[command.kind],
            by=command.by,
            at=now,
            frame_taken_at=now,
            score=about.score,
            boxes=(),
            model_sha256="",
            reason=command.reason,
            view=self._view_of(command.printer),
        )
        if isinstance(about, StoredPicture):
            return replace(verdict, frame_taken_at=about.taken_at)
        return replace(
            verdict,
            incident=about.id,
            frame_taken_at=about.frame_taken_at or about.opened_at,
            boxes=about.boxes,
            model_sha256=about.model_sha256,
            failure_class=about.failure_class,
            view=about.view,
        )
