"""What ``vigie bridge-config`` writes and prints, and what it refuses."""

import json
import re
import stat
import subprocess
from collections.abc import Mapping
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from monitor.bridging.hub_side import acl_block, hub_block, with_block
from monitor.bridging.passwords import is_of, new_password, password_line, with_line
from monitor.bridging.plan import Auth, Plan
from monitor.bridging.site_side import KEEPALIVE_S, LINE_QUEUED_BYTES, RETRY_S, site_bridge
from monitor.cli import main
from monitor.commands.bridge_config import service_environment
from monitor.peers.line import CUT_OFF_AFTER_S
from monitor.peers.wire import PeerTopics
from tests.support import require_program

ADDRESS = ("--address", "hub.example.org")
NAMES = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,8}", fullmatch=True)


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    """Return a hub's file whose secret is not known here."""
    file = tmp_path / "hub.yaml"
    mqtt = {"host": "127.0.0.1", "port": 1883, "username": "hub", "password": "${NOT_KNOWN_HERE}"}
    file.write_text(json.dumps({"mqtt": mqtt, "sites": [{"peer": "amiens"}, {"peer": "lens"}, {"peer": "ca"}]}))
    return file


def contents(folder: Path) -> Mapping[str, str]:
    """Return all files below a folder."""
    return {str(path.relative_to(folder)): path.read_text() for path in folder.rglob("*") if path.is_file()}


def test_the_trees_of_the_bridge_are_those_of_the_contract() -> None:
    """Whatever a peer tells lies in the one, whatever it is asked in the other."""
    plan, topics = Plan("amiens", "hub"), PeerTopics("vigie", "amiens")
    told = [topics.pulse, topics.farm, topics.views, topics.page, topics.answer, topics.tile("p"), topics.evidence("i")]
    asked = [topics.ask_page, topics.ask_evidence, topics.ask_look, topics.ask_views, topics.ask_command]
    assert all(topic.startswith(plan.told.removesuffix("#")) for topic in told)
    assert all(topic.startswith(plan.asked.removesuffix("#")) for topic in asked)


def test_the_bridge_notices_a_cut_before_the_hub_shows_it_for_long() -> None:
    """Twice the keepalive, and the longest wait until it is tried again, are within the promised 30 s."""
    assert CUT_OFF_AFTER_S <= 30
    assert 2 * KEEPALIVE_S <= 30
    assert RETRY_S[1] <= 30


@pytest.mark.parametrize("layout", [[], ["--one-broker"]])
def test_nothing_changes_when_it_is_done_twice(
    hub: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], layout: list[str]
) -> None:
    """Also the passwords stay, and the lines of the other sites."""
    command = [
        "bridge-config",
        "--hub",
        str(hub),
        *ADDRESS,
        "--auth",
        "password",
        "--to",
        str(tmp_path / "to"),
        *layout,
    ]
    for site in ("amiens", "lens"):
        assert 0 == main([*command, site])
    before = contents(tmp_path / "to")
    capsys.readouterr()
    for site in ("amiens", "lens"):
        assert 0 == main([*command, site])
    assert before == contents(tmp_path / "to")
    assert "written" not in capsys.readouterr().out
    assert ["amiens", "lens"] == [line.split(":")[0] for line in before["hub/vigie-hub.passwords"].splitlines()]
    assert all(name in before["hub/vigie-hub.acl"] for name in ("user hub\n", "user amiens\n", "user lens\n"))


@pytest.mark.parametrize("auth", list(Auth))
def test_nobody_else_can_read_what_is_written(hub: Path, tmp_path: Path, auth: Auth) -> None:
    """Whatever the umask: files and folders are their owner's, keys too."""
    require_program("openssl")
    to = tmp_path / "to"
    assert 0 == main(["bridge-config", "amiens", "--hub", str(hub), *ADDRESS, "--to", str(to), "--auth", auth])
    subprocess.run(["sh", to / "certificates" / "make-certificates.sh"], check=True, capture_output=True)
    open_ones = [str(path) for path in (to, *to.rglob("*")) if path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO)]
    assert [] == open_ones


