"""``vigie try``: what is at a camera's address, and what of it Vigie would see."""

import argparse
import os
from collections.abc import Iterable
from pathlib import Path

from monitor.certificates import Certificates
from monitor.clock import SystemClock
from monitor.commands.detecting import add_detector_arguments, detector_settings
from monitor.config.load import load
from monitor.errors import VigieError
from monitor.mqtt import Endpoint
from monitor.records import Health
from monitor.tryout.camera import Eye, try_camera
from monitor.tryout.control import try_control
from monitor.tryout.found import CameraTrial, ControlTrial

HELP = "try a camera's address, or a printer of cameras.yaml: picture, rate, score, and whether it could be paused"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare what is tried."""
    parser.add_argument("what", help="an address (http://..., rtsp://..., a host, /dev/video0), or a printer's id")
    parser.add_argument("--file", type=Path, help="the cameras.yaml in which the printer stands")
    parser.add_argument("--username", default="", help="the camera's user")
    parser.add_argument("--password", default="", help="its password; better: the name of a variable, as '${NAME}'")
    parser.add_argument("--save", type=Path, metavar="FILE.jpg", help="keep the last picture")
    add_detector_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Try it, print what was found, and return 0 when a good picture was seen."""
    if options.file is not None:
        return _run_for_printer(options)
    password = os.path.expandvars(options.password)
    eye = Eye(detector_settings(options))
    trial = try_camera(options.what, SystemClock(), eye, username=options.username, password=password)
    print(*told(trial), sep="\n")
    _save(trial, options.save)
    return 0 if trial.health is Health.OK else 1


def told(trial: CameraTrial) -> Iterable[str]:
    """Yield what a trial of a camera has found, in lines."""
    if trial.camera is None:
        yield trial.problem
        yield from (f"  {one.address}: {one.problem}".rstrip(": ") for one in trial.attempts if len(trial.attempts) > 1)
        return
    where = next((getattr(trial.camera, key) for key in ("url", "host", "device") if hasattr(trial.camera, key)), "")
    rate = "" if trial.frames_per_s is None else f", {trial.frames_per_s:.1f} pictures a second"
    yield f"{trial.camera.type} {where}"
    yield f"  {trial.width} x {trial.height}{rate}, {trial.bytes_a_frame / 1000:.0f} kB a picture"
    yield f"  the picture is {trial.health}" + (f": {trial.health_detail}" if trial.health_detail else "")
    if trial.score is not None and trial.threshold is not None:
        yield f"  score {trial.score:.0%}; a failure is suspected above {trial.threshold:.0%}"


def told_of_control(trial: ControlTrial) -> str:
    """Return what a trial of a control has found."""
    if trial.problem:
        return trial.problem
    job = f" {trial.job}" if trial.job else ""
    return f"{trial.state}{job}; " + ("it can be paused" if trial.can_pause else f"cannot be paused: {trial.why_not}")


def _run_for_printer(options: argparse.Namespace) -> int:
    config = load(options.file, os.environ)
    try:
        printer = config.printer(options.what)
    except KeyError:
        raise VigieError(f"{options.file} has no printer {options.what!r}") from None
    clock, certificates = SystemClock(), Certificates.beside(Path(config.storage.path))
    seen = try_camera(printer.camera, clock, Eye(config.detector), printer.settings, certificates)
    print(*told(seen), sep="\n")
    _save(seen, options.save)
    asked = try_control(printer, config, Endpoint.of(config.mqtt) if config.mqtt else None, clock, certificates)
    print(told_of_control(asked))
    return 0 if seen.health is Health.OK and not asked.problem else 1


def _save(trial: CameraTrial, path: Path | None) -> None:
    if path is not None and trial.jpeg:
        path.write_bytes(trial.jpeg)
        print(f"  kept as {path}")
