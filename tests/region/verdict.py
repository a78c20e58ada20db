"""What came of a run: counted at the printers, read in all histories. Pure, and the table for people."""

from collections import Counter
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, field, replace

from monitor.hub.names import at_site
from monitor.records import Event, Incident

CUT_OFF_WITHIN_S = 30.0  # promised


@dataclass(frozen=True, slots=True)
class Past:
    """What a history has of one site, with the site's own names of printers."""

    incidents: Counter[Hashable]
    events: Counter[Hashable]

    @property
    def size(self) -> int:
        """How many events there are."""
        return self.events.total()


def past(incidents: Iterable[Incident], events: Iterable[Event], *, is_hub: bool) -> Past:
    """Return what is compared: everything of an event; of an incident all but where its evidence lies."""

    def own(printer: str) -> str:
        return at_site(printer) if is_hub else printer

    return Past(
        Counter(repr(replace(one, printer=own(one.printer))) for one in incidents),
        Counter(repr(replace(one, printer=own(one.printer))) for one in events),
    )


@dataclass
class SiteOutcome:
    """A site's line in the table."""

    peer: str
    cuts: int = 0
    cut_s: float = 0.0
    failures: int = 0
    pauses: int = 0
    while_cut: int = 0  # prints that failed while the line was cut
    pauses_s: list[float] = field(default_factory=list)  # from the failing picture to the printer's pause
    pauses_cut_s: list[float] = field(default_factory=list)  # of those while the line was cut
    shown_s: list[float] = field(default_factory=list)  # from the cut to the hub's word for it
    back_s: list[float] = field(default_factory=list)  # from the mended line to the hub's word for it
    at_site: int = 0
    at_hub: int = 0
    missing: int = 0
    doubled: int = 0
    faults: list[str] = field(default_factory=list)

    def compare(self, site: Past, hub: Past) -> None:
        """Fill in what the two histories have."""
        self.at_site, self.at_hub = site.size, hub.size
        self.missing = (site.events - hub.events).total() + (site.incidents - hub.incidents).total()
        self.doubled = (hub.events - site.events).total() + (hub.incidents - site.incidents).total()
        self.faults += [f"{self.peer}: {self.missing} missing at the hub, {self.doubled} too many"] * (
            bool(self.missing or self.doubled)
        )


def table(outcomes: Sequence[SiteOutcome]) -> str:
    """Return a line for each site and one for all."""
    head = (
        "site  cuts  cut s  failed  paused  while cut  shown cut off after s  back after s  "
        "events at site  at hub  missing  doubled"
    )
    total = SiteOutcome("all")
    for one in outcomes:
        for name in ("cuts", "cut_s", "failures", "pauses", "while_cut", "at_site", "at_hub", "missing", "doubled"):
            setattr(total, name, getattr(total, name) + getattr(one, name))
        for name in ("pauses_s", "pauses_cut_s", "shown_s", "back_s"):
            getattr(total, name).extend(getattr(one, name))
    lines = [head, *(_line(one) for one in (*outcomes, total))]
    for what, values in (
        ("pause, s after the first failing picture, line up", total.pauses_s),
        ("pause, s after the first failing picture, line cut", total.pauses_cut_s),
    ):
        if values:
            ordered = sorted(values)
            lines.append(f"{what}: p50 {ordered[len(ordered) // 2]:.1f}, longest {ordered[-1]:.1f} (of {len(ordered)})")
    return "\n".join(lines)


def _line(one: SiteOutcome) -> str:
    shown, back = (f"{max(values):.1f}" if values else "-" for values in (one.shown_s, one.back_s))
    return (
        f"{one.peer:4}  {one.cuts:4}  {one.cut_s:5.0f}  {one.failures:6}  {one.pauses:6}  {one.while_cut:9}  "
        f"{shown:>21}  {back:>12}  {one.at_site:14}  {one.at_hub:6}  {one.missing:7}  {one.doubled:7}"
    )
