"""What the pipeline tells about its work."""

from dataclasses import dataclass, field

from monitor.records.load import Load


@dataclass(frozen=True, slots=True)
class Figures:
    """What the pipeline has done since the start; ages are of the newest decisions, seconds from frame to decision."""

    inspections_due: int
    inspections_done: int
    ages_s: tuple[float, ...]
    faults: int  # exceptions that should not have happened; each is in the log
    remembered: int = 0  # cameras whose healthy picture is known
    unscored: int = 0  # inspections of pictures that showed what the last scored one did
    load: Load = field(default_factory=Load)
