"""Controls in cameras.yaml for Duet, SDCP, Creality and requests by template: their faults and their warnings."""

from pathlib import Path

import pytest

from monitor.config.load import load
from monitor.config.warn import warnings
from tests.config.test_faults import FARM, P01, control, faults_of

HTTP = "{type: http, pause_url: http://10.0.0.9/p, state_url: http://10.0.0.9/s}"
BY_HAND = "tried with a simulator only; pause each once by hand: p01"


def http(**keys: str) -> str:
    """Return the farm with a control by request, with other or more keys."""
    known = {"type": "http", "pause_url": "http://10.0.0.9/p", "state_url": "http://10.0.0.9/s"}
    return control("{" + ", ".join(f"{key}: {value}" for key, value in (known | keys).items()) + "}")


FAULTS = {
    control("{type: http, pause_url: http://10.0.0.9/p}"): "state_url: is missing; "
    "write the address that tells what the printer does, such as http://10.0.0.54/api/{printer}",
    http(pause_url="ftp://x/p"): "pause_url: ftp://x/p must start with http:// or https://; "
    "write http://, the camera's or printer's address and a path",
    http(pause_url="'http://vigie:hunter2@x/p'"): "pause_url: http://***@x/p holds a user or a password; "
    "take them out, and write a header Authorization instead",
    http(pause_body="'{job}'"): "pause_body: {job} holds the unknown placeholder {job}; "
    "use {printer}, {site}, {id}, {incident}",
    http(state_url="'http://10.0.0.9/{id}'"): ": has a state_url with the id of a command; "
    "use {printer} and {site} only in state_url",
    http(pause_method="DELETE"): "pause_method: DELETE is not a choice here; known are POST, PUT, PATCH, GET",
    http(headers="{Authorization: 7}"): "headers.Authorization: *** is a number, not text; put it in quotes",
    http(headers="{'X Key': hunter2}"): "headers: holds a header that HTTP cannot send: X Key; "
    "write names and values in plain letters",
    http(headers='{X-Key: "a\\nb"}'): "headers: holds a header that HTTP cannot send: X-Key; "
    "write names and values in plain letters",
    http(headers="hunter2"): "headers: *** is text, not a section; "
    "write headers of every request, such as {Authorization: 'Bearer ${TOKEN}'}",
    control("{type: duet}"): "url: is missing; write the address of the Duet's web page, such as http://10.0.0.51",
    control("{type: sdcp, host: 'ws://10.0.0.9'}"): "host: ws://10.0.0.9 is not a plain name or address; "
    "write the host alone, without mqtt://, port or path",
    control("{type: sdcp, host: x, mainboard_id: a-b}"): "mainboard_id: a-b has a form or characters that cannot "
    "stand here; write the printer's MainboardID in quotes, such as '000000000001d354'",
    control("{type: creality, host: x, port: 0}"): "port: 0 must be at least 1; "
    "write the port of the printer's websocket, usually 9999",
}


@pytest.mark.parametrize(("text", "expected"), FAULTS.items())
def test_a_wrong_control_is_named_with_its_remedy(text: str, expected: str, tmp_path: Path) -> None:
    """Exactly one fault, and no secret in it."""
    separator = "" if expected.startswith(":") else "."
    assert [f"cameras.yaml:9 {P01}.control{separator}{expected}"] == faults_of(tmp_path, text)


@pytest.mark.parametrize(
    "one",
    [
        "{type: duet, url: http://10.0.0.9}",
        "{type: sdcp, host: 10.0.0.9}",
        "{type: creality, host: 10.0.0.9}",
        HTTP,
        "{type: http, pause_url: 'http://10.0.0.9/{site}', state_url: http://10.0.0.9/s}",
    ],
)
def test_two_printers_behind_one_of_them_are_a_fault(one: str, tmp_path: Path) -> None:
    """A pause would reach the wrong job."""
    text = control(one) + f"          - {{id: p02, camera: http://10.0.0.2/, control: {one}}}\n"
    (found,) = faults_of(tmp_path, text)
    assert "give each printer its own" in found


def test_an_address_that_names_the_printer_serves_them_all(tmp_path: Path) -> None:
    """One server may stand in front of a whole farm."""
    one = "{type: http, pause_url: 'http://10.0.0.9/{printer}', state_url: http://10.0.0.9/s}"
    text = control(one) + f"          - {{id: p02, camera: http://10.0.0.2/, control: {one}}}\n"
    assert [] == faults_of(tmp_path, text)


@pytest.mark.parametrize(
    ("text", "warning"),
    [
        (control("{type: duet, url: http://10.0.0.9}"), BY_HAND),
        (control("{type: sdcp, host: 10.0.0.9}"), BY_HAND),
        (control("{type: creality, host: 10.0.0.9}"), BY_HAND),
        (http(pause_url="http://10.0.0.9/togglePause"), "would resume a failing print when it comes twice: p01"),
        (control("{type: mqtt, pause_topic: a, pause_payload: TOGGLE, state_topic: s}"), "speaks of a toggle"),
        (http(headers="{Authorization: hunter2}"), "headers of the control cross the network in clear text"),
    ],
)
def test_what_should_be_a_decision_is_a_warning(text: str, warning: str, tmp_path: Path) -> None:
    """None of it is wrong by itself."""
    assert [warning] == [warning for found in told(tmp_path, text) if warning in found]


@pytest.mark.parametrize(
    "text",
    [
        FARM,
        http(),
        control(HTTP.replace("10.0.0.9", "127.0.0.1").replace("}", ", headers: {Authorization: hunter2}}")),
        control(HTTP.replace("http:/", "https:/").replace("}", ", headers: {Authorization: hunter2}}")),
    ],
)
def test_nothing_is_said_where_nothing_is_to_be_decided(text: str, tmp_path: Path) -> None:
    """Headers over TLS, or to this machine, are seen by nobody."""
    words = ("by hand", "toggle", "clear text")
    assert [] == [found for found in told(tmp_path, text) if any(word in found for word in words) and "p01" in found]


def told(folder: Path, text: str) -> list[str]:
    """Return the warnings about a farm."""
    file = folder / "cameras.yaml"
    file.write_text(text)
    return warnings(load(file, {}))
