"""``vigie replay``: a recording or a live URL through detector and judge; a line an event, and the verdict."""

import argparse
import json
from pathlib import Path

from monitor.clock import Clock, ManualClock, SystemClock
from monitor.commands.detecting import add_detector_arguments, detector_settings
from monitor.config import model as config
from monitor.detector import Detector
from monitor.replay import Line, Replay

HELP = "play a recording through detector and judge, in simulated time"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's arguments."""
    parser.add_argument("source", help="a folder of images, a video file, or a URL (http: MJPEG, rtsp:)")
    parser.add_argument("--fps", type=_positive, default=1.0, metavar="F", help="frames a second of the recording (1)")
    parser.add_argument("--every", type=_positive, metavar="S", help="seconds between two inspections (1)")
    parser.add_argument("--threshold", type=float, metavar="T", help="score, 0 to 1 (the model's operating point)")
    parser.add_argument("--speed", choices=("max", "real"), default="max", help="as fast as possible, or in real time")
    add_detector_arguments(parser)
    parser.add_argument("--json", action="store_true", help="a JSON object a line")


def _positive(text: str) -> float:
    value = float(text)
    if value <= 0:
        raise argparse.ArgumentTypeError(f"{text} must be above 0")
    return value


def run(options: argparse.Namespace) -> int:
    """Replay and print; raises a CameraError or DetectorError that tells what cannot be read."""
    is_live = "://" in options.source
    clock: Clock = SystemClock() if is_live or options.speed == "real" else ManualClock()
    settings = config.PrinterSettings(threshold=options.threshold, inspect_every_s=options.every or 1.0)
    replay = Replay(Detector.load(detector_settings(options)), settings, clock)
    say = _say_json if options.json else _say
    for line in replay.lines(_camera(options.source, options.fps)):
        say(line)
    _close(replay, as_json=options.json)
    return 0


def _camera(source: str, frames_per_s: float) -> config.Camera:
    if source.startswith(("rtsp://", "rtsps://")):
        return config.RtspCamera(type="rtsp", url=source)
    if "://" in source:
        return config.MjpegCamera(type="mjpeg", url=source)
    return config.FilesCamera(type="files", path=str(Path(source)), frames_per_s=frames_per_s, loop=False)


def _say_json(line: Line) -> None:
    score = None if line.score is None else round(line.score, 4)
    print(json.dumps({"event": line.event, "time_s": line.time_s, "frame": line.frame, "score": score}), flush=True)


def _say(line: Line) -> None:
    score = "-" if line.score is None else f"{line.score:.2f}"
    print(f"{line.time_s:9.1f} s  frame {line.frame:6d}  score {score}  {line.event}", flush=True)


def _close(replay: Replay, *, as_json: bool) -> None:
    closing: dict[str, object] = {
        "event": "end",
        "frames": replay.frames,
        "inspected": replay.inspected,
        "time_s": round(replay.time_s, 3),
        "verdict": replay.verdict,
        "failed_at_s": None if replay.failed_at_s is None else round(replay.failed_at_s, 3),
        "phase": replay.phase.value,
    }
    words = f"{replay.frames} frames, {replay.inspected} inspected, {replay.time_s:.1f} s: {replay.verdict}"
    print(json.dumps(closing) if as_json else words, flush=True)
