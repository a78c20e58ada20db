"""Who looks at the wall: how many may, and which tiles each shows."""

import pytest
from flask.testing import FlaskClient

from monitor.wall.feed.audience import STREAMS_AT_MOST, Audience
from monitor.wall.feed.viewer import Viewer
from tests.wall.farm import Farm


def test_there_is_room_for_so_many_and_again_when_one_leaves() -> None:
    """The bound holds, whoever leaves twice frees one place."""
    audience = Audience()
    viewers = [Viewer("1") for _ in range(STREAMS_AT_MOST)]
    assert all(audience.enter(viewer) for viewer in viewers)
    assert not audience.enter(Viewer("1"))
    audience.leave(viewers[0])
    audience.leave(viewers[0])
    assert audience.enter(Viewer("1"))
    assert not audience.enter(Viewer("1"))
    assert STREAMS_AT_MOST == len(audience)


def test_a_viewer_says_what_it_shows(farm: Farm, client: FlaskClient) -> None:
    """Printers that there are; one that has just gone is left out without a word."""
    viewer = Viewer("1")
    farm.app.extensions["vigie"].audience.enter(viewer)
    answer = client.post(f"/api/viewers/{viewer.id}", json={"visible": ["p02", "p99", "p01", "p02"]})
    assert (200, ["p01", "p02"]) == (answer.status_code, answer.get_json()["visible"])
    chunk = viewer.next_chunk(farm.app.extensions["vigie"].press.latest(farm.clock.now()), farm.clock.now())
    assert 2 == chunk.count(b"\xff\xd8\xff")


def test_an_unknown_viewer_is_not_found(farm: Farm, client: FlaskClient) -> None:
    """A stream that has ended, or never was, cannot be told anything."""
    viewer = Viewer("1")
    farm.app.extensions["vigie"].audience.enter(viewer)
    farm.app.extensions["vigie"].audience.leave(viewer)
    for name in (viewer.id, "guessed"):
        answer = client.post(f"/api/viewers/{name}", json={"visible": []})
        assert (404, True) == (answer.status_code, "no stream" in answer.get_json()["error"]["detail"])


@pytest.mark.parametrize(
    ("body", "status", "word"),
    [
        ({}, 400, "visible"),
        ({"visible": "p01"}, 400, "visible"),
        ({"visible": [1]}, 400, "visible.0"),
        ({"visible": ["x" * 81]}, 400, "visible.0"),
        ({"visible": ["p01"] * 2001}, 400, "visible"),
        ({"visible": [], "more": 1}, 400, "more"),
    ],
)
def test_nonsense_is_refused_by_name(farm: Farm, client: FlaskClient, body: object, status: int, word: str) -> None:
    """What is wrong is said with its key, and changes nothing."""
    viewer = Viewer("1")
    farm.app.extensions["vigie"].audience.enter(viewer)
    answer = client.post(f"/api/viewers/{viewer.id}", json=body)
    assert (status, True) == (answer.status_code, word in answer.get_json()["error"]["detail"])


def test_a_form_is_no_json(farm: Farm, client: FlaskClient) -> None:
    """A page elsewhere can send forms; they are not taken."""
    viewer = Viewer("1")
    farm.app.extensions["vigie"].audience.enter(viewer)
    assert 415 == client.post(f"/api/viewers/{viewer.id}", data={"visible": "p01"}).status_code


@pytest.mark.parametrize(
    "data", [b'{"visible": ["\xff\xfe"]}', b"\x00", b"", b"[" * 10_000, b'{"visible": [', "null".encode("utf-16")]
)
def test_what_is_no_json_is_refused(farm: Farm, client: FlaskClient, data: bytes) -> None:
    """Broken UTF-8, nothing at all, a thousand brackets: 400, and the stream goes on as it was."""
    viewer = Viewer("1")
    farm.app.extensions["vigie"].audience.enter(viewer)
    answer = client.post(f"/api/viewers/{viewer.id}", data=data, content_type="application/json")
    assert 400 == answer.status_code
    assert (
        413
        == client.post(f"/api/viewers/{viewer.id}", data=b" " * 10_000_000, content_type="application/json").status_code
    )