def test_what_is_printed_holds_no_secret(hub: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A place for the password, in the printed section; and not a word of it in what is said of the files."""
    command = ["bridge-config", "amiens", "--hub", str(hub), *ADDRESS, "--auth", "password"]
    assert 0 == main(command)
    assert "remote_password PASSWORD\n" in capsys.readouterr().out
    assert 0 == main([*command, "--to", str(tmp_path / "to")])
    written = (tmp_path / "to" / "amiens" / "vigie-line.conf").read_text()
    found = re.search(r"^remote_password (\S+)$", written, re.MULTILINE)
    assert found is not None
    assert len(found[1]) >= 32
    assert found[1] not in capsys.readouterr().out
    assert found[1] not in (tmp_path / "to" / "hub" / "vigie-hub.passwords").read_text()


def test_the_bridge_stands_in_a_broker_of_its_own(
    hub: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With its own port, users and limits; nothing of it lies where the site's own broker reads."""
    command = ["bridge-config", "amiens", "--hub", str(hub), *ADDRESS, "--to", str(tmp_path / "to")]
    assert 0 == main(command)
    said, files = capsys.readouterr().out, contents(tmp_path / "to" / "amiens")
    assert {"vigie-line.conf", "vigie-line.acl", "vigie-line.passwords", "vigie-line.env", "vigie-hub.conf"} == set(
        files
    )
    lines = files["vigie-line.conf"].splitlines()
    for line in ("listener 1884 127.0.0.1", "allow_anonymous false", "persistence false", "connection vigie-hub"):
        assert line in lines
    assert f"max_queued_bytes {LINE_QUEUED_BYTES}" in lines
    rights = [line for line in files["vigie-line.acl"].splitlines() if line and not line.startswith("#")]
    assert ["user vigie", "topic read vigie-asks/amiens/#", "topic write vigie-peers/amiens/#"] == rights
    password = files["vigie-line.env"].rpartition("LINE_PASSWORD=")[2].strip()
    assert len(password) >= 32
    assert is_of(files["vigie-line.passwords"].strip(), password)
    assert password not in said
    assert "/etc/mosquitto/vigie-line.conf" in said
    assert "conf.d/vigie-line" not in said
    assert 'hub: {peer: amiens, mqtt: {username: vigie, password: "${LINE_PASSWORD}"}}' in said
    assert 0 == main(command[:-2])
    assert "listener 1884 127.0.0.1" in capsys.readouterr().out


def test_with_one_broker_the_bridge_is_a_section_of_the_sites_own(
    hub: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It says what that means; and who changes to a line broker later keeps the password at the hub."""
    command = [
        "bridge-config",
        "amiens",
        "--hub",
        str(hub),
        *ADDRESS,
        "--auth",
        "password",
        "--to",
        str(tmp_path / "to"),
    ]
    assert 0 == main([*command, "--one-broker"])
    assert "/etc/mosquitto/conf.d/vigie-bridge.conf" in capsys.readouterr().out
    first = contents(tmp_path / "to")
    assert {"vigie-bridge.conf", "vigie-hub.conf"} == {name[7:] for name in first if name.startswith("amiens/")}
    assert "can write anything here" in first["amiens/vigie-bridge.conf"]
    assert "listener" not in first["amiens/vigie-bridge.conf"]
    assert 0 == main(command)
    second = contents(tmp_path / "to")
    assert first["hub/vigie-hub.passwords"] == second["hub/vigie-hub.passwords"]


def test_certificates_that_last_stay_and_those_that_end_are_made_anew(hub: Path, tmp_path: Path) -> None:
    """The script goes on where it was; with a second site it makes what that one needs, and forgets none."""
    require_program("openssl")
    to = tmp_path / "to"
    script, certificates = to / "certificates" / "make-certificates.sh", to / "certificates"

    def make(site: str) -> Mapping[str, str]:
        assert 0 == main(["bridge-config", site, "--hub", str(hub), *ADDRESS, "--to", str(to)])
        subprocess.run(["sh", script], check=True, capture_output=True)
        return {path.name: path.read_text() for path in certificates.glob("*.crt")}

    first = make("amiens")
    second = make("lens")
    assert {"vigie-ca.crt", "vigie-hub.crt", "vigie-amiens.crt"} == set(first)
    assert first == {name: second[name] for name in first}
    ends_soon = "openssl x509 -in vigie-amiens.crt -signkey vigie-amiens.key -days 9 -out x && mv x vigie-amiens.crt"
    subprocess.run(["sh", "-c", ends_soon], cwd=certificates, check=True, capture_output=True)
    third = make("lens")
    assert {"vigie-amiens.crt"} == {name for name in third if third[name] != second[name]}
    verify = ["openssl", "verify", "-CAfile", "vigie-ca.crt", *(name for name in third if name != "vigie-ca.crt")]
    assert 0 == subprocess.run(verify, cwd=certificates, capture_output=True, check=False).returncode


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["amien", *ADDRESS], "'amien' is not one of them: did you mean amiens?"),
        (["a/b", *ADDRESS], "'a/b' cannot be a level of a topic: write 1 to 63 small letters"),
        (["#", *ADDRESS], "'#' cannot be a level of a topic"),
        (["ca", *ADDRESS], "give the site another hub.peer"),
        (["amiens", "--address", "mqtts://hub"], "--address mqtts://hub: write a name or an address"),
        (["amiens", "--address", "[::1]:8883"], "write a name or an address"),
        (["amiens", "--address", "hub:99999"], "--address hub:99999: write a name or an address"),
        (["amiens", "--address", "hub\nlistener 1"], "write a name or an address"),
        (["amiens", *ADDRESS, "--hub", "nowhere.yaml"], "nowhere.yaml: is not there"),
        (["amiens", *ADDRESS, "-c", "nowhere.yaml"], "nowhere.yaml: is not there"),
    ],
)
def test_what_cannot_be_is_said(
    hub: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], said: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What, where, and what to do."""
    monkeypatch.chdir(hub.parent)
    assert 1 == main(["bridge-config", *arguments])
    assert said in capsys.readouterr().err


def test_the_sites_of_a_hub_prove_who_they_are_in_one_way(
    hub: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another way would lock out those that are there."""
    command = ["bridge-config", "--hub", str(hub), *ADDRESS, "--to", str(tmp_path / "to")]
    assert 0 == main([*command, "amiens"])
    assert 1 == main([*command, "lens", "--auth", "password"])
    assert "would lock them out" in capsys.readouterr().err
    assert not (tmp_path / "to" / "lens").exists()


def test_a_file_of_somebody_else_stays(hub: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is named, and nothing at all is written."""
    (tmp_path / "to" / "hub").mkdir(parents=True)
    (tmp_path / "to" / "hub" / "vigie-hub.acl").write_text("user somebody\ntopic #\n")
    assert 1 == main(["bridge-config", "amiens", "--hub", str(hub), *ADDRESS, "--to", str(tmp_path / "to")])
    assert "vigie-hub.acl: is not a file of ours" in capsys.readouterr().err
    assert {"hub/vigie-hub.acl": "user somebody\ntopic #\n"} == contents(tmp_path / "to")


def _cameras(folder: Path, **sections: object) -> Path:
    farm = {"sites": [{"id": "amiens", "rooms": [{"id": "r", "printers": [{"id": "p", "camera": "simulated"}]}]}]}
    file = folder / "cameras.yaml"
    file.write_text(json.dumps({"defaults": {"control": "simulated"}, **farm, **sections}))
    return file


@pytest.mark.parametrize(
    ("hub", "flags", "said"),
    [
        (
            {},
            [],
            "hub.mqtt is missing: the line broker hears nothing of Vigie: write hub: {peer: amiens, mqtt: {username",
        ),
        ({"mqtt": {}}, ["--one-broker"], "hub.mqtt names a line broker: leave out --one-broker, or remove it"),
    ],
)
def test_what_does_not_fit_the_layout_is_said_before_anything_is_tried(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], hub: dict[str, object], flags: list[str], said: str
) -> None:
    """With the key to write."""
    file = _cameras(tmp_path, mqtt={"host": "127.0.0.1"}, hub=hub)
    assert 1 == main(["bridge-config", "amiens", "-c", str(file), *ADDRESS, "--check", *flags])
    assert said in capsys.readouterr().err


def test_a_check_knows_the_passwords_of_the_service(tmp_path: Path) -> None:
    """As systemd reads them; a file that is not there, or that is not for us, has none."""
    file = tmp_path / "vigie.env"
    file.write_text("# passwords\n\nMQTT_PASSWORD='the password'\nLINE_PASSWORD=a-b_c=d\n")
    assert {"MQTT_PASSWORD": "the password", "LINE_PASSWORD": "a-b_c=d"} == service_environment(file)
    assert {} == service_environment(tmp_path / "nowhere.env")


def test_the_port_and_the_user_of_the_line_broker_are_those_of_the_sites_file(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also where the site's own broker is the embedded one."""
    file = _cameras(tmp_path, hub={"mqtt": {"port": 2884, "username": "monitor"}})
    assert 0 == main(["bridge-config", "amiens", "-c", str(file), *ADDRESS])
    said = capsys.readouterr().out
    assert "listener 2884 127.0.0.1" in said
    assert "user monitor\ntopic read vigie-asks/amiens/#\ntopic write vigie-peers/amiens/#\n" in said
    assert "mqtt: {port: 2884, username: monitor," in said


def test_the_file_of_a_site_does_as_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Its base, its name at the hub."""
    mqtt = {"host": "127.0.0.1", "base": "prints/north", "password": "${NOT_KNOWN_HERE}", "username": "vigie"}
    file = _cameras(tmp_path, mqtt=mqtt, hub={"peer": "lille"})
    assert 0 == main(["bridge-config", "lille", "-c", str(file), "--address", "10.0.0.5:9883"])
    said = capsys.readouterr().out
    assert "connect = 10.0.0.5:9883\n" in said
    assert "topic prints/north-peers/lille/# out 0\n" in said
    assert "subjectAltName=IP:10.0.0.5" in said
    assert "listener 9883\n" in said


@pytest.mark.parametrize(
    ("sections", "said"),
    [
        ({"mqtt": {"host": "h"}}, "has no section hub, so nothing is told: write hub: {peer: lille}"),
        ({"hub": {}}, "mqtt"),
        ({"mqtt": {"host": "h"}, "hub": {}}, "its name at the hub is 'amiens', not 'lille'"),
    ],
)
def test_what_a_site_lacks_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], sections: dict[str, object], said: str
) -> None:
    """With the key to write."""
    assert 1 == main(["bridge-config", "lille", "-c", str(_cameras(tmp_path, **sections)), *ADDRESS])
    assert said in capsys.readouterr().err


@given(st.lists(NAMES, max_size=6), NAMES)
def test_a_block_stands_once_whatever_was_there(names: list[str], peer: str) -> None:
    """And those of all others stay as they were, in their order."""
    text = ""
    for name in names:
        text = with_block(text, acl_block(Plan(name, "hub")))
    after = with_block(text, acl_block(Plan(peer, "hub")))
    users = [line for line in after.splitlines() if line.startswith("user ")]
    assert [f"user {name}" for name in dict.fromkeys([*names, peer])] == users
    assert 2 * len(users) == sum(line.startswith("topic ") for line in after.splitlines())
    assert after == with_block(after, acl_block(Plan(peer, "hub")))


def test_the_hub_reads_all_and_writes_nothing_of_a_site() -> None:
    """And no site's block names another's tree, not even one whose name begins alike."""
    assert "user hub\ntopic read vigie-peers/#\ntopic write vigie-asks/#\n" == hub_block(Plan("amiens", "hub"))
    assert "amiens2" not in acl_block(Plan("amiens", "hub"))
    assert "vigie-peers/amiens/#" in acl_block(Plan("amiens", "hub"))


@given(st.text(min_size=1, max_size=20).filter(str.isprintable), st.text(max_size=20).filter(str.isprintable))
def test_a_hashed_password_is_of_no_other(password: str, other: str) -> None:
    """It is found again, and nothing else is taken for it."""
    line = password_line("amiens", password)
    assert is_of(line, password)
    assert is_of(line, other) == (password == other)
    assert not is_of(other, password)


def test_a_line_that_is_right_stays_and_a_wrong_one_goes() -> None:
    """So that a second run changes nothing, and a new password takes the place of the old."""
    first = with_line("hub:$7$101$c2FsdA==$aGFzaA==\n", "amiens", "one")
    assert first == with_line(first, "amiens", "one")
    second = with_line(first, "amiens", "two")
    assert 2 == len(second.splitlines())
    assert second.startswith("hub:$7$101$c2FsdA==$aGFzaA==\n")
    assert is_of(second.splitlines()[1], "two")
    assert len({new_password() for _ in range(50)}) == 50


def test_a_password_stands_only_where_it_is_wanted() -> None:
    """A bridge with a certificate has none."""
    assert "remote_password" not in site_bridge(Plan("amiens", "hub"))
    assert "remote_password s3cret\n" in site_bridge(Plan("amiens", "hub", auth=Auth.PASSWORD), "s3cret")
