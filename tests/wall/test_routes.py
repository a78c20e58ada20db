"""The table of routes and roles: each route of the application, asked by each kind of visitor."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from monitor.access import Right, Role
from monitor.wall.gate import PUBLIC, is_for_persons_only, need_of
from tests.wall.entrance import PAGE, GuardedFarm
from tests.wall.farm import Farm
from tests.wall.routes import PERSONS, ROUTES

ROLES = {"Vera": Role.VIEWER, "Omar": Role.OPERATOR, "Ada": Role.ADMINISTRATOR}
VISITORS = ["nobody", "TV", *ROLES, *(f"token {right}" for right in Right), "token of everything", "bad token"]


def routes_of(farm: Farm) -> dict[str, str]:
    """Return the endpoints of an application by method and rule."""
    rules = farm.app.url_map.iter_rules()
    return {
        f"{method} {rule.rule}": rule.endpoint
        for rule in rules
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


@pytest.fixture(scope="module")
def farm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GuardedFarm]:
    """A farm where people have to log in."""
    farm = GuardedFarm(tmp_path_factory.mktemp("routes"))
    yield farm
    farm.access.stop()


def visitor(farm: GuardedFarm, kind: str) -> tuple[FlaskClient, frozenset[Right], bool]:
    """Return a client, what it may do, and whether it is a person's."""
    if kind in ROLES:
        return farm.person(kind), ROLES[kind].rights, True
    if kind == "TV":
        return farm.screen(), frozenset({Right.VIEW}), False
    if kind == "token of everything":
        return farm.token(*Right), frozenset(Right), False
    client = farm.app.test_client()
    if kind == "bad token":
        client = farm.person("Ada")  # whoever sends a token is that token, and nothing else
        client.environ_base["HTTP_AUTHORIZATION"] = "Bearer vigie_none"
    elif kind.startswith("token"):
        right = Right(kind.removeprefix("token "))
        return farm.token(right), frozenset({right}), False
    return client, frozenset(), False


def test_every_route_has_a_line_in_the_table() -> None:
    """And no line stands for a route that is gone: the application as it is, with nobody to log in."""
    assert set(routes_of(Farm(1))) == set(ROUTES)


def test_every_route_is_marked_as_the_table_says(farm: GuardedFarm) -> None:
    """The mark is what the gate goes by."""
    for route, endpoint in routes_of(farm).items():
        view = farm.app.view_functions[endpoint]
        if endpoint != "static":
            assert ROUTES[route][0] == need_of(view), route
            assert (PERSONS in ROUTES[route]) is is_for_persons_only(view), route


@pytest.mark.parametrize("kind", VISITORS)
def test_each_visitor_is_answered_where_the_table_says_so(farm: GuardedFarm, kind: str) -> None:
    """And nowhere else: 401 for nobody, 403 for somebody who may not."""
    wrong = []
    for route, (need, *more) in ROUTES.items():
        client, rights, is_person = visitor(farm, kind)
        may = need == PUBLIC or (need in rights and (is_person or PERSONS not in more))
        status = _ask(client, route)
        expected = "answered" if may else "403" if rights else "401"
        if (str(status) if status in (401, 403) else "answered") != expected:
            wrong.append(f"{route}: {status}, expected {expected}")
    assert [] == wrong


def test_a_browser_that_is_not_logged_in_is_led_to_the_log_in(farm: GuardedFarm) -> None:
    """From every page, and back to it afterwards."""
    client = farm.app.test_client()
    for route, (need, *_) in ROUTES.items():
        method, rule = route.split()
        if method == "GET" and need != PUBLIC and rule != "/":
            answer = client.get(_filled(rule), headers=PAGE)
            assert (303, f"/login?next={_filled(rule)}") == (answer.status_code, answer.location)


def _ask(client: FlaskClient, route: str) -> int:
    method, rule = route.split()
    answer = client.open(_filled(rule), method=method)
    answer.close()
    return answer.status_code


def _filled(rule: str) -> str:
    known = {"printer": "p01", "taken_at": "1585000000.000", "filename": "icon.svg"}
    return re.sub(r"<(?:\w+:)?(\w+)>", lambda found: known.get(found.group(1), "x"), rule)


def test_the_table_is_about_the_application_that_runs(tmp_path: Path) -> None:
    """A farm where people log in has the same routes as an open one."""
    guarded = GuardedFarm(tmp_path)
    guarded.access.stop()
    assert routes_of(Farm(1)) == routes_of(guarded)
