"""What people ask for: checked, then handed on."""

import pytest
from flask.testing import FlaskClient

from monitor.errors import BrokerError
from monitor.records import PersonCommand, PersonCommandKind
from tests.wall.farm import Farm

URL = "/api/printers/p01/commands"


def test_a_command_reaches_the_application(farm: Farm, client: FlaskClient) -> None:
    """A mute arrives with who, when, how long and why; the answer says that it was taken, not that it is done."""
    answer = client.post(URL, json={"kind": "mute", "by": " Marie ", "minutes": 30, "reason": "cleaning"})
    assert 202 == answer.status_code
    expected = PersonCommand("p01", PersonCommandKind.MUTE, "Marie", farm.clock.now(), 30.0, "cleaning")
    assert [expected] == farm.commands


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({}, "kind"),
        ({"kind": "explode", "by": "x"}, "kind"),
        ({"kind": "acknowledge"}, "by"),
        ({"kind": "acknowledge", "by": "   "}, "by"),
        ({"kind": "acknowledge", "by": "x" * 81}, "by"),
        ({"kind": "acknowledge", "by": 7}, "by"),
        ({"kind": "acknowledge", "by": "x", "minutes": 3}, "minutes"),
        ({"kind": "mute", "by": "x"}, "minutes"),
        ({"kind": "mute", "by": "x", "minutes": -1}, "minutes"),
        ({"kind": "mute", "by": "x", "minutes": 1e9}, "minutes"),
        ({"kind": "pause", "by": "x", "reason": "r" * 501}, "reason"),
        ({"kind": "pause", "by": "x", "force": True}, "force"),
        ([], "object"),
    ],
)
def test_a_faulty_command_is_refused_and_named(farm: Farm, client: FlaskClient, body: object, named: str) -> None:
    """What is wrong is named, and nothing is handed on."""
    answer = client.post(URL, json=body)
    assert 400 == answer.status_code
    assert named in answer.get_json()["error"]["detail"]
    assert [] == farm.commands


@pytest.mark.parametrize("body", [b"", b"{", b'{"kind": "pause", "by": "\xff\xfe"}', b'{"minutes": NaN}', b"[" * 5000])
def test_bytes_that_are_no_json_are_refused(farm: Farm, client: FlaskClient, body: bytes) -> None:
    """Broken JSON and broken UTF-8 are 400, never 500."""
    assert 400 == client.post(URL, data=body, content_type="application/json").status_code
    assert [] == farm.commands


def test_a_form_cannot_command(farm: Farm, client: FlaskClient) -> None:
    """What a form on another site can send, without asking the browser for permission, is not taken."""
    for content_type in ("text/plain", "application/x-www-form-urlencoded", "multipart/form-data"):
        answer = client.post(URL, data='{"kind":"pause","by":"x"}', content_type=content_type)
        assert 415 == answer.status_code
    assert [] == farm.commands


@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost.evil.example"},
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
    ],
)
def test_another_site_cannot_command(farm: Farm, client: FlaskClient, headers: dict[str, str]) -> None:
    """A browser says where a request comes from; only our own pages may command."""
    answer = client.post(URL, json={"kind": "pause", "by": "x"}, headers=headers)
    assert 403 == answer.status_code
    assert [] == farm.commands


def test_our_own_page_may_command(client: FlaskClient) -> None:
    """The very headers that the wall's page sends pass."""
    headers = {"Origin": "http://localhost", "Sec-Fetch-Site": "same-origin"}
    assert 202 == client.post(URL, json={"kind": "pause", "by": "x"}, headers=headers).status_code


def test_a_large_body_is_refused(client: FlaskClient) -> None:
    """Ten megabytes are no command."""
    answer = client.post(URL, data=b"x" * 10_000_000, content_type="application/json")
    assert (413, 413) == (answer.status_code, answer.get_json()["error"]["status"])


def test_a_command_that_cannot_be_carried_out_is_told(farm: Farm, client: FlaskClient) -> None:
    """The person learns why, instead of believing that it was done."""
    farm.refusal = BrokerError("the broker at 127.0.0.1:1883 does not answer; is mosquitto running?")
    answer = client.post(URL, json={"kind": "pause", "by": "x"})
    assert 503 == answer.status_code
    assert "is mosquitto running?" in answer.get_json()["error"]["detail"]


def test_reading_a_command_is_not_allowed(client: FlaskClient) -> None:
    """GET is 405 as JSON; an unknown printer is 404 even for a command."""
    assert 405 == client.get(URL).get_json()["error"]["status"]
    assert 404 == client.post("/api/printers/p99/commands", json={"kind": "pause", "by": "x"}).status_code
