"""deploy/systemd: the units are right, hardened, and what they start runs."""

import os
import shlex
import shutil
import signal
import subprocess
from configparser import RawConfigParser
from pathlib import Path, PurePosixPath

import pytest

from monitor.bridging.files import write_all
from monitor.bridging.plan import LINE_SERVICE, Plan
from monitor.capture.open_files import A_CAMERA, BESIDE
from monitor.service.turns import PATIENCE_S as TURN_S
from monitor.service.watchdog import TELL_EVERY_S
from tests.brokers import Mosquitto, free_port, mosquitto_broker
from tests.deploy.files import DEPLOY, with_places
from tests.service.manager import Manager
from tests.stacks.processes import Program
from tests.support import PATIENCE_S, require_program, wait_until
from tests.system.running import VIGIE

__all__ = ["mosquitto_broker"]

UNITS = DEPLOY / "systemd"
SERVICES = sorted(UNITS.glob("vigie*.service"))
OURS = [UNITS / name for name in ("vigie.service", "vigie-agent@.service", "vigie-hub.service")]  # they last
LINE = UNITS / f"{LINE_SERVICE}.service"
DROP_IN = UNITS / "nats-server.service.d" / "vigie.conf"
DEBIANS_NATS = """\
[Unit]
Description=NATS Server
After=network.target ntp.service

[Service]
PrivateTmp=true
Type=simple
ExecStart=/bin/true
User=root
"""
EXPOSED_AT_MOST = 25  # tenths, of systemd-analyze security: below 3.0 it says OK

FARM = """\
mqtt: {{host: 127.0.0.1, port: {port}, password: "${{MQTT_PASSWORD}}"}}
wall: {{port: {wall}, access: open}}
detector: {{sessions: 1}}
storage: {{path: {folder}/state/vigie.db}}
sites:
  - id: cochin
    agent: {agent}
    rooms: [{{id: hall, printers: [{{id: p1, camera: simulated, control: simulated}}]}}]
"""
HUB = """\
mqtt: {{host: 127.0.0.1, port: {port}, username: hub, password: "${{MQTT_PASSWORD}}"}}
wall: {{port: {wall}, access: open}}
storage: {{path: {folder}/state/hub.db}}
sites: [{{peer: amiens, name: Amiens}}]
"""


def read(unit: Path) -> RawConfigParser:
    """Return a unit's sections; of a key that stands there several times the last one."""
    parser = RawConfigParser(strict=False, interpolation=None)
    parser.optionxform = str  # type: ignore[assignment,method-assign]  # keys are written as they are
    parser.read(unit)
    return parser


def analyze(*arguments: str | Path, folder: Path) -> str:
    """Return what systemd-analyze has to complain about in units of a folder."""
    environment = {**os.environ, "SYSTEMD_UNIT_PATH": f"{folder}:", "SYSTEMD_LOG_LEVEL": "warning"}
    command = [require_program("systemd-analyze"), *arguments]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    return "" if done.returncode == 0 and not done.stderr else f"{done.returncode} {done.stderr}{done.stdout}"


@pytest.fixture
def installed(tmp_path: Path) -> Path:
    """The units as they would be installed, with this program instead of /opt/vigie's."""
    shutil.copytree(UNITS, tmp_path / "units")
    for unit in (tmp_path / "units").glob("vigie*.service"):
        if unit.name == LINE.name:
            require_program("mosquitto")  # which it starts
            continue
        unit.write_text(with_places(unit.read_text(), {"/opt/vigie/bin/vigie": str(VIGIE)}))
    (tmp_path / "units" / "nats-server.service").write_text(DEBIANS_NATS)
    return tmp_path / "units"


@pytest.mark.parametrize(
    "unit",
    [
        "vigie.service",
        "vigie-agent@cochin.service",
        "vigie-hub.service",
        "vigie-backup.timer",
        "nats-server.service",
        "vigie-line.service",
    ],
)
def test_systemd_has_nothing_to_say_against_the_unit(unit: str, installed: Path) -> None:
    """No unknown key, no wrong value, no program that is not there; a drop-in together with Debian's unit."""
    assert "" == analyze("verify", "--man=no", unit, folder=installed)


