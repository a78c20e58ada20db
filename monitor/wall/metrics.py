"""``/metrics`` for Prometheus: everything is read when it is asked for, from figures that exist anyway.

docs/metrics.md explains each name. Labels are bounded: printers by cameras.yaml, others by enumerations.
Names follow https://prometheus.io/docs/practices/naming/.
"""

from collections import Counter
from collections.abc import Iterator

from flask import Blueprint, Response, request
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import (
    CounterMetricFamily,
    GaugeMetricFamily,
    HistogramMetricFamily,
    Metric,
    SummaryMetricFamily,
)
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from monitor.access import Right
from monitor.records import CameraState, EventKind, FailureClass, IncidentStatus, State
from monitor.records.line import LineKind
from monitor.records.load import Load
from monitor.records.tally import BUCKETS_S, Tally
from monitor.wall.context import HealthReport, Wall, current
from monitor.wall.described import described
from monitor.wall.figures import Figures
from monitor.wall.gate import needs
from monitor.wall.region import Region

QUANTILES = (0.5, 0.9, 0.99)

_PAUSES = {
    "proven": EventKind.PAUSE_CONFIRMED,
    "failed": EventKind.PAUSE_FAILED,
    "withheld": EventKind.PAUSE_WITHHELD,
}
_VERDICTS = {
    "false_alarm": EventKind.FALSE_ALARM,
    "confirmed": EventKind.CONFIRMED,
    "missed": EventKind.MISSED,
    "withdrawn": EventKind.WITHDRAWN,
}
_TOLD = {"told": EventKind.PEOPLE_TOLD, "not_told": EventKind.PEOPLE_NOT_TOLD}

blueprint = Blueprint("metrics", __name__)


@blueprint.get("/metrics")
@needs(Right.METRICS)
@described(media="text/plain")
def metrics() -> Response:
    """Answer with figures for Prometheus, or as OpenMetrics where ``Accept`` prefers that."""
    registry = CollectorRegistry()
    registry.register(_Wall(current()))
    ProcessCollector(registry=registry)
    encode, content_type = choose_encoder(request.headers.get("Accept", ""))
    return Response(encode(registry), content_type=content_type)


class _Wall(Collector):
    """Reads everything once for one answer."""

    def __init__(self, wall: Wall) -> None:
        self._wall = wall

    def describe(self) -> Iterator[Metric]:
        """Name nothing before it is asked for: the registry lives for one answer."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Yield every metric."""
        wall = self._wall
        figures = wall.services.figures() if wall.services.figures else Figures()
        yield info("vigie_build", "The software.", version=wall.version)
        if figures.model_sha256:
            yield info("vigie_detector", "The detector that scores pictures.", model_sha256=figures.model_sha256)
        yield from _of_printers(wall)
        yield from _of_inspection(figures)
        yield from _of_load(figures.load)
        yield from _of_cameras(figures)
        if figures.tally is not None:
            yield from _of_history(figures.tally)
        yield from _of_health(wall.services.health())
        yield from _of_region(wall.services.region)
        yield gauge("vigie_wall_viewers", "Open walls.", len(wall.audience))
        yield counter("vigie_wall_sent_bytes", "Bytes of states and pictures sent to walls.", wall.audience.sent_bytes)


def _of_printers(wall: Wall) -> Iterator[Metric]:
    views = wall.services.board.snapshot().printers
    states = Counter(view.state for view in views)
    found = GaugeMetricFamily("vigie_printers", "Printers by what the wall says about them.", labels=["state"])
    for state in State:
        found.add_metric([state], states[state])
    yield found
    calling = sum(wall.presenter.attention(view).needs_person for view in views)
    yield gauge("vigie_printers_needing_person", "Printers that call for somebody who has not answered yet.", calling)
    statuses = Counter(view.incident.status for view in views if view.incident is not None)
    found = GaugeMetricFamily("vigie_incidents_open", "Incidents that are not closed, by status.", labels=["status"])
    for status in IncidentStatus:
        if status is not IncidentStatus.CLOSED:
            found.add_metric([status], statuses[status])
    yield found


