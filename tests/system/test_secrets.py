"""No secret that was given to Vigie comes out of it: not in a page, an answer, or the log."""

import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import quote

import pytest
import requests

from tests.access.people import PASSWORD
from tests.brokers import free_port
from tests.support import PATIENCE_S
from tests.system.running import FAILING_PRINT, RunningVigie, farm, running_vigie, simulated, vigie
from tests.wall.routes import ROUTES

SECRETS = {
    name: f"{name}-Xq7/+{i}z%&k"
    for i, name in enumerate(
        ("camera", "header", "octoprint", "broker", "matrix", "apprise", "snapshot", "tried", "environment")
    )
}


@dataclass
class House:
    """A farm full of secrets, and who has logged in there."""

    program: RunningVigie
    client: requests.Session
    secrets: dict[str, str]


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """Cameras, controls, a broker and contacts that all fail, so that their errors are told; Ada has logged in."""
    folder = tmp_path_factory.mktemp("secrets")
    os.environ["VIGIE_TEST_SECRET"] = SECRETS["environment"]
    with running_vigie(_farm(), folder) as program:
        link = re.search(r"http://\S+/setup\?link=(\S+)", program.said())
        assert link is not None
        client = requests.Session()
        _choose_password(program, client, link.group(1), "Ada")
        secrets = {
            "password": PASSWORD,
            "session": next(value for name, value in client.cookies.items() if "form" not in name),
            "token": vigie("users", "-c", program.file, "tokens", "make", "t", "--scope", "view").stdout.strip(),
            "screen": vigie("users", "-c", program.file, "screens", "make", "TV").stdout.strip().rpartition("=")[2],
            "invitation": vigie("users", "-c", program.file, "add", "Nina", "viewer").stdout.strip().rpartition("=")[2],
        }
        assert program.says("p01", "p02", timeout_s=20.0)
        yield House(program, client, SECRETS | secrets)
    del os.environ["VIGIE_TEST_SECRET"]


def _farm() -> dict[str, object]:
    secret = {name: quote(value, safe="") for name, value in SECRETS.items()}
    nowhere = f"127.0.0.1:{free_port()}"
    printers = [
        {
            "id": "p01",
            "camera": {"type": "mjpeg", "url": f"http://me:{secret['camera']}@{nowhere}/stream"},
            "control": {"type": "octoprint", "url": f"http://{nowhere}", "api_key": SECRETS["octoprint"]},
        },
        {
            "id": "p02",
            "camera": {"type": "snapshot", "url": f"http://{nowhere}/shot?token={secret['snapshot']}"},
            "control": {
                "type": "http",
                "pause_url": f"http://{nowhere}/pause",
                "state_url": f"http://{nowhere}/state",
                "headers": {"Authorization": SECRETS["header"]},
            },
        },
        simulated("p03", FAILING_PRINT),
    ]
    contacts = [
        {"id": "a", "url": f"json://me:{secret['apprise']}@{nowhere}/"},
        {
            "id": "b",
            "matrix": {"homeserver": f"http://{nowhere}", "room": "#r:x.example", "access_token": SECRETS["matrix"]},
        },
    ]
    return farm(
        printers,
        wall={"access": "log-in"},
        mqtt={"host": "127.0.0.1", "port": free_port(), "username": "me", "password": SECRETS["broker"]},
        people={"contacts": contacts, "unable_after_s": 1, "blind_after_s": 2},
        simulation={"first_failure_after_s": 1},
    )


def _choose_password(program: RunningVigie, client: requests.Session, link: str, name: str) -> None:
    page = client.get(program.url(f"/setup?link={link}"), timeout=PATIENCE_S).text
    token = re.search(r'name="form_token" value="(\w+)"', page)
    assert token is not None
    form = {"form_token": token[1], "link": link, "name": name, "password": PASSWORD, "again": PASSWORD}
    assert client.post(program.url("/setup"), data=form, timeout=PATIENCE_S, allow_redirects=False).status_code == 303


def _forms(secret: str) -> tuple[str, ...]:
    """Return the ways in which a secret may be written."""
    return (
        secret,
        quote(secret),
        quote(secret, safe=""),
        secret.replace("&", "&amp;"),
        secret.encode("unicode_escape").decode(),
    )


def _found(house: House, text: str) -> list[str]:
    return [name for name, secret in house.secrets.items() if any(form in text for form in _forms(secret))]


