"""The report's page and its files."""

import csv
import io
import re

import pytest
from flask.testing import FlaskClient

from monitor.report.summary import By
from tests.wall.farm import Farm
from tests.wall.past import PastFarm

DAYS = "from=2026-10-22&to=2026-11-20&zone=Europe/Paris"


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> PastFarm:
    """A farm with eighty incidents in a month."""
    return PastFarm(tmp_path_factory.mktemp("past"), incidents=80)


@pytest.fixture
def client(past: PastFarm) -> FlaskClient:
    """Somebody who looks at it."""
    return past.app.test_client()


def test_the_report_counts_what_the_list_lists(client: FlaskClient) -> None:
    """The same period, the same incidents, the same outcomes."""
    report, history = client.get(f"/api/report?{DAYS}").get_json(), client.get(f"/api/history?{DAYS}").get_json()
    assert history["total"] == report["total"]["incidents"]
    assert history["outcomes"] == report["total"]["outcomes"]
    assert history["total"] == sum(sum(day["outcomes"].values()) for day in report["days"])


def test_hours_come_from_the_archive(client: FlaskClient) -> None:
    """Thirty days of four printers; an hour is watched, blind, or not one of printing."""
    hours = client.get(f"/api/report?{DAYS}").get_json()["total"]["hours"]
    assert 1000 < hours["watched_h"] < 4 * 30 * 24
    assert pytest.approx(hours["printing_h"]) == hours["watched_h"] + hours["blind_h"]


@pytest.mark.parametrize("by", list(By))
def test_a_grouping_has_a_line_each_and_one_for_all(client: FlaskClient, by: By) -> None:
    """The CSV's lines add up to its last one, and are the JSON's groups."""
    rows = list(csv.DictReader(io.StringIO(client.get(f"/api/report.csv?{DAYS}&by={by}").text, newline="")))
    groups = client.get(f"/api/report?{DAYS}&by={by}").get_json()["by"]
    assert {by} == set(groups)
    assert [group["key"] for group in groups[by]] == [row["key"] for row in rows[:-1]]
    assert int(rows[-1]["incidents"]) == sum(int(row["incidents"]) for row in rows[:-1])
    assert "all" == rows[-1]["by"]


def test_the_filament_of_an_hour_is_an_assumption_that_can_be_set(client: FlaskClient) -> None:
    """Twice the grams an hour, twice the grams."""
    grams = [
        client.get(f"/api/report?{DAYS}&grams_per_hour={g}").get_json()["total"]["saved"]["grams"] for g in (10, 20)
    ]
    assert pytest.approx(2 * grams[0]) == grams[1]


@pytest.mark.parametrize(
    "query", ["period=week&day=2026-11-21&zone=UTC", "period=day&day=2026-10-25&zone=Europe/Paris", DAYS]
)
def test_every_kind_of_period_has_its_page(client: FlaskClient, query: str) -> None:
    """Named with its zone, in both languages, without a script of its own."""
    for language in ("en", "fr"):
        page = client.get(f"/report?{query}&lang={language}").text
        assert re.search(r"UTC|Europe/Paris", page)
        assert [] == re.findall(r"\s(?:style|on\w+)=", page)
        assert [] == re.findall(r"<script(?![^>]*(?:src=|application/json))", page)


def test_a_period_without_hours_says_so(client: FlaskClient) -> None:
    """No rate, no pretence."""
    page = client.get("/report?period=month&day=2020-03-05").text
    assert "No incident in this period" in page
    assert "too few hours for a rate" in page


@pytest.mark.parametrize(
    "query", ["grams_per_hour=-1", "grams_per_hour=nan", "by=moon", "from=2026-11-02&to=2026-11-01", "zone=x"]
)
def test_what_makes_no_sense_is_refused(client: FlaskClient, query: str) -> None:
    """With a status that says whose fault it is."""
    assert {400} == {
        client.get(f"{path}?{query}").status_code for path in ("/report", "/api/report", "/api/report.csv")
    }


def test_the_head_of_a_printed_page_is_text_and_no_style(client: FlaskClient) -> None:
    """Nothing of it can end the string in which it stands."""
    assert 'content: "Vigie · 2026-11-01"' in client.get("/print.css?head=Vigie · 2026-11-01").text
    for text in ('a"} body {display: none', "a\\22", "a\nb", "x" * 161, "</style>"):
        assert 400 == client.get("/print.css", query_string={"head": text}).status_code


def test_a_wall_without_a_history_says_that_it_has_none() -> None:
    """The demonstration of the wall alone."""
    assert 503 == Farm(1).app.test_client().get("/report").status_code
