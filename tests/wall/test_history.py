"""The pages and the API of the past: lists, records, files."""

import csv
import io
import json
import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from monitor.history import Change
from monitor.records import CommonCause, EventKind, FailureClass, GroupKind, GroupName
from monitor.report.outcomes import Outcome
from monitor.report.record import check
from tests.wall.past import PICTURE, PastFarm

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(2)>"
PAGE = {"Accept": "text/html"}


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> PastFarm:
    """A farm with sixty incidents in twenty-two days, nobody writing."""
    return PastFarm(tmp_path_factory.mktemp("past"), names=[HOSTILE, "=cmd()"])


@pytest.fixture
def client(past: PastFarm) -> FlaskClient:
    """Somebody who looks at it."""
    return past.app.test_client()


def test_the_list_has_pages_and_loses_none(past: PastFarm, client: FlaskClient) -> None:
    """Fifty on the first page, the rest on the second, newest first."""
    pages = [client.get(f"/api/history?page={n}").get_json() for n in (1, 2)]
    assert (60, 2, 50, 10) == (pages[0]["total"], pages[0]["pages"], *(len(page["incidents"]) for page in pages))
    listed = [fact["id"] for page in pages for fact in page["incidents"]]
    assert [fact.id for fact in past.facts] == listed


def test_a_page_beyond_the_last_is_the_last(client: FlaskClient) -> None:
    """Who filters while on page two sees something."""
    assert 2 == client.get("/api/history?page=99").get_json()["page"]


@pytest.mark.parametrize(
    ("query", "key", "value"),
    [
        ("printer=p02", "printer", "p02"),
        ("site=cochin", "site", "cochin"),
        (f"class={FailureClass.SPAGHETTI}", "failure_class", FailureClass.SPAGHETTI),
        (f"outcome={Outcome.CAUGHT}", "outcome", Outcome.CAUGHT),
    ],
)
def test_filters_leave_what_they_name(client: FlaskClient, query: str, key: str, value: str) -> None:
    """And nothing else, but something."""
    found = client.get(f"/api/history?{query}").get_json()["incidents"]
    assert {value} == {fact[key] for fact in found}


def test_what_nobody_has_judged_can_be_found(client: FlaskClient) -> None:
    """To be said in the morning; with those that somebody judged, it is everything."""
    found = {word: client.get(f"/api/history?verdict={word}").get_json()["incidents"] for word in ("given", "missing")}
    assert {None} == {fact["verdict"] for fact in found["missing"]}
    assert None not in {fact["verdict"] for fact in found["given"]}
    assert client.get("/api/history").get_json()["total"] == sum(map(len, found.values()))


def test_a_room_is_its_printers(past: PastFarm, client: FlaskClient) -> None:
    """The history knows no rooms: cameras.yaml says who stands there. A printer elsewhere is none of them."""
    attic = {p.id for p in past.config.printers if p.room == "attic"}
    found = client.get("/api/history?room=cochin/attic").get_json()["incidents"]
    assert attic == {fact["printer"] for fact in found}
    assert 0 == client.get("/api/history?room=cochin/attic&printer=p01").get_json()["total"]


def test_a_time_without_incidents_is_empty_and_says_so(client: FlaskClient) -> None:
    """Both as JSON and as a page."""
    assert 0 == client.get("/api/history?from=2020-03-01&to=2020-03-31").get_json()["total"]
    assert "No incident in this time" in client.get("/history?from=2020-03-01&to=2020-03-31").text


@pytest.mark.parametrize(
    "query",
    [
        "from=2026-02-30",
        "from=2026-11-02&to=2026-11-01",
        "from=0001-01-01&to=9999-12-31",
        "period=fortnight",
        "period=month&day=9999-12-31",
        "period=week&day=nan",
        "zone=Mars/Olympus",
        "zone=../../../etc/passwd",
        "outcome=luck",
        "verdict=perhaps",
        "class=%00",
        "from=%ff%fe",
    ],
)
def test_what_makes_no_sense_is_refused_with_its_reason(client: FlaskClient, query: str) -> None:
    """On every route that takes a period, with a word about how to write it."""
    for path in ("/api/history", "/history", "/api/incidents.csv"):
        answer = client.get(f"{path}?{query}")
        assert (400, True) == (answer.status_code, len(answer.get_json()["error"]["detail"]) > 15)


@pytest.mark.parametrize("page", ["0", "-1", "nan", "x", "1e99"])
def test_a_page_that_is_no_number_is_refused(client: FlaskClient, page: str) -> None:
    """As a page and as JSON."""
    assert {400} == {client.get(f"{path}?page={page}").status_code for path in ("/history", "/api/history")}


def test_a_hostile_name_stays_text(client: FlaskClient) -> None:
    """A printer's name that is a script is shown as it is written."""
    for path in ("/history", "/report"):
        page = client.get(path).text
        assert "<script>alert(1)" not in page
        assert "<img src=x" not in page
        assert "&lt;script&gt;alert(1)" in page


def test_a_table_for_a_spreadsheet_calculates_nothing(client: FlaskClient) -> None:
    """RFC 4180 without a byte order mark; a name that begins like a formula is text."""
    answer = client.get("/api/incidents.csv")
    assert ("text/csv; charset=utf-8; header=present", b"incident,") == (answer.content_type, answer.data[:9])
    assert b"\r\n" in answer.data
    rows = list(csv.DictReader(io.StringIO(answer.text, newline="")))
    assert 60 == len(rows)
    assert {HOSTILE, "'=cmd()", "p03", "p04"} == {row["printer_name"] for row in rows}
    assert all(row["opened_at"].endswith("+00:00") for row in rows)


