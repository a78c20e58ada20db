"""The composition root: builds every room, starts them in order, stops them in reverse. Nothing is decided here."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.agent import Agent, journal_path
from monitor.announcer import TELL_EVERY_S, Announcer, load_teller
from monitor.archive import Archive
from monitor.belonging import STEP_S
from monitor.board import Board
from monitor.broker import endpoint_of
from monitor.capture.readers import Readers
from monitor.capture.slot import LatestFrame
from monitor.certificates import Certificates
from monitor.clock import Clock
from monitor.config.edit import FarmEditor
from monitor.config.live import LiveConfig
from monitor.config.model import Config
from monitor.connecting import Connecting
from monitor.figures import FiguresDesk
from monitor.following import Following, Rooms, here
from monitor.guarding import guard_of
from monitor.history import History, TallyKeeper
from monitor.homeassistant import TICK_S, HomeAssistantPublisher
from monitor.inbound import Inbound
from monitor.incidents import Incidents
from monitor.incidents.pictures import StoredPictures
from monitor.inspectors import Inspectors, load_inspectors
from monitor.joining import join
from monitor.learning import views
from monitor.live import LOOK_EVERY_S, FarmFile, FarmKeeper
from monitor.malloc import TRIM_EVERY_S, trim
from monitor.mqtt import Endpoint
from monitor.owning import Alone, Owning
from monitor.peering import Tells, peer_of
from monitor.people import Office
from monitor.periodic import Periodic
from monitor.pipeline.loop import Pipeline
from monitor.pipeline.rates import asking
from monitor.pipeline.watch import Watch
from monitor.proving import Proving
from monitor.publisher import Publisher, site_link
from monitor.records import Answer, PersonCommand
from monitor.report.sources import ReportSources
from monitor.service import Loop
from monitor.sim.farm import SimulatedFarm, is_simulated
from monitor.site_links import SiteLinks
from monitor.sweeper import Sweeper
from monitor.switchboard import Switchboard
from monitor.tiles import Tiles
from monitor.tryout.trials import Trials
from monitor.wall import HealthReport, Services, create_app
from monitor.wall.door.entrance import Entrance
from monitor.wall.keeper import WallKeeper

if TYPE_CHECKING:
    from monitor.sharing.life import Life  # loaded only where printers are shared

DAY_S = 86_400.0


class App:
    """The whole monitor for one configuration."""

    def __init__(
        self,
        config: Config,
        clock: Clock,
        inspectors: Callable[[Config], Inspectors] = load_inspectors,
        file: Path | None = None,
        cluster: Callable[[Config, Clock], "Life | None"] = join,
    ) -> None:
        """Nothing is opened or started yet. ``inspectors`` loads what looks at the pictures.

        ``file``: the cameras.yaml of which ``config`` was read, whose changes are followed; None: nothing changes.
        ``cluster`` gives the life among other monitors, if any. Raises ClusterError when that cannot be had.
        """
        self._load_inspectors = inspectors
        self._config = config
        self.config = LiveConfig(config)
        self._clock, self._file = clock, file
        self._life = cluster(config, clock)
        self._owning: Owning = self._life.sharing if self._life else Alone()
        self._switchboard = Switchboard(self.config, clock, self._owning)
        self._certificates = Certificates.beside(Path(config.storage.path))
        self._running = ExitStack()
        self._entrance = Entrance(config, clock)
        self._begins_with = () if self._owning.is_shared else config.printers  # shared ones come as they are given
        self._slots = {printer.id: LatestFrame() for printer in self._begins_with}
        self._site_of = {printer.id: printer.site for printer in config.printers}
        self.farm_file: FarmFile | None = None
        self._keeper: FarmKeeper | None = None
        self._watching: Periodic | None = None  # of that file
        self._agent: Agent | None = None  # only when a site is served from here
        self._peer: Tells | None = None  # only when others are told
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
        if self._watching is not None:
            self._watching.stop()  # first of all: nothing must come up while everything goes down
        self._running.close()

    @property
    def loops(self) -> Iterator[Loop]:
        """Those without which nobody is watched, paused or told; after :meth:`start`."""
        yield from (self.pipeline.turns, self.pipeline.under_way, self._inbound.turns, self.history.turns)
        yield from (*self._sites.links.values(), *self._people.loops)
        yield from (*(self._agent.loops if self._agent else ()), *(self._life.loops if self._life else ()))

    def _start(self) -> None:
        config, clock = self._config, self._clock
        self.history = History(Path(config.storage.path))
        self.history.start(forget_before=clock.now() - config.storage.keep_days * DAY_S)
        self._running.callback(self.history.stop)
        tally = TallyKeeper(self.history.reader)
        self.archive = Archive(config.storage, clock)
        self._launch(self.archive.start, self.archive.stop)
        endpoint = self._at = endpoint_of(config.mqtt, self._life.node if self._life else "", self._running)
        inspectors = self._load_inspectors(config)
        self._running.callback(inspectors.stop)
        self.board = self._switchboard.board = Board(config, inspectors.threshold, clock.now(), inspectors.calibration)
        self._tiles = Tiles(self.board, self.config, clock)
        self._build_messaging(endpoint, inspectors)
        health = self.health = partial(self._health, inspectors)
        calls = self._switchboard
        self._people = calls.people = Office(
            config, self.history, self.board, health, calls.told, calls.wished, clock, self._owning
        )
        self._simulation(config)
        self._build_inspection(inspectors)
        proving = Proving(self.board, inspectors.last_looks.motions, clock, inspectors.last_looks.handlings)
        calls.of_camera = proving.answer
        self._start_messaging()  # retained reports arrive at once: there must be a pipeline to hear them
        self._start_inspection()
        self._launch(self._people.start, self._people.stop)
        self._agent_here(config)
        announcer = Announcer(self.board, self._publisher.state, clock, self._owning)
        self._repeat("announcer", announcer.tell, TELL_EVERY_S)
        self._repeat("load", load_teller(self.pipeline, self._sites, self._publisher, self._owning.node), TELL_EVERY_S)
        self._repeat("proving", proving.tick, STEP_S)
        home = self._start_home_assistant(endpoint)
        self._repeat("heap-trimmer", trim, TRIM_EVERY_S)
        rooms = self._rooms(inspectors, announcer, home)
        self._start_following(rooms)
        self._start_peer(endpoint, health)
        self._start_wall(inspectors, tally)
        if self._life is not None:
            self._launch(partial(self._life.start, rooms, self.history, self._tiles, endpoint), self._life.stop)

    def _launch(self, start: Callable[[], object], stop: Callable[[], object]) -> None:
        self._running.callback(stop)
        start()

    def _repeat(self, name: str, call: Callable[[], object], every_s: float) -> None:
        periodic = Periodic(name, call, every_s, self._clock)
        self._launch(periodic.start, periodic.stop)

    def _build_messaging(self, endpoint: Endpoint, inspectors: Inspectors) -> None:
        config, mqtt, calls = self._config, self._config.messaging, self._switchboard
        link = partial(site_link, endpoint, mqtt.client_id, mqtt.base)
        self._sites = SiteLinks(link, [site.id for site in config.sites])
        self._publisher = Publisher(self._sites.links, mqtt.base, self._clock, calls.sent, self._owning.may_speak)
        self.incidents = calls.incidents = Incidents(
            self.history,
            self._publisher,
            self._site_of,
            self._clock,
            mqtt.pause_timeout_s,
            calls.incident_changed,
            calls.standing_changed,
            pictures=StoredPictures(self.archive, self.board),
            view_of=views(self.config),
            on_learned=inspectors.learned.put,
            owning=self._owning,
        )
        self.config.on_change(lambda _: self.incidents.relearn())  # a camera may look at something else now
        self._inbound = calls.inbound = Inbound(
            self._sites.links,
            mqtt.base,
            self._site_of,
            calls.progressed,
            calls.answered,
            calls.heard,
            calls.wished,
            self._clock,
        )
        if self._life is not None:
            self._life.listen(self._sites.links, mqtt.base, self._publisher)
        else:
            Sweeper(mqtt.base, self._site_of, self._sites.links)

    def _start_messaging(self) -> None:
        self.incidents.start()
        self._launch(self._inbound.start, self._inbound.stop)
        self._launch(self._sites.start, self._sites.stop)

    def _simulation(self, config: Config) -> SimulatedFarm | None:
        """Return the simulated farm, which begins when the first of its printers comes."""
        if self.farm is None and any(map(is_simulated, config.printers)):
            self.farm = SimulatedFarm(self._config, self._at, self._clock)
            self._launch(self.farm.start, self.farm.stop)
        return self.farm

    def _build_inspection(self, inspectors: Inspectors) -> None:
        config, clock = self._config, self._clock
        connecting = Connecting(
            self.config, self._slots, clock, self._certificates, self._switchboard.camera_changed, lambda: self.farm
        )
        self._readers = Readers(connecting.reader, self._slots)
        watches = [Watch(one, inspectors.threshold, clock.now(), inspectors.healthy) for one in self._begins_with]
        self.pipeline = self._switchboard.pipeline = Pipeline(
            watches,
            self._slots,
            inspectors.workers,
            inspectors.batch,
            self.board,
            self.incidents,
            inspectors.model_sha256,
            clock,
            guard_of(config, self.history.reader, inspectors.model_sha256, clock.now()),
            self.archive.recorder,
            inspectors.last_looks,
            self._tiles.is_looked_at,
            asking(self._readers, self.config),
        )

    def _start_inspection(self) -> None:
        self._launch(self.pipeline.start, self.pipeline.stop)
        self._launch(self._readers.start, self._readers.stop)

    def _agent_here(self, config: Config) -> Agent | None:
        """Return the agent, which begins when the first site is served from here."""
        if self._agent is None and here(config):
            client_id = f"{self._config.messaging.client_id}-agent"
            self._agent = Agent(config, self._at, self._clock, client_id, here(config), journal_path(self._config))
            self._launch(self._agent.start, self._agent.stop)
        return self._agent

    def _start_home_assistant(self, endpoint: Endpoint) -> HomeAssistantPublisher | None:
        if self._config.home_assistant is None:
            return None
        home = HomeAssistantPublisher(self._config, self._config.home_assistant, endpoint, self._tiles, self._clock)
        self._launch(home.start, home.stop)
        self._repeat("home-assistant", home.tick, TICK_S)
        return home

    def _rooms(self, inspectors: Inspectors, announcer: Announcer, home: HomeAssistantPublisher | None) -> Rooms:
        return Rooms(
            config=self.config,
            clock=self._clock,
            inspectors=inspectors,
            board=self.board,
            pipeline=self.pipeline,
            slots=self._slots,
            readers=self._readers,
            incidents=self.incidents,
            stand=self._switchboard.standing_changed,
            site_of=self._site_of,
            sites=self._sites,
            publisher=self._publisher,
            inbound=self._inbound,
            announcer=announcer,
            people=self._people,
            home=home,
            agent=self._agent_here,
            simulation=self._simulation,
            owning=self._owning,
        )

    def _start_following(self, rooms: Rooms) -> None:
        if self._file is None:
            return
        apply = Following(rooms).apply if self._life is None else self._life.following(Following(rooms).apply)
        self.farm_file = FarmFile(self._file, os.environ, self.config, apply, self._clock)
        self._keeper = FarmKeeper(FarmEditor(self._file, os.environ), self.farm_file)
        self._watching = Periodic("farm-file", self.farm_file.look, LOOK_EVERY_S, self._clock)
        self._watching.start()

    def _start_peer(self, endpoint: Endpoint, health: Callable[[], HealthReport]) -> None:
        self._peer = peer_of(
            self.config, endpoint, self.board, self.history, self._tiles, self.act, health, self._clock, self._owning
        )
        if self._peer is not None:
            self._launch(self._peer.start, self._peer.stop)

    def _start_wall(self, inspectors: Inspectors, tally: TallyKeeper) -> None:
        self._launch(self._entrance.start, self._entrance.stop)
        services = Services(
            self.board,
            self.history.reader,
            self.config,
            self._clock,
            self.act,
            partial(self._health, inspectors),
            archive=self.archive.reader,
            past=ReportSources(self.history.reader, self.archive.reader),
            gatekeeper=self._entrance.gatekeeper,
            access=self._entrance.access,
            keeper=self._keeper,
            trials=Trials(self.config, self._at, self._clock, self._certificates),
            learning=self.incidents,
            figures=FiguresDesk(self.pipeline, self._readers, self._slots, tally, inspectors).figures,
            tiles=self._tiles,
        )
        keeper = WallKeeper(create_app(services), self._config.wall, self._clock)
        self._launch(keeper.start, keeper.stop)
        self._entrance.invite(keeper.port)

    def act(self, command: PersonCommand) -> Answer:
        """Do what a person asked for, at the wall or over MQTT; return how it was taken."""
        return self._switchboard.act(command)

    def _health(self, inspectors: Inspectors) -> HealthReport:
        return HealthReport(
            broker_connected=self._sites.connected,
            storage_problem=self.history.problem
            or (self._agent.problem if self._agent else "")
            or self._entrance.problem,
            detector_problem=inspectors.problem,
            pool=inspectors.pool,
            people_problem=self._people.problem,
            archive_problem=self.archive.problem,
            file_problem=self.farm_file.problem if self.farm_file else "",
            cluster_problem=self._life.problem if self._life else "",
            is_cut_off=self._life.is_cut_off if self._life else False,
            needs_restart=self.farm_file.needs_restart if self.farm_file else (),
            load=self.pipeline.load,
            telling=self._peer.telling if self._peer else None,
            ignored_messages=sum(
                (one.ignored for one in (self._inbound, self._agent, self._peer, self._life) if one is not None),
                Counter[str](),
            ),
        )
