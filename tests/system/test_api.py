"""The API of a running farm: every answer is what docs/openapi.yaml says, and its metrics are Prometheus'."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from monitor.wall.apidoc import routes
from monitor.wall.openapi import api_rules, methods_of
from tests.support import PATIENCE_S, wait_until
from tests.system.running import FAILING_PRINT, HEALTHY_PRINT, RunningVigie, farm, running_vigie, simulated
from tests.wall.contract import Contract

NOT_ASKED = {"/stream"}  # never ends


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningVigie]:
    """A farm of two simulated printers, one of which has failed and was paused."""
    config = farm(
        [simulated("p1", FAILING_PRINT), simulated("p2", HEALTHY_PRINT)],
        simulation={"first_failure_after_s": 2, "failure_every_s": 80_000},
    )
    with running_vigie(config, tmp_path_factory.mktemp("api")) as vigie:
        assert vigie.sees(lambda printers: printers["p1"]["state"] == "paused", 90)
        assert vigie.watches("p2")
        yield vigie


def _path(vigie: RunningVigie, rule: str) -> str:
    incident = vigie.get("/api/incidents")["incidents"][0]["id"]
    kept = vigie.get("/api/printers/p1/frames")["frames"]
    names = {"printer": "p1", "incident": incident, "taken_at": f"{kept[0]['taken_at']:.3f}" if kept else "0.000"}
    for name, value in names.items():
        rule = rule.replace(f"<{name}>", value)
    return rule


def test_every_answer_is_as_declared(running: RunningVigie) -> None:
    """Every route that reads is asked, on a farm that has incidents, frames and scores."""
    app = routes()
    contract = Contract(app)
    wait_until(lambda: bool(running.get("/api/printers/p1/frames")["frames"]), 40, every_s=0.5)
    faults, asked = [], 0
    for rule, _ in api_rules(app):
        if "GET" in methods_of(rule) and rule.rule not in NOT_ASKED:
            path = _path(running, rule.rule)
            answer = requests.get(running.url(path), timeout=PATIENCE_S)
            kind = answer.headers["Content-Type"].partition(";")[0]
            faults += contract.faults("GET", path, answer.status_code, kind, answer.content)
            faults += [] if answer.ok else [f"{path} answers {answer.status_code}: {answer.text[:200]}"]
            asked += 1
    assert [] == faults
    assert asked > 15


def test_what_people_do_is_answered_as_declared(running: RunningVigie) -> None:
    """A command that is taken, one that is not there, one that makes no sense, one for nobody."""
    contract = Contract(routes())
    path = "/api/printers/p1/commands"
    bodies: list[tuple[str, Any, int]] = [
        (path, {"kind": "acknowledge", "by": "Marie"}, 202),
        (path, {"kind": "mute", "by": "Marie"}, 400),
        (path, {"kind": "withdraw", "by": "Marie", "verdict": "none"}, 404),
        ("/api/printers/p9/commands", {"kind": "acknowledge", "by": "Marie"}, 404),
        ("/api/viewers/nobody", {"visible": []}, 404),
    ]
    for where, body, status in bodies:
        answer = requests.post(running.url(where), json=body, timeout=PATIENCE_S)
        kind = answer.headers["Content-Type"].partition(";")[0]
        assert status == answer.status_code, answer.text
        assert [] == contract.faults("POST", where, status, kind, answer.content)


def test_prometheus_reads_what_a_farm_has_done(running: RunningVigie) -> None:
    """Counted: the failure, the pause and its proof, frames, inspections, and the cameras that are up."""

    def scraped() -> dict[tuple[str, ...], float]:
        text = requests.get(running.url("/metrics"), timeout=PATIENCE_S).text
        families = text_string_to_metric_families(text)
        return {(s.name, *s.labels.values()): s.value for family in families for s in family.samples}

    assert wait_until(lambda: scraped().get(("vigie_pauses_total", "proven"), 0) >= 1, every_s=0.2)
    found = scraped()
    assert 1 == found["vigie_printers", "paused"] == found["vigie_camera_up", "p1"] == found["vigie_camera_up", "p2"]
    assert 1 == sum(value for key, value in found.items() if key[0] == "vigie_incidents_opened_total")
    assert 1 == found["vigie_pause_proof_seconds_count",] == found["vigie_broker_connected",]
    assert found["vigie_inspections_total",] > 5
    assert found["vigie_camera_frames_total", "p2"] > 5
    assert 0 < found["vigie_decision_age_seconds", "0.5"] < 60
    description = Path(__file__).resolve().parents[2] / "models" / "detector-int8.json"
    assert 1 == found["vigie_detector_info", json.loads(description.read_text())["sha256"]]
