"""What is said of a wrong control, for the printers that are reached over HTTP."""

from pathlib import Path

import pytest

from tests.config.test_faults import P01, control, faults_of

WAYS = "write the api_key that PrusaLink shows, or the username and password of its web page"
HTTP = {
    "{type: prusalink, url: http://x}": f": has neither an api_key nor a username and password; {WAYS}",
    "{type: prusalink, url: http://x, api_key: ''}": f": has neither an api_key nor a username and password; {WAYS}",
    "{type: prusalink, url: http://x, username: maker}": f": has only one of username and password; {WAYS}",
    "{type: prusalink, url: http://x, api_key: k, password: p}": f": has only one of username and password; {WAYS}",
    "{type: prusalink, url: http://x, api_key: k, username: u, password: p}": ": has an api_key and a username: "
    "only one of them can be used; remove one of the two",
    "{type: prusalink, api_key: k}": ".url: is missing; write PrusaLink's address, such as http://10.0.0.41",
    "{type: prusalink, url: 'http://maker:secret@x', api_key: k}": ".url: http://***@x holds a user or a password; "
    "take them out; username, password and api_key are keys beside url",
    "{type: octoprint, url: 'http://u:secret@x', api_key: k}": ".url: http://***@x holds a user or a password; "
    "take them out; username, password and api_key are keys beside url",
    "{type: moonraker_http}": ".url: is missing; write Moonraker's address, such as http://10.0.0.51:7125",
    "{type: moonraker_http, url: 'http://10.0.0.51:70000'}": ".url: http://10.0.0.51:70000 is not a URL; "
    "write http://, the camera's or printer's address and a path",
    "{type: moonraker_http, url: http://x, api_key: 12}": ".api_key: *** is a number, not text; put it in quotes",
    "{type: prusalnk, url: http://x}": ".type: prusalnk is no type of control; did you mean prusalink?",
}


@pytest.mark.parametrize(("written", "expected"), HTTP.items())
def test_a_wrong_control_is_named_with_line_path_value_and_remedy(written: str, expected: str, tmp_path: Path) -> None:
    """Each wrong control gives exactly one fault, whose text is exact and holds no secret."""
    assert [f"cameras.yaml:9 {P01}.control{expected}"] == faults_of(tmp_path, control(written))


@pytest.mark.parametrize("kind", ["prusalink", "moonraker_http"])
def test_two_printers_behind_one_address_are_a_fault(kind: str, tmp_path: Path) -> None:
    """A pause would reach the wrong job; how the address is written does not matter."""
    first, second = (f"{{type: {kind}, url: {url}, api_key: k}}" for url in ("http://Host:80", "http://host:80/"))
    text = control(first) + f"          - {{id: p02, camera: http://10.0.0.2/, control: {second}}}\n"
    assert [f"is the control of {P01} (line 7) too" in fault for fault in faults_of(tmp_path, text)] == [True]
