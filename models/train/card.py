"""Where figures are published: between the marks of the model card, and in the JSON beside a model."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def write_between(card: Path, name: str, text: str) -> None:
    """Replaces what stands between `<!-- name: ... -->` and `<!-- end of name -->`. Raises ValueError without marks."""
    content = card.read_text()
    before, after = _around(content, name, card)
    card.write_text(f"{before}\n{text}\n{after}")


def read_between(card: Path, name: str) -> str:
    """What stands there now. Raises ValueError without marks."""
    content = card.read_text()
    before, after = _around(content, name, card)
    return content[len(before) : len(content) - len(after)].strip("\n")


def _around(content: str, name: str, card: Path) -> tuple[str, str]:
    """Everything up to the end of the first mark, and everything from the second mark on."""
    begin, end = content.find(f"<!-- {name}: "), content.find(f"<!-- end of {name} -->")
    begin = content.find("-->", begin) + 3 if begin >= 0 else -1
    if not 0 <= begin <= end:
        raise ValueError(f"{card}: put `<!-- {name}: written by ... -->` and `<!-- end of {name} -->` where it belongs")
    return content[:begin], content[end:]


def read_facts(path: Path) -> dict[str, Any]:
    """A model's description."""
    facts: dict[str, Any] = json.loads(path.read_text())
    return facts


def write_facts(path: Path, facts: dict[str, Any]) -> None:
    """Writes a model's description."""
    path.write_text(json.dumps(facts, indent=1) + "\n")


def markdown(head: list[str], rows: list[list[str]]) -> str:
    """A table."""
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines)
