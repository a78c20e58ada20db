"""Answers that several routes share: errors and the state of the monitor as JSON, pictures with an ETag."""

from collections import Counter
from dataclasses import asdict
from http import HTTPStatus

from flask import Response, jsonify, request

from monitor.belonging import question_summary, summary
from monitor.board import Snapshot
from monitor.wall.context import Services
from monitor.wall.present import Json
from monitor.wall.region import region_json


def problem(status: int, detail: str, reason: str | None = None) -> tuple[Response, int]:
    """Return an error as JSON; every error of the API looks like this. ``reason``: a word for what people are told."""
    error = {"status": status, "title": HTTPStatus(status).phrase, "detail": detail}
    return jsonify(error=error if reason is None else error | {"reason": reason}), status


def health_json(services: Services, snapshot: Snapshot) -> Json:
    """Return the state of the monitor: of what it runs on, not of the printers."""
    report = services.health()
    problems = (
        report.storage_problem,
        report.detector_problem,
        report.people_problem,
        report.archive_problem,
        report.file_problem,
        report.cluster_problem,
        report.pool_problem,
        report.overload_problem,
    )
    fine = report.broker_connected and not any(problems)
    return {
        "status": "ok" if fine else "degraded",
        "broker_connected": report.broker_connected,
        "storage_problem": report.storage_problem,
        "detector_problem": report.detector_problem,
        "people_problem": report.people_problem,
        "archive_problem": report.archive_problem,
        "file_problem": report.file_problem,
        "cluster_problem": report.cluster_problem,
        "pool_problem": report.pool_problem,
        "hub_problem": report.hub_problem,
        "belonging_problem": summary({view.id: view.belonging for view in snapshot.printers}),
        "belonging_question": question_summary({view.id: view.belonging for view in snapshot.printers}),
        "overload": asdict(report.load.overload) if report.load.overload else None,
        "needs_restart": list(report.needs_restart),
        "ignored_messages": dict(report.ignored_messages),
        "region": region_json(services.region),
        "printers": dict(Counter(str(view.state) for view in snapshot.printers)),
    }


def with_etag(response: Response, etag: str) -> Response:
    """Answer 304 without a body when the browser has this very thing already."""
    response.set_etag(etag)
    return response.make_conditional(request)  # type: ignore[return-value]  # the same object


def jpeg(picture: bytes, etag: str, taken_at: float | None = None) -> Response:
    """Return a picture; ``X-Taken-At`` says when it was taken, unix seconds."""
    response = Response(picture, mimetype="image/jpeg")
    if taken_at is not None:
        response.headers["X-Taken-At"] = f"{taken_at:.3f}"
    return with_etag(response, etag)
