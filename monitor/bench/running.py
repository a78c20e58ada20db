"""Starts what is measured, each in a process of its own, so that none inherits another's memory."""

import itertools
import json
import subprocess
import sys
from collections.abc import Sequence

from pydantic import TypeAdapter

from monitor.bench.figures import Load, StepFigures
from monitor.bench.processes import module
from monitor.bench.ways import WAYS
from monitor.errors import VigieError

WAY_CAMERAS, WAY_FPS = 12, 15


def run_step(load: Load) -> StepFigures:
    """Carry a load once. Raises VigieError when the step ends without figures."""
    return TypeAdapter(StepFigures).validate_json(
        _answer("monitor.bench.step", [TypeAdapter(Load).dump_json(load).decode()], f"{load.cameras} cameras")
    )


def run_ways(seconds: float) -> dict[str, float]:
    """Return the CPU-ms per camera and second of the usual ways of doing the same. Raises VigieError.

    Each way by its name with the network in bytes, as the monitor has it, and as ``<name>_fp32`` in floats, as it was
    trained: bytes are no part of the usual.
    """
    arguments = ["--cameras", str(WAY_CAMERAS), "--frames-per-s", str(WAY_FPS)]
    found = {}
    with module("monitor.sim.load_cameras", *arguments) as url:
        for way, precision in itertools.product(WAYS, ("int8", "fp32")):
            options = ["--way", way, "--cameras", str(WAY_CAMERAS), "--seconds", str(seconds)]
            options += ["--precision", precision, url]
            name = way if precision == "int8" else f"{way}_{precision}"
            found[name] = float(json.loads(_answer("monitor.bench.ways", options, way))["cpu_ms_per_camera_s"])
    return found


def _answer(name: str, arguments: Sequence[str], what: str) -> bytes:
    command = [sys.executable, "-m", name, *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:  # noqa: S603  # ourselves
        try:
            answer, _ = process.communicate()
        finally:
            process.terminate()  # not killed: it has processes of its own to end
    if process.returncode != 0:
        raise VigieError(f"the step of {what} failed: see above")
    return answer
