"""What a right cameras.yaml means: defaults, short forms, variables, the shipped files."""

from collections.abc import Mapping
from datetime import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from ruamel.yaml import YAML

from monitor.assets import asset
from monitor.config.farm import KINDS
from monitor.config.load import find_faults, load
from monitor.config.model import (
    Cluster,
    Config,
    Contact,
    Detector,
    Fleet,
    HomeAssistant,
    MatrixRoom,
    Mqtt,
    People,
    Printer,
    PrinterSettings,
    Section,
    Storage,
    Wall,
)
from monitor.config.warn import warnings
from monitor.errors import ConfigError
from monitor.records import Action
from tests.config.test_faults import FARM, camera, control, faults_of, printer, top


def loaded(path: Path, text: str, environ: Mapping[str, str] | None = None) -> Config:
    """Write the text to a file and load it."""
    file = path / "cameras.yaml"
    file.write_text(text)
    return load(file, environ or {})


def only(path: Path, text: str, environ: Mapping[str, str] | None = None) -> Printer:
    """Return the one printer of a farm."""
    return loaded(path, text, environ).printers[0]


def test_the_demo_farm_is_right_and_simulated() -> None:
    """The shipped file has twelve printers in two rooms, all simulated, and needs no environment."""
    config = load(asset("cameras.yaml"), {})
    assert 12 == len(config.printers)
    assert [2] == [len(site.rooms) for site in config.sites]
    assert {("simulated", "simulated")} == {(p.camera.type, p.control.type) for p in config.printers}
    assert config.mqtt is None


def test_the_example_of_a_real_farm_is_right() -> None:
    """The commented example loads once its variables are set, and shows every kind of camera but the simulated."""
    file = asset("docs/cameras.example.yaml")
    names = "MQTT_PASSWORD MATRIX_TOKEN SHOP_TOKEN P01_API_KEY P02_API_KEY P02_CAMERA_PASSWORD P03_CAMERA_PASSWORD"
    later = "P06_ACCESS_CODE P07_PASSWORD P11_API_KEY P12_API_KEY P13_PASSWORD"
    environ = dict.fromkeys((*names.split(), *later.split()), "s3cret")
    environ["LEA_URL"] = "ntfys://ntfy.example/prints"
    config = load(file, environ)
    assert {"mjpeg", "snapshot", "rtsp", "bambu", "usb", "files"} == {p.camera.type for p in config.printers}
    controls = "octoprint prusalink moonraker moonraker_http bambu duet sdcp creality mqtt http none"
    assert set(controls.split()) == {p.control.type for p in config.printers}
    faults = [str(fault) for fault in find_faults(file, {})]
    assert all(any(name in fault for fault in faults) for name in environ)


def test_the_example_explains_every_key() -> None:
    """Each key of the sections, the settings, the cameras and the controls stands in the example."""
    text = asset("docs/cameras.example.yaml").read_text()
    devices = [section for kinds in KINDS.values() for word, section in kinds.items() if word != "simulated"]
    models: list[type[Section]] = [
        Mqtt,
        Cluster,
        Wall,
        Detector,
        Storage,
        Fleet,
        People,
        HomeAssistant,
        Contact,
        MatrixRoom,
        PrinterSettings,
        *devices,
    ]
    missing = [key for model in models for key in model.model_fields if f"{key}:" not in text]
    assert [] == missing


def test_defaults_flow_from_file_to_site_to_room_to_printer(tmp_path: Path) -> None:
    """The nearest one counts, key by key."""
    text = (
        top("defaults: {inspect_every_s: 2, idle_every_s: 20, blind_after_s: 40, rotate: 90}")
        .replace("    rooms:", "    defaults: {idle_every_s: 21, blind_after_s: 41, rotate: 180}\n    rooms:")
        .replace("        printers:", "        defaults: {blind_after_s: 42, rotate: 270}\n        printers:")
        + "            rotate: 0\n"
    )
    found = only(tmp_path, text).settings
    assert (2, 21, 42, 0) == (found.inspect_every_s, found.idle_every_s, found.blind_after_s, found.rotate)


def test_an_address_alone_is_a_camera(tmp_path: Path) -> None:
    """rtsp:// means RTSP, http:// MJPEG, and a snapshot camera where the defaults say so."""
    assert "rtsp" == only(tmp_path, camera("rtsps://x/1")).camera.type
    assert "mjpeg" == only(tmp_path, camera("https://x/1")).camera.type
    text = "defaults: {camera: {type: snapshot, every_s: 3}}\n" + camera("http://x/1")
    found = only(tmp_path, text).camera
    assert ("snapshot", 3) == (found.type, getattr(found, "every_s", 0))


