"""One node as a process of its own: it keeps printers, and writes down every moment at which it may act.

Started as ``python -m tests.cluster.keeper_process SETTINGS``, SETTINGS being JSON: urls, node, printers, digest, log,
timing, clock_skew_s, and deaf: it does not hear the broker while that file is there. Each line of the log is JSON:
``at`` and ``until`` on the machine's clock that runs on while a process is suspended, ``epochs`` of what it may act on
from ``at`` on, until the next line, but not after ``until``. A line is written before anything is sent that follows
from it, so lines of different processes can be compared.
"""

import json
import sys
from collections.abc import Callable
from io import TextIOBase
from pathlib import Path
from typing import Any

from monitor.clock import uptime_s
from monitor.cluster.joining import store_of
from monitor.cluster.keeper import Keeper
from monitor.cluster.lease import Timing
from monitor.cluster.membership import Identity
from monitor.cluster.node import Grants
from monitor.commands.stopping import on_signals
from monitor.config.cluster import Cluster
from monitor.errors import NodeNameTaken
from tests.cluster.skewed import SkewedClock


class Log:
    """Writes a line whenever what may be acted on has changed, or what is wrong has."""

    def __init__(self, file: TextIOBase) -> None:
        self.keeper: Keeper | None = None
        self._file, self._before = file, ""

    def write(self, grants: Grants) -> None:
        """Take in what may be acted on from now on."""
        at, problem = uptime_s(), self.keeper.problem if self.keeper is not None else ""
        text = json.dumps({"until": grants.until, "epochs": dict(grants.epochs), "problem": problem})
        if text != self._before:
            self._before = text
            self._file.write(json.dumps({"at": at, **json.loads(text)}) + "\n")


def silence_of(deaf: Path) -> Callable[[], float]:
    """Return how long ago the broker was heard: long, while a file is there."""
    return lambda: 1e6 if deaf.exists() else 0.0


def main(settings: dict[str, Any]) -> int:
    """Keep until SIGTERM."""
    cluster = Cluster(urls=tuple(settings["urls"]), node=settings["node"], weight=settings.get("weight", 1.0))
    me = Identity(cluster.node_name, f"{settings['node']}-{uptime_s()}", cluster.share, "test", "here")
    stopping = on_signals()
    with Path(settings["log"]).open("a", buffering=1) as file:
        log = Log(file)
        clock, timing = SkewedClock(settings.get("clock_skew_s", 0.0)), Timing(**settings["timing"])
        keeper = Keeper(me, store_of(cluster), clock, timing=timing, on_grants=log.write)
        log.keeper = keeper
        keeper.follow(settings["printers"], settings["digest"])
        try:
            keeper.start(silence_of(Path(settings["deaf"])), lambda: "is deaf, as the test wants it")
            stopping.wait()
        except NodeNameTaken as exc:
            sys.stderr.write(f"{exc}\n")
            return 1
        finally:
            keeper.stop()
    return 0


if __name__ == "__main__":
    sys.exit(main(json.loads(sys.argv[1])))
