"""Facts that move between rooms, frozen. Times are unix seconds (see :mod:`monitor.clock`), boxes are fractions."""

from monitor.records.cause import CommonCause, GroupKind, GroupName, StartNews
from monitor.records.incident import (
    Action,
    Event,
    EventKind,
    Hold,
    Incident,
    IncidentStatus,
    ShadowTally,
    State,
)
from monitor.records.learning import Learned, Place, Verdict, VerdictKind
from monitor.records.pausing import (
    JobState,
    PauseCommand,
    PausedBy,
    PauseOutcome,
    PauseProgress,
    PauseResult,
    PauseStep,
    PrinterReport,
)
from monitor.records.people import Notice, NoticeStep, PersonCommand, PersonCommandKind, Standing
from monitor.records.seeing import Box, CameraState, CameraStatus, FailureClass, Frame, Health, Observation

__all__ = [
    "Action",
    "Box",
    "CameraState",
    "CameraStatus",
    "CommonCause",
    "Event",
    "EventKind",
    "FailureClass",
    "Frame",
    "GroupKind",
    "GroupName",
    "Health",
    "Hold",
    "Incident",
    "IncidentStatus",
    "JobState",
    "Learned",
    "Notice",
    "NoticeStep",
    "Observation",
    "PauseCommand",
    "PauseOutcome",
    "PauseProgress",
    "PauseResult",
    "PauseStep",
    "PausedBy",
    "PersonCommand",
    "PersonCommandKind",
    "Place",
    "PrinterReport",
    "ShadowTally",
    "Standing",
    "StartNews",
    "State",
    "Verdict",
    "VerdictKind",
]