@pytest.mark.parametrize("key", ["ProtectSytem=strict", "Restart=allways"])
def test_systemd_would_have_told(key: str, installed: Path) -> None:
    """A key or a value that is misspelt is found by the test above."""
    unit = installed / "vigie.service"
    unit.write_text(unit.read_text().replace("[Service]\n", f"[Service]\n{key}\n"))
    assert "vigie.service" in analyze("verify", "--man=no", "vigie.service", folder=installed)


@pytest.mark.parametrize("service", SERVICES, ids=lambda path: path.name)
def test_a_service_may_do_little(service: Path, tmp_path: Path) -> None:
    """By systemd's own measure of what a service that was taken over could do."""
    named = tmp_path / service.name.replace("@", "@cochin")
    named.write_text(service.read_text())
    arguments = ("security", "--offline=true", f"--threshold={EXPOSED_AT_MOST}", "--no-pager")
    assert "" == analyze(*arguments, named, folder=tmp_path)


def test_a_thousand_cameras_may_be_opened() -> None:
    """By the program's own count of files, and a thread each."""
    service = read(UNITS / "vigie.service")["Service"]
    assert A_CAMERA * 1000 + BESIDE <= int(service["LimitNOFILE"])
    assert 4 * 1000 <= int(service["TasksMax"])


@pytest.mark.parametrize(
    "service", [s for s in SERVICES if s.name != "vigie-backup.service"], ids=lambda path: path.name
)
def test_a_service_comes_back_for_ever(service: Path) -> None:
    """Whatever ends it; and nobody waits for a person at night."""
    unit = read(service)
    assert ("always", "0") == (unit["Service"]["Restart"], unit["Unit"]["StartLimitIntervalSec"])


@pytest.mark.parametrize("service", OURS, ids=lambda path: path.name)
def test_a_service_that_hangs_is_started_anew(service: Path) -> None:
    """It speaks sd_notify, so systemd waits for its word; a machine that is busy for a while is no reason to end it."""
    unit = read(service)["Service"]
    assert "notify" == unit["Type"]
    assert 10 * TELL_EVERY_S <= float(unit["WatchdogSec"]) <= TURN_S
    assert "0" == unit["LimitCORE"], "passwords are in its memory"
    assert 600 <= int(unit["TimeoutStartSec"]), "a large database may be put in order first"


@pytest.mark.parametrize(
    ("unit", "said", "status"),
    [
        ("vigie.service", "watching 1 printers", "STATUS=1 printers: 1 watching\n"),
        ("vigie-agent@.service", "agent for cochin", "STATUS=serves 1 printers\n"),
        ("vigie-hub.service", "hub of 1", "STATUS=1 sites, 0 printers: 1 unknown\n"),
    ],
)
def test_what_a_unit_starts_runs_and_ends_in_order(
    unit: str, said: str, status: str, tmp_path: Path, mosquitto_broker: Mosquitto
) -> None:
    """Its command line with a test's folders, ended by one SIGTERM; it writes into its own folder and tells systemd."""
    values = {"port": mosquitto_broker.endpoint.port, "wall": free_port(), "folder": tmp_path}
    (tmp_path / "cameras.yaml").write_text(FARM.format(agent="elsewhere" if "agent" in unit else "here", **values))
    (tmp_path / "hub.yaml").write_text(HUB.format(**values))
    (tmp_path / "state").mkdir()
    line = read(UNITS / unit)["Service"]["ExecStart"].replace("%i", "cochin")
    for place, other in (
        ("/opt/vigie/bin/vigie", str(VIGIE)),
        ("/etc/vigie/farm", str(tmp_path)),
        ("/etc/vigie", str(tmp_path)),
        ("/var/lib/vigie", f"{tmp_path}/state"),
    ):
        line = line.replace(place, other)
    program = Program([require_program("setpriv"), "--no-new-privs", *shlex.split(line)], tmp_path / "log", tmp_path)
    manager = Manager(str(tmp_path / "notify"))
    allowed = manager.environment(WATCHDOG_USEC="4000000")
    program.start(_environment() | allowed | {"HOME": str(tmp_path / "home")})
    try:
        assert wait_until(lambda: said in program.said() or not program.is_running, 90), program.said()
        assert program.is_running, program.said()
        assert ["READY=1\n", "WATCHDOG=1\n"] == [manager.message(), manager.message()]
        assert status == manager.until(status)
        program.process.send_signal(signal.SIGTERM)
        assert "STOPPING=1\nSTATUS=ending\n" == manager.until("STOPPING")
        assert wait_until(lambda: not program.is_running, PATIENCE_S)
        assert (0, False) == (program.exit_status, "Traceback" in program.said())
        places = {path.name for path in tmp_path.iterdir()} - {"state", "mosquitto", "notify"}
        assert {"cameras.yaml", "hub.yaml", "log"} == places, "no home folder, nothing beside its own"
    finally:
        program.stop()
        manager.close()


