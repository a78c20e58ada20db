"""A measured monitor of a farm that several share, in a process of its own: the whole monitor, as ``vigie run`` has it.

Started as ``python -m monitor.bench.node PLACE``, PLACE being a :class:`Place` as JSON. It says ``ready``; then it
answers each line on its standard input with a :class:`Report` as JSON, and it stops in order when that is closed.
"""

import argparse
import json
import logging
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from pydantic import TypeAdapter

from monitor.app import App
from monitor.bench.farm import farm_of
from monitor.bench.figures import Load
from monitor.bench.processes import ending_in_order
from monitor.bench.step import FILES_A_CAMERA, FILES_BESIDE, allow_files
from monitor.clock import Clock, SystemClock
from monitor.config.cluster import Cluster
from monitor.config.model import Config
from monitor.errors import VigieError
from monitor.joining import join
from monitor.malloc import limit_arenas
from monitor.mqtt import Endpoint

if TYPE_CHECKING:
    from monitor.sharing.life import Life  # loaded only where printers are shared

READY = "ready"


@dataclass(frozen=True, slots=True)
class Place:
    """A monitor's place in the farm: ``load`` is the whole farm's."""

    node: str
    load: Load
    cameras_url: str
    mqtt_port: int
    folder: str
    nats_url: str = ""  # empty: it shares nothing, and watches the cameras from ``first`` until before ``end``
    first: int = 0
    end: int = 0


@dataclass(frozen=True, slots=True)
class Report:
    """What a monitor has done so far."""

    at: float  # seconds of the machine's monotonic clock
    done: int  # inspections
    unscored: int  # of these: the picture showed what the last one did
    watched: tuple[str, ...]  # printers that are this monitor's now
    silent: int  # of these: no picture has come yet
    stretch: float  # by which intervals are lengthened, under overload
    problem: str = ""


class Node:
    """The monitor of a place. It runs from construction to :meth:`stop`."""

    def __init__(self, place: Place) -> None:
        """Start it; raises VigieError when a part does not start."""
        self._life: Life | None = None
        self._printers = [printer.id for printer in _config(place).printers]
        self._app = App(_config(place), SystemClock(), cluster=self._join)
        self._app.start()

    def _join(self, config: Config, clock: Clock) -> "Life | None":
        self._life = join(config, clock)
        return self._life

    def report(self) -> Report:
        """Return what it has done until now."""
        board, figures = self._app.board, self._app.pipeline.figures()
        watched = tuple(self._printers if self._life is None else self._life.sharing.owned())
        return Report(
            at=time.monotonic(),
            done=figures.inspections_done,
            unscored=figures.unscored,
            watched=watched,
            silent=sum(board.picture(name) is None for name in watched),
            stretch=figures.load.stretch,
            problem=self._life.problem if self._life is not None else "",
        )

    def stop(self) -> None:
        """Stop all of it in order."""
        self._app.stop()


def _config(place: Place) -> Config:
    farm = farm_of(place.load, Endpoint("127.0.0.1", place.mqtt_port), place.cameras_url, 0, Path(place.folder))
    if not place.nats_url:
        return farm.model_copy(update={"printers": farm.printers[place.first : place.end]})
    return farm.model_copy(update={"cluster": Cluster(urls=(place.nats_url,), node=place.node)})


def main() -> int:
    """Watch until standard input is closed."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("place", help="a Place as JSON")
    logging.basicConfig(level=logging.ERROR)  # not a line for each camera that connects
    limit_arenas()
    place = TypeAdapter(Place).validate_json(options.parse_args().place)
    try:
        with ending_in_order():
            allow_files(FILES_A_CAMERA * place.load.cameras + FILES_BESIDE)
            node = Node(place)
            try:
                _say(READY)
                for _ in sys.stdin:
                    _say(json.dumps(asdict(node.report())))
            finally:
                node.stop()
    except VigieError as problem:
        print(problem, file=sys.stderr)  # noqa: T201  # a command's last word, as in monitor/commands
        return 1
    return 0


def _say(line: str) -> None:
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
