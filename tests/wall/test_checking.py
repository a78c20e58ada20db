"""The check of a room after cleaning, over the API."""

from monitor.errors import StorageError, VigieError
from monitor.records import Answer, PersonCommandKind, Reception
from monitor.wall.region import NoAnswer, NotAnswered
from tests.wall.farm import Farm

HALL = "/api/rooms/paris/hall/touched"


def test_each_camera_of_the_room_is_said_to_be_touched_and_no_other() -> None:
    """And by whom."""
    farm = Farm(4, rooms=("paris/hall", "paris/cellar"))
    here = [view.id for view in farm.board.snapshot().printers if view.room == "hall"]
    done = farm.app.test_client().post(HALL, json={"by": "Marie"})
    assert (202, {"site": "paris", "room": "hall", "printers": here}) == (done.status_code, done.get_json())
    assert here == [one.printer for one in farm.commands]
    assert {(PersonCommandKind.CAMERA_TOUCHED, "Marie")} == {(one.kind, one.by) for one in farm.commands}


def test_cameras_that_are_not_compared_at_the_moment_are_missing_in_the_answer() -> None:
    """Such as those that another monitor watches."""
    farm = Farm(2, rooms=("paris/hall",))
    farm.answer = Answer(Reception.NOT_FOUND, "no camera of this name is compared here")
    assert [] == farm.app.test_client().post(HALL, json={"by": "Marie"}).get_json()["printers"]


def test_what_cannot_be_done_is_said() -> None:
    """No name, no such room, a site that does not answer, a database that is broken."""
    farm = Farm(2, rooms=("paris/hall",))
    client = farm.app.test_client()
    assert 400 == client.post(HALL, json={}).status_code
    assert 404 == client.post("/api/rooms/paris/attic/touched", json={"by": "Marie"}).status_code
    refusals: tuple[tuple[int, VigieError], ...] = (
        (504, NotAnswered(NoAnswer.LATE, "the site is silent")),
        (503, StorageError("the disk is full")),
    )
    for status, refusal in refusals:
        farm.refusal = refusal
        answer = client.post(HALL, json={"by": "Marie"})
        assert status == answer.status_code
        assert str(refusal) in answer.get_json()["error"]["detail"]
