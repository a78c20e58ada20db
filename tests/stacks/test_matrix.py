"""People are told in a real Matrix room, and answer there."""

import queue
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from monitor import messenger
from monitor.clock import SystemClock
from monitor.config.model import Config, Contact, MatrixRoom
from monitor.errors import NotTold
from monitor.history import History
from monitor.people.matrix.listener import MatrixListener
from monitor.people.matrix.sender import MatrixSender
from monitor.people.people import People
from monitor.records import EventKind, PersonCommandKind
from monitor.wall import HealthReport
from tests.brokers import Mosquitto
from tests.people.farm import a_config, an_incident
from tests.people.simulated_gateway import SimulatedGateway
from tests.stacks import install
from tests.stacks.desks import PauseTimes
from tests.stacks.processes import running
from tests.stacks.synapse import PASSWORD, MatrixPerson, Room, SynapseServer
from tests.support import wait_until
from tests.system.running import FAILING_PRINT, RunningVigie, farm, running_vigie, simulated

pytestmark = [pytest.mark.stacks, pytest.mark.timeout(400)]

TOLD_S = 90.0


@pytest.fixture(scope="module")
def synapse(tmp_path_factory: pytest.TempPathFactory) -> Iterator[SynapseServer]:
    """Yield a homeserver with the users vigie and operator."""
    with homeserver(tmp_path_factory.mktemp("matrix") / "synapse") as server:
        yield server


@contextmanager
def homeserver(folder: Path) -> Iterator[SynapseServer]:
    """Run a homeserver with the users vigie and operator, or skip."""
    try:
        installed = install.synapse()
    except install.InstallError as exc:
        pytest.skip(f"Synapse cannot be installed here: {exc}")
    server = SynapseServer(installed, folder)
    with running(server):
        for user in ("vigie", "operator"):
            server.register(user)
        yield server


@pytest.fixture(scope="module")
def operator(synapse: SynapseServer) -> MatrixPerson:
    """Return somebody in the print room."""
    return MatrixPerson(synapse, "operator")


def contact(synapse: SynapseServer, room: Room, **login: str) -> dict[str, Any]:
    """Return what cameras.yaml says of a room."""
    login = login or {"username": "vigie", "password": PASSWORD}
    return {"id": "room", "language": "fr", "matrix": {"homeserver": synapse.url, "room": room.alias, **login}}


def a_farm_that_nobody_pauses(broker: Mosquitto, *people: dict[str, Any]) -> dict[str, Any]:
    """Return a printer that will fail, with an agent elsewhere that does not run."""
    config = farm(
        [simulated("p01", FAILING_PRINT)],
        mqtt={"host": "127.0.0.1", "port": broker.endpoint.port, "pause_timeout_s": 2, "client_id": "people"},
        simulation={"first_failure_after_s": 3, "failure_every_s": 3},
        people={"contacts": list(people), "tell": ["paused", "pause-failed"]},
    )
    config["sites"][0]["agent"] = "elsewhere"
    return config


def events(vigie: RunningVigie) -> dict[str, dict[str, Any]]:
    """Return what happened in the oldest incident, by kind."""
    incidents = vigie.get("/api/incidents?limit=500")["incidents"]
    return {event["kind"]: event for event in incidents[-1]["events"]} if incidents else {}