def test_a_device_of_the_defaults_is_completed_key_by_key(tmp_path: Path) -> None:
    """A control of the same type adds its keys to those of the defaults; one of another type replaces them."""
    defaults = "defaults: {control: {type: octoprint, api_key: shared}}\n"
    same = only(tmp_path, defaults + control("{url: http://10.0.0.9}")).control
    other = only(tmp_path, defaults + control("{type: moonraker, instance: k1}")).control
    assert ("octoprint", "shared") == (same.type, getattr(same, "api_key", ""))
    assert "moonraker" == other.type


def test_a_default_without_a_type_completes_every_type(tmp_path: Path) -> None:
    """And a key of it that does not fit the printer's type is a fault in the default's line, not ignored."""
    text = "defaults: {camera: {password: shared}}\n" + camera("rtsp://10.0.0.3/s")
    assert "shared" == getattr(only(tmp_path, text).camera, "password", "")
    text = "defaults: {camera: {password: shared}}\n" + camera("{type: usb, device: 0}")
    assert ["cameras.yaml:1 defaults.camera.password"] == [
        fault.rsplit(": ", 1)[0] for fault in faults_of(tmp_path, text)
    ]


def test_credentials_move_out_of_the_address(tmp_path: Path) -> None:
    """So that an address can be logged and shown."""
    found = only(tmp_path, camera("rtsp://admin:p%40ss@10.0.0.3:554/s")).camera
    assert {"url": "rtsp://10.0.0.3:554/s", "username": "admin", "password": "p@ss"} == {
        key: getattr(found, key) for key in ("url", "username", "password")
    }
    assert "p@ss" not in repr(found)


def test_variables_are_expanded_in_text_and_in_numbers(tmp_path: Path) -> None:
    """A password of digits stays text, a port becomes a number, $$ is a dollar sign."""
    text = FARM.replace(
        "{host: broker}", "{host: '${HOST}.example', port: '${PORT}', username: a$$b$, password: '${PW}'}"
    )
    mqtt = loaded(tmp_path, text, {"HOST": "hub", "PORT": "8883", "PW": "0123"}).mqtt
    assert mqtt is not None
    assert ("hub.example", 8883, "a$b$", "0123") == (mqtt.host, mqtt.port, mqtt.username, mqtt.password)


@pytest.mark.parametrize(
    ("value", "environ", "what"),
    [
        ("${PW}", {}, "${PW} needs the environment variable PW, which is not set"),
        ("${PW}", {"PW": ""}, "${PW} needs the environment variable PW, which is empty"),
        ("${PW", {}, "*** holds a ${ that no name and } follow"),
        ("${1}", {}, "*** holds a ${ that no name and } follow"),
    ],
)
def test_a_variable_that_is_not_there_is_the_only_fault(
    value: str, environ: Mapping[str, str], what: str, tmp_path: Path
) -> None:
    """The key is not also called missing or wrong."""
    text = FARM.replace("host: broker", f'host: broker, password: "{value}"')
    remedy = "set it before the start, or write $$ for a dollar sign"
    assert [f"cameras.yaml:1 mqtt.password: {what}; {remedy}"] == faults_of(tmp_path, text, environ)


def test_the_value_of_a_variable_is_never_shown(tmp_path: Path) -> None:
    """Faults show what the file says."""
    text = camera("'${URL}'").replace("broker", "'${URL}'")
    faults = faults_of(tmp_path, text, {"URL": "x://hunter2"})
    assert 2 == len(faults)
    assert "hunter2" not in "".join(faults)


def test_words_that_yaml_once_took_for_truth_stay_words(tmp_path: Path) -> None:
    """YAML 1.2: the country code no is no boolean, and 22:00 no number of minutes."""
    found = only(tmp_path, printer("name: no", "quiet: [{start: 22:00, end: 06:30}]"))
    assert ("no", time(22), time(6, 30)) == (found.name, found.settings.quiet[0].start, found.settings.quiet[0].end)


