"""The HTTP API as an OpenAPI 3.1 document, for machines: docs/openapi.yaml is what :func:`document` returns.

Written from the application's own routes: path, methods and right of each, its docstring, and what is declared beside
it (:mod:`monitor.wall.described`). ``GET /api/openapi.json`` answers it; ``make docs`` writes docs/openapi.yaml anew.

Source: https://spec.openapis.org/oas/v3.1.0
"""

import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Any

from flask import Blueprint, Flask, Response, current_app, jsonify
from pydantic import TypeAdapter
from werkzeug.routing import Rule

from monitor.access import Right
from monitor.wall.described import JSON, Description, described, description_of
from monitor.wall.gate import PUBLIC, is_for_persons_only, need_of, needs
from monitor.wall.shapes.common import Problem

Document = dict[str, Any]

PREFIXES = ("/api/", "/tile/", "/picture/", "/evidence/", "/frame/", "/stream", "/metrics", "/health")
"""Where the API is; everything else is a page for people."""

API_VERSION = "1"

_KEPT = "vigie.openapi"
_SCHEMAS = "#/components/schemas/"
_SECURITY = {
    "token": {
        "type": "http",
        "scheme": "bearer",
        "description": "A token that an administrator has made; its scopes are the rights that routes ask for.",
    },
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": "vigie",
        "description": "What a browser has after /login; the port is part of the name, and https puts __Host- before.",
    },
}
_WORDS = {
    "printer": "the printer's id in cameras.yaml",
    "site": "a site's id in cameras.yaml",
    "room": "the id of one of its rooms",
    "incident": "an incident's id",
    "viewer": "the id in the first states message of a stream",
    "taken_at": "unix seconds with 3 decimals",
}

blueprint = Blueprint("openapi", __name__)


@blueprint.get("/api/openapi.json")
@needs(Right.VIEW)
@described(dict[str, Any])
def openapi() -> Response:
    """Answer with this document."""
    kept = current_app.extensions
    if _KEPT not in kept:  # 40 ms of work, and routes do not change while it runs
        kept[_KEPT] = document(current_app)
    return jsonify(kept[_KEPT])


def document(app: Flask) -> Document:
    """Return the whole document of an application's API, with plain containers only."""
    schemas: Document = {}
    paths: dict[str, Document] = {}
    for rule, view in sorted(api_rules(app), key=lambda found: found[0].rule):
        about = description_of(view)
        if about is not None:
            path = paths.setdefault(path_of(rule), {})
            for method in methods_of(rule):
                path[method.lower()] = _operation(rule, view, about, schemas)
    _schema(Problem, schemas)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Vigie over HTTP",
            "version": API_VERSION,
            "summary": "Print-failure monitor for 3D-printer farms.",
            "description": "Times are unix seconds, places in pictures are fractions. A client must expect keys that "
            "are not in this document: they are added without a new version.",
            "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"},
        },
        "servers": [{"url": "/"}],
        "paths": paths,
        "components": {"schemas": dict(sorted(schemas.items())), "securitySchemes": _SECURITY},
    }


def api_rules(app: Flask) -> Iterator[tuple[Rule, Callable[..., Any]]]:
    """Yield the routes of the API with their view functions."""
    for rule in app.url_map.iter_rules():
        if rule.rule.startswith(PREFIXES):
            yield rule, app.view_functions[rule.endpoint]


def path_of(rule: Rule) -> str:
    """Return a route's path with parameters in braces."""
    return re.sub(r"<(?:[^:<>]+:)?([^<>]+)>", r"{\1}", rule.rule)


def methods_of(rule: Rule) -> list[str]:
    """Return the methods of a route that somebody has written; HEAD and OPTIONS come by themselves."""
    return sorted((rule.methods or set()) - {"HEAD", "OPTIONS"})


def _operation(rule: Rule, view: Callable[..., Any], about: Description, schemas: Document) -> Document:
    summary, _, rest = (view.__doc__ or "").strip().partition("\n")
    need = need_of(view)
    found: Document = {
        "operationId": rule.endpoint.replace(".", "_"),
        "tags": [rule.endpoint.partition(".")[0]],
        "summary": summary,
        "security": _security(view),
        "responses": _responses(rule, about, need, schemas),
    }
    if rest.strip():
        found["description"] = " ".join(rest.split())
    parameters = [_path_parameter(name) for name in sorted(rule.arguments)] + _query_parameters(about, schemas)
    if parameters:
        found["parameters"] = parameters
    if about.body is not None:
        found["requestBody"] = {"required": True, "content": {JSON: {"schema": _schema(about.body, schemas)}}}
    return found


def _security(view: Callable[..., Any]) -> list[Document]:
    need = need_of(view)
    if need == PUBLIC:
        return []
    return [{name: [str(need)]} for name in (["session"] if is_for_persons_only(view) else _SECURITY)]


def _path_parameter(name: str) -> Document:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}, "description": _WORDS[name]}


def _query_parameters(about: Description, schemas: Document) -> list[Document]:
    if about.query is None:
        return []
    schema = about.query.model_json_schema(by_alias=True, ref_template=_SCHEMAS + "{model}")
    schemas.update(schema.get("$defs", {}))
    required = schema.get("required", [])
    return [_query_parameter(name, about_it, name in required) for name, about_it in schema["properties"].items()]


def _query_parameter(name: str, schema: Document, is_required: bool) -> Document:
    kept = {key: value for key, value in schema.items() if key not in ("title", "description")}
    found: Document = {"name": name, "in": "query", "required": is_required, "schema": kept}
    if "description" in schema:
        found["description"] = schema["description"]
    return found


def _responses(rule: Rule, about: Description, need: object, schemas: Document) -> Document:
    good: Document = {"description": HTTPStatus(about.status).phrase}
    if about.media != JSON:
        messages = {name: _schema(kind, schemas) for name, kind in about.messages.items()}
        good["content"] = {about.media: {"x-messages": messages} if messages else {}}
    elif about.answer is not None:
        good["content"] = {JSON: {"schema": _schema(about.answer, schemas)}}
    if about.headers:
        good["headers"] = {
            name: {"description": text, "schema": {"type": "string"}} for name, text in about.headers.items()
        }
    found = {str(about.status): good}
    if about.has_etag:
        found["304"] = {"description": "what If-None-Match names is still so"}
    for status in sorted(_problems(rule, about, need)):
        error = {"content": {JSON: {"schema": {"$ref": _SCHEMAS + Problem.__name__}}}}
        found[str(status)] = {"description": HTTPStatus(status).phrase, **error}
    return found


def _problems(rule: Rule, about: Description, need: object) -> set[int]:
    statuses = {*about.also, 503}
    if need != PUBLIC:
        statuses |= {401, 403}
    if rule.arguments:
        statuses |= {404}
    if about.query is not None:
        statuses |= {400}
    if about.body is not None:
        statuses |= {400, 413, 415}
    return statuses


def _schema(kind: Any, schemas: Document) -> Document:
    """Return the schema of a type; what it is made of goes into ``schemas``, by name."""
    schema = TypeAdapter(kind).json_schema(by_alias=True, ref_template=_SCHEMAS + "{model}")
    schemas.update(schema.pop("$defs", {}))
    if schema.get("type") != "object" or "title" not in schema:
        return schema
    name: str = schema["title"]
    schemas[name] = schema
    return {"$ref": _SCHEMAS + name}
