"""One node as a process of its own: it keeps printers, and writes down every moment at which it may act.

Started as ``python -m tests.cluster.keeper_process SETTINGS``, SETTINGS being JSON: urls, node, weight, printers, log.
Each line of the log is JSON: ``at`` and ``until`` on the machine's clock that runs on while a process is suspended,
``epochs`` of what it may act on from ``at`` on, until the next line, but not after ``until``.
"""

import json
import sys
import threading
from pathlib import Path
from typing import Any

from monitor.clock import SystemClock, uptime_s
from monitor.cluster.joining import store_of
from monitor.cluster.keeper import Keeper
from monitor.cluster.membership import Identity
from monitor.commands.stopping import on_signals
from monitor.config.cluster import Cluster
from monitor.errors import NodeNameTaken

EVERY_S = 0.02


def main(settings: dict[str, Any]) -> int:
    """Keep until SIGTERM."""
    cluster = Cluster(urls=tuple(settings["urls"]), node=settings["node"], weight=settings.get("weight", 1.0))
    me = Identity(cluster.node_name, f"{settings['node']}-{uptime_s()}", cluster.share, "test", "here")
    keeper = Keeper(me, store_of(cluster), SystemClock())
    keeper.follow(settings["printers"], f"digest of {len(settings['printers'])}")
    stopping = on_signals()
    try:
        with Path(settings["log"]).open("a", buffering=1) as log:
            writer = threading.Thread(target=_write_down, args=(keeper, log, stopping))
            writer.start()
            try:
                keeper.start()
                stopping.wait()
            finally:
                keeper.stop()
                stopping.set()
                writer.join()
                log.write(json.dumps({"at": uptime_s(), "until": 0.0, "epochs": {}, "problem": "stopped"}) + "\n")
    except NodeNameTaken as exc:
        sys.stderr.write(f"{exc}\n")
        return 1
    return 0


def _write_down(keeper: Keeper, log: Any, stopping: threading.Event) -> None:
    before: Any = None
    ended = threading.Event()
    while not (stopping.is_set() and not keeper.owned()):
        at = uptime_s()
        grants = keeper.grants
        now = (grants.until, grants.epochs, keeper.problem)
        if now != before:
            before = now
            line = {"at": at, "until": grants.until, "epochs": dict(grants.epochs), "problem": keeper.problem}
            log.write(json.dumps(line) + "\n")
        ended.wait(EVERY_S)


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
