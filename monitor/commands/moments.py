"""Moments on the command line: a span before now, or a date and time."""

import argparse
import re
from datetime import datetime

from monitor.clock import SystemClock

_UNITS_S = {"m": 60.0, "h": 3600.0, "d": 86_400.0}


def since(text: str) -> float:
    """Return unix seconds of a moment or of a span before now; raises ArgumentTypeError."""
    span = re.fullmatch(r"(\d+(?:\.\d+)?)([mhd])", text)
    if span:
        return SystemClock().now() - float(span[1]) * _UNITS_S[span[2]]
    try:
        return datetime.fromisoformat(text).astimezone().timestamp()
    except ValueError as exc:
        raise argparse.ArgumentTypeError(
            f"{text!r} is neither a span such as 24h nor a time such as 2026-11-21T02:00"
        ) from exc
