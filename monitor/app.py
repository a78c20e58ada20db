"""The composition root: builds every room, starts them in order, stops them in reverse. Nothing is decided here."""

import logging
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from monitor.agent import Agent, journal_path
from monitor.announcer import TELL_EVERY_S, Announcer
from monitor.archive import Archive
from monitor.board import Board
from monitor.broker import EmbeddedBroker
from monitor.capture.open import open_source
from monitor.capture.reader import CameraReader
from monitor.capture.slot import LatestFrame
from monitor.certificates import Certificates
from monitor.clock import Clock
from monitor.config.live import LiveConfig
from monitor.config.model import Camera, Config, MjpegCamera, Printer, SimulatedCamera, SimulatedControl
from monitor.errors import StorageError
from monitor.fleet import FleetGuard, groups_of, settings_of
from monitor.history import History, Outgoing
from monitor.homeassistant import TICK_S, HomeAssistantPublisher
from monitor.inbound import Inbound
from monitor.incidents import Incidents
from monitor.inspectors import Inspectors, load_inspectors
from monitor.malloc import TRIM_EVERY_S, trim
from monitor.mqtt import Delivery, Endpoint, Link
from monitor.people import Office
from monitor.periodic import Periodic
from monitor.pipeline.loop import Pipeline
from monitor.pipeline.watch import Watch
from monitor.publisher import Publisher, site_link
from monitor.records import (
    CameraState,
    CameraStatus,
    EventKind,
    Incident,
    PersonCommand,
    PrinterReport,
    Standing,
    StartNews,
)
from monitor.sim.farm import SimulatedFarm
from monitor.wall import HealthReport, Services, create_app
from monitor.wall.keeper import WallKeeper

log = logging.getLogger(__name__)

DAY_S = 86_400.0


