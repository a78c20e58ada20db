"""A YAML file as a tree of values that remember their line and their path."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any


class Broken(Enum):
    """Stands for a value that has a fault already, so that nothing more is said about it."""

    BROKEN = "broken"


BROKEN = Broken.BROKEN
Scalar = str | int | float | bool | None


@dataclass(frozen=True, slots=True)
class Node:
    """One value of the file; mappings and lists hold nodes again."""

    value: "Scalar | Broken | dict[str, Node] | list[Node]"
    line: int  # of its key, counts from 1
    where: str  # dotted path with ids
    key: str = ""  # last key of the path
    written: str = ""  # a scalar's text in the file, before variables were expanded

    @property
    def section(self) -> "dict[str, Node]":
        """The keys of a mapping; none for anything else."""
        return self.value if isinstance(self.value, dict) else {}

    def pick(self, keys: Iterable[str]) -> "Node":
        """Return this mapping with only some of its keys."""
        wanted = set(keys)
        return replace(self, value={key: node for key, node in self.section.items() if key in wanted})

    def with_keys(self, keys: "Mapping[str, Node]") -> "Node":
        """Return this mapping with other content, at the same place."""
        return replace(self, value=dict(keys))

    @property
    def holds_broken(self) -> bool:
        """Whether this value or anything in it has a fault already."""
        if isinstance(self.value, dict):
            return any(node.holds_broken for node in self.value.values())
        if isinstance(self.value, list):
            return any(node.holds_broken for node in self.value)
        return self.value is BROKEN

    def plain(self) -> Any:
        """Return the value without its marks; broken keys are left out, broken list items are None."""
        if isinstance(self.value, dict):
            return {key: node.plain() for key, node in self.value.items() if node.value is not BROKEN}
        if isinstance(self.value, list):
            return [node.plain() for node in self.value]
        return None if self.value is BROKEN else self.value

    def lines(self) -> "dict[str, int]":
        """Return the line of each key in here by its dotted path."""
        found = {self.where: self.line} if self.where else {}
        for child in _children(self):
            found |= child.lines()
        return found


def _children(node: Node) -> Iterable[Node]:
    match node.value:
        case dict() as keys:
            return keys.values()
        case list() as items:
            return items
        case _:
            return ()