def test_the_line_broker_is_what_bridge_config_has_written(tmp_path: Path) -> None:
    """The unit's command line with its files as they are, but for ports and the folder; it is ended by one SIGTERM.

    It runs without root and writes nothing: mosquitto needs neither for a high port and no persistence.
    """
    plan = Plan("amiens", "127.0.0.1", etc=PurePosixPath(tmp_path), tunnel_port=free_port(), line_port=free_port())
    write_all(plan, tmp_path / "to")
    for name in ("vigie-line.conf", "vigie-line.acl", "vigie-line.passwords"):
        shutil.copy(tmp_path / "to" / "amiens" / name, tmp_path)
    before = {path.name for path in tmp_path.iterdir()}
    service = read(LINE)["Service"]
    line = service["ExecStart"].replace("/etc/mosquitto", str(tmp_path))
    assert str(plan.bridge) in line
    who = [] if os.getuid() else ["--reuid=nobody", "--regid=nogroup", "--clear-groups"]
    for path in (tmp_path, *tmp_path.parents[:3], *tmp_path.glob("vigie-line.*")) if who else ():
        path.chmod(0o755)
    program = Program([require_program("setpriv"), "--no-new-privs", *who, *shlex.split(line)], tmp_path / "log")
    program.start()
    try:
        assert wait_until(lambda: "running" in program.said() or not program.is_running, PATIENCE_S), program.said()
        assert wait_until(lambda: "Connecting bridge (step 1)" in program.said(), PATIENCE_S), program.said()
        assert program.is_running
        program.process.send_signal(signal.SIGTERM)
        assert wait_until(lambda: not program.is_running, PATIENCE_S)
        assert 0 == program.exit_status
        assert before | {"log"} == {path.name for path in tmp_path.iterdir()}
    finally:
        program.stop()


def _environment() -> dict[str, str]:
    return {**os.environ, "MQTT_PASSWORD": "not a secret"}


def test_the_command_of_the_machine_runs_as_its_service(tmp_path: Path) -> None:
    """deploy/bin/vigie asks systemd for the user, passwords and folder of the service, by options that there are."""
    script = (DEPLOY / "bin" / "vigie").read_text()
    assert 0 == subprocess.run(["sh", "-n", DEPLOY / "bin" / "vigie"], check=False).returncode
    (tmp_path / "etc" / "farm").mkdir(parents=True)
    (tmp_path / "etc" / "vigie.env").touch()
    fake = tmp_path / "systemd-run"
    fake.write_text('#!/bin/sh\nprintf "%s\\n" "$@"\n')
    fake.chmod(0o755)
    own = with_places(script, {"/etc/vigie": str(tmp_path / "etc"), '[ "$(id -u)" -eq 0 ] ||': "true ||"})
    environment = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    done = subprocess.run(
        ["sh", "-c", own, "vigie", "users", "list"], env=environment, capture_output=True, text=True, check=True
    )
    words = done.stdout.splitlines()
    assert ["/opt/vigie/bin/vigie", "users", "list"] == words[-3:]
    known = subprocess.run(
        [require_program("systemd-run"), "--help"], capture_output=True, text=True, check=True
    ).stdout
    for word in words[:-3]:
        assert word.partition("=")[0] in known, word
    assert f"--property=EnvironmentFile={tmp_path}/etc/vigie.env" in words
    user = read(UNITS / "vigie.service")["Service"]["User"]
    assert f"--uid={user}" in words
