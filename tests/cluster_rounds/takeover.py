"""How soon a node has looked at each of many cameras of one that died: ``python -m tests.cluster_rounds.takeover``.

Two monitors, one of which has nearly all printers, three NATS servers, a mosquitto, and an inspector that reads a
script instead of pictures: what is measured is the taking over, not the detector. The cameras are files on the disk.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path

import psutil

from tests.brokers import Mosquitto
from tests.cluster.servers import nats_servers
from tests.cluster_rounds.nodes import REPOSITORY, draw_pictures
from tests.cluster_rounds.onlooker import Onlooker
from tests.cluster_rounds.verdict import percentile
from tests.stacks.processes import Program
from tests.support import wait_until

READY_S, OVER_S = 240.0, 120.0
DYING, TAKING = "north", "south"
WEIGHTS = {DYING: 1000.0, TAKING: 0.1}


def farm(folder: Path, port: int, urls: list[str], node: str, count: int) -> Path:
    """Write a node's cameras.yaml."""
    printers = [{"id": f"m{number:04}", "control": "none"} for number in range(count)]
    content = {
        "mqtt": {"host": "127.0.0.1", "port": port},
        "wall": {"port": 0, "access": "open"},
        "storage": {"path": str(folder / f"{node}.db")},
        "cluster": {"urls": urls, "node": node, "weight": WEIGHTS[node]},
        "defaults": {
            "inspect_every_s": 1,
            "camera": {"type": "files", "path": str(folder / "pictures"), "frames_per_s": 1},
        },
        "sites": [{"id": "s1", "agent": "elsewhere", "rooms": [{"id": "room", "printers": printers}]}],
    }
    file = folder / f"{node}.yaml"
    file.write_text(json.dumps(content))
    return file


def owned(folder: Path, node: str) -> dict[str, int]:
    """Return what a node was given, by its own account."""
    file = folder / f"{node}.owned"
    lines = file.read_text().splitlines() if file.exists() else []
    return dict(json.loads(lines[-1])) if lines else {}


def measured(folder: Path, count: int, running: ExitStack) -> list[float]:
    """Return for each printer the seconds from the death of its node to the first look of the next one."""
    draw_pictures(folder)
    for name in ("mosquitto", "nats"):
        (folder / name).mkdir()
    servers = running.enter_context(nats_servers(folder / "nats"))
    broker = Mosquitto(folder / "mosquitto", "allow_anonymous true\nautosave_on_changes false")
    broker.start()
    running.callback(broker.stop)
    onlooker = Onlooker(broker.endpoint)
    onlooker.start()
    running.callback(onlooker.stop)
    nodes = {}
    for name in WEIGHTS:
        file = farm(folder, broker.endpoint.port, [server.url for server in servers], name, count)
        module, log = "tests.cluster_rounds.node_process", folder / f"{name}.log"
        command: list[str | Path] = [sys.executable, "-m", module, file, folder / "failing", folder / f"{name}.owned"]
        nodes[name] = Program(command, log, REPOSITORY)
        nodes[name].start()
        running.callback(nodes[name].kill)
    others = [name for name in WEIGHTS if name != DYING]

    def is_ready() -> bool:
        theirs = owned(folder, DYING)
        everything = theirs | {printer: epoch for name in others for printer, epoch in owned(folder, name).items()}
        return len(everything) == count and all(onlooker.newest_epoch(printer) for printer in everything)

    assert wait_until(is_ready, READY_S, 0.5), nodes[TAKING].said()[-3000:]
    had = owned(folder, DYING)
    busy = psutil.cpu_percent(interval=3.0)
    died_at = time.time()
    nodes[DYING].kill()

    def looked() -> list[float]:
        times = (onlooker.took_over(printer, epoch, died_at) for printer, epoch in had.items())
        return [at - died_at for at in times if at is not None]

    wait_until(lambda: len(looked()) == len(had), OVER_S, 0.5)
    times = looked()
    said = (
        f"{len(had)} cameras of {count}, {len(had) - len(times)} not looked at; before: {busy:.0f} % of the CPUs busy"
    )
    print(f"{said}, load {os.getloadavg()[0]:.1f}")  # noqa: T201 (a command)
    return times


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--printers", type=int, default=500)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder, ExitStack() as running:
        times = measured(Path(folder), options.printers, running)
    p50, p99, longest, first = (percentile(times, share) for share in (0.5, 0.99, 1.0, 0.0))
    print(f"first look after: first {first:.1f} s, p50 {p50:.1f} s, p99 {p99:.1f} s, longest {longest:.1f} s")  # noqa: T201


if __name__ == "__main__":
    main()
