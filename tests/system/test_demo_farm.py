"""The demo farm, as ``make run`` brings it up; only its first failure comes earlier."""

import signal
from collections.abc import Iterator
from typing import Any

import pytest
import requests
from ruamel.yaml import YAML

from monitor.assets import asset
from tests.support import PATIENCE_S, wait_until
from tests.system.running import CLEAN, RunningVigie, running_vigie

PAUSED_WITHIN_S = 120.0  # of the failure becoming visible; a minute is promised on a machine that is not busy
VISIBLE = "became visible"


def demo_farm() -> dict[str, Any]:
    """Return the shipped cameras.yaml, with one failure, soon."""
    config: dict[str, Any] = YAML(typ="safe").load(asset("cameras.yaml"))
    config["simulation"] |= {"first_failure_after_s": 3, "failure_every_s": 80_000}
    return config


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningVigie]:
    """The running demo farm."""
    with running_vigie(demo_farm(), tmp_path_factory.mktemp("demo")) as vigie:
        yield vigie


@pytest.fixture(scope="module")
def before(demo: RunningVigie) -> dict[str, Any]:
    """All printers, before one fails."""
    assert demo.sees(lambda printers: all(printer["job"] for printer in printers.values()))
    return demo.printers()


@pytest.fixture(scope="module")
def failed(demo: RunningVigie, before: dict[str, Any]) -> str:
    """The printer that fails; now its failure can be seen."""
    assert 12 == len(before)
    assert demo.says(VISIBLE, timeout_s=60)
    line = next(line for line in demo.said().splitlines() if VISIBLE in line)
    return line.partition("simulated failure on ")[2].split()[0]


def test_a_failing_printer_is_seen_paused(demo: RunningVigie, failed: str) -> None:
    """The wall says paused only when the printer was seen to be."""
    assert demo.sees(lambda printers: printers[failed]["state"] == "paused", PAUSED_WITHIN_S), demo.said()
    printer = demo.printers()[failed]
    assert ("paused", "alarm", True) == (printer["job_state"], printer["level"], printer["needs_person"])


def test_the_others_print_on(demo: RunningVigie, failed: str, before: dict[str, Any]) -> None:
    """Eleven printers are watched or between two jobs, without an incident, and their jobs go on."""
    others = [name for name in before if name != failed]
    assert 11 == len(others)

    def go_on(now: dict[str, Any]) -> bool:
        return all(_place(now[name]) != _place(before[name]) for name in others)

    assert demo.sees(go_on, 60), (before, demo.printers())
    assert demo.sees(lambda now: {"watching", "idle", "suspect"} >= {now[name]["state"] for name in others})
    now = demo.printers()
    assert [None] * 11 == [now[name]["incident"] for name in others]


def _place(printer: dict[str, Any]) -> tuple[str, str, float]:
    return printer["job_state"], printer["job"], printer["progress"]


def test_its_incident_has_its_whole_life(demo: RunningVigie, failed: str) -> None:
    """``vigie history`` reads it beside the running monitor, and the wall has the picture that decided."""
    assert wait_until(lambda: len(demo.history()) > 0 and demo.history()[0]["status"] == "paused", 30)
    (incident,) = demo.history()
    assert (failed, "pause") == (incident["printer"], incident["action"])
    kinds = [event["kind"] for event in incident["events"]]
    assert ["incident.opened", "pause.sent", "pause.accepted", "pause.ordered"] == kinds[:4]
    assert "pause.confirmed" in kinds
    assert 64 == len(incident["model_sha256"])
    evidence = requests.get(demo.url(f"/evidence/{incident['id']}.jpg"), timeout=PATIENCE_S)
    assert (200, b"\xff\xd8") == (evidence.status_code, evidence.content[:2])


def test_the_demo_is_healthy_and_names_what_is_simulated(demo: RunningVigie) -> None:
    """Nothing is degraded, and the log says that nothing real is watched, and what the embedded broker is not."""
    assert demo.is_well(), demo.health()
    assert 12 == sum(demo.health()["printers"].values())
    assert demo.says("nothing real is watched", "It is for one user on this machine")


def test_ctrl_c_ends_the_demo(demo: RunningVigie) -> None:
    """Within five seconds, with status 0, without a traceback or a process left."""
    assert CLEAN == demo.end(signal.SIGINT), demo.said()
