"""What peers say to each other, as facts. Times are unix seconds, on the clock of who says it."""

from dataclasses import dataclass

from monitor.judge import Phase
from monitor.records import Action, Health, IncidentStatus, JobState, Reception, State
from monitor.records.belonging import NOT_KNOWN, Belonging
from monitor.records.load import LoadState

PROBLEMS = 8  # of a peer, at most
PROBLEM_LENGTH = 200  # characters


@dataclass(frozen=True, slots=True)
class Pulse:
    """That a peer lives, and how it is: every 5 s, and within 1 s when its history has moved."""

    peer: str
    instance: str  # of the process: two of one name differ in it
    at: float  # on the peer's clock
    history: str  # the identity of its history's file
    head: int  # the newest number of its journal
    software: str
    printers: int
    load: LoadState = LoadState.NORMAL
    problems: tuple[str, ...] = ()  # short texts in English, at most PROBLEMS
    digest: str = ""  # of its Farm


@dataclass(frozen=True, slots=True)
class FarmRoom:
    """A room of a site."""

    id: str
    name: str


@dataclass(frozen=True, slots=True)
class FarmSite:
    """A site of a peer."""

    id: str
    name: str
    rooms: tuple[FarmRoom, ...]


@dataclass(frozen=True, slots=True)
class FarmPrinter:
    """A printer of a peer, as its cameras.yaml has it."""

    id: str
    name: str
    site: str
    room: str
    threshold: float
    on_failure: Action
    epoch: int = 0  # in a cluster: of the node's ownership
    is_controlled: bool = True  # False: nobody can pause it from there, by cameras.yaml


@dataclass(frozen=True, slots=True)
class Farm:
    """What a peer watches, in the order of its file; retained, told when it changes."""

    peer: str
    digest: str
    sites: tuple[FarmSite, ...]
    printers: tuple[FarmPrinter, ...]


@dataclass(frozen=True, slots=True)
class CompactView:
    """What a peer's board says of one printer, without what its Farm and its incidents say."""

    printer: str
    state: State
    since: float
    phase: Phase
    score: float | None = None
    probability: float | None = None
    evidence_s: float = 0.0
    frame_taken_at: float | None = None
    health: Health | None = None
    job_state: JobState | None = None  # None: the printer was not heard
    reported_at: float = 0.0
    job: str | None = None
    progress: float | None = None
    can_pause: bool = True
    job_detail: str = ""
    incident: str | None = None  # id of the open one: the incident itself comes with a page
    incident_status: IncidentStatus | None = None
    muted_until: float | None = None
    armed: bool = True
    goes_on: bool = False
    camera_problem: str = ""
    picture_problem: str = ""
    belonging: Belonging = NOT_KNOWN


@dataclass(frozen=True, slots=True)
class Views:
    """Views that have changed; ``full``: a part of all. Who is missing in it has gone nowhere."""

    at: float
    full: bool
    views: tuple[CompactView, ...]
    instance: str = ""  # of the process, as in its Pulse


@dataclass(frozen=True, slots=True)
class PeerTile:
    """The newest small picture of one printer."""

    taken_at: float  # on the peer's clock
    jpeg: bytes


@dataclass(frozen=True, slots=True)
class PageAsk:
    """The question for what a history wrote after a number; another file than asked for is told from its beginning."""

    id: str
    history: str
    after: int


@dataclass(frozen=True, slots=True)
class EvidenceAsk:
    """The question for the picture of an incident."""

    incident: str


@dataclass(frozen=True, slots=True)
class Look:
    """Whose tiles somebody looks at; renewed every 5 s. ``until`` counts on the asker's clock."""

    printers: tuple[str, ...]
    until: float
    at: float = 0.0  # when it was said: ``until - at`` is how long it holds, whatever the clocks say
    by: str = ""  # who looks: each one's newest Look replaces that one's former
    kbit_per_s: float | None = None  # what may be told meanwhile, where the asker's own line is shared by many


@dataclass(frozen=True, slots=True)
class WishAnswer:
    """What became of a command that had an id; a repetition gets the same one."""

    id: str
    printer: str
    reception: Reception
    detail: str
    at: float
