"""``vigie agent`` as a process."""

import json
import signal
import subprocess
import sys
from pathlib import Path

from monitor.clock import SystemClock
from monitor.records import JobState, PauseOutcome
from tests.agent.mqtt_printer import CONTROL, MqttPrinter
from tests.brokers import Mosquitto
from tests.mqtt.support import listening
from tests.pause_desk import PauseDesk
from tests.support import PATIENCE_S, wait_until

BEHIND_MQTT = CONTROL.model_dump(include={"type", "pause_topic", "pause_payload", "state_topic"})
BY_HAND: dict[str, object] = {"type": "none"}


def farm_file(folder: Path, control: dict[str, object], mqtt: dict[str, object] | None) -> Path:
    """Write a cameras.yaml (as JSON, which YAML contains) with one printer."""
    printer = {"id": "p1", "camera": "http://127.0.0.1:1/", "control": control}
    farm = {"sites": [{"id": "site", "rooms": [{"id": "room", "printers": [printer]}]}]}
    file = folder / "cameras.yaml"
    file.write_text(json.dumps(farm | ({"mqtt": mqtt} if mqtt else {})))
    return file


def test_it_serves_its_printers_until_it_is_told_to_stop(mosquitto_broker: Mosquitto, tmp_path: Path) -> None:
    """SIGTERM ends it in order: exit status 0, no traceback, and the last report says that it is gone."""
    file = farm_file(tmp_path, BEHIND_MQTT, {"host": "127.0.0.1", "port": mosquitto_broker.endpoint.port})
    desk, printer = (PauseDesk(mosquitto_broker.endpoint, SystemClock()), MqttPrinter(mosquitto_broker.endpoint, "p1"))
    command = [sys.executable, "-m", "monitor", "agent", str(file), "--site", "site"]
    desk.start()
    printer.start()
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as agent:
        try:
            assert wait_until(lambda: any(r.state is JobState.PRINTING for r in desk.reports("p1")))
            assert PauseOutcome.PAUSED is desk.pause("p1").outcome
            agent.send_signal(signal.SIGTERM)
            _, said = agent.communicate(timeout=PATIENCE_S)
        finally:
            agent.kill()
            printer.stop()
            desk.stop()
    assert (0, False) == (agent.returncode, "Traceback" in said)
    assert "p1: pause" in said


def test_it_follows_its_file_as_its_monitor_does(mosquitto_broker: Mosquitto, tmp_path: Path) -> None:
    """A printer that is written into the file is served; one that is taken out leaves no report behind."""
    file = farm_file(tmp_path, BEHIND_MQTT, {"host": "127.0.0.1", "port": mosquitto_broker.endpoint.port})
    desk, printers = (
        PauseDesk(mosquitto_broker.endpoint, SystemClock()),
        [MqttPrinter(mosquitto_broker.endpoint, name) for name in ("p1", "p2")],
    )
    desk.start()
    for printer in printers:
        printer.start()
    with subprocess.Popen([sys.executable, "-m", "monitor", "agent", str(file)], stderr=subprocess.PIPE) as agent:
        try:
            assert wait_until(lambda: any(r.state is JobState.PRINTING for r in desk.reports("p1")))
            file.write_text(file.read_text().replace('"id": "p1"', '"id": "p2"'))
            assert wait_until(lambda: any(r.state is JobState.PRINTING for r in desk.reports("p2")))
            assert PauseOutcome.PAUSED is desk.pause("p2").outcome
            agent.send_signal(signal.SIGTERM)
            agent.communicate(timeout=PATIENCE_S)
        finally:
            agent.kill()
            for printer in printers:
                printer.stop()
            desk.stop()
    with listening(mosquitto_broker.endpoint, "vigie/site/+/printer") as heard:
        assert heard.wait(1)
        assert ["vigie/site/p2/printer"] == [message.topic for message in heard.messages]


def test_without_a_broker_in_its_file_it_names_the_remedy(tmp_path: Path) -> None:
    """The embedded broker lives inside ``vigie run``, where no other machine can reach it."""
    assert "needs the section mqtt" in refused(str(farm_file(tmp_path, BY_HAND, None)))


def test_a_site_that_is_not_in_its_file_is_refused(tmp_path: Path) -> None:
    """An agent that serves nobody, because of a typing error, would look as if all were well."""
    file = farm_file(tmp_path, BY_HAND, {"host": "127.0.0.1", "port": 1})
    assert "no site 'sight': write --site site" in refused(str(file), "--site", "sight")


def refused(*arguments: str) -> str:
    """Run the command, which must end with an error, and return what it says."""
    command = [sys.executable, "-m", "monitor", "agent", *arguments]
    done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
    assert 1 == done.returncode
    assert "Traceback" not in done.stderr
    return done.stderr