def test_no_answer_holds_a_secret(house: House) -> None:
    """Every GET route, as the administrator, in every language."""
    found = []
    for route in ROUTES:
        method, rule = route.split()
        if method != "GET" or rule == "/stream":
            continue
        for printer in ("p01", "p02", "p03"):
            path = re.sub(r"<(?:\w+:)?\w+>", printer, rule)
            answer = house.client.get(house.program.url(path), headers={"Accept": "text/html"}, timeout=PATIENCE_S)
            found += [f"{name} at {path}" for name in _found(house, answer.text + str(answer.headers))]
    assert [] == found


def _tries() -> Iterator[tuple[str, dict[str, object]]]:
    """Yield what an administrator may ask for with secrets in it: each fails, and its failure is told."""
    url = f"http://me:{quote(SECRETS['tried'], safe='')}@127.0.0.1:{free_port()}/"
    camera = {"type": "mjpeg", "url": url}
    control = {"type": "octoprint", "url": url, "api_key": SECRETS["tried"]}
    yield "/api/try/camera", {"camera": url, "username": "me", "password": SECRETS["tried"]}
    yield "/api/try/camera", {"camera": camera}
    yield "/api/try/camera", {"camera": {"type": "mjpeg", "url": url.replace("http", "ftp")}}
    yield "/api/try/camera", {"camera": "http://127.0.0.1:1/${VIGIE_TEST_SECRET}"}
    yield "/api/try/camera", {"camera": {"type": "mjpeg", "url": "${VIGIE_TEST_SECRET}"}}
    yield "/api/try/control", {"control": control}
    yield "/api/try/control", {"control": control | {"api_key": [SECRETS["tried"]]}}
    wish = {"id": "p09", "site": "site", "room": "hall", "camera": camera, "control": control}
    yield "/api/printers", {"printers": [wish | {"id": "P 9"}]}
    yield "/api/printers", {"printers": [wish | {"control": control | {"url": url.replace("http", "ftp")}}]}
    yield "/api/printers", {"printers": [wish]}


def test_no_answer_to_a_trial_holds_a_secret(house: House) -> None:
    """Cameras and controls that are tried and added: neither answers nor pages nor the log show their passwords."""
    for path, body in _tries():
        answer = house.client.post(house.program.url(path), json=body, timeout=60)
        assert answer.status_code in (200, 201, 400, 409), (path, answer.text)
        assert [] == _found(house, answer.text), (path, answer.text)
    for path in ("/printers", "/printer/p09", "/api/printers/p09", "/api/printers/p09/settings", "/api/printers"):
        answer = house.client.get(house.program.url(path), headers={"Accept": "text/html"}, timeout=PATIENCE_S)
        assert [] == _found(house, answer.text), path
    assert [] == _found(house, house.program.said())


def test_the_stream_holds_no_secret(house: House) -> None:
    """Its states tell of cameras that cannot be reached, without their passwords."""
    with house.client.get(house.program.url("/stream"), stream=True, timeout=PATIENCE_S) as answer:
        text = next(answer.iter_content(65_536)).decode("utf-8", "replace")
    assert "p01" in text
    assert [] == _found(house, text)


def test_the_log_holds_no_secret_but_the_set_up_link(house: House) -> None:
    """It names cameras, printers, the broker and contacts that fail."""
    said = house.program.said()
    assert all(word in said for word in ("p01", "p02", "broker"))
    assert [] == _found(house, said)


def test_logged_out_nothing_answers(house: House) -> None:
    """At the very program that a farm runs: 401 but for the log-in, its links, and two words of health."""
    for route in ROUTES:
        method, rule = route.split()
        path = re.sub(r"<(?:\w+:)?\w+>", "p01", rule)
        answer = requests.request(method, house.program.url(path), timeout=PATIENCE_S, allow_redirects=False)
        public = rule in ("/login", "/logout", "/setup", "/health") or rule.startswith("/static")
        assert (answer.status_code != 401) is public, route
    assert {"status", "version"} == set(requests.get(house.program.url("/health"), timeout=PATIENCE_S).json())


def test_a_token_of_the_command_line_is_good_at_once(house: House) -> None:
    """Made beside the running monitor, for what its scope says and nothing else."""
    header = {"Authorization": f"Bearer {house.secrets['token']}"}
    assert 200 == requests.get(house.program.url("/api/printers"), headers=header, timeout=PATIENCE_S).status_code
    wish = {"kind": "acknowledge"}
    url = house.program.url("/api/printers/p01/commands")
    assert 403 == requests.post(url, headers=header, json=wish, timeout=PATIENCE_S).status_code
