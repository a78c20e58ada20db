"""Every kind of fault in cameras.yaml: the exact line that people read."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from monitor.config.load import find_faults, load
from monitor.config.warn import warnings
from monitor.errors import ConfigError

FARM = """\
mqtt: {host: broker}
sites:
  - id: bicetre
    rooms:
      - id: hall
        printers:
          - id: p01
            camera: http://10.0.0.1/stream
            control: none
"""
P01 = "sites.bicetre.rooms.hall.printers.p01"
WRITE_ID = "write 1 to 63 small letters, digits, - or _, such as p07"
WHOLE_NUMBER_PORT = "write the broker's port, such as 1883, or 8883 with TLS"
INTERVAL = "write seconds between two inspections, such as 1"


def faults_of(path: Path, text: str, environ: Mapping[str, str] | None = None) -> list[str]:
    """Write the text to a file and return its faults as printed, without the folder."""
    file = path / "cameras.yaml"
    file.write_text(text)
    return [str(fault).replace(f"{path}/", "") for fault in find_faults(file, environ or {})]


def printer(*lines: str) -> str:
    """Return the farm with more lines below its one printer; the first of them is line 10."""
    return FARM + "".join(f"            {line}\n" for line in lines)


def camera(text: str) -> str:
    """Return the farm with another camera, in line 8."""
    return FARM.replace("http://10.0.0.1/stream", text)


def control(text: str) -> str:
    """Return the farm with another control, in line 9."""
    return FARM.replace("control: none", f"control: {text}")


def top(*lines: str) -> str:
    """Return the farm with lines in front; the first of them is line 1."""
    return "\n".join(lines) + "\n" + FARM


ONE_KEY = {
    printer("inspect_every_s: 0"): f"10 {P01}.inspect_every_s: 0 must be at least 0.05; {INTERVAL}",
    printer("inspect_every_s: 4000"): f"10 {P01}.inspect_every_s: 4000 must be at most 3600; {INTERVAL}",
    printer("inspect_every_s: .nan"): f"10 {P01}.inspect_every_s: .nan must be a finite number; {INTERVAL}",
    printer("inspect_every_s: true"): f"10 {P01}.inspect_every_s: true is a truth value, not a number; {INTERVAL}",
    printer("inspect_every_s: yes"): f"10 {P01}.inspect_every_s: yes is text, not a number; {INTERVAL}",
    printer("inspect_every_s: '2'"): f"10 {P01}.inspect_every_s: 2 is text, not a number; write it without quotes",
    printer("inspect_every_s:"): f"10 {P01}.inspect_every_s: has no value; {INTERVAL}, or remove the key",
    printer("inspect_every_s: [1]"): f"10 {P01}.inspect_every_s: is a list, not a number; {INTERVAL}",
    printer("inspct_every_s: 1"): f"10 {P01}.inspct_every_s: is not a key that is known here; "
    "did you mean inspect_every_s?",
    printer("threshold: 1"): f"10 {P01}.threshold: 1 must be below 1; write a score between 0 and 1, such as 0.6, "
    "or remove the key to use the model's own",
    printer("rotate: 45"): f"10 {P01}.rotate: 45 is not a choice here; known are 0, 90, 180, 270",
    printer("rotate: false"): f"10 {P01}.rotate: false is not a choice here; known are 0, 90, 180, 270",
    printer("on_failure: paus"): f"10 {P01}.on_failure: paus is not a choice here; did you mean pause?",
    printer("name: 7"): f"10 {P01}.name: 7 is a number, not text; put it in quotes",
    printer("region: {x: 0.5, width: 0.6}"): f"10 {P01}.region: reaches out of the picture: x + width is 1.1; "
    "keep the sum at or below 1",
    printer("region:", "  y: 2"): f"11 {P01}.region.y: 2 must be at most 1; "
    "write the upper edge as a fraction of the picture's height, such as 0.1",
    printer("region: {breadth: 1}"): f"10 {P01}.region.breadth: is not a key that is known here; "
    "known are x, y, width, height",
    printer("quiet: [{start: 22:00, end: 24:10}]"): f"10 {P01}.quiet[0].end: 24:10 is not a time of day; "
    "write hours and minutes in quotes, such as '22:00'",
    printer("quiet: [{start: 22:00, end: 06:00, days: [mon, tuse]}]"): f"10 {P01}.quiet[0].days[1]: "
    "tuse is not a choice here; did you mean tue?",
    printer("quiet: {start: 22:00}"): f"10 {P01}.quiet: is a section, not a list; "
    "write a list of times such as [{start: '22:00', end: '06:30'}]",
    printer("quiet: [{start: 22:00, end: 22:00}]"): f"10 {P01}.quiet[0]: starts and ends at the same time; "
    "write an end that differs from start",
    printer("suspect_after_s: 20"): f"10 {P01}.suspect_after_s: 20 must be below fail_after_s, which is 10; "
    "write fewer seconds, or raise fail_after_s",
    printer("fail_after_s: 2"): f"10 {P01}.fail_after_s: 2 must be above suspect_after_s, which is 3; "
    "write more seconds, or lower suspect_after_s",
    FARM.replace("port", "port").replace("host: broker", "host: broker, port: 70000"): f"1 mqtt.port: 70000 must be "
    f"at most 65535; {WHOLE_NUMBER_PORT}",
    FARM.replace("host: broker", "host: broker, port: on"): f"1 mqtt.port: on is text, not a whole number; "
    f"{WHOLE_NUMBER_PORT}",
    FARM.replace("host: broker", "host: mqtt://broker"): "1 mqtt.host: mqtt://broker is not a plain name or address; "
    "write the host alone, without mqtt://, port or path",
    FARM.replace("host: broker", "host: broker, tls: {cert: cameras.yaml}"): "1 mqtt.tls: has only one of cert and "
    "key; write both paths, or neither",
    FARM.replace("{host: broker}", "{}"): "1 mqtt.host: is missing; write the broker's name or address, "
    "such as 10.0.0.5",
    FARM.replace("id: p01", "id: P 01"): f"7 sites.bicetre.rooms.hall.printers.P 01.id: P 01 has a form or characters "
    f"that cannot stand here; {WRITE_ID}",
    FARM.replace("id: p01", "id: 7"): "7 sites.bicetre.rooms.hall.printers.7.id: 7 is a number, not text; "
    "put it in quotes",
    FARM.replace("id: p01", "name: x"): f"7 sites.bicetre.rooms.hall.printers[0].id: is missing; {WRITE_ID}",
    top("wal: {}"): "1 wal: is not a key that is known here; did you mean wall?",
    top("wall: {access: open, host: 0.0.0.0}"): "1 wall.access: open lets everybody who reaches 0.0.0.0 pause "
    "and resume printers; write log-in, or host: 127.0.0.1",
    top("wall: {url: https://v.example/farm}"): "1 wall.url: https://v.example/farm has a path, and the wall's "
    "pages do not live below one; write the address that people type, such as https://vigie.hospital.example",
    top("wall: {proxy: {address: nginx}}"): "1 wall.proxy.address: nginx is not an IP address; "
    "write the proxy's own address as Vigie sees it, such as 127.0.0.1",
    top("wall: 8080"): "1 wall: 8080 is a number, not a section; correct the value",
    top("storage: {keep_days: 0.5}"): "1 storage.keep_days: 0.5 is a number, not a whole number; "
    "write days that incidents are kept, such as 365",
    top("defaults: {camera: {type: mjpeg, user: x}}"): "1 defaults.camera.user: is not a key that is known here; "
    "did you mean username?",
    top("defaults: {id: x}"): "1 defaults.id: is not a key that is known here; known are camera, control, "
    "inspect_every_s, idle_every_s, suspect_every_s, inspect_at_least_every_s, threshold, suspect_after_s, "
    "fail_after_s, recover_after_s, blind_after_s, rotate, region, mask, on_failure, ask_for_s, quiet",
}
DEVICES = {
    camera("ftp://u:secret@10.0.0.1/x"): f"8 {P01}.camera: ftp://***@10.0.0.1/x is no address of a camera; "
    "begin it with rtsp:// or http://, or write a section with type",
    camera("simulatd"): f"8 {P01}.camera: simulatd is no camera; did you mean simulated?",
    camera("{type: mjepg, url: http://x}"): f"8 {P01}.camera.type: mjepg is no type of camera; did you mean mjpeg?",
    camera("{url: http://x}"): f"8 {P01}.camera.type: is missing; "
    "write one of mjpeg, snapshot, rtsp, bambu, files, usb, simulated",
    camera("{type: mjpeg}"): f"8 {P01}.camera.url: is missing; "
    "write the address of the stream, such as http://10.0.0.21:8080/stream",
    camera("{type: rtsp, url: http://x}"): f"8 {P01}.camera.url: http://x must start with rtsp:// or rtsps://; "
    "write rtsp://, the camera's or printer's address and a path",
    camera("http:///stream"): f"8 {P01}.camera: http:///stream is a URL without a host that can be reached; "
    "write http://, the camera's or printer's address and a path",
    camera("{type: mjpeg, url: 'http://a:secret@x/', password: secret}"): f"8 {P01}.camera: has credentials both in "
    "its url and as keys; keep username and password, clean the url",
    camera("{type: mjpeg, url: http://x, password: 1234}"): f"8 {P01}.camera.password: *** is a number, not text; "
    "put it in quotes",
    camera("{type: usb, device: -1}"): f"8 {P01}.camera.device: -1 must be at least 0; "
    "write the camera's number, such as 0, or its path, such as /dev/v4l/by-id/usb-cam-index0",
    camera("{type: usb, device: true}"): f"8 {P01}.camera.device: true is neither a number nor a path of a camera; "
    "write the camera's number, such as 0, or its path, such as /dev/v4l/by-id/usb-cam-index0",
    camera("{type: simulated, print: vas}"): f"8 {P01}.camera.print: vas is no simulated print; did you mean vase?",
    camera("{type: files, path: .., loop: yes}"): f"8 {P01}.camera.loop: yes is text, not a truth value; "
    "write true or false",
    control("maybe"): f"9 {P01}.control: maybe is no control; write a section such as "
    "{type: octoprint, url: ..., api_key: ...}, or none if nobody can pause it from here",
    control("~"): f"9 {P01}.control: is no control; write a section such as "
    "{type: octoprint, url: ..., api_key: ...}, or none if nobody can pause it from here",
    control("{type: octoprint, url: http://x, api_key: ''}"): f"9 {P01}.control.api_key: *** must not be empty; "
    "write an application key of OctoPrint, best as ${NAME} of an environment variable",
    control("{type: moonraker, instance: a+b}"): f"9 {P01}.control.instance: a+b has a form or characters that cannot "
    "stand here; write the instance_name of [mqtt] in the printer's moonraker.conf",
    control("{type: mqtt, pause_topic: a/#, pause_payload: p, state_topic: s}"): f"9 {P01}.control.pause_topic: a/# "
    "is no topic that a message can be sent to; leave out +, # and a $ at the beginning",
    control("{type: mqtt, pause_topic: 'a/{id}', pause_payload: p, state_topic: s}"): f"9 {P01}.control.pause_topic: "
    "a/{id} holds the unknown placeholder {id}; use {printer}, {site}",
    control("{type: mqtt, pause_topic: a, pause_payload: '{job}', state_topic: s}"): f"9 {P01}.control.pause_payload: "
    "{job} holds the unknown placeholder {job}; use {printer}, {site}, {id}, {incident}",
    control("{type: mqtt, pause_topic: a, pause_payload: p, state_topic: s, resume_topic: r}"): f"9 {P01}.control: "
    "has only one of resume_topic and resume_payload; write both, or neither",
    control("{type: moonraker, instance: k1}").replace("mqtt: {host: broker}", ""): f"9 {P01}.control: is of type "
    "moonraker, but the file names no broker that the printer could share; write a section mqtt: with its host",
    control("{type: octoprint, url: http://x, api_key: k}").replace("http://10.0.0.1/stream", "simulated"): f"8 {P01}"
    ".camera: is simulated, but the control is a real one (octoprint) that its failures would pause; "
    "write control: simulated, or a real camera",
    FARM.replace("            control: none\n", ""): f"7 {P01}.control: is missing; write a section such as "
    "{type: octoprint, url: ..., api_key: ...}, or none if nobody can pause it from here",
}
YAML_ITSELF = {
    "": "cameras.yaml: is empty; write at least sites:, as in docs/cameras.example.yaml",
    "# only a comment\n": "cameras.yaml: is empty; write at least sites:, as in docs/cameras.example.yaml",
    "7\n": "cameras.yaml:1: 7 is a number, not a section; write its keys below it, indented",
    "sites:\n\t- id: x\n": "cameras.yaml:2: holds a tab where YAML wants spaces; indent with spaces",
    "wall:\n  host: a: b\n": "cameras.yaml:2: holds a ':' where none may stand; "
    "check the indentation; text that holds ': ' goes in quotes",
    FARM + "---\na: 1\n": "cameras.yaml:10: begins a second document; remove the line ---",
    top("wall: {port: 1}", "wall: {port: 2}"): "cameras.yaml:2 wall: is there already in line 1; keep one of the two",
    top("wall: !secret x"): "cameras.yaml:1 wall: has the tag !secret, which means nothing here; "
    "write ${NAME} for secrets",
    top("wall: &w {<<: *w}"): "cameras.yaml:1 wall.<<: is not used here; write shared settings under defaults",
    top("wall: &w {host: *w}"): "cameras.yaml:1 wall.host: repeats itself without end; write the value out",
    top("? [a]", ": b"): "cameras.yaml:1: has a key that is not a word; write a plain key",
    top("a: \x07"): "cameras.yaml:1: holds a character that YAML forbids; remove it",
    "[" * 5000: "cameras.yaml: cannot be read as YAML: it is nested too deeply or malformed; "
    "write plain sections and lists",
    "wall: {}\n": "cameras.yaml:1 sites: is missing; write sites:, then - id: and rooms:, as in "
    "docs/cameras.example.yaml",
    "sites: {}\n": "cameras.yaml:1 sites: is a section, not a list; write one entry a line, each beginning with - id:",
    "sites: []\n": "cameras.yaml:1 sites: is empty; write at least one, each beginning with - id:",
    "sites:\n": "cameras.yaml:1 sites: has no value; write one entry a line, each beginning with - id:",
    "sites:\n  - id: a\n": "cameras.yaml:2 sites.a.rooms: is missing; "
    "write rooms:, and below it one entry a line beginning with - id:",
    "sites:\n  - bicetre\n": "cameras.yaml:2 sites[0]: bicetre is text, not a section; "
    "write its keys below it, indented",
}


@pytest.mark.parametrize(("text", "expected"), [*ONE_KEY.items(), *DEVICES.items()])
def test_a_wrong_value_is_named_with_line_path_value_and_remedy(text: str, expected: str, tmp_path: Path) -> None:
    """Each wrong value gives exactly one fault, whose text is exact."""
    assert [f"cameras.yaml:{expected}"] == faults_of(tmp_path, text)


@pytest.mark.parametrize(("text", "expected"), YAML_ITSELF.items())
def test_what_yaml_itself_forbids_is_one_clear_fault(text: str, expected: str, tmp_path: Path) -> None:
    """Broken YAML, and YAML of another shape, is told in our words with its line."""
    assert [expected] == faults_of(tmp_path, text)


def test_a_file_that_cannot_be_read_is_a_fault(tmp_path: Path) -> None:
    """Missing files, directories and other encodings are named as such."""
    latin = tmp_path / "latin.yaml"
    latin.write_bytes("wall: {}\n# Bicêtre\n".encode("latin-1"))
    found = [str(*find_faults(path, {})) for path in (tmp_path / "none.yaml", tmp_path, latin)]
    assert [
        f"{tmp_path}/none.yaml: is not there; name a file that exists, or copy docs/cameras.example.yaml to it",
        f"{tmp_path}: is a directory; name the file in it, such as cameras.yaml",
        f"{latin}:2: is not UTF-8 text; save the file as UTF-8",
    ] == found


def test_all_faults_are_reported_at_once_in_the_order_of_lines(tmp_path: Path) -> None:
    """Eight faults of different kinds give eight lines; a fault in a default counts once, however many inherit it."""
    text = (
        top("wal: {}", "defaults: {fail_after_s: 0, camera: {type: snapshot, every_s: no}}")
        .replace("host: broker", "host: broker, port: x")
        .replace("control: none", "control: {type: moonraker}")
        + "            rotate: 1\n"
        + "          - {id: p01, camera: http://10.0.0.2/, control: none, rotat: 0}\n"
        + "          - {id: p03, camera: http://10.0.0.3/, control: none}\n"
    )
    assert [1, 2, 2, 3, 11, 12, 13, 13] == [int(fault.split(":")[1].split()[0]) for fault in faults_of(tmp_path, text)]


def test_an_id_that_stands_twice_names_both_lines(tmp_path: Path) -> None:
    """Printers are unique over the whole file, also across sites."""
    second = FARM.partition("sites:\n")[2].replace("bicetre", "salpetriere")
    expected = (
        f"cameras.yaml:14 sites.salpetriere.rooms.hall.printers.p01.id: p01 is the id in line 7 too; "
        f"write another id: {WRITE_ID.removeprefix('write ')}"
    )
    assert [expected] == faults_of(tmp_path, FARM + second)


def test_two_printers_behind_one_control_are_a_fault(tmp_path: Path) -> None:
    """A pause would reach the wrong job, so a copied control is named with the printer that has it."""
    octoprint = "{type: octoprint, url: http://10.0.0.9, api_key: k}"
    text = control(octoprint) + f"          - {{id: p02, camera: http://10.0.0.2/, control: {octoprint}}}\n"
    expected = (
        f"cameras.yaml:10 sites.bicetre.rooms.hall.printers.p02.control: is the control of {P01} (line 7) too; "
        "give each printer its own, or none"
    )
    assert [expected] == faults_of(tmp_path, text)


def test_the_site_id_of_the_simulated_topics_is_reserved(tmp_path: Path) -> None:
    """Below {base}/sim the simulated printers talk."""
    expected = "cameras.yaml:3 sites.sim.id: sim is kept for the topics of simulated printers; write another id"
    assert [expected] == faults_of(tmp_path, FARM.replace("bicetre", "sim"))


def test_paths_must_exist_beside_the_file(tmp_path: Path) -> None:
    """Recordings and certificates are looked for where the file lies, and so is a model, which may come later."""
    text = camera("{type: files, path: clips}").replace("host: broker", "host: broker, tls: {ca: ca.pem}")
    text = "detector: {model: ours.onnx}\n" + text
    found = faults_of(tmp_path, text)
    assert ["mqtt.tls.ca", f"{P01}.camera.path"] == [line.split()[1].rstrip(":") for line in found]
    for name in ("clips", "ca.pem"):
        (tmp_path / name).touch()
    config = load(tmp_path / "cameras.yaml", {})
    model, described = tmp_path / "ours.onnx", tmp_path / "ours.json"
    absent = f"detector: there is no {model} and no {described}: no failure will be recognised"
    assert absent in warnings(config)
    assert str(tmp_path / "clips") == getattr(config.printers[0].camera, "path", "")
    assert str(model) == config.detector.model
    assert config.mqtt is not None
    assert config.mqtt.tls is not None
    assert str(tmp_path / "ca.pem") == config.mqtt.tls.ca


def test_a_model_and_a_precision_exclude_each_other(tmp_path: Path) -> None:
    """A precision chooses between the shipped models; beside a path nobody could say which one is meant."""
    expected = (
        "cameras.yaml:3 detector.precision: fp32 chooses between the shipped models, but detector.model names another "
        "one; remove precision to use that one, or remove model to use the shipped one"
    )
    for keys in ("  model: ours.onnx\n  precision: fp32\n", "  batch: 4\n  precision: fp32\n  model: ours.onnx\n"):
        assert [expected] == faults_of(tmp_path, "detector:\n" + keys + FARM)


def test_a_precision_that_does_not_ship_is_a_fault(tmp_path: Path) -> None:
    """The choices are named."""
    expected = "cameras.yaml:1 detector.precision: int4 is not a choice here; did you mean int8?"
    assert [expected] == faults_of(tmp_path, "detector: {precision: int4}\n" + FARM)


def test_load_raises_one_error_with_a_line_a_fault(tmp_path: Path) -> None:
    """The error's text is what vigie prints: all faults."""
    file = tmp_path / "cameras.yaml"
    file.write_text(printer("rotate: 1", "on_failure: x"))
    with pytest.raises(ConfigError) as caught:
        load(file, {})
    assert 2 == len(str(caught.value).splitlines())
