"""The composition root of a hub: builds its rooms, starts them in order, stops them in reverse."""

import logging
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

from monitor.archive import ArchiveReader
from monitor.clock import Clock
from monitor.config.hub_file import HubFile
from monitor.errors import StorageError
from monitor.history import History
from monitor.hub.collector import Collector
from monitor.hub.farms import FarmsFile
from monitor.hub.region import empty
from monitor.hub.showing import Showing
from monitor.mqtt import Endpoint, Link
from monitor.report.sources import ReportSources
from monitor.service import Loop
from monitor.tiles import Tiles
from monitor.wall import HealthReport, Services, create_app
from monitor.wall.door.entrance import Entrance
from monitor.wall.keeper import WallKeeper

log = logging.getLogger(__name__)

DAY_S = 86_400.0


class Hub:
    """The hub of a region."""

    def __init__(self, hub: HubFile, clock: Clock) -> None:
        """Nothing is opened or started yet."""
        self._hub, self._clock = hub, clock
        self._running = ExitStack()
        self._storage = Path(hub.storage.path)
        self.history = History(self._storage)
        self._farms = FarmsFile(self._storage)
        self.showing = Showing(hub, clock, self._farms.save)
        self.link = Link(Endpoint.of(hub.mqtt), f"{hub.mqtt.client_id}-hub", keep_session=False)
        self.tiles = Tiles(self.showing.board, self.showing.config, clock)
        self.collector = Collector(hub, self.link, self.history, self.showing, self.tiles, clock)
        self._entrance = Entrance(empty(hub), clock)

    def start(self) -> None:
        """Start everything. Whatever raises, what was started before is stopped again.

        Raises StorageDamaged, StorageInUse or ConfigError when there is no sense in going on.
        """
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop everything that runs, in reverse order. Idempotent."""
        self._running.close()

    @property
    def loops(self) -> Iterator[Loop]:
        """Those without which nothing of the region is shown."""
        yield from (self.collector.turns, self.history.turns, self.link)

    @property
    def url(self) -> str | None:
        """Where the wall is; None while its port is taken."""
        return self._keeper.url

    def _start(self) -> None:
        self.history.start(forget_before=self._clock.now() - self._hub.storage.keep_days * DAY_S)
        self._running.callback(self.history.stop)
        try:
            self.showing.remember(self.history.reader.told_open())
        except StorageError as exc:
            log.warning("what was open when the hub ended is not known: %s", exc)
        self.collector.remember(self._farms.load())
        self._launch(self.collector.start, self.collector.stop)
        self._launch(self.link.start, self.link.stop)
        self._launch(self._entrance.start, self._entrance.stop)
        self._keeper = WallKeeper(create_app(self._services()), self._hub.wall, self._clock)
        self._launch(self._keeper.start, self._keeper.stop)
        self._entrance.invite(self._keeper.port)

    def _launch(self, start: Callable[[], object], stop: Callable[[], object]) -> None:
        self._running.callback(stop)
        start()

    def _services(self) -> Services:
        return Services(
            self.showing.board,
            self.history.reader,
            self.showing.config,
            self._clock,
            self.collector.acting.act,
            self.health,
            past=ReportSources(self.history.reader, ArchiveReader(self._storage)),
            gatekeeper=self._entrance.gatekeeper,
            access=self._entrance.access,
            tiles=self.tiles,
            region=self.collector,
        )

    def health(self) -> HealthReport:
        """Return how the hub itself is."""
        return HealthReport(
            broker_connected=self.link.connected,
            storage_problem=self.history.problem or self._entrance.problem,
            ignored_messages=self.collector.ignored,
        )