def test_what_should_be_a_decision_is_warned_about(tmp_path: Path) -> None:
    """A printer that nobody can pause, a wall and a password in clear are allowed, but said."""
    text = top("wall: {host: 0.0.0.0}").replace("host: broker", "host: broker, password: x")
    remedy = "put a proxy with https in front of it (docs/access.md), or write host: 127.0.0.1"
    assert [
        "nobody can pause these, a failure only raises an alarm: p01",
        "people: nobody is told of anything, neither of a failure nor of a failed pause; write people:",
        "mqtt: the password crosses the network in clear text; write tls: {}",
        f"wall: passwords cross the network to 0.0.0.0:8080 in clear text; {remedy}",
    ] == warnings(loaded(tmp_path, text))
    assert Action.PAUSE is loaded(tmp_path, text).printers[0].settings.on_failure


def test_a_site_can_leave_its_printers_to_an_agent_elsewhere(tmp_path: Path) -> None:
    """Then the monitor does not pause them a second time; without a broker of its own that cannot work, and is said."""
    text = FARM.replace("    rooms:", "    agent: elsewhere\n    rooms:")
    assert ["elsewhere"] == [site.agent for site in loaded(tmp_path, text).sites]
    assert ["here"] == [site.agent for site in loaded(tmp_path, FARM).sites]
    wrong = faults_of(tmp_path, FARM.replace("    rooms:", "    agent: there\n    rooms:"))
    assert [True] == ["did you mean here?" in fault for fault in wrong]


WRONG = ("rotate: 1", "region: {x: 2}", "on_failure: x", "quiet: 7", "threshold: yes", "typo: 1", "fail_after_s: 1")


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(injected=st.lists(st.lists(st.sampled_from(WRONG), unique=True), min_size=1, max_size=5))
def test_as_many_faults_are_found_as_there_are(injected: list[list[str]], tmp_path: Path) -> None:
    """Each injected fault is reported, whatever else is wrong around it."""
    text = FARM
    for number, lines in enumerate(injected):
        text += f"          - {{id: q{number}, camera: http://10.0.1.{number}/, control: none}}\n"
        text = text[:-2] + "".join(f", {line}" for line in lines) + "}\n"
    assert sum(map(len, injected)) == len(faults_of(tmp_path, text))


KEYS = ["mqtt", "wall", "defaults", "sites", "rooms", "printers", "id", "camera", "control", "type", "url", "quiet"]
KEYS += ["region", "rotate", "device", "start", "password", "tls", "threshold", "name", "path", "<<", "host"]
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=12)
    | st.sampled_from(["mjpeg", "usb", "mqtt", "octoprint", "rtsp://a", "http://[", "${X}", "no", "none", "p01"])
)
TREES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(KEYS) | st.text(max_size=5), inner),
    max_leaves=25,
)
FARMS = st.fixed_dictionaries(
    {"sites": st.lists(st.fixed_dictionaries({"id": SCALARS, "rooms": TREES, "defaults": TREES}) | TREES, max_size=2)},
    optional=dict.fromkeys(("mqtt", "wall", "defaults", "storage", "detector", "simulation"), TREES),
)


def _printers(value: Any) -> Any:
    return {"sites": [{"id": "a", "rooms": [{"id": "b", "printers": [value]}]}]}


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(tree=TREES | FARMS | st.dictionaries(st.sampled_from(KEYS), TREES).map(_printers))
def test_any_yaml_gives_a_config_or_clear_faults(tree: object, tmp_path: Path) -> None:
    """Nothing but ConfigError leaves the loader, and none of its sentences is pydantic's own."""
    file = tmp_path / "any.yaml"
    with file.open("w", encoding="utf-8") as stream:
        YAML(typ="safe", pure=True).dump(tree, stream)
    _loads_or_says_why(file)


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.binary(max_size=60) | st.text(alphabet="ab:-[]{}&*!%|>'\"#\n\t ,?~<0.", max_size=60).map(str.encode))
def test_any_bytes_give_a_config_or_clear_faults(data: bytes, tmp_path: Path) -> None:
    """Whatever stands in the file, a person gets a sentence."""
    file = tmp_path / "any.yaml"
    file.write_bytes(data)
    _loads_or_says_why(file)


def _loads_or_says_why(file: Path) -> None:
    faults = find_faults(file, {"X": "1"})
    assert [] == [str(fault) for fault in faults if not fault.what or "is not right here (" in fault.what]
    if faults:
        with pytest.raises(ConfigError):
            load(file, {"X": "1"})
    else:
        assert load(file, {"X": "1"}).printers
