"""A printer's settings over HTTP: shown, written into the file, refused with their faults."""

from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.live.kept import SMALL, KeptFarm
from tests.wall.farm import Farm

ADDRESS = "/api/printers/p01/settings"


@pytest.fixture
def kept(tmp_path: Path) -> KeptFarm:
    """A farm of two printers in a file."""
    return KeptFarm(tmp_path)


@pytest.fixture
def client(kept: KeptFarm) -> FlaskClient:
    """A client of its wall."""
    return kept.app.test_client()


def test_settings_are_shown_with_the_models_own_threshold(client: FlaskClient) -> None:
    """As they hold now, with what the file leaves out."""
    assert {
        "region": {"x": 0.0, "y": 0.0, "width": 1.0, "height": 1.0},
        "mask": [],
        "threshold": 0.7,
        "model_threshold": 0.5,
        "inspect_every_s": 1.0,
        "suspect_after_s": 3.0,
        "fail_after_s": 10.0,
        "on_failure": "pause",
        "rotate": 0,
        "name": "First",
    } == client.get(ADDRESS).get_json()


def test_what_is_written_holds_at_once_and_stands_in_the_file(kept: KeptFarm, client: FlaskClient) -> None:
    """Only the lines of the printer change."""
    mask = [{"x": 0.5, "y": 0.0, "width": 0.5, "height": 0.25}]
    answer = client.put(ADDRESS, json={"threshold": 0.6, "mask": mask, "rotate": 0})
    assert (200, 0.6, mask) == (answer.status_code, answer.get_json()["threshold"], answer.get_json()["mask"])
    assert 0.6 == kept.board.view("p01").threshold
    added = "            mask: [{x: 0.5, y: 0, width: 0.5, height: 0.25}]\n"
    assert SMALL.replace("0.7 ", "0.6 ").replace("mirror behind it\n", f"mirror behind it\n{added}") == kept.text


def test_null_takes_a_key_out_so_that_the_models_own_holds(kept: KeptFarm, client: FlaskClient) -> None:
    """And what was remarked about it stays."""
    assert client.put(ADDRESS, json={"threshold": None}).get_json()["threshold"] is None
    assert 0.5 == kept.board.view("p01").threshold
    assert "# the mirror behind it" in kept.text


@pytest.mark.parametrize(
    ("wish", "told"),
    [
        ({"threshold": 1.5}, "threshold"),
        ({"rotate": 45}, "rotate"),
        ({"region": {"x": 0.5, "width": 0.9}}, "reaches out of the picture"),
        ({"suspect_after_s": 12}, "must be below fail_after_s"),
        ({"mask": [{"x: 0}, evil: {": 1}]}, "mask"),
        ({"camera": "http://a/"}, "camera"),
        ({}, "at least one"),
    ],
)
def test_a_wish_that_is_wrong_is_refused_with_its_fault(
    kept: KeptFarm, client: FlaskClient, wish: dict[str, object], told: str
) -> None:
    """And nothing is written."""
    answer = client.put(ADDRESS, json=wish)
    assert 400 == answer.status_code
    assert told in answer.get_json()["error"]["detail"]
    assert SMALL == kept.text


def test_who_has_seen_an_older_version_is_told_to_look_again(kept: KeptFarm, client: FlaskClient) -> None:
    """Somebody edited the file by hand meanwhile; with the newest version it works."""
    seen = client.get(ADDRESS).headers["ETag"]
    kept.path.write_text(SMALL + "# by hand\n")
    answer = client.put(ADDRESS, json={"rotate": 90}, headers={"If-Match": seen})
    assert (409, SMALL + "# by hand\n") == (answer.status_code, kept.text)
    newest = client.get(ADDRESS).headers["ETag"]
    assert 200 == client.put(ADDRESS, json={"rotate": 90}, headers={"If-Match": newest}).status_code
    assert "# by hand" in kept.text


def test_a_file_with_faults_is_not_written_over(kept: KeptFarm, client: FlaskClient) -> None:
    """Somebody is at work on it."""
    kept.path.write_text(SMALL.replace("- id: p01", "- id p01"))
    answer = client.put(ADDRESS, json={"rotate": 90})
    assert 409 == answer.status_code
    assert "mend" in answer.get_json()["error"]["detail"]


def test_a_name_may_hold_anything(client: FlaskClient) -> None:
    """It is written so that YAML reads it back."""
    name = "<b>Prusa</b>: 'one' # $5"
    assert name == client.put(ADDRESS, json={"name": name}).get_json()["name"]


def test_a_wall_without_a_file_of_its_own_says_so() -> None:
    """The shipped demonstration, or a wall of the tests."""
    client = Farm(1).app.test_client()
    assert 200 == client.get(ADDRESS).status_code
    answer = client.put(ADDRESS, json={"rotate": 90})
    assert 404 == answer.status_code
    assert "vigie run" in answer.get_json()["error"]["detail"]