def _of_inspection(figures: Figures) -> Iterator[Metric]:
    yield counter("vigie_inspections_due", "Inspections that should have been made.", figures.inspections_due)
    yield counter("vigie_inspections", "Inspections made.", figures.inspections_done)
    why = "Inspections that took the score of the last picture, which showed the same."
    yield counter("vigie_inspections_unscored", why, figures.inspections_unscored)
    yield counter("vigie_pipeline_faults", "Faults that the pipeline met and outlived.", figures.faults)
    ages_s = sorted(figures.ages_s)
    found = SummaryMetricFamily(
        "vigie_decision_age_seconds", "Age of a frame when it was decided on, newest decisions."
    )
    for q in QUANTILES if ages_s else ():
        age_s = ages_s[min(len(ages_s) - 1, int(q * len(ages_s)))]
        found.add_sample("vigie_decision_age_seconds", {"quantile": str(q)}, age_s)
    yield found


def _of_load(load: Load) -> Iterator[Metric]:
    yield gauge("vigie_inspections_wanted_per_second", "Inspections a second, were nobody slowed.", load.wanted_hz)
    yield gauge("vigie_inspections_allowed_per_second", "Inspections a second, as all are slowed.", load.allowed_hz)
    if load.capacity_hz is not None:
        yield gauge("vigie_inspections_capacity_per_second", "What the workers can do, measured.", load.capacity_hz)
    yield gauge("vigie_workers_busy_ratio", "Share of the workers' time that inspections take.", load.busy_share)
    found = GaugeMetricFamily("vigie_stretch_ratio", "Factor by which intervals are stretched.", labels=["printers"])
    found.add_metric(["calm"], load.stretch)
    found.add_metric(["suspect"], load.suspect_stretch)
    yield found
    yield gauge("vigie_overloaded", "1 while people are told of an overload.", load.overload is not None)


def _of_cameras(figures: Figures) -> Iterator[Metric]:
    up = GaugeMetricFamily("vigie_camera_up", "Whether the camera's pictures come in.", labels=["printer"])
    dials = CounterMetricFamily("vigie_camera_connections", "Connections tried, failed ones too.", labels=["printer"])
    frames = CounterMetricFamily("vigie_camera_frames", "Frames received.", labels=["printer"])
    dropped = CounterMetricFamily(
        "vigie_camera_frames_dropped", "Frames of no use: cut off, too big.", labels=["printer"]
    )
    unseen = CounterMetricFamily("vigie_camera_frames_overwritten", "Frames nobody looked at.", labels=["printer"])
    last = GaugeMetricFamily(
        "vigie_camera_last_frame_timestamp_seconds", "When the newest frame came.", labels=["printer"]
    )
    for camera in figures.cameras:
        printer = [camera.printer]
        up.add_metric(printer, camera.state is CameraState.STREAMING)
        dials.add_metric(printer, camera.generation)
        frames.add_metric(printer, camera.frames)
        dropped.add_metric(printer, camera.dropped)
        unseen.add_metric(printer, figures.overwritten.get(camera.printer, 0))
        if camera.last_frame_at is not None:
            last.add_metric(printer, camera.last_frame_at)
    yield from (up, dials, frames, dropped, unseen, last)


def _of_history(tally: Tally) -> Iterator[Metric]:
    opened = CounterMetricFamily("vigie_incidents_opened", "Failures decided, by class.", labels=["class"])
    for failure_class in FailureClass:
        opened.add_metric([failure_class], tally.incidents.get(failure_class, 0))
    yield opened
    yield counted("vigie_pauses", "Orders to pause, by what became of them.", "outcome", _PAUSES, tally)
    yield counted("vigie_verdicts", "What people said about pictures.", "kind", _VERDICTS, tally)
    yield counted("vigie_notices", "Messages to people, and whether any way to them worked.", "outcome", _TOLD, tally)
    proofs = HistogramMetricFamily(
        "vigie_pause_proof_seconds", "From the order at the broker to the printer seen paused."
    )
    total, buckets = 0, []
    for bound, count in zip(BUCKETS_S, tally.proof_s or (0,) * len(BUCKETS_S), strict=True):
        total += count
        buckets.append(("+Inf" if bound == float("inf") else str(bound), total))
    proofs.add_metric([], buckets, tally.proof_sum_s)
    yield proofs


