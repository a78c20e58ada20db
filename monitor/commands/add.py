"""``vigie add``: a printer is tried and written into cameras.yaml; a running monitor takes it in by itself."""

import argparse
import os
from pathlib import Path
from typing import Any

from monitor.clock import SystemClock
from monitor.commands.try_camera import told
from monitor.config.edit import FarmEditor, NewPrinter
from monitor.errors import ConfigError
from monitor.tryout.camera import Eye, try_camera

HELP = "add a printer to cameras.yaml: its camera is tried first, and a running monitor takes it in by itself"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the printer."""
    parser.add_argument("id", help="small letters, digits, - and _; part of its MQTT topics")
    parser.add_argument("camera", help="the camera's address, or simulated; it is found out what is there")
    parser.add_argument("--site", required=True, help="the site's id; one that is not there yet is made")
    parser.add_argument("--room", required=True, help="the room's id; one that is not there yet is made")
    parser.add_argument("--name", default="", help="what people call it")
    parser.add_argument("--username", default="", help="the camera's user")
    parser.add_argument("--password", default="", help="the camera's password, best as '${NAME}' of a variable")
    parser.add_argument(
        "--control", default="", metavar="KIND", help="how it is paused: none, octoprint, prusalink, bambu ..."
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY=VALUE", help="a key of the control, such as url=http://..."
    )
    parser.add_argument("--untried", action="store_true", help="write it although its camera was not tried")
    parser.add_argument("--file", type=Path, help="the file (default: cameras.yaml)")


def run(options: argparse.Namespace) -> int:
    """Try the camera, write the printer, and return 0; 1 when no camera was found."""
    path: Path = options.file or Path("cameras.yaml")
    camera = _camera(options)
    if camera is None:
        print("nothing was written; --untried writes it all the same")
        return 1
    new = NewPrinter(options.id, options.site, options.room, options.name, camera, _control(options))
    FarmEditor(path, os.environ).add([new])
    print(f"{options.id} was added to {path}; a monitor that runs on it takes it in by itself")
    return 0


def _camera(options: argparse.Namespace) -> Any:
    """Return the section or the word to write; None when no camera was found."""
    who = {key: getattr(options, key) for key in ("username", "password") if getattr(options, key)}
    if options.camera == "simulated":
        return "simulated"
    if options.untried:
        kind = "rtsp" if options.camera.startswith("rtsp") else "mjpeg"
        return {"type": kind, "url": options.camera, **who}
    trial = try_camera(
        options.camera,
        SystemClock(),
        Eye(None),
        username=options.username,
        password=os.path.expandvars(options.password),
    )
    print(*told(trial), sep="\n")
    if trial.camera is None:
        return None
    return {**trial.camera.model_dump(mode="json", exclude_unset=True), **who}


def _control(options: argparse.Namespace) -> Any:
    keys = dict(one.partition("=")[::2] for one in options.set)
    if any("=" not in one for one in options.set):
        raise ConfigError("write --set KEY=VALUE")
    if not options.control:
        return keys or None
    return {"type": options.control, **keys} if keys else options.control
