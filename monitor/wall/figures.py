"""What the application tells about its own work, for ``/metrics``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from monitor.records import CameraStatus
from monitor.records.load import Load
from monitor.records.tally import Tally


@dataclass(frozen=True, slots=True)
class Figures:
    """Figures as they are now; those that count begin at the start of the process."""

    inspections_due: int = 0
    inspections_done: int = 0
    inspections_unscored: int = 0  # of pictures that showed what the last scored one did
    ages_s: Sequence[float] = ()  # of the newest decisions: seconds from the frame to the decision
    faults: int = 0  # exceptions of the pipeline that should not have happened
    cameras: Sequence[CameraStatus] = ()
    overwritten: Mapping[str, int] = field(default_factory=dict)  # frames that nobody looked at, by printer
    tally: Tally | None = None  # None: the history cannot be read now
    load: Load = field(default_factory=Load)
    model_sha256: str = ""  # empty: no detector could be loaded
