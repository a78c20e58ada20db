"""Announcing to Home Assistant and taking back, on a real broker."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from monitor.board import Board
from monitor.clock import ManualClock
from monitor.config.home_assistant import HomeAssistant
from monitor.config.live import LiveConfig
from monitor.config.model import Config
from monitor.homeassistant import HomeAssistantPublisher
from monitor.homeassistant.publisher import PRINTERS_A_TICK, SETTLE_S
from monitor.judge import Judgement, Phase
from monitor.mqtt import Endpoint, Link, Message
from monitor.records import Frame, Health, Observation
from monitor.tiles import Tiles
from tests.brokers import Mosquitto
from tests.farms import a_farm, a_printer
from tests.mqtt.support import Heard, deliver, listening, running
from tests.support import wait_until

P01, P02 = "homeassistant/device/vigie/p01/config", "homeassistant/device/vigie/p02/config"
BIRTH = "homeassistant/status"


class Home:
    """A publisher whose clock stands still, and that works when it is told to."""

    def __init__(self, publisher: HomeAssistantPublisher, board: Board, clock: ManualClock) -> None:
        self._publisher, self.board, self.clock = publisher, board, clock

    def follows(self, farm: Config) -> None:
        """Let another farm be announced."""
        self._publisher.follow(farm)

    def after(self, seconds: float) -> None:
        """Let time pass, and have it work."""
        self.clock.advance(seconds)
        self._publisher.tick()

    @property
    def waiting(self) -> int:
        """How many printers it has still to announce."""
        return self._publisher.waiting

    def says(self, heard: Heard, count: int) -> bool:
        """Have it work until so many messages were heard; tell whether they came."""
        return wait_until(lambda: self._works() and len(heard.messages) >= count, every_s=0.05)

    def until(self, condition: Callable[[], bool]) -> bool:
        """Have it work, and time pass, until something is so; tell whether it came true."""
        return wait_until(lambda: self._works(0.2) and condition(), every_s=0.05)

    def _works(self, seconds: float = 0.0) -> bool:
        self.after(seconds)
        return True


@contextmanager
def at_home(endpoint: Endpoint, farm: Config, section: HomeAssistant | None = None) -> Iterator[Home]:
    """Run a publisher, connected and past its first announcement; a birth is answered after two seconds."""
    clock = ManualClock(1000.0)
    board = Board(farm, 0.5, clock.now())
    publisher = HomeAssistantPublisher(
        farm, section or HomeAssistant(), endpoint, Tiles(board, LiveConfig(farm), clock), clock, lambda: 2.0
    )
    publisher.start()
    try:
        assert publisher.wait_connected(10)
        home = Home(publisher, board, clock)
        home.after(SETTLE_S)
        yield home
    finally:
        publisher.stop()


def test_every_printer_is_announced_and_kept_by_the_broker(mosquitto_broker: Mosquitto) -> None:
    """Who subscribes later finds it: retained, QoS 1."""
    with at_home(mosquitto_broker.endpoint, a_farm(a_printer("p01"), a_printer("p02"))) as home:
        with listening(mosquitto_broker.endpoint, "homeassistant/#") as heard:
            assert home.says(heard, 2)
        with listening(mosquitto_broker.endpoint, "homeassistant/#") as later:
            assert later.wait(2)
            assert [(P01, True, 1), (P02, True, 1)] == sorted((m.topic, m.retain, m.qos) for m in later.messages)


def test_printers_that_come_and_go_are_announced_and_taken_back(mosquitto_broker: Mosquitto) -> None:
    """While it runs; one that stays as it is is not announced again, one that is called otherwise is."""
    with at_home(mosquitto_broker.endpoint, a_farm(a_printer("p01"), a_printer("p03"))) as home:
        with listening(mosquitto_broker.endpoint, "homeassistant/#") as heard:
            assert home.says(heard, 2)
            home.follows(a_farm(a_printer("p03"), a_printer("p02")))
            home.after(SETTLE_S)
            assert home.says(heard, 4)
            assert {P01: b"", P02: True} == {
                message.topic: bool(message.payload) or b"" for message in heard.messages[2:]
            }
        with listening(mosquitto_broker.endpoint, P01, P02, client_id="later") as later:
            assert later.wait(1)
            assert [P02] == [message.topic for message in later.messages]


def test_a_birth_of_home_assistant_is_answered_after_a_while(mosquitto_broker: Mosquitto) -> None:
    """All at random moments, not all at once; a retained birth is an old one, and a goodbye is none."""
    endpoint = mosquitto_broker.endpoint
    with running(Link(endpoint, "home-assistant")) as other, listening(endpoint, P01) as heard:
        deliver(other, BIRTH, b"online", retain=True)
        with at_home(endpoint, a_farm()) as home:
            assert home.says(heard, 1)
            home.after(60)
            deliver(other, BIRTH, b"offline")
            deliver(other, BIRTH, b"online")
            assert wait_until(lambda: home.waiting > 0)
            home.after(1)
            assert 1 == len(heard.messages)
            home.after(1)
            assert home.says(heard, 2)


def test_a_printer_that_left_the_file_is_taken_back(mosquitto_broker: Mosquitto) -> None:
    """Of whatever site; what others announce, and what is there still, stays. Then all is announced again."""
    endpoint = mosquitto_broker.endpoint
    gone = {P02, "homeassistant/sensor/vigie/p03_score/config"}
    others = {"homeassistant/device/zigbee/p02/config", "homeassistant/device/p02/config"}
    with running(Link(endpoint, "old")) as old:
        for topic in (P01, *gone, *others):
            deliver(old, topic, b"{}", retain=True)
    with listening(endpoint, "homeassistant/#") as heard, at_home(endpoint, a_farm()) as home:
        assert home.until(lambda: gone == cleared(heard) and heard.messages[-1].topic == P01)
    with listening(endpoint, "homeassistant/#") as later:
        assert later.wait(3)
        assert {P01, *others} == {m.topic for m in later.messages}


def test_another_form_replaces_the_old_one(mosquitto_broker: Mosquitto) -> None:
    """All entities come after the device has gone: Home Assistant refuses ids that it knows under another topic."""
    endpoint = mosquitto_broker.endpoint
    with listening(endpoint, P01) as first, at_home(endpoint, a_farm()) as home:
        assert home.says(first, 1)
    single = HomeAssistant(discovery="component")
    with listening(endpoint, "homeassistant/#") as heard, at_home(endpoint, a_farm(), single) as home:
        assert home.until(lambda: {P01} == cleared(heard) and 8 <= len(after_clearing(heard, P01)))
    assert all(m.payload for m in after_clearing(heard, P01))


def cleared(heard: Heard) -> set[str]:
    """Return the topics that were cleared."""
    return {m.topic for m in heard.messages if not m.payload}


def after_clearing(heard: Heard, topic: str) -> list[Message]:
    """Return what came after a topic was cleared."""
    numbers = [number for number, m in enumerate(heard.messages) if m.topic == topic and not m.payload]
    return heard.messages[numbers[-1] + 1 :] if numbers else []


def test_all_is_taken_back_when_it_is_ended(mosquitto_broker: Mosquitto) -> None:
    """discovery: none clears what earlier runs announced."""
    endpoint = mosquitto_broker.endpoint
    with listening(endpoint, P01) as first, at_home(endpoint, a_farm()) as home:
        assert home.says(first, 1)
    ended = HomeAssistant(discovery="none")
    with listening(endpoint, "homeassistant/#") as heard, at_home(endpoint, a_farm(), ended) as home:
        assert home.says(heard, 2)
        assert b"" == heard.messages[-1].payload
    with listening(endpoint, "homeassistant/#", "done") as later, running(Link(endpoint, "x")) as other:
        deliver(other, "done", b"")
        assert later.wait(1)
        assert ["done"] == [m.topic for m in later.messages]


def test_a_broker_that_forgot_is_told_again(mosquitto_broker: Mosquitto) -> None:
    """After every connect everything is announced."""
    endpoint = mosquitto_broker.endpoint
    with listening(endpoint, P01) as first, at_home(endpoint, a_farm()) as home:
        assert home.says(first, 1)
        mosquitto_broker.kill()
        mosquitto_broker.forget()
        mosquitto_broker.start()
        assert wait_until(lambda: home.waiting > 0, 30)
        home.after(SETTLE_S)
        assert first.wait(2, 30)


def test_a_large_farm_is_announced_piece_by_piece(mosquitto_broker: Mosquitto) -> None:
    """Each tick only some, so that a broker with little memory and everybody else's messages live on."""
    farm = a_farm(*(a_printer(f"p{n:02}") for n in range(PRINTERS_A_TICK + 1)))
    with (
        listening(mosquitto_broker.endpoint, "homeassistant/#") as heard,
        at_home(mosquitto_broker.endpoint, farm) as home,
    ):
        assert heard.wait(PRINTERS_A_TICK)
        assert PRINTERS_A_TICK == len(heard.messages)
        home.after(0)
        assert heard.wait(PRINTERS_A_TICK + 1)


