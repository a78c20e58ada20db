"""Values as a person writes them into YAML. Pure."""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

_PLAIN = re.compile(r"[A-Za-z0-9_./~][\w./:@?=&%+~,;()!$' -]*")
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*")
_REFERENCE = re.compile(r"\$\{[A-Za-z_][A-Za-z0-9_]*\}")
_WORDS = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null", "~"})  # of YAML 1.1 and 1.2
_STRING = "tag:yaml.org,2002:str"

FLOW_AT_MOST = 100
"""Columns: a longer mapping is written with a key a line."""


def escaped(text: str) -> str:
    """Return a text as cameras.yaml needs it: a dollar sign doubled, but for ``${NAME}``, which is a variable."""
    kept = _REFERENCE.findall(text)
    between = [part.replace("$", "$$") for part in _REFERENCE.split(text)]
    return "".join(part + reference for part, reference in zip(between, [*kept, ""], strict=True))


def inline(value: Any, *, in_flow: bool = False) -> str:
    """Return a value on one line; ``in_flow``: it stands between brackets, where commas end it."""
    match value:
        case bool():
            written = "true" if value else "false"
        case int() | float():
            written = f"{value:.10g}"
        case Mapping():
            pairs = (f"{key_of(key)}: {inline(one, in_flow=True)}" for key, one in value.items())
            written = "{" + ", ".join(pairs) + "}"
        case list() | tuple():
            written = "[" + ", ".join(inline(one, in_flow=True) for one in value) + "]"
        case _:
            written = _text(str(value), in_flow=in_flow)
    return written


def key_of(key: str) -> str:
    """Return a key as it is written: a plain word stays one."""
    return key if _WORD.fullmatch(key) else _text(key, in_flow=True)


def lines(key: str, value: Any, indent: int) -> Iterator[str]:
    """Yield the lines of ``key: value`` at an indentation: a mapping has a line for each of its keys."""
    space = " " * indent
    if isinstance(value, Mapping) and value:
        yield f"{space}{key_of(key)}:"
        for inner, one in value.items():
            yield from lines(str(inner), one, indent + 2)
    else:
        yield f"{space}{key_of(key)}: {inline(value)}"


def item(mapping: Mapping[str, Any], indent: int) -> list[str]:
    """Return the lines of a list's item with its dash at an indentation."""
    written = [line for key, value in mapping.items() for line in _of_item(key, value, indent + 2)]
    return [f"{' ' * indent}- {written[0].lstrip()}", *written[1:]]


def _of_item(key: str, value: Any, indent: int) -> Iterator[str]:
    """A list of mappings below an item stands two columns further in, each with its dash."""
    if isinstance(value, list) and value and all(isinstance(one, Mapping) and "id" in one for one in value):
        yield f"{' ' * indent}{key}:"
        for one in value:
            yield from item(one, indent + 2)
    else:
        yield from lines(key, value, indent)


def _text(text: str, *, in_flow: bool) -> str:
    looks_plain = _PLAIN.fullmatch(text) and text == text.strip() and text.lower() not in _WORDS
    if (looks_plain or _REFERENCE.fullmatch(text)) and _reads_back(text, in_flow=in_flow):
        return text
    if text.isprintable():
        return "'" + text.replace("'", "''") + "'"
    return '"' + "".join(one if one.isprintable() and one not in '"\\' else f"\\U{ord(one):08x}" for one in text) + '"'


def _reads_back(text: str, *, in_flow: bool) -> bool:
    """Whether a text without quotes is read as this very text."""
    try:
        root = YAML(typ="safe", pure=True).compose(f"{{k: {text}, l: 1}}" if in_flow else f"k: {text}")
    except YAMLError:
        return False
    value = root.value[0][1]
    return len(root.value) == (2 if in_flow else 1) and str(value.tag) == _STRING and value.value == text
