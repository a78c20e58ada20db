"""Reads a YAML file into a tree of marked values: syntax, duplicate keys, tags and ``${VARIABLES}``."""

import re
import warnings
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, ReusedAnchorWarning, YAMLError
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from monitor.config.faults import Report
from monitor.config.node import BROKEN, Node, Scalar
from monitor.config.values import FromEnvironment

_LARGEST_BYTES = 4 * 1024 * 1024
_MOST_NODES = 500_000  # a farm of 1,000 printers has about 20,000; aliases of aliases can have any number
_STANDARD = "tag:yaml.org,2002:"
_KNOWN_TAGS = frozenset(_STANDARD + name for name in ("null", "bool", "int", "float", "str", "timestamp", "map", "seq"))
_VARIABLE = re.compile(r"\$\$|\$\{([^}]*)(\}?)")
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def read(path: Path, environ: Mapping[str, str], report: Report) -> Node | None:
    """Return the file's root, or None after a fault that leaves nothing to look at."""
    text = _text(path, report)
    return None if text is None else read_text(text, environ, report)


def read_text(text: str, environ: Mapping[str, str], report: Report) -> Node | None:
    """Return the root of a text, or None after a fault that leaves nothing to look at."""
    document = _compose(text.removeprefix("\ufeff"), report)
    if document is None:
        return None
    return _Builder(environ, report).build(document, 1, "", "")


def _text(path: Path, report: Report) -> str | None:
    try:
        if path.is_file() and path.stat().st_size > _LARGEST_BYTES:
            report.add_file("is larger than 4 MiB", "name a cameras.yaml")
            return None
        return path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        report.add_file("is not there", "name a file that exists, or copy docs/cameras.example.yaml to it")
    except IsADirectoryError:
        report.add_file("is a directory", "name the file in it, such as cameras.yaml")
    except UnicodeDecodeError as exc:
        line = exc.object[: exc.start].count(b"\n") + 1
        report.add_file("is not UTF-8 text", "save the file as UTF-8", line)
    except OSError as exc:
        report.add_file(f"cannot be read ({exc.strerror or exc})", "make it readable for this user")
    return None


def _compose(text: str, report: Report) -> Any:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ReusedAnchorWarning)  # a later anchor of the same name wins, as in YAML
            document = YAML(typ="safe", pure=True).compose(text)
    except MarkedYAMLError as exc:
        line = exc.problem_mark.line + 1 if exc.problem_mark else 0
        report.add_file(*_syntax(exc.problem or "broken"), line)
        return None
    except YAMLError as exc:
        position = getattr(exc, "position", 0)
        report.add_file("holds a character that YAML forbids", "remove it", text[:position].count("\n") + 1)
        return None
    except (RecursionError, ValueError, AttributeError):  # the last two: slips of the parser on odd directives
        report.add_file(
            "cannot be read as YAML: it is nested too deeply or malformed", "write plain sections and lists"
        )
        return None
    if document is None:
        report.add_file("is empty", "write at least sites:, as in docs/cameras.example.yaml")
    return document


def _syntax(problem: str) -> tuple[str, str]:
    if "\\t" in problem or "\t" in problem:
        return "holds a tab where YAML wants spaces", "indent with spaces"
    if "mapping values are not allowed" in problem:
        return "holds a ':' where none may stand", "check the indentation; text that holds ': ' goes in quotes"
    if "another document" in problem:
        return "begins a second document", "remove the line ---"
    return f"is not YAML: {problem}", "check this line and the one above it for quotes, brackets and indentation"


