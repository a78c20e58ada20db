"""Who may enter the wall, by which door, and what a stranger learns."""

import pytest
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from monitor.access import Person, Role, Screen
from monitor.access.rules import IDLE_S
from monitor.records import PersonCommandKind
from monitor.wall.door.login import own_path
from monitor.wall.door.staying import ASKS_EVERY_S
from tests.access.people import OTHER, PASSWORD
from tests.wall.entrance import PAGE, GuardedFarm, form_token, send

COMMANDS = "/api/printers/p01/commands"


def test_who_logs_in_gets_where_they_wanted_to_go(house: GuardedFarm, stranger: FlaskClient) -> None:
    """The page that asked for the log-in, and from then on every other."""
    answer = send(stranger, "/login?next=/printer/p01", name="omar", password=PASSWORD, next="/printer/p01")
    assert (303, "/printer/p01") == answer
    page = stranger.get("/printer/p01", headers=PAGE)
    assert (200, True) == (page.status_code, 'data-person="Omar"' in page.text)
    assert house.access.all(Person)["omar"].seen_at == house.clock.now()


def test_a_wrong_password_is_told_in_the_readers_language(stranger: FlaskClient) -> None:
    """The name stays, the password goes, and the reason stands where a screen reader finds it."""
    token = form_token(stranger, "/login?lang=fr")
    answer = stranger.post("/login", data={"form_token": token, "name": "Omar", "password": OTHER})
    assert 403 == answer.status_code
    assert 'role="alert" data-bad="true">Ce nom et ce mot de passe ne vont pas ensemble.' in answer.text
    assert 'value="Omar"' in answer.text
    assert OTHER not in answer.text


def test_too_many_tries_are_told_with_the_time_to_wait(stranger: FlaskClient) -> None:
    """429, Retry-After, and a sentence."""
    for _ in range(5):
        send(stranger, "/login", name="Omar", password=OTHER)
    token = form_token(stranger, "/login")
    answer = stranger.post("/login", data={"form_token": token, "name": "Omar", "password": PASSWORD})
    assert (429, "60") == (answer.status_code, answer.headers["Retry-After"])
    assert "Please wait 60 s" in answer.text


@pytest.mark.parametrize(
    "onward",
    [
        "//evil.example",
        "/\\evil.example",
        "https://evil.example/",
        "javascript:alert(1)",
        "evil",
        "/%0d%0aX: y",
        "/a\r\nb",
    ],
)
def test_nobody_is_led_away_by_the_log_in(onward: str) -> None:
    """Only paths of ours are gone to."""
    assert "/" == own_path(onward)


@pytest.mark.parametrize("onward", ["/", "/printer/p01", "/history?from=1&to=2", "/wall?kiosk"])
def test_own_paths_are_kept(onward: str) -> None:
    """With what they ask for."""
    assert onward == own_path(onward)


