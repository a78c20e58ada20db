"""The JSON API: printers, scores, incidents, version, health, and pictures."""

from dataclasses import asdict
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from monitor.errors import StorageDamaged
from monitor.history import HistoryReader
from monitor.ids import uuid7
from monitor.records import Action, CommonCause, EventKind, GroupKind, GroupName, IncidentStatus
from monitor.records.load import Load, Overload
from monitor.wall import HealthReport, IncidentReader
from tests.wall.farm import Farm


def test_printers_carry_state_job_and_attention(farm: Farm, client: FlaskClient) -> None:
    """The list has what a wall needs, in the file's order."""
    farm.fails("p02", IncidentStatus.PAUSE_FAILED, detail="printer unreachable")
    printers = client.get("/api/printers").get_json()["printers"]
    assert ["p01", "p02", "p03"] == [printer["id"] for printer in printers]
    assert ("pause-failed", "alarm", True) == tuple(printers[1][key] for key in ("state", "level", "needs_person"))
    assert "printer unreachable" == printers[1]["incident"]["detail"]
    assert "visor-holder-v3" == printers[0]["job"]


def test_the_list_is_not_sent_twice(farm: Farm, client: FlaskClient) -> None:
    """Who polls with the ETag gets 304 and the server's time until something changes."""
    first = client.get("/api/printers")
    again = client.get("/api/printers", headers={"If-None-Match": first.headers["ETag"]})
    assert (304, b"") == (again.status_code, again.data)
    assert farm.clock.now() == pytest.approx(float(again.headers["X-Now"]), abs=0.001)
    farm.sees("p01")
    assert 200 == client.get("/api/printers", headers={"If-None-Match": first.headers["ETag"]}).status_code


def test_the_list_is_sent_anew_when_health_says_something_else_and_after_a_restart(
    farm: Farm, client: FlaskClient
) -> None:
    """Another trouble of the same weight is news, and versions count from zero again with each start."""
    farm.health = HealthReport(broker_connected=True, storage_problem="the disk is full")
    first = client.get("/api/printers").headers["ETag"]
    farm.health = HealthReport(broker_connected=True, storage_problem="the disk is gone")
    assert 200 == client.get("/api/printers", headers={"If-None-Match": first}).status_code
    one, other = Farm(1).app.test_client(), Farm(1).app.test_client()
    etag = one.get("/api/printers").headers["ETag"]
    assert 200 == other.get("/api/printers", headers={"If-None-Match": etag}).status_code


def test_one_printer_has_its_score_and_boxes(farm: Farm, client: FlaskClient) -> None:
    """The page of a printer asks for one printer and gets everything."""
    farm.fails("p03")
    printer = client.get("/api/printers/p03").get_json()["printer"]
    assert (0.93, 0.5, 0) == (printer["score"], printer["threshold"], printer["rotate"])
    assert "spaghetti" == printer["boxes"][0]["class"]


def test_scores_keep_the_peak_of_the_last_minutes(farm: Farm, client: FlaskClient) -> None:
    """Old scores are left out, and thinning never loses a peak."""
    farm.passes(3600)
    for score in (0.1, 0.9, 0.2):
        farm.sees("p01", score=score)
    answer = client.get("/api/printers/p01/scores?minutes=15").get_json()
    assert [[farm.clock.now(), 0.9]] == answer["scores"]


@pytest.mark.parametrize("query", ["minutes=abc", "minutes=0", "minutes=nan", "minutes=1e9"])
def test_a_senseless_span_is_refused(client: FlaskClient, query: str) -> None:
    """Numbers that make no sense are an error that names them."""
    answer = client.get(f"/api/printers/p01/scores?{query}")
    assert 400 == answer.status_code
    assert "minutes" in answer.get_json()["error"]["detail"]


