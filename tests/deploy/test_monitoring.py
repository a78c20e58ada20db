"""deploy/prometheus and deploy/grafana: every query, asked of a real Prometheus that scrapes a farm and a hub."""

import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests
from prometheus_client.parser import text_string_to_metric_families

from monitor.records import State
from tests.brokers import Mosquitto, free_port
from tests.deploy.files import DEPLOY, ROOT, with_places
from tests.stacks.processes import Program
from tests.support import PATIENCE_S, require_program, wait_until
from tests.system.running import VIGIE, farm, running_vigie, simulated, vigie

BOARD: dict[str, Any] = json.loads((DEPLOY / "grafana" / "vigie.json").read_text(encoding="utf-8"))
PANELS: list[dict[str, Any]] = [panel for panel in BOARD["panels"] if panel["type"] != "row"]
QUERIES = sorted(
    {target["expr"] for panel in PANELS for target in panel["targets"]}
    | {note["expr"] for note in BOARD["annotations"]["list"]}
)
CONFIG = DEPLOY / "prometheus" / "prometheus.yml"
RULES = DEPLOY / "prometheus" / "vigie-rules.yml"
PAGE = (ROOT / "docs" / "metrics.md").read_text(encoding="utf-8")
MISSING_AT_FIRST = {
    match[1] for match in re.finditer(r"^\| `(\w+)[^|]*\|[^|]*\|[^|]*missing at first", PAGE, re.MULTILINE)
}
NAME = re.compile(r"\b(?:vigie|process)_[a-z_]+\b")


class Watched:
    """A Prometheus, and what the farm and the hub say themselves."""

    def __init__(self, address: str, metrics: str) -> None:
        self.address, self.metrics = address, metrics

    def ask(self, query: str) -> list[dict[str, Any]]:
        """Return what Prometheus answers; a query that it does not understand fails the test."""
        answer = requests.get(f"{self.address}/api/v1/query", {"query": query}, timeout=PATIENCE_S).json()
        assert "success" == answer["status"], (query, answer)
        found: list[dict[str, Any]] = answer["data"]["result"]
        return found


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Watched]:
    """A farm with people, a hub, and a Prometheus with the shipped files, a token each; all for this file."""
    folder = tmp_path_factory.mktemp("monitoring")
    program = require_program("prometheus")
    broker = Mosquitto(folder)
    broker.start()
    hub, hub_port = folder / "hub.yaml", free_port()
    hub.write_text(
        f"mqtt: {{host: 127.0.0.1, port: {broker.endpoint.port}}}\nwall: {{port: {hub_port}}}\n"
        f"storage: {{path: hub.db}}\nsites: [{{peer: amiens}}]\n"
    )
    region = Program([VIGIE, "wall", "--hub", hub], folder / "hub.log", folder)
    try:
        region.start()
        config = farm([simulated("p1"), simulated("p2")], wall={"access": "log-in"})
        with running_vigie(config, folder) as running:
            region.wait_ready(lambda: "the hub of 1 sites" in region.said(), 90)
            tokens = {running.port: _token("-c", running.file), hub_port: _token("--hub", hub)}
            metrics = "".join(_scraped(port, token) for port, token in tokens.items())
            prometheus, address = _prometheus(folder, program, tokens)
            try:
                one = Watched(address, metrics)
                prometheus.wait_ready(lambda: _answers(one), 60)
                assert wait_until(lambda: {"1"} == {up["value"][1] for up in one.ask("up")} and len(one.ask("up")) == 2)
                yield one
            finally:
                prometheus.stop()
    finally:
        region.stop()
        broker.kill()


def _token(*file: str | Path) -> str:
    done = vigie("users", *file, "tokens", "make", "prometheus", "--scope", "metrics")
    assert 0 == done.returncode, done.stderr
    return done.stdout.strip()


def _scraped(port: int, token: str) -> str:
    asked = {"Authorization": f"Bearer {token}"}
    told = list[str]()

    def tells() -> bool:  # whoever runs hears of a new token within two seconds
        answer = requests.get(f"http://127.0.0.1:{port}/metrics", headers=asked, timeout=PATIENCE_S)
        told.append(answer.text)
        return answer.ok

    assert wait_until(tells, every_s=0.1), told[-1]
    return told[-1]


def _prometheus(folder: Path, program: str, tokens: dict[int, str]) -> tuple[Program, str]:
    """Start it with the shipped file; the commented job of a hub is put in force."""
    shipped = CONFIG.read_text(encoding="utf-8")
    commented = shipped[shipped.index("  # - job_name: vigie-hub") :]
    text = shipped.replace(commented, re.sub(r"^  # ", "  ", commented, flags=re.MULTILINE))
    (port, token), (hub_port, hub_token) = tokens.items()
    (folder / "token").write_text(token)
    (folder / "hub-token").write_text(hub_token)
    file = folder / "prometheus.yml"
    file.write_text(
        with_places(
            text,
            {
                "/etc/prometheus/vigie-rules.yml": str(RULES),
                "/etc/prometheus/vigie-token": str(folder / "token"),
                "/etc/prometheus/vigie-hub-token": str(folder / "hub-token"),
                "vigie.hospital.example:443": f"127.0.0.1:{port}",
                "region.example.org:443": f"127.0.0.1:{hub_port}",
                "scheme: https": "scheme: http",
                "_interval: 15s": "_interval: 1s",
            },
        )
    )
    listening = f"127.0.0.1:{free_port()}"
    options = [f"--config.file={file}", f"--storage.tsdb.path={folder}/data", f"--web.listen-address={listening}"]
    prometheus = Program([program, *options], folder / "prometheus.log", folder)
    prometheus.start()
    return prometheus, f"http://{listening}"


