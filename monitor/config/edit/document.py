"""A YAML text with its parser's nodes: where each value stands, and the text with one piece exchanged. Pure."""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.nodes import MappingNode, ScalarNode, SequenceNode

from monitor.config.edit.written import FLOW_AT_MOST, inline, item, lines
from monitor.errors import ConfigError

Key = str | int
_ALIAS = re.compile(r"\s*:\s*(\*[^\s,\]}]+)")
_COMMENT = re.compile(r"(?:^|\s)(#.*)$")


class Document:
    """An immutable text; each change returns another document. Places are given as keys and numbers from the root."""

    def __init__(self, text: str) -> None:
        """``text`` is right YAML without a byte order mark; raises ruamel's YAMLError when it is not."""
        self.text = text
        self._newline = "\r\n" if "\r\n" in text else "\n"
        self._root = YAML(typ="safe", pure=True).compose(text)

    def has(self, *place: Key) -> bool:
        """Tell whether something is written at a place."""
        return self._find(place) is not None

    def is_mapping(self, *place: Key) -> bool:
        """Tell whether a mapping of its own, no alias to another one, is written at a place."""
        return isinstance(self._find(place), MappingNode) and not self._is_alias(place)

    def keys(self, *place: Key) -> tuple[str, ...]:
        """Return the keys of the mapping at a place."""
        node = self._find(place)
        return tuple(str(key.value) for key, _ in node.value) if isinstance(node, MappingNode) else ()

    def scalar(self, *place: Key) -> str | None:
        """Return the scalar at a place as written; None when there is none."""
        node = self._find(place)
        return str(node.value) if isinstance(node, ScalarNode) else None

    def line(self, *place: Key) -> int:
        """Return the line of what is written at a place, counted from 1; 0 when there is nothing."""
        node = self._find(place)
        return node.start_mark.line + 1 if node is not None else 0

    def length(self, *place: Key) -> int:
        """Return how many items the list at a place has; 0 when there is none."""
        node = self._find(place)
        return len(node.value) if isinstance(node, SequenceNode) else 0

    def set(self, value: Any, *place: Key) -> "Document":
        """Write a value at a place whose parent is a mapping, in the form that stands there."""
        parent, key = self._find(place[:-1]), str(place[-1])
        if self.has(*place):
            return self._exchange(value, place)
        if not isinstance(parent, MappingNode) or self._is_alias(place[:-1]):
            raise _by_hand("a key is to be written where no section is")
        if parent.flow_style:
            return self._insert_in_flow(parent, f"{key}: {inline(value, in_flow=True)}")
        indent = parent.value[0][0].start_mark.column
        first = self._end_of_pair(*parent.value[0])  # a name stands below its id, all else at the end
        return self._insert_after(first if key == "name" else self._end(parent), list(lines(key, value, indent)))

    def drop(self, *place: Key) -> "Document":
        """Take a key out, with its value; what was remarked behind it stays as a comment of its own."""
        parent, key = self._find(place[:-1]), str(place[-1])
        pairs = parent.value if isinstance(parent, MappingNode) else []
        number = next((n for n, (one, _) in enumerate(pairs) if one.value == key), None)
        if number is None:
            return self
        start, end = pairs[number][0].start_mark, self._end_of_pair(*pairs[number])
        if parent.flow_style:
            return self._cut_from_flow(start.index, end)
        if len(pairs) == 1:
            raise _by_hand("nothing would be left of a section")
        if self.text[: start.index].rpartition("\n")[2].strip():
            return self._drop_beside_dash(parent, number)
        return self._cut_lines(start.index, end, keep_comments=True)

    def append(self, mappings: Sequence[Mapping[str, Any]], *place: Key) -> "Document":
        """Add items to the list at a place, which has some."""
        node = self._find(place)
        if not isinstance(node, SequenceNode) or not node.value or self._is_alias(place):
            raise _by_hand("an item is to be added where no list is")
        if node.flow_style:
            return self._append_in_flow(node, [inline(mapping, in_flow=True) for mapping in mappings])
        dash = self.text.rindex("-", 0, node.value[-1].start_mark.index)
        indent = dash - (self.text.rfind("\n", 0, dash) + 1)
        return self._insert_after(self._end(node), [line for mapping in mappings for line in item(mapping, indent)])

    def remove(self, *place: Key) -> "Document":
        """Take an item out of a list, with the comments inside of it; those above it stay."""
        parent, number = self._find(place[:-1]), place[-1]
        if not isinstance(parent, SequenceNode) or not isinstance(number, int):
            raise _by_hand("an item is to be removed where no list is")
        node = parent.value[number]
        if node.start_mark.index < parent.start_mark.index:
            raise _by_hand("the item is an alias")
        if len(parent.value) == 1:
            raise _by_hand("nothing would be left of a list")
        if parent.flow_style:
            return self._cut_from_flow(node.start_mark.index, self._end(node))
        dash = self.text.rindex("-", 0, node.start_mark.index)
        return self._cut_lines(dash, self._end(node), keep_comments=False)

    def _find(self, place: tuple[Key, ...]) -> Any:
        node = self._root
        for part in place:
            if isinstance(node, MappingNode):
                node = next((value for key, value in node.value if key.value == part), None)
            elif isinstance(node, SequenceNode) and isinstance(part, int) and part < len(node.value):
                node = node.value[part]
            else:
                return None
        return node

    def _pair(self, place: tuple[Key, ...]) -> tuple[Any, Any]:
        parent = self._find(place[:-1])
        found: tuple[Any, Any] = next(pair for pair in parent.value if pair[0].value == place[-1])
        return found

    def _is_alias(self, place: tuple[Key, ...]) -> bool:
        if not place or not isinstance(place[-1], str):
            return False
        key, value = self._pair(place)
        return bool(value.start_mark.index < key.end_mark.index)

    def _end_of_pair(self, key: Any, value: Any) -> int:
        if value.start_mark.index < key.end_mark.index:  # an alias: its node stands where the anchor does
            match = _ALIAS.match(self.text, key.end_mark.index)
            if match is None:
                raise _by_hand("an alias was not found")
            return match.end()
        if isinstance(value, ScalarNode) and value.start_mark.index == value.end_mark.index:
            return self.text.index(":", key.end_mark.index) + 1
        return self._end(value)

    def _end(self, node: Any) -> int:
        """Return where a node's own text ends, without the blank lines and comments that the parser counts to it."""
        if isinstance(node, ScalarNode):
            start: int = node.start_mark.index
            return start + len(self.text[start : node.end_mark.index].rstrip())
        if node.flow_style or not node.value:
            return int(node.end_mark.index)
        if isinstance(node, MappingNode):
            return self._end_of_pair(*node.value[-1])
        if node.value[-1].start_mark.index < node.start_mark.index:
            raise _by_hand("the last item is an alias")
        return self._end(node.value[-1])

    def _exchange(self, value: Any, place: tuple[Key, ...]) -> "Document":
        key, old = self._pair(place)
        end = self._end_of_pair(key, old)
        colon = self.text.index(":", key.end_mark.index)
        is_flow = self._find(place[:-1]).flow_style
        remarks = [] if is_flow else self._remarks(colon + 1, end)
        indent = key.start_mark.column
        if isinstance(value, Mapping) and value and not is_flow:
            written = self._newline.join(lines(str(key.value), value, indent))[indent + len(str(key.value)) :]
            remarked = "".join(f"{self._newline}{' ' * (indent + 2)}{remark}" for remark in remarks)
            rest = self.text[end : self._line_end(end)]  # the comment behind the old value goes behind the key
            head, _, body = written.partition(self._newline)
            return self._spliced(
                key.end_mark.index, self._line_end(end), f"{head}{rest}{remarked}{self._newline}{body}"
            )
        written = f": {inline(value, in_flow=bool(is_flow))}"
        above = "".join(f"{remark}{self._newline}{' ' * indent}" for remark in remarks)
        start = key.start_mark.index
        return self._spliced(start, end, above + self.text[start : key.end_mark.index] + written)

    def _remarks(self, start: int, end: int) -> list[str]:
        """Return the comments inside a piece that is exchanged, but not the one behind its last line."""
        found = ((line, _COMMENT.search(line)) for line in self.text[start:end].splitlines())
        return [match[1] for line, match in found if match and not _is_quoted(line, match.start(1))]

    def _insert_in_flow(self, node: MappingNode, written: str) -> "Document":
        """Add a pair to a mapping in braces."""
        if not node.value:
            return self._spliced(node.start_mark.index + 1, node.end_mark.index - 1, written)
        end = self._end_of_pair(*node.value[-1])
        start, line_start = node.start_mark.index, self.text.rfind("\n", 0, node.start_mark.index) + 1
        is_long = self._line_end(end) - line_start + len(written) > FLOW_AT_MOST
        before = re.search(r", ?$", self.text[line_start:start])
        if not is_long or before is None:
            return self._spliced(end, end, f", {written}")
        bracket = self.text.find("[", line_start, start)  # items of a list go on below its first one
        indent = (
            bracket + 1 - line_start
            if bracket >= 0
            else len(self.text[line_start:start]) - len(self.text[line_start:start].lstrip())
        )
        gap = f",{self._newline}{' ' * indent}"
        return self._spliced(line_start + before.start(), end, f"{gap}{self.text[start:end]}, {written}")

    def _append_in_flow(self, node: SequenceNode, written: Sequence[str]) -> "Document":
        """Add items to a list in brackets; a line that gets too long goes on below the first item."""
        end = self._end(node.value[-1])
        column = end - (self.text.rfind("\n", 0, end) + 1)
        added = ""
        for one in written:
            is_long = column + len(one) + 3 > FLOW_AT_MOST
            indent = node.value[0].start_mark.column
            added += f",{self._newline}{' ' * indent}{one}" if is_long else f", {one}"
            column = indent + len(one) if is_long else column + 2 + len(one)
        return self._spliced(end, end, added)

    def _insert_after(self, index: int, written: list[str]) -> "Document":
        """Add lines below the one in which a position is."""
        end = self._line_end(index)
        return self._spliced(end, end, self._newline.join(["", *written]))

    def _cut_from_flow(self, start: int, end: int) -> "Document":
        """Take a piece out of brackets with one of the commas beside it."""
        after = re.compile(r"\s*,\s*").match(self.text, end)
        if after is not None:
            return self._spliced(start, after.end(), "")
        before = re.compile(r",?\s*$").search(self.text[:start])
        return self._spliced(before.start() if before else start, end, "")

    def _cut_lines(self, start: int, end: int, *, keep_comments: bool) -> "Document":
        line_start, line_end = self.text.rfind("\n", 0, start) + 1, self._line_end(end)
        kept = self._remarks(start, line_end) if keep_comments else []
        space = self.text[line_start:start]
        replacement = "".join(f"{space}{remark}{self._newline}" for remark in kept)
        after = line_end + (len(self._newline) if line_end < len(self.text) else 0)
        return self._spliced(line_start, after, replacement)

    def _drop_beside_dash(self, parent: Any, number: int) -> "Document":
        """The first key of a list's item shares its line with the dash: the next key takes its place."""
        start, following = parent.value[number][0].start_mark, parent.value[number + 1][0].start_mark
        remarks = self._remarks(start.index, self.text.rfind("\n", 0, following.index))
        space = f"{self._newline}{' ' * start.column}"
        return self._spliced(start.index, following.index, "".join(remark + space for remark in remarks))

    def _line_end(self, index: int) -> int:
        end = self.text.find("\n", index)
        end = len(self.text) if end < 0 else end
        return end - 1 if self.text[end - 1 : end] == "\r" else end

    def _spliced(self, start: int, end: int, written: str) -> "Document":
        return Document(self.text[:start] + written + self.text[end:])


def _is_quoted(line: str, index: int) -> bool:
    before = line[:index]
    return before.count("'") % 2 == 1 or before.count('"') % 2 == 1


def _by_hand(why: str) -> ConfigError:
    return ConfigError(f"cameras.yaml is written in a way that is left to people ({why}): edit it by hand")
