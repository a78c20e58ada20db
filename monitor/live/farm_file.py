"""Follows cameras.yaml: a change that is right takes effect, one that is not is refused and the former one holds.

The file is looked at by its size, inode and time of change, and by its bytes only when one of them has changed. What
is being written (by an editor that truncates first, by ``cp``, over a network) is left alone until nothing has
changed for ``SETTLE_S``: half a file may be right by itself, and would take printers off the wall.
"""

import hashlib
import logging
import threading
from collections.abc import Callable, Mapping
from pathlib import Path

from monitor.clock import Clock
from monitor.config.change import Change, difference
from monitor.config.faults import Fault
from monitor.config.live import LiveConfig
from monitor.config.load import examine, lines
from monitor.config.model import Config

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5
SETTLE_S = 1.0
FAULTS_TOLD = 3

_NEVER = object()
_Look = tuple[int, int, int] | None  # inode, size, time of change in ns; None: there is no such file


class FarmFile:
    """One cameras.yaml and the configuration that it has led to. Every method may be called from any thread."""

    def __init__(
        self,
        path: Path,
        environ: Mapping[str, str],
        config: LiveConfig,
        apply: Callable[[Change], None],
        clock: Clock,
    ) -> None:
        """``config`` is what was read from ``path`` at the start; ``apply`` makes a change of it come true."""
        self.path = path.absolute()
        self._environ, self._config, self._apply, self._clock = environ, config, apply, clock
        self._lock = threading.RLock()  # one change at a time
        self._seen: object = _NEVER
        self._seen_since = 0.0
        self._taken: object = _NEVER  # so that a change since the start is noticed, too
        self._digest: bytes | None = None
        self._faults: tuple[Fault, ...] = ()
        self._needs_restart: tuple[str, ...] = ()
        self._failed = ""

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What is wrong with the file as it is now; while there is anything, what was right before holds."""
        return self._faults

    @property
    def needs_restart(self) -> tuple[str, ...]:
        """The keys whose new values hold from the next start on, such as ``mqtt.host (line 4)``."""
        return self._needs_restart

    @property
    def version(self) -> str:
        """The name of the file's present text, as :class:`monitor.config.edit.Version` gives it."""
        digest = _digest(self.path)
        return digest.hex()[:16] if digest is not None else ""

    @property
    def problem(self) -> str:
        """Why the file as it is now does not hold, with the remedy; empty when it does."""
        if self._failed:
            return self._failed
        if not self._faults:
            return ""
        told = "; ".join(str(fault).replace(f"{self.path}", self.path.name) for fault in self._faults[:FAULTS_TOLD])
        more = f"; and {len(self._faults) - FAULTS_TOLD} more" if len(self._faults) > FAULTS_TOLD else ""
        return f"the change of {self.path.name} is refused, what was right before holds: {told}{more}"

    def look(self) -> None:
        """Take in a change that is complete; called every ``LOOK_EVERY_S``."""
        now, seen = self._clock.now(), _look(self.path)
        with self._lock:
            if seen == self._taken:
                self._seen = seen
            elif seen != self._seen:
                self._seen, self._seen_since = seen, now
            elif now - self._seen_since >= SETTLE_S:
                self.refresh()

    def refresh(self) -> None:
        """Take in the file as it is now, at once: for whoever has just replaced it as a whole."""
        with self._lock:
            before, digest = _look(self.path), _digest(self.path)
            if digest is not None and digest == self._digest and not self._failed:
                self._taken = before
                return
            config, faults = examine(self.path, self._environ)
            if _look(self.path) != before:
                return  # it changes under our eyes: next time
            self._taken, self._digest = before, digest
            self._took(config, faults)

    def _took(self, config: Config | None, faults: tuple[Fault, ...]) -> None:
        if config is None:
            if faults != self._faults:
                self._faults = faults
                log.error("%s", self.problem)
            return
        if self._faults:
            log.info("%s can be used again", self.path)
        self._faults, self._failed = (), ""
        change = difference(self._config.current, config, lines(self.path, self._environ))
        if change.needs_restart != self._needs_restart:
            self._needs_restart = change.needs_restart
            for key in change.needs_restart:
                log.warning("%s: needs a restart: %s", self.path.name, key)
        if change.is_live:
            self._make_true(change)

    def _make_true(self, change: Change) -> None:
        try:
            self._apply(change)
        except Exception:  # a root: what one room cannot follow must not end the watch over the file
            self._failed = f"the change of {self.path.name} could not be applied as a whole; start Vigie again"
            log.exception("%s", self._failed)
        else:
            log.info("%s has changed: %s", self.path.name, change)


def _look(path: Path) -> _Look:
    try:
        stat = path.stat()
    except OSError:
        return None
    return stat.st_ino, stat.st_size, stat.st_mtime_ns


def _digest(path: Path) -> bytes | None:
    try:
        return hashlib.sha256(path.read_bytes()).digest()
    except OSError:
        return None
