"""``/metrics``: what Prometheus reads."""

import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient
from prometheus_client.openmetrics.parser import text_string_to_metric_families as parse_openmetrics
from prometheus_client.parser import text_string_to_metric_families

from monitor.clock import ManualClock
from monitor.peers.line import LineKind
from monitor.records import CameraState, CameraStatus, EventKind, FailureClass
from monitor.records.load import Load, Overload
from monitor.records.pooling import PoolReport
from monitor.records.tally import BUCKETS_S, Tally
from monitor.records.telling import Telling
from monitor.wall import HealthReport, Services, create_app
from monitor.wall.figures import Figures
from tests.wall.farm import Farm
from tests.wall.told_region import region_farm

DOCS = Path(__file__).resolve().parents[2] / "docs" / "metrics.md"
OPEN_METRICS = "application/openmetrics-text; version=1.0.0"
COUNTS = tuple(4 if bound == 2.0 else 1 if bound == float("inf") else 0 for bound in BUCKETS_S)
FIGURES = Figures(
    inspections_due=1010,
    inspections_done=1000,
    inspections_unscored=70,
    ages_s=[number / 100 for number in range(100)],
    faults=2,
    cameras=[
        CameraStatus("p01", CameraState.STREAMING, 0.0, generation=2, frames=500, dropped=3, last_frame_at=1234.5),
        CameraStatus("p02", CameraState.WAITING, 0.0, generation=7),
    ],
    overwritten={"p01": 11},
    tally=Tally(
        events={EventKind.PAUSE_CONFIRMED: 5, EventKind.PAUSE_FAILED: 1, EventKind.FALSE_ALARM: 2},
        incidents={FailureClass.SPAGHETTI: 6},
        proof_s=COUNTS,
        proof_sum_s=107.0,
    ),
    load=Load(1000.0, 640.0, 690.0, 0.93, 1.7, 1.2, Overload(0.0, 1.7, 1.0, 990)),
    model_sha256="5e" * 32,
)

Values = dict[tuple[str, ...], float]

TOLD: Values = {
    ("vigie_printers", "watching"): 2,
    ("vigie_printers", "failing"): 1,
    ("vigie_printers", "muted"): 0,
    ("vigie_printers_needing_person",): 1,
    ("vigie_incidents_open", "open"): 1,
    ("vigie_inspections_due_total",): 1010,
    ("vigie_inspections_total",): 1000,
    ("vigie_inspections_unscored_total",): 70,
    ("vigie_pipeline_faults_total",): 2,
    ("vigie_inspections_wanted_per_second",): 1000,
    ("vigie_inspections_allowed_per_second",): 640,
    ("vigie_inspections_capacity_per_second",): 690,
    ("vigie_workers_busy_ratio",): 0.93,
    ("vigie_stretch_ratio", "calm"): 1.7,
    ("vigie_stretch_ratio", "suspect"): 1.2,
    ("vigie_overloaded",): 1,
    ("vigie_decision_age_seconds", "0.5"): 0.5,
    ("vigie_decision_age_seconds", "0.99"): 0.99,
    ("vigie_camera_up", "p01"): 1,
    ("vigie_camera_up", "p02"): 0,
    ("vigie_camera_connections_total", "p02"): 7,
    ("vigie_camera_frames_total", "p01"): 500,
    ("vigie_camera_frames_dropped_total", "p01"): 3,
    ("vigie_camera_frames_overwritten_total", "p01"): 11,
    ("vigie_camera_last_frame_timestamp_seconds", "p01"): 1234.5,
    ("vigie_incidents_opened_total", "spaghetti"): 6,
    ("vigie_incidents_opened_total", "warping"): 0,
    ("vigie_pauses_total", "proven"): 5,
    ("vigie_pauses_total", "failed"): 1,
    ("vigie_verdicts_total", "false_alarm"): 2,
    ("vigie_pause_proof_seconds_bucket", "1.0"): 0,
    ("vigie_pause_proof_seconds_bucket", "2.0"): 4,
    ("vigie_pause_proof_seconds_bucket", "+Inf"): 5,
    ("vigie_pause_proof_seconds_count",): 5,
    ("vigie_pause_proof_seconds_sum",): 107,
    ("vigie_broker_connected",): 0,
    ("vigie_problem", "storage"): 1,
    ("vigie_problem", "people"): 0,
    ("vigie_problem", "pool"): 1,
    ("vigie_problem", "hub"): 0,
    ("vigie_pool_pictures_total", "pool"): 5,
    ("vigie_pool_pictures_total", "here"): 2,
    ("vigie_pool_lost_total",): 1,
    ("vigie_mqtt_messages_ignored_total", "bad payload"): 3,
    ("vigie_peers_told_bytes_total", "pulse"): 360,
    ("vigie_detector_info", "5e" * 32): 1,
    ("vigie_wall_viewers",): 0,
    ("vigie_wall_sent_bytes_total",): 0,
}