def test_a_failed_pause_is_in_the_room_with_its_picture_and_answers_come_back(
    synapse: SynapseServer, operator: MatrixPerson, farm_broker: Mosquitto, tmp_path: Path, pause_times: PauseTimes
) -> None:
    """A reaction acknowledges the incident; after a restart nothing is sent again, and a reply is heard."""
    room = operator.open_room()
    config = a_farm_that_nobody_pauses(farm_broker, contact(synapse, room))
    with running_vigie(config, tmp_path) as vigie:
        assert wait_until(lambda: len(room.from_vigie("m.image")) == 1, TOLD_S, 0.2)
        (told,) = room.from_vigie("m.text")
        assert told["content"]["body"].startswith("ARRÊTEZ p01 À LA MAIN")
        pause_times["Matrix: pause failed -> told"].append(told["origin_server_ts"] / 1000 - failed_at(vigie))
        (image,) = room.from_vigie("m.image")
        jpeg = np.frombuffer(operator.picture(image["content"]["url"]), np.uint8)
        picture = cv2.imdecode(jpeg, cv2.IMREAD_COLOR)
        assert picture is not None
        assert picture.shape[0] > 100
        room.say("pause")  # answers nothing
        room.react(told, "👍")
        assert wait_until(lambda: "acknowledged" in events(vigie), 30, 0.1)
        assert "operator" == events(vigie)["acknowledged"]["detail"]
    with running_vigie(config, tmp_path) as vigie:
        room.reply(image, "> <@vigie> ...\n\nFaux, tout va bien")
        assert wait_until(lambda: "false_alarm" in events(vigie), 30, 0.1)
        assert "incident.closed" in events(vigie)
    assert 1 == sum(told["content"]["body"] == event["content"]["body"] for event in room.from_vigie("m.text"))


def failed_at(vigie: RunningVigie) -> float:
    """Return when the pause counted as failed."""
    at: float = events(vigie)["pause.failed"]["at"]
    return at


def test_while_the_homeserver_is_away_the_next_contact_is_told(tmp_path: Path) -> None:
    """After bounded tries; and when it is back the room is told too, once, as the failure is still open."""
    with homeserver(tmp_path / "synapse") as away, running_gateway() as gateway:
        room = MatrixPerson(away, "operator").open_room()
        away.stop()
        with telling(a_config(both(contact(away, room)), escalate_after_s=3), gateway, tmp_path) as (people, recorded):
            people.incident_changed(an_incident())
            assert gateway.gets(1, 30)
            assert (EventKind.PEOPLE_NOT_TOLD, "room") == recorded[0]
            assert (EventKind.PEOPLE_TOLD, "room") not in recorded
            away.start()
            away.wait_ready()
            assert wait_until(lambda: (EventKind.PEOPLE_TOLD, "room") in recorded, 60)
            assert 1 == len(room.from_vigie("m.text"))


def both(room: dict[str, Any]) -> tuple[Contact, Contact]:
    """Return a room, and somebody who is reached another way."""
    return Contact.model_validate(room), Contact.model_validate({"id": "b", "url": "json://127.0.0.1/b"})


@contextmanager
def running_gateway() -> Iterator[SimulatedGateway]:
    """Run a simulated messaging service."""
    gateway = SimulatedGateway()
    gateway.start()
    try:
        yield gateway
    finally:
        gateway.stop()


@contextmanager
def telling(
    config: Config, gateway: SimulatedGateway, folder: Path
) -> Iterator[tuple[People, list[tuple[EventKind, str]]]]:
    """Tell the people of a configuration, with short pauses between tries; yields what is recorded, too."""
    assert config.people is not None
    room = config.people.contacts[0].matrix
    assert room is not None
    history, sender = History(folder / "vigie.db"), MatrixSender(room, "room")
    recorded: list[tuple[EventKind, str]] = []
    people = People(
        config,
        config.people,
        {"room": sender.send, "b": lambda letter: messenger.send(gateway.url("b"), letter)},
        history,
        list,
        lambda: HealthReport(broker_connected=True),
        lambda _, kind, detail: recorded.append((kind, detail.split(" ")[1])),
        lambda _: None,
        SystemClock(),
        (0.1, 0.1),
    )
    history.start()
    people.start()
    try:
        yield people, recorded
    finally:
        people.stop()
        sender.close()
        history.stop()