def _of_health(report: HealthReport) -> Iterator[Metric]:
    yield gauge("vigie_broker_connected", "Whether every site's broker is there.", report.broker_connected)
    problems = {
        "storage": report.storage_problem,
        "detector": report.detector_problem,
        "people": report.people_problem,
        "archive": report.archive_problem,
        "configuration": report.file_problem,
        "cluster": report.cluster_problem,
        "pool": report.pool_problem,
        "hub": report.hub_problem,
        "load": report.overload_problem,
    }
    found = GaugeMetricFamily("vigie_problem", "1 where a part of Vigie cannot do its work.", labels=["part"])
    for part, problem in problems.items():
        found.add_metric([part], bool(problem))
    yield found
    if report.pool is not None:
        scored = CounterMetricFamily(
            "vigie_pool_pictures", "Pictures scored, where a pool is configured.", labels=["by"]
        )
        scored.add_metric(["pool"], report.pool.pooled)
        scored.add_metric(["here"], report.pool.here)
        yield scored
        yield CounterMetricFamily("vigie_pool_lost", "Batches that the pool did not answer.", value=report.pool.lost)
    ignored = CounterMetricFamily("vigie_mqtt_messages_ignored", "Messages that break the contract.", labels=["reason"])
    for reason, count in report.ignored_messages.items():
        ignored.add_metric([reason], count)
    yield ignored
    told = CounterMetricFamily("vigie_peers_told_bytes", "Bytes that other monitors were told.", labels=["message"])
    for kind, size in (report.telling.bytes if report.telling else {}).items():
        told.add_metric([kind], size)
    yield told


def _of_region(region: Region | None) -> Iterator[Metric]:
    """Yield what a hub knows of the lines to its sites; nothing stands in it elsewhere."""
    connected, skew, behind = (
        GaugeMetricFamily(f"vigie_site_{name}", text, labels=["peer"])
        for name, text in (
            ("connected", "At a hub: whether what is shown of a site is of now."),
            ("clock_skew_seconds", "At a hub: what to add to a site's clock to have the hub's."),
            ("history_behind", "At a hub: 1 while something of a site's history is still to come."),
        )
    )
    for site in region.lines() if region is not None else ():
        connected.add_metric([site.peer], site.line.kind is LineKind.CONNECTED)
        skew.add_metric([site.peer], site.line.skew_s)
        behind.add_metric([site.peer], site.is_behind)
    yield from (connected, skew, behind)


def counted(name: str, text: str, label: str, kinds: dict[str, EventKind], tally: Tally) -> Metric:
    """Return a counter of events by a label."""
    found = CounterMetricFamily(name, text, labels=[label])
    for value, kind in kinds.items():
        found.add_metric([value], tally.events.get(kind, 0))
    return found


def gauge(name: str, text: str, value: float) -> Metric:
    """Return a gauge without labels."""
    return GaugeMetricFamily(name, text, value=value)


def counter(name: str, text: str, value: float) -> Metric:
    """Return a counter without labels; its name gets ``_total`` by itself."""
    return CounterMetricFamily(name, text, value=value)


def info(name: str, text: str, **labels: str) -> Metric:
    """Return a gauge that is always 1, whose labels are what it says; its name gets ``_info``."""
    found = GaugeMetricFamily(f"{name}_info", text, labels=list(labels))
    found.add_metric(list(labels.values()), 1)
    return found
