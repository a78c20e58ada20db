"""Cameras and printers are tried over HTTP, for administrators: nobody else may make this machine connect somewhere."""

import base64
import os
import re
import threading
from collections.abc import Mapping
from typing import Any

from flask import Blueprint, Response, jsonify
from pydantic import BaseModel, ConfigDict
from werkzeug.exceptions import BadRequest, TooManyRequests

from monitor.access import Right
from monitor.config.model import Camera, Printer, PrinterSettings
from monitor.errors import ConfigError
from monitor.tryout.addresses import section_of
from monitor.tryout.found import CameraTrial, ControlTrial
from monitor.wall.answers import problem
from monitor.wall.bodies import read_body
from monitor.wall.context import Trials, current
from monitor.wall.described import described
from monitor.wall.farm.keeping import Device, Word
from monitor.wall.gate import needs
from monitor.wall.present import Json
from monitor.wall.shapes.farming import CameraTried, ControlTried

TRIED_AT_ONCE = 6

_REFERENCE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_trying = threading.BoundedSemaphore(TRIED_AT_ONCE)

blueprint = Blueprint("trying", __name__)


class CameraWish(BaseModel):
    """A camera to be tried: an address of which it is not known what is there, or a section of cameras.yaml."""

    model_config = ConfigDict(extra="forbid")

    camera: Device
    username: Word = ""
    password: Word = ""


class ControlWish(BaseModel):
    """A control to be tried."""

    model_config = ConfigDict(extra="forbid")

    control: Device
    id: Word = "p00"
    site: Word = "site"


@blueprint.post("/api/try/camera")
@needs(Right.ADMINISTER)
@described(CameraTried, body=CameraWish)
def try_a_camera() -> Response | tuple[Response, int]:
    """Connect to a camera and answer with what it shows; takes some seconds. Nothing is written."""
    wish = read_body(CameraWish)
    try:
        camera = section_of(_typed(wish.camera)) if isinstance(wish.camera, Mapping) else str(wish.camera or "")
        return jsonify(tried(camera, wish.username, wish.password))
    except ConfigError as exc:
        return problem(400, str(exc))


@blueprint.post("/api/try/control")
@needs(Right.ADMINISTER)
@described(ControlTried, body=ControlWish)
def try_a_control() -> Response | tuple[Response, int]:
    """Ask a printer what it does and whether it could be paused. It is not paused, and nothing is written."""
    wish, trials = read_body(ControlWish), _trials()
    control = _typed(wish.control) if isinstance(wish.control, Mapping) else {"type": wish.control}
    try:
        printer = Printer.model_validate(
            {
                "id": wish.id or "p00", "name": wish.id, "site": wish.site or "site", "room": "room",
                "camera": {"type": "files", "path": "."}, "control": control, "settings": PrinterSettings(),
            }
        )  # fmt: skip
    except ValueError as exc:
        return problem(400, _first_line(exc))
    with _turn():
        trial = trials.control(printer)
    return jsonify(_control_json(trial))


def tried(camera: Camera | str, username: str = "", password: str = "") -> Json:
    """Return what a camera shows, as JSON; raises ConfigError for an address that is none."""
    trials = _trials()
    with _turn():
        return _camera_json(trials.camera(camera, username, password))


def _trials() -> Trials:
    trials = current().services.trials
    if trials is None:
        raise BadRequest("nothing can be tried here")
    return trials


class _turn:  # noqa: N801 - used like a function
    """A few at once: each trial holds a thread of the server."""

    def __enter__(self) -> None:
        if not _trying.acquire(timeout=30):
            raise TooManyRequests("too many are being tried at once: try again soon")

    def __exit__(self, *_: object) -> None:
        _trying.release()


def _typed(device: Mapping[str, Any]) -> dict[str, Any]:
    """Return a section with the values of its environment variables, as cameras.yaml would take them."""
    return {key: _expanded(value) for key, value in device.items() if value != ""}


def _expanded(value: Any) -> Any:
    reference = _REFERENCE.fullmatch(value) if isinstance(value, str) else None
    return os.environ.get(reference[1], value) if reference else value


def _first_line(exc: ValueError) -> str:
    errors: list[Any] = getattr(exc, "errors", list)()
    parts = [f"{'.'.join(map(str, error['loc'][1:]))}: {error['msg']}" for error in errors]
    return "; ".join(parts) or "the control is not right"


def _camera_json(trial: CameraTrial) -> Json:
    camera = trial.camera
    secrets = {"password", "access_code"}
    return {
        "found": camera is not None,
        "camera": camera.model_dump(mode="json", exclude=secrets, exclude_unset=True) if camera else None,
        "problem": trial.problem,
        "attempts": [{"address": one.address, "problem": one.problem} for one in trial.attempts],
        "picture": base64.b64encode(trial.jpeg).decode(),
        "width": trial.width,
        "height": trial.height,
        "frames_per_s": trial.frames_per_s,
        "bytes_a_frame": trial.bytes_a_frame,
        "health": trial.health,
        "health_detail": trial.health_detail,
        "score": trial.score,
        "threshold": trial.threshold,
    }


def _control_json(trial: ControlTrial) -> Json:
    return {
        "state": trial.state,
        "job": trial.job,
        "progress": trial.progress,
        "can_pause": trial.can_pause,
        "why_not": trial.why_not,
        "problem": trial.problem,
    }