def _answers(one: Watched) -> bool:
    try:
        return requests.get(f"{one.address}/-/ready", timeout=5).ok
    except requests.RequestException:
        return False


def names_of(query: str) -> set[str]:
    """Return the metrics that a query is about."""
    return set(NAME.findall(re.sub(r'"[^"]*"', "", query)))


def test_the_queries_are_read() -> None:
    """The patterns above find what they are for."""
    assert len(QUERIES) > 30
    assert {"vigie_inspections_capacity_per_second"} == MISSING_AT_FIRST
    assert {"vigie_printers", "vigie_pause_proof_seconds_bucket", "process_open_fds"} <= set().union(
        *map(names_of, QUERIES)
    )


@pytest.mark.parametrize("query", QUERIES)
def test_prometheus_understands_the_query_and_its_metrics_are_there(query: str, watched: Watched) -> None:
    """By the names that the farm and the hub really tell; and each has a series, once Prometheus has asked them."""
    families = [f for part in _parts(watched.metrics) for f in text_string_to_metric_families(part)]
    known = {f.name for f in families} | {f"{f.name}_total" for f in families if f.type == "counter"}
    known |= {sample.name for family in families for sample in family.samples}
    assert names_of(query) - MISSING_AT_FIRST <= known
    watched.ask(query.replace("$instance", ".*"))


def _parts(metrics: str) -> list[str]:
    """Return what each has told: a name stands once in what one tells."""
    first, *rest = re.split(r"(?=^# HELP vigie_build_info)", metrics, flags=re.MULTILINE)
    return [part for part in (first, *rest) if part.strip()]


@pytest.mark.parametrize("name", sorted({name for query in QUERIES for name in names_of(query)}))
def test_every_metric_has_something_to_show(name: str, watched: Watched) -> None:
    """Of this farm and this hub; none is only a name, except of what nobody has told or ignored yet."""
    if name in ("vigie_mqtt_messages_ignored_total", "vigie_peers_told_bytes_total"):
        assert f"# TYPE {name}" in watched.metrics
    else:
        assert name in MISSING_AT_FIRST or wait_until(lambda: bool(watched.ask(name)), 20, 0.2)


@pytest.mark.parametrize("query", QUERIES)
def test_the_labels_of_a_query_are_those_of_its_metric(query: str, watched: Watched) -> None:
    """Those by which it chooses, those by which it sums, and those of its legend."""
    wanted = {label for group in re.findall(r"by \(([^)]*)\)", query) for label in re.findall(r"\w+", group)}
    wanted |= set(re.findall(r"(\w+)=~?\"", query))
    wanted |= {
        label
        for panel in PANELS
        for target in panel["targets"]
        if target["expr"] == query
        for label in re.findall(r"\{\{(\w+)\}\}", target["legendFormat"])
    }
    (*_, name) = names_of(query) or {"up"}
    series = watched.ask(name)
    if series:
        assert wanted <= set(series[0]["metric"]) | {"reason", "message"}, (wanted, series[0]["metric"])


@pytest.mark.parametrize("state", sorted(set(re.findall(r'state=\\?"([\w-]+)', json.dumps(BOARD) + RULES.read_text()))))
def test_every_state_that_is_chosen_is_one(state: str) -> None:
    """Of the wall."""
    assert state in set(State)


def test_the_rules_are_right_and_quiet(watched: Watched) -> None:
    """By promtool, and by a Prometheus that has evaluated them: nothing that needs a person on a healthy farm."""
    done = subprocess.run(
        [require_program("promtool"), "check", "rules", RULES], capture_output=True, text=True, check=False
    )
    assert 0 == done.returncode, done.stderr + done.stdout
    alerts = {line.split(": ")[1] for line in RULES.read_text().splitlines() if "- alert:" in line}

    def evaluated() -> dict[str, Any]:
        answer = requests.get(f"{watched.address}/api/v1/rules", timeout=PATIENCE_S).json()["data"]["groups"]
        return {rule["name"]: rule for group in answer for rule in group["rules"]}

    assert wait_until(lambda: {"ok"} == {rule["health"] for rule in evaluated().values()}, PATIENCE_S, 0.2)
    rules = evaluated()
    assert alerts == set(rules)
    told = {name for name, rule in rules.items() if rule["alerts"]}
    assert told <= {"SiteCutOff", "InspectionsMissing", "TooManyCameras"}, (
        told
    )  # the site is not there; others may use the machine
    assert "SiteCutOff" in told


def test_every_alert_of_the_page_of_metrics_has_a_rule() -> None:
    """docs/metrics.md says what is worth one."""
    table = PAGE.split("## What is worth an alert")[1]
    rules = RULES.read_text(encoding="utf-8")
    for name in set(NAME.findall(table)) - {"vigie_build_info"}:
        assert name in rules, name


def test_the_board_can_be_imported() -> None:
    """Ids are single, no panel lies on another, and each asks the source that was chosen."""
    assert len(BOARD["panels"]) == len({panel["id"] for panel in BOARD["panels"]})
    cells = [
        (x, y)
        for panel in BOARD["panels"]
        for x in range(panel["gridPos"]["x"], panel["gridPos"]["x"] + panel["gridPos"]["w"])
        for y in range(panel["gridPos"]["y"], panel["gridPos"]["y"] + panel["gridPos"]["h"])
    ]
    assert len(cells) == len(set(cells))
    assert max(x for x, _ in cells) < 24
    variables = {variable["name"] for variable in BOARD["templating"]["list"]}
    assert set(re.findall(r"\$\{?(\w+)", json.dumps(PANELS))) <= variables
    assert {"${source}"} == {target["datasource"]["uid"] for panel in PANELS for target in panel["targets"]}