def values(text: str) -> Values:
    """Return each sample by its name and the values of its labels."""
    families = text_string_to_metric_families(text)
    return {
        (sample.name, *(v for _, v in sorted(sample.labels.items()))): sample.value
        for family in families
        for sample in family.samples
    }


@pytest.fixture
def told(farm: Farm) -> FlaskClient:
    """A client of a farm whose application tells its figures."""
    farm.fails("p02")
    farm.health = HealthReport(
        broker_connected=False,
        storage_problem="full",
        ignored_messages={"bad payload": 3},
        pool=PoolReport("away", pooled=5, here=2, lost=1),
        telling=Telling("away", {"pulse": 360}),
    )
    services = Services(
        farm.board, farm.incidents, farm.live, farm.clock, lambda _: None, lambda: farm.health, figures=lambda: FIGURES
    )
    return create_app(services).test_client()


def test_everything_that_is_known_is_told(told: FlaskClient) -> None:
    """Read back with the parser of Prometheus' own library."""
    found = values(told.get("/metrics").text)
    assert TOLD == {key: found.get(key) for key in TOLD}
    assert found["process_cpu_seconds_total",] > 0
    assert found["process_resident_memory_bytes",] > 1e6


def test_open_metrics_is_answered_to_whoever_prefers_it(told: FlaskClient) -> None:
    """A newer Prometheus asks for it; the stricter parser takes it."""
    answer = told.get("/metrics", headers={"Accept": OPEN_METRICS})
    assert OPEN_METRICS.partition(";")[0] == answer.mimetype
    assert len(list(parse_openmetrics(answer.text))) > 25  # type: ignore[no-untyped-call]


def test_a_history_that_cannot_be_read_takes_its_figures_along_and_nothing_else(farm: Farm) -> None:
    """Counters that are gone for a while are better than counters that fall."""
    services = Services(
        farm.board, farm.incidents, farm.live, farm.clock, lambda _: None, lambda: farm.health, figures=Figures
    )
    found = values(create_app(services).test_client().get("/metrics").text)
    assert ("vigie_inspections_total",) in found
    assert [] == [key for key in found if key[0].startswith(("vigie_incidents_opened", "vigie_pause"))]


def test_the_page_for_people_lists_every_metric(told: FlaskClient) -> None:
    """docs/metrics.md has a row for each, with its type, and for no other."""
    answered = dict(re.findall(r"^# TYPE (vigie_\w+) (\w+)$", told.get("/metrics").text, re.MULTILINE))
    listed = dict(re.findall(r"^\| `(vigie_\w+)(?:\{\w+\})?` \| (\w+) \|", DOCS.read_text(), re.MULTILINE))
    assert answered == listed


def test_a_hub_tells_how_the_lines_to_its_sites_are() -> None:
    """For whoever wants to be called when a site is cut off for long."""
    farm, region = region_farm(["Lens", "Lille"], 1, ManualClock())
    region.line("lille", LineKind.CUT_OFF, 0.0, 0.0, skew_s=-300.0)
    region.change("lens", is_behind=True)
    found = values(farm.app.test_client().get("/metrics").text)
    assert (1.0, 0.0) == (found["vigie_site_connected", "lens"], found["vigie_site_connected", "lille"])
    assert -300.0 == found["vigie_site_clock_skew_seconds", "lille"]
    assert (1.0, 0.0) == (found["vigie_site_history_behind", "lens"], found["vigie_site_history_behind", "lille"])
