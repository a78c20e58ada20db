"""Drawn pasts for the tests of the archive."""

import math
from collections.abc import Sequence

import numpy as np

from monitor.archive import Recorder
from monitor.archive.choice import own_second
from monitor.archive.points import Points, how_of
from monitor.board import PrinterView
from monitor.judge import Judgement, Phase
from monitor.records import Frame, Health, JobState, Observation, PrinterReport, State

T0 = 1_585_000_800.0  # a full hour
OWN_S = math.ceil(own_second("p01"))  # the second of a minute whose picture of it is stored


def view(
    printer: str = "p01",
    state: State = State.WATCHING,
    job: JobState | None = JobState.PRINTING,
    phase: Phase = Phase.WATCHING,
    muted_until: float | None = None,
    since: float = T0,
) -> PrinterView:
    """Return what the board says of a printer."""
    report = PrinterReport(printer, job, T0, can_pause=True) if job else None
    return PrinterView(
        printer, printer, "s", "S", "r", "R", 0.5, state, since, phase, report=report, muted_until=muted_until
    )


def look(
    recorder: Recorder,
    at: float,
    score: float | None = 0.1,
    phase: Phase = Phase.WATCHING,
    evidence_s: float = 0.0,
    printer: str = "p01",
    jpeg: bytes = b"jpeg",
    is_resting: bool = False,
    is_picture: bool = True,
) -> None:
    """Let a picture be inspected; without a score it could not be trusted."""
    health = Health.OK if score is not None else Health.DARK
    recorder.inspected(
        Frame(printer, jpeg, at, 1, 1),
        Observation(printer, at, health, score),
        Judgement(phase, at, evidence_s, score, health),
        is_resting=is_resting,
        is_picture=is_picture,
    )


def points(scores: Sequence[float | None], every_s: float = 1.0, starts_at: float = T0) -> Points:
    """Return inspections of a print at work, one every so many seconds; None could not be trusted."""
    drawn = np.array([np.nan if score is None else score for score in scores], np.float64)
    healths = [Health.DARK if score is None else Health.OK for score in scores]
    how = [how_of(Phase.WATCHING, health, is_resting=False, is_muted=False) for health in healths]
    taken_ms = np.round((starts_at + every_s * np.arange(len(scores))) * 1000).astype(np.int64)
    return Points(taken_ms, drawn, drawn.copy(), np.array(how, np.uint8))