def test_incidents_come_newest_first_with_what_happened(farm: Farm, client: FlaskClient) -> None:
    """Each incident carries its handshake, in order."""
    farm.fails("p01", IncidentStatus.PAUSED)
    farm.happened("p01", EventKind.PAUSE_CONFIRMED, 1.4, "paused")
    farm.happened("p01", EventKind.PAUSE_SENT, 0.1)
    farm.passes(10)
    farm.fails("p02")
    incidents = client.get("/api/incidents").get_json()["incidents"]
    assert ["p02", "p01"] == [incident["printer"] for incident in incidents]
    kinds = [event["kind"] for event in incidents[1]["events"]]
    assert ["incident.opened", "pause.sent", "pause.confirmed"] == kinds
    assert 1 == len(client.get("/api/incidents?printer=p01").get_json()["incidents"])


def test_incidents_tell_the_steps_of_the_pause_and_what_shadow_mode_withheld(farm: Farm, client: FlaskClient) -> None:
    """With times and milliseconds since the decision; the count is of one printer, or of all."""
    opened = farm.fails("p01", IncidentStatus.PAUSED).opened_at
    farm.changes("p01", pause_id=uuid7(opened))
    farm.happened("p01", EventKind.PAUSE_SENT, 0.004)
    farm.happened("p01", EventKind.PAUSE_CONFIRMED, 1.4)
    farm.fails("p02", action=Action.ALERT)
    farm.happened("p02", EventKind.PAUSE_WITHHELD)
    farm.happened("p02", EventKind.FALSE_ALARM, 60.0)
    answer = client.get("/api/incidents").get_json()
    steps = {incident["printer"]: [(s["name"], s["ms"]) for s in incident["steps"]] for incident in answer["incidents"]}
    assert {"p01": [("requested", 0), ("delivered", 4), ("confirmed", 1400)], "p02": []} == steps
    assert {"withheld": 1, "false_alarms": 1} == answer["shadow"]
    assert 0 == client.get("/api/incidents?printer=p01").get_json()["shadow"]["withheld"]


def test_a_tile_says_who_is_asked_and_until_when(farm: Farm, client: FlaskClient) -> None:
    """All that the wall needs to count down, and to name what many have in common."""
    farm.fails("p01", IncidentStatus.ASKING, acts_at=farm.clock.now() + 40, job="visor")
    farm.fails("p02", IncidentStatus.HELD, cause=CommonCause((GroupName(GroupKind.ROOM, "Hall"),), 2, 3))
    asked, held, _ = client.get("/api/printers").get_json()["printers"]
    assert (farm.clock.now() + 40, "visor") == (asked["incident"]["acts_at"], asked["incident"]["job"])
    cause = {"groups": [{"kind": "room", "name": "Hall"}], "alarms": 2, "of": 3, "news": None}
    assert ("held", cause) == (held["incident"]["status"], held["incident"]["cause"])
    assert (True, "pause", "unknown") == (asked["armed"], asked["on_failure"], asked["paused_by"])


def test_evidence_is_the_picture_of_the_decision(farm: Farm, client: FlaskClient) -> None:
    """The evidence stays what it was when newer pictures come."""
    incident = farm.fails("p01")
    decided_on = farm.board.picture("p01")
    farm.sees("p01")
    assert decided_on is not None
    assert decided_on.jpeg == client.get(f"/evidence/{incident.id}.jpg").data
    assert 404 == client.get("/evidence/nope.jpg").status_code


def test_a_tile_is_sent_once(farm: Farm, client: FlaskClient) -> None:
    """A tile that the browser has is 304; it says when it was taken."""
    first = client.get("/tile/p01.jpg")
    assert ("image/jpeg", f"{farm.clock.now():.3f}") == (first.mimetype, first.headers["X-Taken-At"])
    assert 304 == client.get("/tile/p01.jpg", headers={"If-None-Match": first.headers["ETag"]}).status_code
    farm.sees("p01")
    assert first.data != client.get("/tile/p01.jpg", headers={"If-None-Match": first.headers["ETag"]}).data


