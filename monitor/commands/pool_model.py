"""``vigie pool-model``: the model as a Triton server wants it, for ``detector.pool``."""

import argparse
from pathlib import Path

from monitor.commands.detecting import add_detector_arguments, detector_settings
from monitor.detector.served import write_repository

HELP = "write the model as a Triton server wants it, for detector.pool in cameras.yaml"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the command's options."""
    parser.add_argument("folder", type=Path, metavar="FOLDER", help="the server's model repository; made if need be")
    parser.add_argument("--backend", default="onnxruntime", help="which of the server's backends runs it (onnxruntime)")
    add_detector_arguments(parser)


def run(options: argparse.Namespace) -> int:
    """Write it."""
    model = write_repository(detector_settings(options), options.folder, options.backend)
    print(f"written: {model}")
    return 0
