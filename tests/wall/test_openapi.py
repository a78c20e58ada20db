"""The document of the HTTP API: complete, valid, and what the code does."""

import json
from pathlib import Path
from typing import Any

import pytest
from flask.testing import FlaskClient
from jsonschema import Draft202012Validator
from openapi_spec_validator import validate
from ruamel.yaml import YAML

from monitor.access import Right
from monitor.wall.apidoc import routes, whole_document
from monitor.wall.context import of
from monitor.wall.feed.framing import Kind, Parser
from monitor.wall.feed.viewer import Viewer
from monitor.wall.gate import PUBLIC, is_for_persons_only, need_of
from monitor.wall.openapi import api_rules, document, methods_of, path_of
from monitor.wall.stream import MEDIA_TYPE
from tests.wall.contract import Contract, closed, undeclared
from tests.wall.farm import Farm

DOCS = Path(__file__).resolve().parents[2] / "docs"


@pytest.fixture(scope="module")
def written() -> dict[str, Any]:
    """The document as the code has it."""
    return whole_document()


def test_every_route_of_the_api_is_declared() -> None:
    """Who adds a route sees here what is left to do: ``@described`` below ``@needs``."""
    assert [] == undeclared(routes())


def test_the_application_has_no_route_that_the_document_does_not_know(farm: Farm) -> None:
    """The document is written from blueprints alone: the real application must not have more."""
    served = {path_of(rule) for rule, _ in api_rules(farm.app)}
    assert served == {path_of(rule) for rule, _ in api_rules(routes())}


def test_methods_parameters_and_rights_are_the_routes_own(written: dict[str, Any]) -> None:
    """Nothing is told that the gate does not hold."""
    for rule, view in api_rules(routes()):
        path = written["paths"][path_of(rule)]
        for method in methods_of(rule):
            operation = path[method.lower()]
            told = {p["name"] for p in operation.get("parameters", []) if p["in"] == "path"}
            assert rule.arguments == told
            need = need_of(view)
            rights = [] if need == PUBLIC else [[str(need)]] * (1 if is_for_persons_only(view) else 2)
            assert rights == [roles for option in operation["security"] for roles in option.values()]
            assert need == PUBLIC or isinstance(need, Right)


def test_the_document_is_valid(written: dict[str, Any]) -> None:
    """As the specification's own schema has it, references included."""
    validate(json.loads(json.dumps(written)))


def test_operations_have_names_of_their_own_and_say_what_they_do(written: dict[str, Any]) -> None:
    """Generators of clients need both."""
    operations = [operation for path in written["paths"].values() for operation in path.values()]
    names = [operation["operationId"] for operation in operations]
    assert len(names) == len(set(names))
    assert [] == [operation["operationId"] for operation in operations if not operation["summary"]]


def test_the_file_in_the_repository_is_the_one_that_the_code_has(written: dict[str, Any]) -> None:
    """Written anew by ``make docs`` whenever a route changes."""
    assert json.loads(json.dumps(written)) == YAML(typ="safe").load((DOCS / "openapi.yaml").read_text())


def test_the_wall_answers_its_own_document(client: FlaskClient, written: dict[str, Any]) -> None:
    """For whoever has only the wall."""
    assert json.loads(json.dumps(written)) == client.get("/api/openapi.json").get_json()


def test_an_answer_that_is_not_declared_would_be_noticed(farm: Farm) -> None:
    """A new key, a missing key, a number for a text, a status and a media type that nobody declared."""
    contract = Contract(farm.app)
    good = {"name": "vigie", "version": "1"}
    kind = "application/json"
    assert [] == contract.faults("GET", "/api/version", 200, kind, json.dumps(good).encode())
    for bad in (good | {"more": 1}, {"name": "vigie"}, good | {"version": 1}):
        assert contract.faults("GET", "/api/version", 200, kind, json.dumps(bad).encode())
    assert contract.faults("GET", "/api/version", 418, kind, b"{}")
    assert contract.faults("GET", "/api/version", 200, "text/html", b"<p>")


def test_the_streams_states_are_as_declared(farm: Farm) -> None:
    """The one answer that is no JSON carries JSON: the first message, and one after a failure."""
    operation = closed(document(farm.app))
    media = operation["paths"]["/stream"]["get"]["responses"]["200"]["content"][MEDIA_TYPE]
    schema = media["x-messages"]["states"] | {"components": operation["components"]}
    viewer, wall = Viewer("1.2.3"), of(farm.app)
    for _ in range(2):
        farm.passes(1.0)
        chunk = viewer.next_chunk(wall.press.latest(farm.clock.now()), farm.clock.now())
        kind, body = next(Parser().feed(chunk))
        assert Kind.STATES == kind
        assert [] == [error.message for error in Draft202012Validator(schema).iter_errors(json.loads(body))]
        farm.fails("p02")
