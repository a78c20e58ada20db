"""The workers of the pipeline: how many, in which processes; and what to do when the detector cannot be loaded."""

import logging
import os
from collections.abc import Mapping
from dataclasses import dataclass, field

from monitor.baseline import HealthySettings
from monitor.calibration import Calibration
from monitor.config import detector as settings_of_detector
from monitor.config.change import Change
from monitor.config.model import Config, PrinterSettings
from monitor.detector import Detector
from monitor.errors import DetectorError
from monitor.last_looks import LastLooks, limits_for
from monitor.learning import LearnedTable
from monitor.looking import Looker, Looks
from monitor.malloc import map_pictures
from monitor.records.pooling import PoolReport
from monitor.tuning import Tuning, fingerprint_here, tuned
from monitor.workers import PROGRAM, RemoteLooker, start_all

log = logging.getLogger(__name__)

NEVER = 1.0 - 1e-9
"""Threshold while there is no detector: nothing is scored, so nothing can reach it."""

ONE_PROCESS_CARRIES = 150
"""Printers. One Python process looks at about 450 pictures a second, whatever the cores (its lock); a process for each
core costs some 70 MB more."""


@dataclass(frozen=True, slots=True)
class Inspectors:
    """One looker a worker thread. ``problem``: why nothing is scored, with the remedy; empty when all is well."""

    workers: tuple[Looks, ...]
    threshold: float
    model_sha256: str
    healthy: HealthySettings
    calibration: Calibration | None = None
    problem: str = ""
    settings: dict[str, PrinterSettings] = field(default_factory=dict)  # of each printer, shared by the workers
    last_looks: LastLooks = field(default_factory=LastLooks)
    learned: LearnedTable = field(default_factory=LearnedTable)  # what verdicts have taught each camera
    batch: int = 16  # pictures at once, at most
    detectors: tuple[Detector, ...] = ()  # those of this process

    def follow(self, change: Change) -> None:
        """Look at the printers of another configuration from the next picture on."""
        for printer in change.removed:
            self.settings.pop(printer.id, None)
            self.last_looks.renew(printer.id, None)
        for printer in change.added:
            self.settings[printer.id] = printer.settings
            self.last_looks.renew(printer.id, limits_for(printer.camera))
        for one in change.altered:
            self.settings[one.now.id] = one.now.settings
            if one.sees_anew:
                self.last_looks.renew(one.now.id, limits_for(one.now.camera))

    @property
    def pool(self) -> PoolReport | None:
        """How it stands with the server that runs the model; None where there is none, or worker processes ask it."""
        states = [state for detector in self.detectors if (state := detector.pool) is not None]
        return PoolReport.of(states) if states else None

    def stop(self) -> None:
        """End the worker processes and hang up on the pool, if there are any. Idempotent."""
        for detector in self.detectors:
            detector.close()
        for worker in self.workers:
            if isinstance(worker, RemoteLooker):
                worker.stop()


def load_inspectors(config: Config, program: str = PROGRAM) -> Inspectors:
    """Load the detector: as many single-thread sessions as configured, or as suit this host best, or one a core.

    A detector that cannot be loaded is no reason to show nothing: then the pictures are decoded and checked but not
    scored, so every printer is blind, and the problem says why. ``program`` is the module that worker processes run.
    """
    last_looks = LastLooks({printer.id: limits_for(printer.camera) for printer in config.printers})
    settings = {printer.id: printer.settings for printer in config.printers}
    learned = LearnedTable()
    try:
        detector = Detector.load(config.detector)
        suits = tuned(config, fingerprint_here(detector.info.sha256)) or _usual(config)
        workers = _workers(config, detector, suits, settings, learned, program)
    except DetectorError as error:
        problem = f"{error}; then start Vigie again"
        log.error("no failure can be recognised: %s", problem)  # noqa: TRY400  # foreseen; it has the remedy
        blind = Looker(None, settings, batch_size=config.detector.batch)
        return Inspectors((blind,), NEVER, "", HealthySettings(), None, problem, settings, last_looks)
    info = detector.info
    where = "in processes of their own" if isinstance(workers[0], RemoteLooker) else "in this process"
    log.info("detector: %s, SHA-256 %s, %d at once, %s", config.detector, info.sha256[:12], suits.sessions, where)
    return Inspectors(
        workers,
        info.threshold,
        info.sha256,
        info.healthy,
        info.calibration,
        settings=settings,
        last_looks=last_looks,
        learned=learned,
        batch=suits.batch,
        detectors=tuple(one.detector for one in workers if isinstance(one, Looker) and one.detector is not None),
    )


def wants_processes(detector: settings_of_detector.Detector, printers: int) -> bool:
    """Tell whether pictures are looked at in processes of their own. A GPU is one: sessions in one process share it.

    Where a server runs the network, threads wait for it.
    """
    if detector.processes is not None:
        return detector.processes
    return detector.provider == "cpu" and detector.pool is None and printers > ONE_PROCESS_CARRIES


def _usual(config: Config) -> Tuning:
    return Tuning(config.detector.sessions or len(os.sched_getaffinity(0)), config.detector.batch)


def _workers(
    config: Config,
    first: Detector,
    suits: Tuning,
    settings: Mapping[str, PrinterSettings],
    learned: LearnedTable,
    program: str,
) -> tuple[Looks, ...]:
    batch = suits.batch
    if wants_processes(config.detector, len(config.printers)):
        first.close()
        map_pictures()  # all that are left in this process are encoded
        remote = tuple(RemoteLooker(config.detector, batch, settings, learned, program) for _ in range(suits.sessions))
        start_all(remote)
        return remote
    detectors = [first, *(Detector.load(config.detector) for _ in range(suits.sessions - 1))]
    return tuple(Looker(one, settings, batch_size=batch, learned=learned) for one in detectors)