def test_the_session_cookie_is_safe(stranger: FlaskClient) -> None:
    """No script reads it, no other site sends it; by https it is bound to the host and never sent in clear."""
    answer = _enter(stranger, "http://localhost")
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("vigie="))
    assert {"HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    answer = _enter(stranger, "https://localhost")
    cookie = next(one for one in answer.headers.getlist("Set-Cookie") if one.startswith("__Host-vigie="))
    assert {"Secure", "HttpOnly", "SameSite=Lax", "Path=/"} <= set(cookie.split("; "))
    assert "max-age=" in answer.headers["Strict-Transport-Security"]


def test_two_walls_on_one_machine_have_cookies_of_their_own(stranger: FlaskClient) -> None:
    """Browsers take no heed of ports."""
    answer = _enter(stranger, "http://localhost:8081")
    assert any(one.startswith("vigie-8081=") for one in answer.headers.getlist("Set-Cookie"))


def _enter(client: FlaskClient, base: str) -> TestResponse:
    page = client.get("/login", base_url=base)
    token = page.text.split('name="form_token" value="')[1].split('"')[0]
    answer = client.post("/login", base_url=base, data={"form_token": token, "name": "Omar", "password": PASSWORD})
    assert 303 == answer.status_code
    return answer


def test_a_form_of_another_site_logs_nobody_in(stranger: FlaskClient) -> None:
    """Neither by its origin nor without the token of our own page."""
    form = {"name": "Omar", "password": PASSWORD}
    assert 400 == stranger.post("/login", data=form).status_code
    token = form_token(stranger, "/login")
    foreign = stranger.post("/login", data=form | {"form_token": token}, headers={"Origin": "https://evil.example"})
    assert 403 == foreign.status_code
    assert 400 == stranger.post("/login", data=form | {"form_token": token[::-1]}).status_code
    assert 303 == stranger.post("/login", data=form | {"form_token": token}).status_code


def test_a_form_of_another_session_is_refused(house: GuardedFarm) -> None:
    """A token is bound to who is logged in."""
    ada, omar = house.person("Ada"), house.person("Omar")
    fields = {"do": "remove", "name": "Vera", "form_token": form_token(omar, "/account")}
    assert 400 == ada.post("/people", data=fields).status_code
    assert "vera" in house.access.all(Person)


def test_a_command_is_by_who_is_logged_in_whatever_it_says(house: GuardedFarm) -> None:
    """Nobody acts in another's name."""
    wish = {"kind": "acknowledge", "by": "Ada"}
    assert 202 == house.person("Omar").post(COMMANDS, json=wish).status_code
    assert 202 == house.token(*Role.OPERATOR.rights).post(COMMANDS, json=wish).status_code
    assert ["Omar", "program (token)"] == [command.by for command in house.commands]
    assert {PersonCommandKind.ACKNOWLEDGE} == {command.kind for command in house.commands}


def test_a_viewer_cannot_act(house: GuardedFarm) -> None:
    """Nor can a TV, nor a token that may only look."""
    for client in (house.person("Vera"), house.screen(), house.token(*Role.VIEWER.rights)):
        assert 403 == client.post(COMMANDS, json={"kind": "pause", "by": "Ada"}).status_code
    assert [] == house.commands


def test_who_may_not_open_a_page_is_told_so_in_their_language(house: GuardedFarm) -> None:
    """And whom to ask."""
    page = house.person("Vera").get("/people", headers=PAGE | {"Accept-Language": "fr"})
    assert (403, True) == (page.status_code, "Un administrateur peut vous donner un autre rôle" in page.text)


def test_the_public_learns_only_that_it_runs(house: GuardedFarm, stranger: FlaskClient) -> None:
    """What is wrong, and how many printers there are, is for those who may look."""
    assert {"status", "version"} == set(stranger.get("/health").get_json())
    assert {"printers", "storage_problem"} <= set(house.person("Vera").get("/health").get_json())


def test_logging_out_closes_the_door(house: GuardedFarm) -> None:
    """The cookie that stays in the browser opens nothing."""
    omar = house.person("Omar")
    assert (303, "/login") == (omar.post("/logout").status_code, omar.post("/logout").location)
    assert 401 == omar.get("/api/printers").status_code


def test_an_open_stream_ends_with_its_session(house: GuardedFarm) -> None:
    """Whoever is removed sees nothing more, although their wall is open."""
    stream = house.person("Omar").get("/stream")
    chunks = stream.iter_encoded()
    next(chunks)
    house.access.desk.remove("Omar")
    house.passes(ASKS_EVERY_S)
    for seen, _ in enumerate(chunks):
        house.sees("p01")
        house.passes(1.0)
        assert seen < 20
    stream.close()


def test_an_open_wall_keeps_its_session(house: GuardedFarm) -> None:
    """Who has the wall open all night is still logged in in the morning."""
    omar = house.person("Omar")
    stream = omar.get("/stream")
    chunks = stream.iter_encoded()
    for _ in range(20):
        next(chunks)
        house.passes(IDLE_S / 10)
        house.sees("p01")
    stream.close()
    assert 200 == omar.get("/api/printers").status_code


def test_a_tv_opens_its_link_and_the_secret_is_gone(house: GuardedFarm, stranger: FlaskClient) -> None:
    """It looks, for as long as its link is good."""
    screen, key = house.access.desk.make_screen("TV", None)
    answer = stranger.get(f"/wall?kiosk=&screen={key}", headers=PAGE)
    assert (303, "/wall?kiosk=") == (answer.status_code, answer.location)
    page = stranger.get("/wall?kiosk=", headers=PAGE)
    assert (200, False) == (page.status_code, key in page.text)
    house.access.desk.revoke(Screen, screen.id)
    assert 401 == stranger.get("/api/printers").status_code
    assert 403 == stranger.get(f"/wall?kiosk=&screen={key}").status_code


@pytest.mark.parametrize(
    "headers",
    [
        {"Cookie": "vigie=\xff\xfe\x00; vigie-screen=\xe9"},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer \xff\xfe"},
        {"Authorization": "Bearer " + "x" * 5000},
        {"Authorization": "Basic QWRhOmFkYQ=="},
    ],
)
def test_broken_credentials_are_none(stranger: FlaskClient, headers: dict[str, str]) -> None:
    """Neither a fault of ours nor an open door."""
    assert 401 == stranger.get("/api/printers", headers=headers).status_code


def test_a_form_of_broken_text_is_answered(stranger: FlaskClient) -> None:
    """Bytes that are no UTF-8 are a wrong name, not a fault."""
    body = f"form_token={form_token(stranger, '/login')}&name=%ff%fe%00&password=%ff".encode()
    answer = stranger.post("/login", data=body, content_type="application/x-www-form-urlencoded")
    assert 403 == answer.status_code
    assert 410 == stranger.get("/setup?link=%ff%00").status_code
    assert 403 == stranger.get("/wall?screen=%ff%00").status_code


@pytest.mark.parametrize("host", ["evil.example", "evil.example:8080", "192.0.2.7", "localhost.evil.example"])
def test_an_open_wall_answers_to_its_own_machine_only(client: FlaskClient, host: str) -> None:
    """A foreign page whose name leads to 127.0.0.1 gets nothing (DNS rebinding)."""
    assert 403 == client.get("/api/printers", headers={"Host": host}).status_code
    assert 403 == client.post(COMMANDS, json={"kind": "pause", "by": "x"}, headers={"Host": host}).status_code


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1:8080", "[::1]:8080", "LOCALHOST:1"])
def test_an_open_wall_answers_its_own_machine(client: FlaskClient, host: str) -> None:
    """By every name that it has for itself."""
    assert 200 == client.get("/api/printers", headers={"Host": host}).status_code


def test_nobody_logs_in_where_nobody_has_to(client: FlaskClient) -> None:
    """An open wall has no log-in, no people and no account, and its menu names none."""
    assert [404, 403, 403] == [client.get(path).status_code for path in ("/login", "/people", "/account")]
    assert "/people" not in client.get("/", headers=PAGE).text
