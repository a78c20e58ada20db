"""Holds answers of the wall against its OpenAPI document: what is not declared is a fault, and named."""

import json
from functools import cached_property
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from werkzeug.exceptions import HTTPException

from monitor.wall.openapi import Document, api_rules, document, path_of

HINT = "declare it beside the route (monitor/wall/described.py) or in monitor/wall/shapes, then `make docs`"


class Contract:
    """The document of an application, asked about answers."""

    def __init__(self, app: Flask) -> None:
        self._app = app
        self._validators: dict[str, Draft202012Validator] = {}

    @cached_property
    def document(self) -> Document:
        """The document, with every object closed: a key that it does not name is a fault."""
        found: Document = closed(document(self._app))
        return found

    def faults(self, method: str, path: str, status: int, mimetype: str, body: bytes) -> list[str]:
        """Return what is wrong with an answer; empty also for a route that is no API or not declared yet."""
        operation = self._operation(method, path)
        if operation is None or status == 405:
            return []
        response = operation["responses"].get(str(status))
        if response is None:
            return [f"{method} {path} answers {status}, which is not declared: {HINT}"]
        content = response.get("content", {})
        if not body and not content:
            return []
        if mimetype not in {media.partition(";")[0] for media in content}:
            return [f"{method} {path} answers {mimetype}, declared is {list(content)}: {HINT}"]
        if mimetype != "application/json" or "schema" not in content[mimetype]:
            return []
        validator = self._validator(f"{method} {path} {status}", content[mimetype]["schema"])
        return [
            f"{method} {path}: {'.'.join(map(str, error.absolute_path))}: {error.message[:300]}: {HINT}"
            for error in validator.iter_errors(json.loads(body))
        ]

    def _operation(self, method: str, path: str) -> Document | None:
        try:
            rule, _ = self._app.url_map.bind("localhost").match(path, method=method, return_rule=True)
        except HTTPException:
            return None
        found: Document | None = self.document["paths"].get(path_of(rule), {}).get(method.lower())
        return found

    def _validator(self, key: str, schema: Document) -> Draft202012Validator:
        if key not in self._validators:
            self._validators[key] = Draft202012Validator({**schema, "components": self.document["components"]})
        return self._validators[key]


class CheckedClient(FlaskClient):
    """A test client that fails on an answer that the document does not declare."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        """Send a request and check the answer."""
        response = super().open(*args, **kwargs)
        request = response.request
        if response.is_streamed or request.method in ("HEAD", "OPTIONS"):
            return response
        contract: Contract = self.application.extensions.setdefault("contract", Contract(self.application))
        found = contract.faults(
            request.method, request.path, response.status_code, response.mimetype or "", response.data
        )
        assert not found, "\n".join(found)
        return response


def undeclared(app: Flask) -> list[str]:
    """Return the routes of the API that the document does not have."""
    paths = document(app)["paths"]
    return sorted({rule.rule for rule, _ in api_rules(app) if path_of(rule) not in paths})


def closed(schema: Any) -> Any:
    """Return a schema in which no object may have keys that it does not name."""
    if isinstance(schema, list):
        return [closed(part) for part in schema]
    if not isinstance(schema, dict):
        return schema
    found = {key: closed(part) for key, part in schema.items()}
    if found.get("type") == "object" and "properties" in found:
        found.setdefault("additionalProperties", False)
    return found
