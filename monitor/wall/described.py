"""What a route takes and answers, declared beside it, for the OpenAPI document (:mod:`monitor.wall.openapi`).

    @blueprint.get("/api/printers/<printer>/scores")
    @needs(Right.VIEW)
    @described(Scores, query=ScoresQuery)
    def scores(printer: str) -> Response:
        \"\"\"Answer with ...\"\"\"   # becomes summary and description

``answer`` and ``query`` are types: a :class:`Shape` (below), a dataclass, all that pydantic makes a JSON schema of.
Errors that any route may give (400 with a query or a body, 401, 403, 404 with a name in the path, 503) need no word.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pydantic import BaseModel, ConfigDict

View = TypeVar("View", bound=Callable[..., Any])

_DESCRIBED = "vigie_described"
JSON = "application/json"
JPEG = "image/jpeg"


class Shape(BaseModel):
    """What a JSON answer looks like, or what a query may say. Describes only: answers are built in ``present``."""

    model_config = ConfigDict(use_attribute_docstrings=True, populate_by_name=True)


@dataclass(frozen=True, slots=True)
class Description:
    """All that the document says about a route beyond its path, its methods, its right and its docstring."""

    answer: Any = None  # the type of a JSON answer
    status: int = 200
    media: str = JSON
    query: type[BaseModel] | None = None
    body: type[BaseModel] | None = None
    also: tuple[int, ...] = ()  # further statuses, with an error as body
    headers: Mapping[str, str] = field(default_factory=dict)  # of the answer, with what each means
    has_etag: bool = False  # may answer 304
    messages: Mapping[str, Any] = field(default_factory=dict)  # JSON in an answer that is no JSON: types by name


def described(
    answer: Any = None,
    *,
    status: int = 200,
    media: str = JSON,
    query: type[BaseModel] | None = None,
    body: type[BaseModel] | None = None,
    also: tuple[int, ...] = (),
    headers: Mapping[str, str] | None = None,
    has_etag: bool = False,
    messages: Mapping[str, Any] | None = None,
) -> Callable[[View], View]:
    """Declare what a view function takes and answers."""
    description = Description(answer, status, media, query, body, also, headers or {}, has_etag, messages or {})

    def mark(view: View) -> View:
        setattr(view, _DESCRIBED, description)
        return view

    return mark


def picture_answer(**more: Any) -> Callable[[View], View]:
    """Declare that a view function answers with a JPEG, which says when it was taken."""
    return described(media=JPEG, headers={"X-Taken-At": "when it was taken, unix seconds"}, has_etag=True, **more)


def description_of(view: Callable[..., Any] | None) -> Description | None:
    """Return what a view function was declared to be."""
    return getattr(view, _DESCRIBED, None)
