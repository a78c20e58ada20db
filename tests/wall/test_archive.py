"""The routes over a printer's past, against a real archive."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from monitor.archive import Archive
from monitor.archive.choice import MINUTE_S, own_second
from monitor.clock import ManualClock
from monitor.config.live import LiveConfig
from monitor.config.model import Storage
from monitor.judge import Judgement, Phase
from monitor.records import Frame, Health, IncidentStatus, JobState, Observation, State
from monitor.wall import create_app
from tests.wall.farm import Farm


@dataclass
class Past:
    """A farm whose past is kept."""

    farm: Farm
    archive: Archive
    client: FlaskClient

    def look(self, printer: str, score: float, evidence_s: float = 0.0, phase: Phase = Phase.WATCHING) -> float:
        """Let a second pass and a picture be inspected; return when it was taken."""
        self.farm.passes(1.0)
        now = self.farm.clock.now()
        self.farm.sees(printer, phase, score)
        frame = Frame(printer, b"jpeg of " + printer.encode(), now, 1, 1)
        judgement = Judgement(phase, now, evidence_s, score, Health.OK)
        self.archive.recorder.inspected(frame, Observation(printer, now, Health.OK, score), judgement, is_resting=False)
        self.archive.recorder.tick(self.farm.board.snapshot().printers, now)
        return now

    def keep(self, printer: str, score: float) -> float:
        """Look around the second of the minute whose picture is stored; return when that one was taken."""
        self.farm.passes((int(own_second(printer)) - self.farm.clock.now() - 1.0) % MINUTE_S)
        self.look(printer, score)
        return self.look(printer, score)


@pytest.fixture
def past(tmp_path: Path) -> Iterator[Past]:
    """Three printers that print, and what is kept of them."""
    clock = ManualClock(1_585_000_000.25)
    farm = Farm(3, clock)
    farm.print_on()
    archive = Archive(Storage(path=str(tmp_path / "vigie.db")), clock, reserve_bytes=0)
    archive.start()
    app = create_app(replace(farm.services, archive=archive.reader))
    yield Past(farm, archive, app.test_client())
    archive.stop()


def test_a_series_holds_what_is_written_and_what_is_in_memory(past: Past) -> None:
    """Each picture once, the newest included, with the threshold and the states beside them."""
    began = past.farm.clock.now()
    for second in range(100):
        past.look("p01", 0.1 + 0.8 * (second == 57))
    assert past.archive.settle()
    answer = past.client.get(f"/api/printers/p01/series?from={began}&to={began + 200}&points=200").get_json()
    assert 100 == len(answer["points"])
    assert [pytest.approx(0.9, abs=0.001)] == [most for _, _, most, _ in answer["points"] if most > 0.2]
    assert 0.5 == answer["threshold"]
    assert [[began + 1, began + 100, State.WATCHING]] == answer["states"]
    assert "" == answer["problem"]


def test_a_wide_series_loses_no_peak(past: Past) -> None:
    """One bad second in ten buckets is the most of its bucket."""
    began = past.farm.clock.now()
    for second in range(100):
        past.look("p01", 0.1 + 0.8 * (second == 57))
    assert past.archive.settle()
    answer = past.client.get(f"/api/printers/p01/series?from={began}&to={began + 110}&points=10").get_json()
    assert 10 == len(answer["points"])
    assert [pytest.approx(0.9, abs=0.001)] == [most for _, _, most, _ in answer["points"] if most > 0.2]
    assert all(least <= mean <= most for _, least, most, mean in answer["points"])


def test_what_happened_is_drawn_beside_the_scores(past: Past) -> None:
    """Events of the history and starts of jobs, in the order of time."""
    past.look("p01", 0.1)
    past.archive.recorder.job_started("p01", "cube", past.farm.clock.now())
    past.farm.passes(40)
    past.farm.fails("p01", IncidentStatus.PAUSING)
    past.look("p01", 0.9)
    assert past.archive.settle()
    events = past.client.get("/api/printers/p01/series").get_json()["events"]
    assert ["job.started", "incident.opened"] == [event["kind"] for event in events]
    assert "cube" == events[0]["detail"]
    assert events[1]["incident"]


def test_a_frame_is_the_cameras_bytes_and_never_asked_for_twice(past: Past) -> None:
    """Listed with why it is kept; the address holds its time; a browser may keep it for ever."""
    taken_at = past.keep("p01", 0.1)
    assert past.archive.settle()
    answer = past.client.get("/api/printers/p01/frames").get_json()
    assert [{"taken_at": taken_at, "score": pytest.approx(0.1, abs=0.001), "kept_for": "minute"}] == answer["frames"]
    response = past.client.get(f"/frame/p01/{taken_at:.3f}.jpg")
    assert b"jpeg of p01" == response.data
    assert "immutable" in response.headers["Cache-Control"]
    again = past.client.get(f"/frame/p01/{taken_at:.3f}.jpg", headers={"If-None-Match": response.headers["ETag"]})
    assert 304 == again.status_code


@pytest.mark.parametrize(
    "path",
    [
        "/frame/p01/1585000000.999.jpg",
        "/frame/p01/1585000000.jpg",
        "/frame/p01/nan.jpg",
        "/frame/..%2F..%2Fetc/1585000000.000.jpg",
        "/frame/%00/1585000000.000.jpg",
        "/api/printers/p99/series",
        "/api/printers/..%2Fp01/frames",
        "/api/printers/p99/whatif",
    ],
)
def test_what_is_not_there_is_404(past: Past, path: str) -> None:
    """Whatever the address says, nothing outside the folder of frames is read."""
    assert 404 == past.client.get(path).status_code


@pytest.mark.parametrize(
    "query",
    ["from=x", "from=nan", "from=10&to=5", "from=0", "points=1", "points=1e9", "points=nan", "to=inf"],
)
def test_a_time_that_makes_no_sense_is_refused_with_its_reason(past: Past, query: str) -> None:
    """400, and the answer names what is wrong."""
    response = past.client.get(f"/api/printers/p01/series?{query}")
    assert 400 == response.status_code
    assert query.split("=", maxsplit=1)[0] in response.get_json()["error"]["detail"]


def test_another_threshold_tells_what_it_would_have_decided(past: Past) -> None:
    """Twenty seconds at 0.9: an incident at 0.5, none at 0.95, and both are told."""
    for second in range(90):
        past.look("p01", 0.9 if 40 <= second < 60 else 0.05)
    assert past.archive.settle()
    answer = past.client.get("/api/printers/p01/whatif?threshold=0.95").get_json()
    assert ([], 0) == (answer["incidents"], answer["suspicions"])
    assert (1, 1) == (len(answer["now"]["incidents"]), answer["now"]["suspicions"])
    assert 0.5 == answer["now"]["threshold"]
    assert ["after-a-pause", "short"] == answer["unknown"]
    assert 55 < answer["watched_s"] <= 90
    for bad in ("threshold=1", "threshold=x", "fail_after_s=0"):
        assert 400 == past.client.get(f"/api/printers/p01/whatif?{bad}").status_code


def test_a_printer_that_left_the_farm_can_still_be_looked_at(past: Past) -> None:
    """Its frames and scores stay; only its threshold is not known any more."""
    taken_at = past.keep("p01", 0.1)
    for _ in range(60):
        past.farm.says("p01", JobState.PRINTING)
        past.look("p01", 0.1)
    past.archive.recorder.flush(past.farm.clock.now())
    assert past.archive.settle()
    farm = Farm(3, past.farm.clock)
    live = LiveConfig(farm.config.model_copy(update={"printers": farm.config.printers[1:]}))
    client = create_app(replace(farm.services, config=live, archive=past.archive.reader)).test_client()
    answer = client.get(f"/api/printers/p01/series?from={taken_at - 0.5}&to={taken_at + 99}&points=100").get_json()
    assert (61, None) == (len(answer["points"]), answer["threshold"])
    assert taken_at == client.get("/api/printers/p01/frames").get_json()["frames"][0]["taken_at"]
    assert 200 == client.get(f"/frame/p01/{taken_at:.3f}.jpg").status_code


def test_without_its_file_there_is_what_memory_has_and_why(past: Past, tmp_path: Path) -> None:
    """A damaged archive empties no chart without a word."""
    past.look("p01", 0.1)
    past.archive.stop()
    (tmp_path / "vigie-archive.db").write_bytes(b"no database" * 100)
    answer = past.client.get("/api/printers/p01/series").get_json()
    assert len(answer["points"]) >= 1
    assert "vigie-archive.db" in answer["problem"]