def test_pictures_are_sent_now_and_then_and_only_new_ones(mosquitto_broker: Mosquitto) -> None:
    """The wall's tile, QoS 0, not retained; one that was sent is not sent again."""
    section = HomeAssistant(pictures_every_s=10)
    with (
        listening(mosquitto_broker.endpoint, "vigie/s/p01/picture") as heard,
        at_home(mosquitto_broker.endpoint, a_farm(), section) as home,
    ):
        show(home, 1, b"\xff\xd8 one")
        assert home.says(heard, 1)
        show(home, 2, b"\xff\xd8 two")
        home.after(9)
        home.after(1)
        assert home.says(heard, 2)
        home.after(10)
        show(home, 3, b"\xff\xd8 three")
        assert home.says(heard, 3)
        assert [b"\xff\xd8 one", b"\xff\xd8 two", b"\xff\xd8 three"] == [m.payload for m in heard.messages]
        assert {(0, False)} == {(m.qos, m.retain) for m in heard.messages}


def show(home: Home, number: int, jpeg: bytes) -> None:
    """Have the board hold another tile."""
    now = home.clock.now()
    seen, judged = Observation("p01", now, Health.OK, 0.1), Judgement(Phase.WATCHING, now, 0.0, 0.1, Health.OK)
    home.board.inspected(seen, judged, Frame("p01", jpeg, now, number, 1), jpeg)