def test_no_picture_yet_is_not_found() -> None:
    """A camera that has sent nothing has no picture, and the answer says so."""
    client = Farm(1).app.test_client()
    for path in ("/tile/p01.jpg", "/picture/p01.jpg"):
        answer = client.get(path)
        assert (404, True) == (answer.status_code, "no picture" in answer.get_json()["error"]["detail"])


@pytest.mark.parametrize(
    "path",
    [
        "/api/printers/p99",
        "/api/printers/p99/scores",
        "/api/incidents?printer=p99",
        "/tile/p99.jpg",
        "/picture/p99.jpg",
    ],
)
def test_an_unknown_printer_is_not_found(client: FlaskClient, path: str) -> None:
    """An unknown printer is 404 as JSON, and the message says where to look."""
    answer = client.get(path)
    assert 404 == answer.status_code
    assert "no printer 'p99'" in answer.get_json()["error"]["detail"]


def test_health_tells_what_is_missing(farm: Farm, client: FlaskClient) -> None:
    """Without a broker or with a full disk the monitor is degraded, and health says which."""
    assert ("ok", {"watching": 3}) == tuple(client.get("/health").get_json()[key] for key in ("status", "printers"))
    farm.health = HealthReport(broker_connected=False, storage_problem="the disk is full")
    answer = client.get("/health").get_json()
    assert ("degraded", False, "the disk is full") == (
        answer["status"],
        answer["broker_connected"],
        answer["storage_problem"],
    )
    farm.health = HealthReport(broker_connected=True, detector_problem="models/detector.onnx is missing")
    assert "degraded" == client.get("/health").get_json()["status"]
    farm.health = HealthReport(broker_connected=True, ignored_messages={"bad payload": 3})
    health = client.get("/health").get_json()
    assert ("ok", {"bad payload": 3}) == (health["status"], health["ignored_messages"])
    farm.health = HealthReport(broker_connected=True, people_problem="nobody could be told about p01")
    answer = client.get("/health").get_json()
    assert ("degraded", "nobody could be told about p01") == (answer["status"], answer["people_problem"])


def test_an_overload_is_told_with_its_figures(farm: Farm, client: FlaskClient) -> None:
    """Degraded, not down: how often printers are looked at, and how often they should be."""
    assert client.get("/health").get_json()["overload"] is None
    slowed = Overload(since=5.0, every_s=2.3, wanted_s=1.0, printers=990)
    farm.health = HealthReport(broker_connected=True, load=Load(1000.0, 430.0, 470.0, 0.92, 2.3, 1.0, slowed))
    for path in ("/health", "/api/printers"):
        answer = client.get(path)
        assert 200 == answer.status_code
        health = answer.get_json().get("health") or answer.get_json()
        assert "degraded" == health["status"]
        assert asdict(slowed) == health["overload"]


def test_version_is_told(client: FlaskClient) -> None:
    """The version is the one on the page."""
    version = client.get("/api/version").get_json()["version"]
    assert f'data-version="{version}"' in client.get("/").text


def test_a_broken_history_is_told_and_nothing_else_breaks() -> None:
    """A database that cannot be read is a 503 with its message; the printers are still there."""

    class Damaged:
        def incidents(self, printer: str | None, limit: int) -> list[object]:
            raise StorageDamaged("var/vigie.db is not a database; move it away and start again")

    client = Farm(1, incidents=Damaged()).app.test_client()
    answer = client.get("/api/incidents")
    assert (503, True) == (answer.status_code, "move it away" in answer.get_json()["error"]["detail"])
    assert 200 == client.get("/api/printers").status_code


def test_the_history_on_disk_is_read_as_it_is(tmp_path: Path) -> None:
    """The real reader fits: a history that is not there is told with its remedy, and the wall goes on."""
    reader: IncidentReader = HistoryReader(tmp_path / "vigie.db")
    client = Farm(1, incidents=reader).app.test_client()
    answer = client.get("/api/incidents")
    assert (503, True) == (answer.status_code, "storage.path" in answer.get_json()["error"]["detail"])
    assert 200 == client.get("/").status_code