class App:
    """The whole monitor for one configuration."""

    def __init__(
        self, config: Config, clock: Clock, inspectors: Callable[[Config], Inspectors] = load_inspectors
    ) -> None:
        """Nothing is opened or started yet. ``inspectors`` loads what looks at the pictures."""
        self._load_inspectors = inspectors
        self._config = config
        self.config = LiveConfig(config)
        self._clock = clock
        self._certificates = Certificates.beside(Path(config.storage.path))
        self._running = ExitStack()
        self._camera_urls: Callable[[str], str] = _no_simulation
        self._links: Mapping[str, Link] = {}
        self._agent: Agent | None = None  # only when a site is served from here
        self.farm: SimulatedFarm | None = None  # only when something is simulated

    def start(self) -> None:
        """Start everything. Whatever raises, what was started before is stopped again.

        Raises StorageDamaged, StorageInUse, BrokerError or ConfigError when there is no sense in going on.
        """
        try:
            self._start()
        except BaseException:
            self.stop()
            raise

    def stop(self) -> None:
        """Stop everything that runs, in reverse order. Idempotent."""
        self._running.close()

    def _start(self) -> None:
        config, clock = self._config, self._clock
        self.history = History(Path(config.storage.path))
        self.history.start(forget_before=clock.now() - config.storage.keep_days * DAY_S)
        self._running.callback(self.history.stop)
        self.archive = Archive(config.storage, clock)
        self._launch(self.archive.start, self.archive.stop)
        endpoint = self._endpoint()
        inspectors = self._load_inspectors(config)
        self.board = Board(config, inspectors.threshold, clock.now(), inspectors.calibration)
        self._build_messaging(endpoint)
        health = partial(self._health, inspectors)
        self._people = Office(config, self.history, self.board, health, self._told, self.act, clock)
        self._start_simulation(endpoint)
        readers = self._build_inspection(inspectors)
        self._start_messaging()  # retained reports arrive at once: there must be a pipeline to hear them
        self._start_inspection(readers)
        self._launch(self._people.start, self._people.stop)
        self._start_agent(endpoint)
        announcer = Announcer(self.board, self._publisher.state, clock)
        self._repeat("announcer", announcer.tell, TELL_EVERY_S)
        self._start_home_assistant(endpoint)
        self._repeat("heap-trimmer", trim, TRIM_EVERY_S)
        self._start_wall(inspectors)

    def _launch(self, start: Callable[[], object], stop: Callable[[], object]) -> None:
        self._running.callback(stop)
        start()

    def _repeat(self, name: str, call: Callable[[], object], every_s: float) -> None:
        periodic = Periodic(name, call, every_s, self._clock)
        self._launch(periodic.start, periodic.stop)

    def _endpoint(self) -> Endpoint:
        if self._config.mqtt is not None:
            return Endpoint.of(self._config.mqtt)
        broker = EmbeddedBroker()
        self._running.callback(broker.stop)
        return broker.start()

    def _build_messaging(self, endpoint: Endpoint) -> None:
        config, mqtt = self._config, self._config.messaging
        sites = {printer.id: printer.site for printer in config.printers}
        self._links = {site.id: site_link(endpoint, mqtt.client_id, mqtt.base, site.id) for site in config.sites}
        self._publisher = Publisher(self._links, mqtt.base, self._clock, self._sent)
        self.incidents = Incidents(
            self.history,
            self._publisher,
            sites,
            self._clock,
            mqtt.pause_timeout_s,
            self._incident_changed,
            self._standing_changed,
        )
        self._inbound = Inbound(
            self._links,
            mqtt.base,
            sites,
            self.incidents.pause_progress,
            self.incidents.pause_result,
            self._heard,
            self.act,
            self._clock,
        )

    def _start_messaging(self) -> None:
        self.incidents.start()
        self._launch(self._inbound.start, self._inbound.stop)
        for link in self._links.values():
            self._launch(link.start, link.stop)

    def _start_simulation(self, endpoint: Endpoint) -> None:
        if any(
            isinstance(p.camera, SimulatedCamera) or isinstance(p.control, SimulatedControl)
            for p in self._config.printers
        ):
            self.farm = SimulatedFarm(self._config, endpoint, self._clock)
            self._launch(self.farm.start, self.farm.stop)
            self._camera_urls = self.farm.camera_url

    def _build_inspection(self, inspectors: Inspectors) -> list[CameraReader]:
        config, clock = self._config, self._clock
        slots = {printer.id: LatestFrame() for printer in config.printers}
        readers = [self._reader(printer, slots[printer.id]) for printer in config.printers]
        watches = [Watch(printer, inspectors.threshold, clock.now(), inspectors.healthy) for printer in config.printers]
        self.pipeline = Pipeline(
            watches,
            slots,
            inspectors.workers,
            config.detector.batch,
            self.board,
            self.incidents,
            inspectors.model_sha256,
            clock,
            self._guard(inspectors.model_sha256),
            self.archive.recorder,
        )
        return readers

    def _guard(self, model_sha256: str) -> FleetGuard:
        groups = groups_of(self._config) if self._config.fleet.guard else ()
        news = StartNews.ANOTHER_DETECTOR if self._is_another_detector(model_sha256) else StartNews.STARTED
        return FleetGuard(groups, settings_of(self._config.fleet), self._clock.now(), news)

    def _is_another_detector(self, model_sha256: str) -> bool:
        try:
            last = self.history.reader.incidents(limit=1)
        except StorageError:  # told elsewhere, and no reason not to start
            return False
        return bool(last) and last[0].model_sha256 != model_sha256

    def _start_inspection(self, readers: Sequence[CameraReader]) -> None:
        self._launch(self.pipeline.start, self.pipeline.stop)
        for reader in readers:
            self._launch(reader.start, reader.stop)
        for reader in readers:
            self._running.callback(reader.request_stop)  # all are told before the first is waited for

    def _reader(self, printer: Printer, slot: LatestFrame) -> CameraReader:
        camera = _resolved(printer, self._camera_urls)
        connect = partial(open_source, camera, self._clock, self._certificates)
        return CameraReader(printer.id, connect, slot, self._clock, self._camera_changed)

    def _start_agent(self, endpoint: Endpoint) -> None:
        here = {site.id for site in self._config.sites if site.agent == "here"}
        if here:
            client_id = f"{self._config.messaging.client_id}-agent"
            journal = journal_path(self._config)
            self._agent = Agent(self._config, endpoint, self._clock, client_id, here, journal)
            self._launch(self._agent.start, self._agent.stop)

    def _start_home_assistant(self, endpoint: Endpoint) -> None:
        if self._config.home_assistant is not None:
            home = HomeAssistantPublisher(self._config, self._config.home_assistant, endpoint, self.board, self._clock)
            self._launch(home.start, home.stop)
            self._repeat("home-assistant", home.tick, TICK_S)

    def _start_wall(self, inspectors: Inspectors) -> None:
        health = partial(self._health, inspectors)
        services = Services(
            self.board,
            self.history.reader,
            self.config,
            self._clock,
            self.act,
            health,
            archive=self.archive.reader,
        )
        keeper = WallKeeper(create_app(services), self._config.wall.host, self._config.wall.port, self._clock)
        self._launch(keeper.start, keeper.stop)

    def act(self, command: PersonCommand) -> None:
        """Do what a person asked for, at the wall or over MQTT."""
        self.incidents.person(command)

    def _heard(self, report: PrinterReport) -> None:
        self.pipeline.hear(report)
        self.incidents.reported(report)

    def _sent(self, message: Outgoing, delivery: Delivery) -> None:
        self._inbound.later(lambda: self.incidents.delivered(message, delivery))

    def _incident_changed(self, incident: Incident) -> None:
        self.board.incident(incident, self._clock.now())
        self._people.incident_changed(incident)

    def _told(self, printer: str, kind: EventKind, detail: str) -> None:
        self.incidents.happened(self._config.printer(printer), kind, self._clock.now(), detail)

    def _standing_changed(self, standing: Standing) -> None:
        self.board.stand(standing, self._clock.now())
        self.pipeline.stand(standing)

    def _camera_changed(self, status: CameraStatus) -> None:
        if status.state is not CameraState.CONNECTING:
            self.board.camera(status.printer, status.error, self._clock.now())
            self.pipeline.camera(status)

    def _health(self, inspectors: Inspectors) -> HealthReport:
        return HealthReport(
            broker_connected=all(link.connected for link in self._links.values()),
            storage_problem=self.history.problem or (self._agent.problem if self._agent else ""),
            detector_problem=inspectors.problem,
            people_problem=self._people.problem,
            archive_problem=self.archive.problem,
            ignored_messages=self._inbound.ignored + (self._agent.ignored if self._agent else Counter()),
        )


def _resolved(printer: Printer, simulated_url: Callable[[str], str]) -> Camera:
    if isinstance(printer.camera, SimulatedCamera):
        return MjpegCamera(type="mjpeg", url=simulated_url(printer.id))
    return printer.camera


def _no_simulation(printer: str) -> str:
    raise KeyError(printer)