@pytest.mark.parametrize("way", ["password", "token"])
def test_the_same_message_twice_is_in_the_room_once(synapse: SynapseServer, operator: MatrixPerson, way: str) -> None:
    """Sent again after a crash, by whichever login; the next one is another message. A wrong login is a clear error."""
    room = operator.open_room()
    vigie = MatrixPerson(synapse, "vigie")
    login = {"access_token": vigie.token} if way == "token" else {}
    section = Contact.model_validate(contact(synapse, room, **login)).matrix
    assert section is not None
    jpeg = cv2.imencode(".jpg", np.zeros((8, 8, 3), np.uint8))[1].tobytes()
    for key in ("n1", "n1", "n2"):
        sender = MatrixSender(section, "room")
        sender.send(messenger.Letter(key, "Title", "body", picture=jpeg, picture_name="V-ABCDEF.jpg"))
        sender.close()
    assert (2, 2) == (len(room.from_vigie("m.text")), len(room.from_vigie("m.image")))
    wrong = MatrixSender(section.model_copy(update={"access_token": "no", "username": "", "password": ""}), "room")
    with pytest.raises(NotTold, match="M_UNKNOWN_TOKEN"):
        wrong.send(messenger.Letter("n3", "Title", "body"))
    wrong.close()


def test_no_is_an_answer_to_the_question_whether_to_pause(
    synapse: SynapseServer, operator: MatrixPerson, farm_broker: Mosquitto, tmp_path: Path
) -> None:
    """Said in the room before the time is over: the printer goes on, and the incident says who wanted it."""
    room = operator.open_room()
    config = a_farm_that_nobody_pauses(farm_broker, contact(synapse, room))
    config["defaults"] |= {"on_failure": "ask", "ask_for_s": 60}
    config["people"]["tell"] = ["asked", "pause-failed"]
    with running_vigie(config, tmp_path) as vigie:
        assert wait_until(lambda: len(room.from_vigie("m.text")) == 1, TOLD_S, 0.2)
        (asked,) = room.from_vigie("m.text")
        assert asked["content"]["body"].startswith("p01 : pause à")
        room.reply(asked, "Non !")
        assert wait_until(lambda: "incident.let_print" in events(vigie), 30, 0.1)
        assert "operator" in events(vigie)["incident.let_print"]["detail"]
        assert "pause.sent" not in events(vigie)


def test_only_who_may_answer_is_heard_and_a_restart_misses_nothing(
    synapse: SynapseServer, operator: MatrixPerson, tmp_path: Path
) -> None:
    """Each answer once, by the name that the room knows; our own words are no answer."""
    room = operator.open_room()
    synapse.register("visitor")
    visitor = MatrixPerson(synapse, "visitor")
    section = MatrixRoom.model_validate({**contact(synapse, room)["matrix"], "listen_to": [operator.id]})
    heard: queue.Queue[tuple[list[str], str, PersonCommandKind | None]] = queue.Queue()

    def answered(codes: Iterable[str], by: str, wish: PersonCommandKind | None) -> int:
        heard.put((list(codes), by, wish))
        return 1

    def a_listener() -> MatrixListener:
        return MatrixListener(section, "room", tmp_path / "place", answered, SystemClock())

    sender = MatrixSender(section, "room")
    with listening(a_listener()):
        assert wait_until((tmp_path / "place").exists, 30)
        sender.send(messenger.Letter("n1", "Title", "body V-ABCDEF"))
        (told,) = room.from_vigie("m.text")
        room.seen_by(visitor).react(told, "👎")
        room.react(told, "👍")
        assert (["V-ABCDEF"], "operator", None) == heard.get(timeout=30)
    room.reply(told, "pause")
    with listening(a_listener()):
        assert (["V-ABCDEF"], "operator", PersonCommandKind.PAUSE) == heard.get(timeout=30)
        room.reply(room.messages()[-1], "pause")  # to the operator's own message
        room.react(told, "👀")
        assert (["V-ABCDEF"], "operator", None) == heard.get(timeout=30)
    assert heard.empty()
    sender.close()


@contextmanager
def listening(listener: MatrixListener) -> Iterator[None]:
    """Listen until the block ends."""
    listener.start()
    try:
        yield
    finally:
        listener.stop()
