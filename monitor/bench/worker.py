"""A worker process as the monitor starts it, with a count of what its CPU time goes to.

The bench has the monitor run this module in place of :mod:`monitor.workers.process`, so nothing of the monitor knows
that it is measured. A thread writes now and then what was found so far into ``<pid>.json`` in the folder that
``VIGIE_BENCH_STAGES`` names. The bench takes the shares from there, and the whole from the kernel.
"""

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from monitor.bench.stages import StageClock
from monitor.workers import process

PROGRAM = "monitor.bench.worker"
FOLDER = "VIGIE_BENCH_STAGES"
LOOK_EVERY_S = 0.005  # a look costs a worker little: its own thread waits in libraries that have let go of the lock


def count_here() -> StageClock | None:
    """Begin to count in this process, if a bench has asked for it; it ends with the process."""
    folder = os.environ.get(FOLDER, "")
    if not folder:
        return None
    file = Path(folder) / f"{os.getpid()}.json"

    def write(spent: Mapping[str, float]) -> None:
        fresh = file.with_suffix(".new")
        fresh.write_text(json.dumps(dict(spent)), encoding="ascii")
        fresh.replace(file)

    clock = StageClock(write, LOOK_EVERY_S)
    clock.start()
    return clock


def read(folder: Path, pid: int) -> Mapping[str, float]:
    """Return the CPU seconds by stage that a worker has found in itself; nothing where it has not counted."""
    try:
        found: dict[str, float] = json.loads((folder / f"{pid}.json").read_text(encoding="ascii"))
    except (OSError, ValueError):
        return {}
    return found


def main() -> int:
    """Work as ever, and count."""
    clock = count_here()
    try:
        return process.main()
    finally:
        if clock is not None:
            clock.stop()


if __name__ == "__main__":
    sys.exit(main())
