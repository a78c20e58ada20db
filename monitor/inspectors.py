"""The workers of the pipeline: how many, with which sessions; and what to do when the detector cannot be loaded."""

import logging
import os
from dataclasses import dataclass, field

from monitor.baseline import HealthySettings
from monitor.calibration import Calibration
from monitor.config.change import Change
from monitor.config.model import Config, PrinterSettings
from monitor.detector import Detector
from monitor.errors import DetectorError
from monitor.inspector import HealthChecks, Inspector, limits_for
from monitor.learning import LearnedTable

log = logging.getLogger(__name__)

NEVER = 1.0 - 1e-9
"""Threshold while there is no detector: nothing is scored, so nothing can reach it."""


@dataclass(frozen=True, slots=True)
class Inspectors:
    """One inspector a worker thread. ``problem``: why nothing is scored, with the remedy; empty when all is well."""

    workers: tuple[Inspector, ...]
    threshold: float
    model_sha256: str
    healthy: HealthySettings
    calibration: Calibration | None = None
    problem: str = ""
    settings: dict[str, PrinterSettings] = field(default_factory=dict)  # of each printer, shared by the workers
    checks: HealthChecks = field(default_factory=HealthChecks)
    learned: LearnedTable = field(default_factory=LearnedTable)  # what verdicts have taught each camera

    def follow(self, change: Change) -> None:
        """Look at the printers of another configuration from the next picture on."""
        for printer in change.removed:
            self.settings.pop(printer.id, None)
            self.checks.renew(printer.id, None)
        for printer in change.added:
            self.settings[printer.id] = printer.settings
            self.checks.renew(printer.id, limits_for(printer.camera))
        for one in change.altered:
            self.settings[one.now.id] = one.now.settings
            if one.sees_anew:
                self.checks.renew(one.now.id, limits_for(one.now.camera))


def load_inspectors(config: Config) -> Inspectors:
    """Load the detector, a single-thread session for each core this process may use, or as many as configured.

    A detector that cannot be loaded is no reason to show nothing: then the pictures are decoded and checked but not
    scored, so every printer is blind, and the problem says why.
    """
    checks = HealthChecks({printer.id: limits_for(printer.camera) for printer in config.printers})
    settings = {printer.id: printer.settings for printer in config.printers}
    count = config.detector.sessions or len(os.sched_getaffinity(0))
    try:
        detectors = [Detector.load(config.detector) for _ in range(count)]
    except DetectorError as error:
        problem = f"{error}; then start Vigie again"
        log.error("no failure can be recognised: %s", problem)  # noqa: TRY400  # foreseen; it has the remedy
        blind = Inspector(None, settings, checks, batch_size=config.detector.batch)
        return Inspectors((blind,), NEVER, "", HealthySettings(), None, problem, settings, checks)
    info = detectors[0].info
    log.info("detector: %s, SHA-256 %s, %d at once", config.detector, info.sha256[:12], count)
    batch, learned = config.detector.batch, LearnedTable()
    workers = tuple(Inspector(one, settings, checks, batch_size=batch, learned=learned) for one in detectors)
    return Inspectors(
        workers, info.threshold, info.sha256, info.healthy, info.calibration, "", settings, checks, learned
    )
