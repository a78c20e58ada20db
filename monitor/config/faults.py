"""What is wrong with a configuration file, as records; each prints as one line that names place and remedy."""

import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from monitor.config.node import Node

SECRETS = frozenset({"password", "api_key", "access_code", "access_token"})
_LONGEST_VALUE = 60
_REFERENCE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")
_CREDENTIALS = re.compile(r"://\S*@")


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. ``str()`` gives the line that people read."""

    file: str
    line: int  # counts from 1; 0: the file as a whole
    where: str  # dotted path with ids, such as sites.bicetre.rooms.hall.printers.p07.inspect_every_s
    value: str  # as written in the file, secrets masked; empty where there is none to show
    what: str
    remedy: str

    def __str__(self) -> str:
        """Return ``file:line where: value what; remedy``, without the parts that are empty."""
        place = f"{self.file}:{self.line}" if self.line else self.file
        subject = f"{place} {self.where}:" if self.where else f"{place}:"
        sentence = " ".join(part for part in (subject, self.value, self.what) if part)
        return f"{sentence}; {self.remedy}" if self.remedy else sentence


class Report:
    """Collects the faults of one file; the same fault, met twice by way of a default, counts once."""

    def __init__(self, file: str) -> None:
        self._file = file
        self._faults: dict[Fault, None] = {}

    def add(self, node: Node, what: str, remedy: str, *, key: str = "", show: bool = True) -> None:
        """Note a fault of a node, or of a ``key`` below it that is not there; ``show`` its value."""
        where = ".".join(part for part in (node.where, key) if part)
        value = shown(node) if show and not key else ""
        self._faults[Fault(self._file, node.line, where, value, what, remedy)] = None

    def add_file(self, what: str, remedy: str, line: int = 0) -> None:
        """Note a fault of the file as a whole, or of a line of it that YAML cannot read."""
        self._faults[Fault(self._file, line, "", "", what, remedy)] = None

    def faults(self) -> tuple[Fault, ...]:
        """Return all faults in the order of their lines."""
        return tuple(sorted(self._faults, key=lambda fault: fault.line))


def shown(node: Node) -> str:
    """Return a scalar as it may be shown: as written, on one line, shortened, without secrets."""
    if isinstance(node.value, (dict, list)) or node.value is None:
        return ""
    text = " ".join(node.written.split())
    is_secret = node.key in SECRETS or "headers" in node.where.split(".")
    is_secret = is_secret or (node.key == "url" and node.where.startswith("people."))
    if is_secret and not _REFERENCE.fullmatch(text):
        return "***"
    text = _CREDENTIALS.sub("://***@", text)
    return (text if len(text) <= _LONGEST_VALUE else text[: _LONGEST_VALUE - 3] + "...") or "''"


def closest(word: str, known: Iterable[str]) -> str:
    """Return the known word that was probably meant, or an empty text."""
    return next(iter(difflib.get_close_matches(word.lower(), list(known), n=1, cutoff=0.6)), "")


def suggestion(word: str, known: Iterable[str]) -> str:
    """Return the remedy for a word that is not known: the one that was meant, or all that there are."""
    words = list(known)
    meant = closest(word, words)
    return f"did you mean {meant}?" if meant else "known are " + ", ".join(words)
