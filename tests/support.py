"""Small helpers that many tests share."""

import shutil
import threading
import time
from collections.abc import Callable
from pathlib import Path

import pytest

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
PATIENCE_S = 40.0
"""How long a test waits for what must come, on a busy machine: only one that fails waits so long."""

PAUSE_TIME = "pause time"  # name of a test report's property: (stack, seconds)


def wait_until(condition: Callable[[], bool], timeout_s: float = PATIENCE_S, every_s: float = 0.01) -> bool:
    """Wait for what another thread or process does; tell whether it came true in time."""
    pause = threading.Event()
    deadline = time.monotonic() + timeout_s
    while not condition():
        if time.monotonic() > deadline:
            return False
        pause.wait(every_s)
    return True


def require_program(name: str) -> str:
    """Return the path of a program that the machine must have, or skip (a failure under VIGIE_REQUIRE_ALL=1)."""
    path = shutil.which(name) or shutil.which(name, path="/usr/sbin:/usr/local/sbin")
    if path is None:
        pytest.skip(f"{name} is not installed (.ci/run installs it)")
    return path


def require_real_images() -> Path:
    """Return the folder of real images, which is not part of the project, or skip."""
    if not (SHARED_DATA / "train").is_dir():
        pytest.skip(f"no real images at {SHARED_DATA}")
    return SHARED_DATA