def test_a_record_is_whole_and_its_checksum_holds(past: PastFarm, client: FlaskClient) -> None:
    """The file that is downloaded says what the page says, picture included, and is unchanged by its own account."""
    newest = past.facts[0]
    answer = client.get(f"/api/incidents/{newest.id}")
    assert f"attachment; filename=vigie-incident-{newest.id}.json" == answer.headers["Content-Disposition"]
    checked = check(answer.data)
    assert () == checked.faults
    assert checked.record is not None
    assert (newest.id, newest.model_sha256) == (
        checked.record["incident"]["id"],
        checked.record["incident"]["model_sha256"],
    )
    assert EventKind.PAUSE_CONFIRMED in {event["kind"] for event in checked.record["events"]}
    assert (6, True) == (len(checked.record["frames"]), len(checked.record["scores"]) > 100)
    assert checked.sha256 in client.get(f"/incident/{newest.id}").text


def test_a_record_that_was_changed_is_noticed(past: PastFarm, client: FlaskClient) -> None:
    """One letter in a name, one in the picture, another format, or no JSON at all."""
    content = client.get(f"/api/incidents/{past.facts[0].id}").data
    file = json.loads(content)
    other = {**file, "evidence_jpeg_base64": "AAAA" + file["evidence_jpeg_base64"][4:]}
    file["record"]["incident"]["acknowledged_by"] = "Nobody"
    for changed in (json.dumps(file), json.dumps(other), "{}", "[]", "\0", '{"format": 1}', "[" * 100_000):
        assert () != check(changed.encode()).faults


def test_the_same_record_has_the_same_checksum(past: PastFarm, client: FlaskClient) -> None:
    """Asked twice, it is one; a word more changes it."""
    asked = past.facts[3]
    first, second = (check(client.get(f"/api/incidents/{asked.id}").data).sha256 for _ in range(2))
    assert first == second
    event = past.reader.events(asked.id)[-1]
    past.write(
        Change(
            events=(
                type(event)("0" * 36, event.site, event.printer, event.at + 1, EventKind.ACKNOWLEDGED, asked.id, "Jo"),
            )
        )
    )
    assert first != check(client.get(f"/api/incidents/{asked.id}").data).sha256


@pytest.mark.parametrize("path", ["/incident/x", "/api/incidents/x", "/evidence/x/small.jpg", "/incident/%ff"])
def test_an_unknown_incident_is_not_there(client: FlaskClient, path: str) -> None:
    """A page for people, JSON for programs."""
    assert 404 == client.get(path).status_code
    assert "<html" in client.get(path, headers=PAGE).text


def test_the_small_picture_is_upright_and_small(past: PastFarm, client: FlaskClient) -> None:
    """A list of fifty must not bring fifty full frames."""
    answer = client.get(f"/evidence/{past.facts[0].id}/small.jpg")
    assert ("image/jpeg", True) == (answer.content_type, len(answer.data) < len(PICTURE))
    assert (
        304
        == client.get(
            f"/evidence/{past.facts[0].id}/small.jpg", headers={"If-None-Match": answer.headers["ETag"]}
        ).status_code
    )


def test_a_printer_that_left_cameras_yaml_keeps_its_past(past: PastFarm, client: FlaskClient) -> None:
    """Its incidents are listed, counted and shown."""
    fact = past.facts[1]
    past.write(Change(replace(fact, id="gone", printer="p99"), ""))
    assert 200 == client.get("/incident/gone").status_code
    assert "no longer in cameras.yaml" in client.get("/history?printer=p99").text
    keys = [group["key"] for group in client.get("/api/report?by=printer").get_json()["by"]["printer"]]
    assert "p99" in keys


def test_a_failure_that_was_held_says_for_what(past: PastFarm, client: FlaskClient) -> None:
    """In the reader's language, with the room's name as text."""
    cause = CommonCause((GroupName(GroupKind.ROOM, "<b>Hall</b>"), GroupName(GroupKind.SITE, "Cochin")), alarms=8, of=9)
    past.write(Change(replace(past.facts[2], id="held", cause=cause), ""))
    page = client.get("/incident/held?lang=fr").text
    assert "8 imprimantes sur 9 de la salle &lt;b&gt;Hall&lt;/b&gt; et du site Cochin" in page


def test_a_history_that_cannot_be_read_is_told_with_the_remedy(tmp_path: Path) -> None:
    """Damaged, locked or gone: 503 with a sentence, a page for people; nothing else of the wall breaks."""
    farm = PastFarm(tmp_path, incidents=2)
    client = farm.app.test_client()
    farm.path.write_bytes(b"this was a database once" * 1000)
    for path in ("/history", "/report", f"/incident/{farm.facts[0].id}", "/api/history", "/api/report.csv"):
        answer = client.get(path, headers=PAGE)
        assert (503, True) == (answer.status_code, "vigie.db" in answer.text), path
    assert 200 == client.get("/").status_code


def test_a_history_that_somebody_locks_is_told(tmp_path: Path) -> None:
    """A backup that holds the file: an answer, after the five seconds that SQLite waits."""
    farm = PastFarm(tmp_path, incidents=2)
    holder = sqlite3.connect(farm.path, isolation_level=None)
    holder.execute("PRAGMA journal_mode = DELETE")
    holder.execute("BEGIN EXCLUSIVE")
    answer = farm.app.test_client().get("/api/history")
    holder.close()
    assert (503, True) == (answer.status_code, "locked" in answer.get_json()["error"]["detail"])
