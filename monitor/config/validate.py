"""Checks one section against its model and says in a sentence what is wrong: pydantic decides, the words are ours."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar, get_args

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from monitor.config.faults import Report, suggestion
from monitor.config.node import BROKEN, Node
from monitor.config.section import Section
from monitor.config.values import FAULT

S = TypeVar("S", bound=Section)

_BOUNDS = {
    "greater_than": "must be above {gt:g}",
    "greater_than_equal": "must be at least {ge:g}",
    "less_than": "must be below {lt:g}",
    "less_than_equal": "must be at most {le:g}",
    "finite_number": "must be a finite number",
    "int_from_float": "must be a whole number",
    "int_parsing_size": "must be a smaller number",
    "string_too_short": "must not be empty",
    "too_short": "must not be empty",
    "string_pattern_mismatch": "has a form or characters that cannot stand here",
    "string_unicode": "holds characters that are no text",
}
_WANTED = {
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "a truth value",
    "string_type": "text",
    "tuple_type": "a list",
    "dict_type": "a section",
    "model_type": "a section",
    "model_attributes_type": "a section",
}
_NUMERIC = ("int_type", "float_type")
IDENTIFIER_HINT = "1 to 63 small letters, digits, - or _, such as p07"


def validate(section: type[S], node: Node, report: Report, *, partial: bool = False) -> S | None:
    """Return the section, or None after noting all of its faults. ``partial``: required keys may still be missing."""
    if node.value is BROKEN:
        return None
    try:
        model = section.model_validate(node.plain())
    except ValidationError as exc:
        for error in exc.errors(include_url=False, include_context=True):
            if not (partial and error["type"] == "missing"):
                _note(section, node, error, report)
        return None
    return None if node.holds_broken else model


def sound_part(section: type[S], node: Node, report: Report) -> tuple[S, frozenset[str]]:
    """Return the section made of its keys that are right, and the keys that are not (their faults are noted)."""
    sound = {
        key: child
        for key, child in node.section.items()
        if validate(section, node.with_keys({key: child}), report) is not None
    }
    model = section.model_validate(node.with_keys(sound).plain())
    return model, frozenset(node.section.keys() - sound.keys())


def check_keys(node: Node, known: Sequence[str], report: Report) -> bool:
    """Note every key that is not known, or that the node is no section; tell whether it is a section."""
    if isinstance(node.value, dict):
        for key, child in node.value.items():
            if key not in known:
                report.add(child, "is not a key that is known here", suggestion(key, known), show=False)
        return True
    if node.value is not BROKEN:
        report.add(node, _not_a(node, "a section"), "write its keys below it, indented")
    return False


def check_list(node: Node, report: Report, first: str = "id") -> list[Node]:
    """Return the items of a list, whose first key is ``first``; anything else, and an empty list, is noted."""
    if isinstance(node.value, list):
        if not node.value:
            report.add(node, "is empty", f"write at least one, each beginning with - {first}:")
        return node.value
    if node.value is not BROKEN:
        report.add(node, _not_a(node, "a list"), f"write one entry a line, each beginning with - {first}:")
    return []


def _note(section: type[Section], node: Node, error: ErrorDetails, report: Report) -> None:
    location, missing = _locate(node, error["loc"])
    is_of_the_whole = not error["loc"] or error["type"] == FAULT
    if location.value is BROKEN or (is_of_the_whole and location.holds_broken):
        return
    hint = _hint(section, error["loc"])
    if error["type"] == "missing":
        child = location.section.get(missing)
        if child is None:  # a broken one is noted already
            report.add(location, "is missing", _write(hint, missing), key=missing)
    elif error["type"] == "extra_forbidden":
        known = _keys(section, error["loc"][:-1])
        report.add(location, "is not a key that is known here", suggestion(location.key, known), show=False)
    else:
        what, remedy = _sentence(error, location, hint)
        report.add(location, what, remedy)


def _sentence(error: ErrorDetails, node: Node, hint: str) -> tuple[str, str]:
    kind, context = error["type"], error.get("ctx", {})
    if kind == FAULT:
        return context["what"], context["remedy"] or _write(hint)
    if node.value is None:
        return "has no value", f"{_write(hint)}, or remove the key"
    if kind in _BOUNDS:
        return _BOUNDS[kind].format(**context), _write(hint)
    if kind in _WANTED:
        return _not_a(node, _WANTED[kind]), _type_remedy(kind, node, hint)
    if kind in ("literal_error", "enum"):
        known = [word.strip("' ") for word in str(context["expected"]).replace(" or ", ",").split(",")]
        return "is not a choice here", suggestion(node.written, known)
    return f"is not right here ({kind})", _write(hint)


def _type_remedy(kind: str, node: Node, hint: str) -> str:
    if kind == "string_type" and not isinstance(node.value, (dict, list)):
        return "put it in quotes"
    if kind == "bool_type":
        return "write true or false"
    if kind in _NUMERIC and isinstance(node.value, str) and node.value.replace(".", "", 1).isdecimal():
        return "write it without quotes"
    return _write(hint)


def _not_a(node: Node, wanted: str) -> str:
    match node.value:
        case None:
            return "has no value"
        case bool():
            actual = "a truth value"
        case int() | float():
            actual = "a number"
        case dict():
            actual = "a section"
        case list():
            actual = "a list"
        case _:
            actual = "text"
    return f"is {actual}, not {wanted}"


def _write(hint: str, key: str = "") -> str:
    if key == "id":
        return f"write {IDENTIFIER_HINT}"
    return f"write {hint}" if hint else "correct the value"


def _locate(node: Node, loc: Sequence[int | str]) -> tuple[Node, str]:
    """Follow an error's place down the tree; return the deepest node there is, and the key that it lacks."""
    for part in loc:
        child = _child(node, part)
        if child is None:
            return node, str(part)
        node = child
    return node, ""


def _child(node: Node, part: int | str) -> Node | None:
    if isinstance(node.value, list) and isinstance(part, int):
        return node.value[part]
    child = node.section.get(str(part))
    return None if child is None or child.value is BROKEN else child


def _hint(section: type[Section], loc: Sequence[int | str]) -> str:
    hint = ""
    for current, part in _fields(section, loc):
        hint = current[part].description or ("" if part != "id" else IDENTIFIER_HINT)
    return hint


def _keys(section: type[Section], loc: Sequence[int | str]) -> list[str]:
    for current, part in _fields(section, loc):
        section = _section_in(current[part].annotation) or section
    return list(section.model_fields)


def _fields(section: type[Section] | None, loc: Sequence[int | str]) -> list[tuple[Mapping[str, Any], str]]:
    """Return the fields that an error's place passes through, outermost first."""
    passed: list[tuple[Mapping[str, Any], str]] = []
    for part in loc:
        if section is None or part not in section.model_fields:
            continue
        fields = section.model_fields
        passed.append((fields, str(part)))
        section = _section_in(fields[str(part)].annotation)
    return passed


def _section_in(annotation: Any) -> type[Section] | None:
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return annotation
    return next((found for inner in get_args(annotation) if (found := _section_in(inner))), None)
