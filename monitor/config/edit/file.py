"""The file itself: read, edited, checked, and replaced as a whole, or left as it is."""

import fcntl
import hashlib
import os
import threading
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from monitor.config.change import difference
from monitor.config.edit.document import Document
from monitor.config.edit.farm import printer_lines, with_device, with_printers, with_values, without_printer
from monitor.config.edit.wishes import NewPrinter
from monitor.config.load import examine_text
from monitor.config.model import Config, Printer
from monitor.errors import ConfigChanged, ConfigError, ConfigRefused

BACKUP = ".before"
"""What the name of the former version ends with; it lies beside the file."""

_BOM = "\ufeff"


@dataclass(frozen=True, slots=True)
class Version:
    """The file at one moment."""

    text: str
    config: Config

    @property
    def digest(self) -> str:
        """A name for exactly this text."""
        return hashlib.sha256(self.text.encode()).hexdigest()[:16]


class FarmEditor:
    """Edits one cameras.yaml. Every method may be called from any thread, and beside other processes.

    Each method that edits takes the ``digest`` of the version that its caller has seen, or None for any; it raises
    ConfigChanged when the file is another one by now, and ConfigRefused, with the faults, when the result would not
    be right. In both cases nothing is written.
    """

    def __init__(self, path: Path, environ: Mapping[str, str]) -> None:
        self._path, self._environ = path, environ
        self._lock = threading.Lock()

    def read(self) -> Version:
        """Return the file as it is; raises ConfigRefused when it has faults."""
        try:
            text = self._path.read_bytes().decode()
        except (OSError, UnicodeDecodeError) as exc:
            raise ConfigError(f"{self._path} cannot be read: {exc}") from exc
        return Version(text, self._checked(text))

    def lines(self) -> Mapping[str, int]:
        """Return the line of each printer, counted from 1."""
        return printer_lines(Document(self.read().text.removeprefix(_BOM)))

    def add(self, printers: Sequence[NewPrinter], digest: str | None = None, *, dry_run: bool = False) -> Config:
        """Add printers, all or none; return what the file says then. ``dry_run``: only find out whether they could."""

        def edit(document: Document) -> Document:
            full = with_printers(document, printers, short=False)
            short = with_printers(document, printers, short=True)
            return short if self._say_the_same(short, full) else full

        return self._edited(edit, digest, added=[printer.id for printer in printers], dry_run=dry_run)

    def remove(self, printer: str, digest: str | None = None) -> Config:
        """Remove a printer."""
        return self._edited(lambda document: without_printer(document, printer), digest, removed=[printer])

    def change(
        self,
        printer: str,
        values: Mapping[str, Any],
        devices: Mapping[str, Mapping[str, Any]] | None = None,
        digest: str | None = None,
    ) -> Config:
        """Change settings of a printer (or its name), and its ``camera`` and ``control``.

        What equals the inherited value is not written, or taken out; None takes a key out.
        """

        def edit(document: Document) -> Document:
            for key, device in (devices or {}).items():
                document = with_device(document, printer, key, device)
            bare = with_values(document, printer, dict.fromkeys(values))
            inherited = self._inherited(bare, with_values(document, printer, values), printer)
            return with_values(document, printer, {k: None if k in inherited else v for k, v in values.items()})

        return self._edited(edit, digest, altered=[printer])

    def _edited(
        self,
        edit: Callable[[Document], Document],
        digest: str | None,
        *,
        added: Collection[str] = (),
        removed: Collection[str] = (),
        altered: Collection[str] = (),
        dry_run: bool = False,
    ) -> Config:
        with self._lock, _locked(self._path):
            before = self._sound()
            if digest not in (None, before.digest):
                raise ConfigChanged(f"{self._path.name} was changed meanwhile: look at it again, then repeat")
            mark, text = ("", before.text) if not before.text.startswith(_BOM) else (_BOM, before.text[1:])
            text = mark + edit(Document(text)).text
            config = self._checked(text)
            self._must_be_all(before.config, config, set(added), set(removed), set(altered))
            if text != before.text and not dry_run:
                _replace(self._path.resolve(), text.encode(), before.text.encode())
            return config

    def _sound(self) -> Version:
        try:
            return self.read()
        except ConfigRefused as exc:
            raise ConfigChanged(f"{self._path.name} has faults of its own, mend them first: {exc}") from exc

    def _inherited(self, bare: Document, written: Document, printer: str) -> set[str]:
        """Return the keys of a printer that say the same whether they are written or not."""
        configs = [examine_text(document.text, self._path, self._environ)[0] for document in (bare, written)]
        if configs[0] is None or configs[1] is None:
            return set()
        one, other = (_values(config.printer(printer)) for config in configs if config is not None)
        return {key for key in one if one[key] == other[key]}

    def _say_the_same(self, one: Document, other: Document) -> bool:
        configs = [examine_text(document.text, self._path, self._environ)[0] for document in (one, other)]
        return configs[0] is not None and configs[0] == configs[1]

    def _checked(self, text: str) -> Config:
        config, faults = examine_text(text, self._path, self._environ)
        if config is None:
            raise ConfigRefused("\n".join(str(fault) for fault in faults), faults)
        return config

    def _must_be_all(self, before: Config, now: Config, added: set[str], removed: set[str], altered: set[str]) -> None:
        """An anchor may carry an edit to other places: then it is not ours to make."""
        change = difference(before, now)
        others = {printer.id for printer in change.added} ^ added
        others |= {printer.id for printer in change.removed} ^ removed
        others |= {one.now.id for one in change.altered} - altered
        if others or change.needs_restart:
            names = ", ".join(sorted(others)) or ", ".join(change.needs_restart)
            raise ConfigError(f"{self._path.name}: the edit would change {names}, too: edit it by hand")


def _values(printer: Printer) -> dict[str, Any]:
    settings = printer.settings
    return {key: getattr(settings, key) for key in type(settings).model_fields} | {"name": printer.name}


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    """Keep other editors of ours out while one edits."""
    descriptor = _open(path)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX)
        while not os.path.samestat(os.fstat(descriptor), path.stat()):  # who held it has replaced the file
            os.close(descriptor)
            descriptor = _open(path)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield
    finally:
        os.close(descriptor)


def _open(path: Path) -> int:
    try:
        return os.open(path, os.O_RDONLY)
    except OSError as exc:
        raise ConfigError(f"{path} cannot be read: {exc.strerror}") from exc


def _replace(path: Path, text: bytes, former: bytes) -> None:
    """Replace a file as a whole, with its permissions; after a power cut it is the former or the new one."""
    try:
        if path.read_bytes() != former:
            raise ConfigChanged(f"{path.name} was changed meanwhile: look at it again, then repeat")
        _write(path.with_name(path.name + BACKUP), former, path)
        _write(path, text, path)
    except OSError as exc:
        raise ConfigError(f"{path} cannot be written: {exc.strerror or exc}; give this user the right to") from exc


def _write(path: Path, content: bytes, like: Path) -> None:
    stat = like.stat()
    temporary = path.with_name(f".{path.name}.{os.getpid()}.new")
    try:
        descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
            file.flush()
            os.fchmod(file.fileno(), stat.st_mode & 0o7777)
            if (stat.st_uid, stat.st_gid) != (os.geteuid(), os.getegid()) and os.geteuid() == 0:
                os.fchown(file.fileno(), stat.st_uid, stat.st_gid)
            os.fsync(file.fileno())
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
