"""People and their keys, as an administrator looks after them and everybody after their own."""

import pytest
from flask.testing import FlaskClient

from monitor.access import Person, Role, Screen, Token
from monitor.wall.door.visitors import called
from tests.access.people import OTHER, PASSWORD
from tests.wall.entrance import GuardedFarm, Guarding, form_token, send


def test_the_first_administrator_comes_by_the_set_up_link(guarded: Guarding) -> None:
    """The log-in says so; the link works once."""
    house = guarded(is_empty=True)
    client, key = house.app.test_client(), house.access.desk.set_up_link()
    assert "vigie users link" in client.get("/login").text
    fields = {"link": key, "name": "Léa", "password": PASSWORD, "again": PASSWORD}
    assert 400 == send(client, f"/setup?link={key}", **(fields | {"again": OTHER}))[0]
    assert (303, "/") == send(client, f"/setup?link={key}", **fields)
    assert 200 == client.get("/people").status_code
    assert 410 == house.app.test_client().get(f"/setup?link={key}").status_code


def test_a_link_that_was_only_looked_at_is_still_good(house: GuardedFarm, stranger: FlaskClient) -> None:
    """Mail filters open every link that they see."""
    key = house.access.desk.add("Nina", Role.VIEWER)
    for _ in range(3):
        assert "Welcome, Nina" in house.app.test_client().get(f"/setup?link={key}").text
    assert (303, "/") == send(stranger, f"/setup?link={key}", link=key, password=PASSWORD, again=PASSWORD)


def test_an_administrator_looks_after_people(house: GuardedFarm) -> None:
    """Add, change, reset, remove; what the last administrator needs is refused with the reason."""
    ada = house.person("Ada")
    status, text = send(ada, "/people", do="add", name="Nina", role="viewer")
    link = text.split("/setup?link=")[1].split('"')[0]
    assert (200, "nina") == (status, house.access.desk.link(link).person)
    assert (303, "/people?done=role") == send(ada, "/people", do="role", name="Nina", role="operator")
    assert Role.OPERATOR is house.access.all(Person)["nina"].role
    omar = house.person("Omar")
    assert (303, "/people?done=end") == send(ada, "/people", do="end", name="Omar")
    assert 401 == omar.get("/api/printers").status_code
    assert "/setup?link=" in send(ada, "/people", do="reset", name="Omar")[1]
    assert (303, "/people?done=remove") == send(ada, "/people", do="remove", name="Nina")
    status, text = send(ada, "/people", do="remove", name="Ada")
    assert (400, True) == (status, "last administrator" in text)


def test_an_administrator_makes_keys_and_takes_them_back(house: GuardedFarm) -> None:
    """Each is shown once, and never again."""
    ada = house.person("Ada")
    answer = ada.post(
        "/people",
        data={"form_token": form_token(ada, "/people"), "do": "token", "name": "grafana", "scope": ["metrics", "view"]},
    )
    key = answer.text.split('id="secret-text" readonly value="')[1].split('"')[0]
    assert key.startswith("vigie_")
    assert key not in ada.get("/people").text
    (token,) = house.access.all(Token).values()
    assert (303, "/people?done=revoke-token") == send(ada, "/people", do="revoke-token", id=token.id)
    assert "/wall?kiosk&amp;screen=" in send(ada, "/people", do="screen", name="Hall")[1]
    (screen,) = house.access.all(Screen).values()
    assert (303, "/people?done=revoke-screen") == send(ada, "/people", do="revoke-screen", id=screen.id)
    assert 401 == house.app.test_client().get("/api/printers", headers={"Authorization": f"Bearer {key}"}).status_code


def test_everybody_has_an_account_of_their_own(house: GuardedFarm) -> None:
    """Language, password, log out everywhere."""
    vera, elsewhere = house.person("Vera"), house.person("Vera")
    assert (303, "/account?done=language") == send(vera, "/account", do="language", language="fr")
    assert "Déconnexion" in vera.get("/account").text
    assert "fr" == elsewhere.get("/").headers["Content-Language"]
    fields = {"do": "password", "old": PASSWORD, "password": OTHER, "again": OTHER}
    assert 403 == send(vera, "/account", **(fields | {"old": OTHER}))[0]
    assert (303, "/account?done=password") == send(vera, "/account", **fields)
    assert (200, 401) == (vera.get("/api/printers").status_code, elsewhere.get("/api/printers").status_code)
    assert (303, "/login") == send(vera, "/account", do="everywhere")
    assert 401 == vera.get("/api/printers").status_code


@pytest.mark.parametrize(
    ("user_agent", "expected"),
    [
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64; rv:128.0) Gecko/20100101 Firefox/128.0", "Firefox, Windows"),
        (
            "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0",
            "Edge, Windows",
        ),
        (
            "Mozilla/5.0 (Linux; Android 14; K) AppleWebKit/537.36 Chrome/126.0 Mobile Safari/537.36",
            "Chrome, Android",
        ),
        (
            "Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15 Version/17.5 Safari/604.1",
            "Safari, iPhone",
        ),
        ("curl/8.5.0", "curl/8.5.0"),
        ("", ""),
    ],
)
def test_a_browser_is_called_as_its_owner_calls_it(user_agent: str, expected: str) -> None:
    """Where somebody is logged in must be recognised at a glance."""
    assert expected == called(user_agent)


def test_an_unknown_wish_changes_nothing(house: GuardedFarm) -> None:
    """Forms that no page of ours has."""
    ada = house.person("Ada")
    for page in ("/people", "/account"):
        assert 400 == send(ada, page, do="destroy")[0]
    assert 3 == len(house.access.all(Person))


def test_hostile_names_stay_text(house: GuardedFarm, stranger: FlaskClient) -> None:
    """In what is shown again after a refusal."""
    hostile = "<script>alert(1)</script>"
    _, again = send(stranger, "/login", name=hostile, password="x")
    _, refused = send(house.person("Ada"), "/people", do="add", name=hostile, role="viewer")
    assert hostile not in again + refused
    assert 413 == stranger.post("/login", data={"name": "x" * 20_000}).status_code