class _Builder:
    """Turns the parser's nodes into ours and notes what is wrong on the way."""

    def __init__(self, environ: Mapping[str, str], report: Report) -> None:
        self._environ = environ
        self._report = report
        self._open: list[Any] = []  # collections that we are inside of: an alias to one of them has no end
        self._built = 0

    def build(self, source: Any, line: int, where: str, key: str) -> Node:
        """Return a node for a parsed node."""
        node = Node(BROKEN, line, where, key)
        self._built += 1
        if any(source is outer for outer in self._open) or self._built > _MOST_NODES:
            self._report.add(node, "repeats itself without end", "write the value out", show=False)
        elif source.tag is not None and str(source.tag) not in _KNOWN_TAGS:
            tag = str(source.tag).replace(_STANDARD, "!!")
            self._report.add(
                node, f"has the tag {tag}, which means nothing here", "write ${NAME} for secrets", show=False
            )
        elif isinstance(source, ScalarNode):
            return self._scalar(source, node)
        else:
            self._open.append(source)
            value = self._mapping(source, node) if isinstance(source, MappingNode) else self._list(source, node)
            self._open.pop()
            return Node(value, line, where, key)
        return node

    def _mapping(self, source: MappingNode, parent: Node) -> dict[str, Node]:
        children: dict[str, Node] = {}
        for key_source, value_source in source.value:
            line = key_source.start_mark.line + 1
            if not isinstance(key_source, ScalarNode):
                odd = Node(BROKEN, line, parent.where)
                self._report.add(odd, "has a key that is not a word", "write a plain key", show=False)
                continue
            key = str(key_source.value)
            where = f"{parent.where}.{key}" if parent.where else key
            if str(key_source.tag) == _STANDARD + "merge":
                merge = Node(BROKEN, line, where)
                self._report.add(merge, "is not used here", "write shared settings under defaults", show=False)
            elif key in children:
                first = children[key].line
                again = Node(BROKEN, line, where)
                self._report.add(again, f"is there already in line {first}", "keep one of the two", show=False)
            else:
                children[key] = self.build(value_source, line, where, key)
        return children

    def _list(self, source: SequenceNode, parent: Node) -> list[Node]:
        return [
            self.build(item, item.start_mark.line + 1, f"{parent.where}{_index(item, number)}", parent.key)
            for number, item in enumerate(source.value)
        ]

    def _scalar(self, source: ScalarNode, node: Node) -> Node:
        written = str(source.value)
        value = _resolve(str(source.tag), written)
        node = Node(value, node.line, node.where, node.key, written)
        if not isinstance(value, str) or "$" not in value:
            return node
        missing: list[str] = []
        text = _VARIABLE.sub(lambda match: self._variable(match, missing), value)
        for what in missing:
            self._report.add(node, what, "set it before the start, or write $$ for a dollar sign")
        expanded = text if text == value.replace("$$", "$") else FromEnvironment(text)
        return Node(BROKEN if missing else expanded, node.line, node.where, node.key, written)

    def _variable(self, match: re.Match[str], missing: list[str]) -> str:
        if match[0] == "$$":
            return "$"
        name = match[1]
        if not match[2] or not _NAME.fullmatch(name):
            missing.append("holds a ${ that no name and } follow")
        elif not self._environ.get(name):
            missing.append(f"needs the environment variable {name}, which is {_lack(self._environ.get(name))}")
        return self._environ.get(name, "")


def _lack(value: str | None) -> str:
    return "not set" if value is None else "empty"


def _index(item: Any, number: int) -> str:
    """Return the part of a path that names a list's item: by its id where it has one."""
    if isinstance(item, MappingNode):
        for key, value in item.value:
            if isinstance(key, ScalarNode) and key.value == "id" and isinstance(value, ScalarNode) and value.value:
                return f".{value.value}"
    return f"[{number}]"


def _resolve(tag: str, text: str) -> Scalar:
    """Return the value of a scalar as its tag (YAML 1.2 core schema) says; text where it cannot be one."""
    kind, digits = tag.removeprefix(_STANDARD), text.replace("_", "")
    try:
        if kind == "int":
            return int(digits, 10 if digits.lstrip("+-").isdecimal() else 0)
        if kind == "float":
            return float(digits.lower().replace(".inf", "inf").replace(".nan", "nan"))
    except ValueError:
        return text
    if kind == "bool":
        return text.lower() in ("true", "yes", "on", "y")
    return None if kind == "null" else text
