"""Printers are added, imported, removed and tried over HTTP."""

from collections.abc import Iterable
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from tests.capture.camera_server import CameraServer, answer
from tests.inspection.pictures import jpeg, scene
from tests.live.kept import SMALL, KeptFarm

NEW = {
    "id": "p09",
    "site": "cochin",
    "room": "hall",
    "camera": {"type": "mjpeg", "url": "http://a/s", "password": "hunter2"},
}
HEAD = "id,site,room,camera,camera.password\n"


@pytest.fixture
def kept(tmp_path: Path) -> KeptFarm:
    """A farm of two printers in a file."""
    return KeptFarm(tmp_path)


@pytest.fixture
def client(kept: KeptFarm) -> FlaskClient:
    """A client of its wall."""
    return kept.app.test_client()


def test_printers_are_added_all_or_none(kept: KeptFarm, client: FlaskClient) -> None:
    """They are on the wall when the answer comes; a fault of one keeps all out."""
    wrong = client.post("/api/printers", json={"printers": [NEW, NEW | {"id": "P"}]})
    assert (400, SMALL) == (wrong.status_code, kept.text)
    assert "id" in wrong.get_json()["error"]["faults"][0]["where"]
    done = client.post("/api/printers", json={"printers": [NEW]})
    assert (201, {"added": ["p09"]}) == (done.status_code, done.get_json())
    assert "p09" in [printer["id"] for printer in client.get("/api/printers").get_json()["printers"]]


def test_no_secret_is_ever_shown_again(client: FlaskClient) -> None:
    """Not in the API, not on the page, not in what a table is answered with."""
    client.post("/api/printers", json={"printers": [NEW]})
    rows = client.post("/api/printers/import?check=1", data=HEAD + "n1,cochin,hall,http://u:hunter2@a/b,\n")
    shown = [
        client.get(path).text
        for path in ("/printers", "/api/printers", "/api/printers/p09", "/api/printers/p09/settings", "/health")
    ]
    assert not [text for text in (*shown, rows.text) if "hunter2" in text]


def test_a_printer_is_removed(kept: KeptFarm, client: FlaskClient) -> None:
    """One that is not there is said to be none."""
    assert {"removed": "p02"} == client.delete("/api/printers/p02").get_json()
    assert 404 == client.delete("/api/printers/p02").status_code
    assert 409 == client.delete("/api/printers/p01").status_code  # the last one of the file
    assert "p02" not in kept.text


def test_a_camera_is_exchanged_and_its_secret_need_not_be_repeated(kept: KeptFarm, client: FlaskClient) -> None:
    """Of the same type; nothing else in the file changes."""
    client.post("/api/printers", json={"printers": [NEW]})
    camera = {"type": "mjpeg", "url": "http://b/s"}
    done = client.put("/api/printers/p09/devices", json={"camera": camera, "control": "none"})
    assert (200, {"exchanged": ["camera", "control"]}) == (done.status_code, done.get_json())
    changed = kept.live.printer("p09").camera
    assert ("http://b/s", "hunter2") == (getattr(changed, "url", ""), getattr(changed, "password", ""))
    assert kept.text.startswith(SMALL.rstrip("\n"))
    assert 400 == client.put("/api/printers/p09/devices", json={"camera": {"type": "mjpeg"}}).status_code
    assert 400 == client.put("/api/printers/p09/devices", json={}).status_code


def test_a_table_is_checked_row_by_row_and_written_as_a_whole(kept: KeptFarm, client: FlaskClient) -> None:
    """Ninety printers; one with a fault keeps all of them out."""
    good = "".join(f"n{number},cochin,new,http://10.0.0.{number}/s,\n" for number in range(1, 91))
    looked = client.post("/api/printers/import?check=1", data=HEAD + good).get_json()
    assert (90, False, SMALL) == (len(looked["rows"]), looked["written"], kept.text)
    refused = client.post("/api/printers/import", data=HEAD + good + "p01,cochin,hall,http://b/,\n").get_json()
    assert (False, SMALL) == (refused["written"], kept.text)
    assert ["is the id in line"] == [fault.partition(": ")[2][4:21] for fault in refused["rows"][90]["faults"]]
    assert client.post("/api/printers/import", data=HEAD + good).get_json()["written"]
    assert 92 == len(kept.live.current.printers)


def test_what_is_no_table_is_told(client: FlaskClient) -> None:
    """As a whole."""
    answer = client.post("/api/printers/import", data="name\nx\n")
    assert 400 == answer.status_code
    assert "id is missing" in answer.get_json()["error"]["detail"]


def test_a_camera_is_tried_and_its_section_comes_back_without_its_secret(client: FlaskClient) -> None:
    """The picture, what it is, and nothing that was typed as a password."""

    def respond(head: str) -> Iterable[bytes]:
        del head
        return [answer(jpeg(scene(1, level=110)))]

    with CameraServer(respond) as camera:
        wish = {"camera": camera.url("/a.jpg"), "username": "eve", "password": "hunter2"}
        tried = client.post("/api/try/camera", json=wish)
    found = tried.get_json()
    assert ("snapshot", 640, 480, "ok") == (found["camera"]["type"], found["width"], found["height"], found["health"])
    assert "hunter2" not in tried.text


def test_what_cannot_be_tried_is_said(client: FlaskClient) -> None:
    """No address, a wrong section, nobody there, a control that is none."""
    assert 400 == client.post("/api/try/camera", json={"camera": "gopher://x"}).status_code
    assert 400 == client.post("/api/try/camera", json={"camera": {"type": "mjpeg"}}).status_code
    absent = client.post("/api/try/camera", json={"camera": "http://127.0.0.1:9/x"}).get_json()
    assert (False, True) == (absent["found"], bool(absent["problem"]))
    assert 400 == client.post("/api/try/control", json={"control": {"type": "octoprint"}}).status_code
    assert "none" in client.post("/api/try/control", json={"control": "none"}).get_json()["why_not"]
