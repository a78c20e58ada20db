"""Who keeps cameras.yaml for people: their wishes are written into the file, and hold when the answer comes."""

import logging
from collections.abc import Mapping, Sequence
from typing import Any

from monitor.config.edit import FarmEditor, NewPrinter, Version
from monitor.config.faults import Fault
from monitor.config.model import Config
from monitor.live.farm_file import FarmFile

log = logging.getLogger(__name__)


class FarmKeeper:
    """Every method may be called from any thread. Those that write raise what :class:`FarmEditor` raises."""

    def __init__(self, editor: FarmEditor, file: FarmFile) -> None:
        self._editor, self._file = editor, file

    @property
    def name(self) -> str:
        """The file's path, for people."""
        return str(self._file.path)

    @property
    def problem(self) -> str:
        """Why the file as it is now does not hold; empty when it does."""
        return self._file.problem

    @property
    def faults(self) -> tuple[Fault, ...]:
        """All that is wrong with the file as it is now."""
        return self._file.faults

    @property
    def needs_restart(self) -> tuple[str, ...]:
        """The keys whose new values hold from the next start on, with their lines."""
        return self._file.needs_restart

    @property
    def version(self) -> str:
        """A name for exactly what the file says now, or for that it says nothing right."""
        return self._file.version

    def read(self) -> Version:
        """Return the file as it is now; raises ConfigRefused while it has faults."""
        return self._editor.read()

    def lines(self) -> Mapping[str, int]:
        """Return the line of each printer that stands in the file."""
        return self._editor.lines()

    def check(self, printers: Sequence[NewPrinter]) -> Config:
        """Return what the file would say with more printers, without writing it."""
        return self._editor.add(printers, dry_run=True)

    def add(self, printers: Sequence[NewPrinter], by: str, digest: str | None = None) -> None:
        """Add printers, all or none; they are watched when this returns."""
        self._editor.add(printers, digest)
        self._written(f"{', '.join(printer.id for printer in printers)} added", by)

    def remove(self, printer: str, by: str, digest: str | None = None) -> None:
        """Remove a printer; nothing of it is watched when this returns."""
        self._editor.remove(printer, digest)
        self._written(f"{printer} removed", by)

    def change(
        self,
        printer: str,
        values: Mapping[str, Any],
        by: str,
        devices: Mapping[str, Mapping[str, Any]] | None = None,
        digest: str | None = None,
    ) -> None:
        """Change a printer's settings, its camera or its control."""
        self._editor.change(printer, values, devices, digest)
        self._written(f"{printer}: {', '.join([*values, *(devices or {})])} changed", by)

    def _written(self, what: str, by: str) -> None:
        log.info("%s: %s by %s", self._file.path.name, what, by or "somebody")
        self._file.refresh()
