"""The options of the commands that run a detector: which model, and on what."""

import argparse
from typing import get_args

from monitor.config.detector import Precision, Provider
from monitor.config.model import Detector


def add_detector_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare ``--model`` or ``--precision``, and ``--provider``; they mean what ``detector`` in cameras.yaml does."""
    which = parser.add_mutually_exclusive_group()
    which.add_argument("--model", default="", metavar="FILE", help="another .onnx than the shipped ones")
    precisions = get_args(Precision)
    which.add_argument("--precision", choices=precisions, help="which shipped model (int8 on cpu, fp32 on all others)")
    parser.add_argument("--provider", default="cpu", choices=get_args(Provider), help="what runs it (cpu)")


def detector_settings(options: argparse.Namespace) -> Detector:
    """Return what the options say."""
    return Detector(model=options.model, precision=options.precision, provider=options.provider)


def as_arguments(settings: Detector) -> list[str]:
    """Return the options that say the same, for a command that starts another."""
    which = ["--model", settings.model] if settings.model else ["--precision", str(settings.shipped)]
    return [*which, "--provider", settings.provider]
