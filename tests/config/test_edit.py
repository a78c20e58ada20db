"""cameras.yaml is edited as a person would: the wish comes true, and everything else stays as it was."""

import re
import stat
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from monitor.config.edit import FarmEditor, NewPrinter
from monitor.config.edit.written import escaped, inline
from monitor.config.faults import Report
from monitor.config.load import load
from monitor.config.model import Config, MjpegCamera, SnapshotCamera
from monitor.config.source import read_text
from monitor.errors import ConfigChanged, ConfigError, ConfigRefused

EXAMPLE = Path(__file__).resolve().parents[2] / "docs" / "cameras.example.yaml"
_COMMENT = re.compile(r"(?:^|(?<=\s))#[^\n\r]*")
SMALL = """\
defaults: {camera: simulated, control: simulated}   # a demonstration
sites:
  - id: demo   # the only one
    rooms:
      # the large one
      - id: hall
        printers:
          - id: p01
            threshold: 0.7   # the mirror behind it
          # beside the door
          - id: p02
            name: "Second"
      - id: lab
        printers: [{id: p03}, {id: p04}]
"""


def environment(text: str) -> dict[str, str]:
    """Return a value for each variable that a text names."""
    known = {"MQTT_PORT": "8883", "LEA_URL": "ntfy://ntfy.example/prints"}
    return dict.fromkeys(re.findall(r"\$\{(\w+)\}", text), "secret") | known


def editor(folder: Path, text: str = SMALL) -> FarmEditor:
    """Return an editor of a file with this text."""
    path = folder / "cameras.yaml"
    path.write_bytes(text.encode())
    return FarmEditor(path, environment(text))


def written(folder: Path) -> str:
    """Return the file as it is now."""
    return (folder / "cameras.yaml").read_bytes().decode()


def comments(text: str) -> Counter[str]:
    """Return the comments of a text that has no # in its values."""
    return Counter(found.rstrip() for found in _COMMENT.findall(text))


def test_a_printer_is_added_below_the_others_of_its_room(tmp_path: Path) -> None:
    """With the short form of its camera, and nothing else is touched."""
    camera = {"type": "mjpeg", "url": "http://10.0.0.5/stream"}
    editor(tmp_path).add([NewPrinter("p05", "demo", "hall", "Fifth", camera, {"type": "none"})])
    expected = SMALL.replace(
        '            name: "Second"\n',
        '            name: "Second"\n'
        "          - id: p05\n"
        "            name: Fifth\n"
        "            camera: http://10.0.0.5/stream\n"
        "            control: none\n",
    )
    assert expected == written(tmp_path)


def test_a_line_that_gets_too_long_goes_on_below_its_first_item(tmp_path: Path) -> None:
    """As a person would break it."""
    text = SMALL.replace("{id: p04}", "{id: p04}, {id: p05}, {id: p06}, {id: p07}")
    edit = editor(tmp_path, text)
    region = {"x": 0.25, "y": 0.0, "width": 0.5, "height": 1.0}
    edit.change("p06", {"region": region, "rotate": 90})
    edit.add(
        [NewPrinter("p08", "demo", "lab", camera={"type": "mjpeg", "url": "http://10.0.0.5/stream"}, control="none")]
    )
    expected = (
        "        printers: [{id: p03}, {id: p04}, {id: p05},\n"
        "                   {id: p06, region: {x: 0.25, y: 0, width: 0.5, height: 1}, rotate: 90}, {id: p07},\n"
        "                   {id: p08, camera: http://10.0.0.5/stream, control: none}]\n"
    )
    assert written(tmp_path).endswith(expected)


def test_a_site_and_a_room_are_made_for_a_printer_that_needs_them(tmp_path: Path) -> None:
    """The new place stands below the others, called as people call it."""
    new = NewPrinter("p09", "north", "cellar", camera="simulated", site_name="Nord: 2", room_name="Cave")
    config = editor(tmp_path).add([new])
    site = config.sites[-1]
    assert ("north", "Nord: 2", "Cave") == (site.id, site.name, site.rooms[0].name)
    assert written(tmp_path).endswith(
        "  - id: north\n    name: 'Nord: 2'\n    rooms:\n      - id: cellar\n        name: Cave\n"
        "        printers:\n          - id: p09\n            camera: simulated\n"
    )


def test_a_short_address_is_written_out_where_the_defaults_would_read_it_otherwise(tmp_path: Path) -> None:
    """Below a default of type snapshot an address alone means a snapshot."""
    text = SMALL.replace("camera: simulated", "camera: {type: snapshot, every_s: 5}").replace(
        "- id: p01", "- id: p01\n            camera: http://a/1"
    )
    text = text.replace("- id: p02", "- id: p02\n            camera: http://a/2")
    text = text.replace("{id: p03}, {id: p04}", "{id: p03, camera: 'http://a/3'}")
    text = text.replace("control: simulated", "control: none")
    config = editor(tmp_path, text).add(
        [NewPrinter("p05", "demo", "hall", camera={"type": "mjpeg", "url": "http://10.0.0.5/stream"})]
    )
    assert isinstance(config.printer("p05").camera, MjpegCamera)


def test_a_removed_printer_takes_its_empty_room_with_it(tmp_path: Path) -> None:
    """An empty list would be a fault; a room with other printers stays."""
    edit = editor(tmp_path)
    edit.remove("p03")
    assert "printers: [{id: p04}]" in written(tmp_path)
    config = edit.remove("p04")
    assert ["hall"] == [room.id for room in config.sites[0].rooms]
    assert "lab" not in written(tmp_path)


def test_the_last_printer_of_a_farm_cannot_be_removed(tmp_path: Path) -> None:
    """A file without a printer is none."""
    edit = editor(tmp_path)
    for printer in ("p01", "p02", "p03"):
        edit.remove(printer)
    with pytest.raises(ConfigError, match="at least one"):
        edit.remove("p04")


def test_a_setting_is_written_and_dropped_again_when_it_equals_the_inherited_value(tmp_path: Path) -> None:
    """What a person remarked behind the line stays."""
    edit = editor(tmp_path)
    edit.change("p02", {"fail_after_s": 20.0, "rotate": 180})
    assert "            fail_after_s: 20\n            rotate: 180\n" in written(tmp_path)
    edit.change("p02", {"fail_after_s": 10.0, "rotate": 0})
    assert SMALL == written(tmp_path)
    edit.change("p01", {"threshold": None})
    assert "          - id: p01\n            # the mirror behind it\n" in written(tmp_path)


def test_a_camera_is_exchanged_and_its_secret_stays_unless_the_type_changes(tmp_path: Path) -> None:
    """Nobody can see the secret, so nobody has to repeat it; a reference to a variable stays one."""
    text = SMALL.replace(
        "- id: p01", "- id: p01\n            camera: {type: snapshot, url: 'http://a/1', password: '${CODE}'}"
    ).replace("control: simulated", "control: none")
    edit = editor(tmp_path, text)
    config = edit.change("p01", {}, {"camera": {"type": "snapshot", "url": "http://b/2"}})
    camera = config.printer("p01").camera
    assert isinstance(camera, SnapshotCamera)
    assert ("http://b/2", "secret") == (camera.url, camera.password)
    assert "'${CODE}'" in written(tmp_path)
    edit.change("p01", {}, {"camera": {"type": "mjpeg", "url": "http://b/2"}})
    assert "CODE" not in written(tmp_path)


def test_a_wish_that_is_wrong_writes_nothing_and_names_the_fault(tmp_path: Path) -> None:
    """The faults are those of `vigie check`."""
    edit = editor(tmp_path)
    with pytest.raises(ConfigRefused) as refused:
        edit.add([NewPrinter("P 5", "demo", "hall"), NewPrinter("p01", "demo", "hall")])
    assert 2 == len(refused.value.faults)
    assert SMALL == written(tmp_path)
    assert not (tmp_path / "cameras.yaml.before").exists()


def test_a_file_that_somebody_changed_meanwhile_is_left_alone(tmp_path: Path) -> None:
    """Whoever looked at another version has to look again."""
    edit = editor(tmp_path)
    seen = edit.read().digest
    (tmp_path / "cameras.yaml").write_text(SMALL + "# a person was here\n")
    with pytest.raises(ConfigChanged):
        edit.change("p01", {"threshold": 0.5}, digest=seen)
    assert written(tmp_path).endswith("# a person was here\n")


def test_the_former_version_and_the_permissions_are_kept(tmp_path: Path) -> None:
    """A file that only its owner may read stays one, and so is its backup."""
    edit = editor(tmp_path)
    path = tmp_path / "cameras.yaml"
    path.chmod(0o640)
    edit.remove("p01")
    assert SMALL == (tmp_path / "cameras.yaml.before").read_text()
    assert [0o640, 0o640] == [stat.S_IMODE(p.stat().st_mode) for p in sorted(tmp_path.iterdir())]
    assert ["cameras.yaml", "cameras.yaml.before"] == sorted(p.name for p in tmp_path.iterdir())


def test_editors_at_the_same_time_lose_nothing_of_each_other(tmp_path: Path) -> None:
    """A page and commands, each an editor of its own: every printer is there in the end."""
    editor(tmp_path)

    def add(number: int) -> None:
        mine = FarmEditor(tmp_path / "cameras.yaml", {})
        mine.add([NewPrinter(f"n{number}", "demo", "lab", camera="simulated")])

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(add, range(16)))
    printers = {printer.id for printer in load(tmp_path / "cameras.yaml", {}).printers}
    assert {f"n{number}" for number in range(16)} <= printers
    assert ["cameras.yaml", "cameras.yaml.before"] == sorted(path.name for path in tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_is_told_and_the_file_stays(tmp_path: Path) -> None:
    """A name in the way, for root may write everywhere."""
    edit = editor(tmp_path)
    (tmp_path / "cameras.yaml.before").mkdir()
    with pytest.raises(ConfigError, match="cannot be written"):
        edit.remove("p01")
    assert SMALL == written(tmp_path)


def test_an_anchor_that_would_carry_the_edit_elsewhere_is_left_to_people(tmp_path: Path) -> None:
    """Two printers share a section by an alias; the edit of one would change the other."""
    text = SMALL.replace("- id: p01", "- id: p01\n            region: &part {x: 0.1, width: 0.5}").replace(
        "- id: p02", "- id: p02\n            region: *part"
    )
    edit = editor(tmp_path, text)
    config = edit.change("p02", {"region": {"x": 0.2, "y": 0.0, "width": 0.5, "height": 1.0}})
    assert [0.1, 0.2] == [config.printer(name).settings.region.x for name in ("p01", "p02")]
    text = text.replace("region: &part", "camera: &part").replace("region: *part", "camera: *part")
    text = text.replace("{x: 0.1, width: 0.5}", "{type: mjpeg, url: 'http://a/{}'}").replace(
        "control: simulated", "control: none"
    )
    edit = editor(tmp_path, text)
    with pytest.raises(ConfigError, match="by hand"):
        edit.change("p01", {}, {"camera": {"type": "mjpeg", "url": "http://b/2"}})
    assert text == written(tmp_path)


@pytest.mark.parametrize("newline", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_line_ends_and_a_byte_order_mark_stay(tmp_path: Path, newline: str, mark: str) -> None:
    """Some editors of Windows write both."""
    text = mark + SMALL.replace("\n", newline)
    editor(tmp_path, text).change("p02", {"rotate": 90})
    added = "            rotate: 90" + newline
    assert text.replace(f'"Second"{newline}', f'"Second"{newline}{added}') == written(tmp_path)


@given(st.text(min_size=1, max_size=30))
def test_any_text_is_written_so_that_it_is_read_back(text: str) -> None:
    """In a line of its own and between brackets; a dollar sign is no variable."""
    text = text.replace("\ufeff", "")
    if not text or any(0xD800 <= ord(c) <= 0xDFFF for c in text) or re.search(r"\$\{\w+\}", text):
        return
    for line in (f"k: {inline(escaped(text))}", f"{{k: {inline(escaped(text), in_flow=True)}, l: 1}}"):
        root = read_text(line, {}, Report("f"))
        assert root is not None
        assert text == root.section["k"].value


WISHES: dict[str, Any] = {
    "threshold": st.one_of(st.none(), st.sampled_from([0.25, 0.5, 0.75])),
    "fail_after_s": st.sampled_from([5.0, 10.0, 12.5]),
    "rotate": st.sampled_from([0, 90, 180]),
    "name": st.sampled_from(["Prusa 1", "a: b # c", "yes", "Zoë's", "7"]),
    "region": st.sampled_from(
        [{"x": 0.0, "y": 0.0, "width": 1.0, "height": 1.0}, {"x": 0.25, "y": 0.0, "width": 0.5, "height": 1.0}]
    ),
    "mask": st.sampled_from([[], [{"x": 0.5, "y": 0.5, "width": 0.25, "height": 0.25}]]),
    "on_failure": st.sampled_from(["pause", "ask", "alert"]),
}


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 4), st.fixed_dictionaries({}, optional=WISHES)), min_size=1, max_size=3))
def test_every_change_of_settings_comes_true_and_keeps_every_comment(
    tmp_path: Path, wishes: list[tuple[int, dict[str, Any]]]
) -> None:
    """The long example, edited again and again: what was wished, nothing else, and no remark is lost."""
    text = EXAMPLE.read_text(encoding="utf-8")
    edit = editor(tmp_path, text)
    config = edit.read().config
    for number, wish in wishes:
        printer = config.printers[number].id
        expected = _wished(config, printer, wish)
        config = edit.change(printer, wish)
        assert expected == config
        assert config == load(tmp_path / "cameras.yaml", environment(text))
    lost = comments(text) - comments(written(tmp_path))
    assert not lost


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(["bicetre", "new"]), st.sampled_from(["hall", "other"]), st.integers(1, 3), st.booleans())
def test_added_printers_are_all_that_changes(tmp_path: Path, site: str, room: str, count: int, windows: bool) -> None:
    """In known rooms and new ones, with line ends of both kinds."""
    text = EXAMPLE.read_text(encoding="utf-8")
    text = text.replace("\n", "\r\n") if windows else text
    edit = editor(tmp_path, text)
    before = edit.read().config
    camera = {"type": "rtsp", "url": "rtsp://10.9.9.9/x", "username": "u", "password": "p#: $x"}
    after = edit.add([NewPrinter(f"n{n}", site, room, camera=camera, control="none") for n in range(count)])
    assert [p for p in after.printers if p.id[0] != "n"] == list(before.printers)
    assert {f"n{n}" for n in range(count)} == {p.id for p in after.printers} - {p.id for p in before.printers}
    assert "p#: $x" == getattr(after.printer("n0").camera, "password", "")
    assert not comments(text) - comments(written(tmp_path))


def _wished(config: Config, printer: str, wish: dict[str, Any]) -> Config:
    """Return the configuration with the wish, by the models and not by the file."""
    changed = []
    for one in config.printers:
        if one.id == printer:
            own = {key: value for key, value in wish.items() if key != "name"}
            settings = type(one.settings).model_validate({**one.settings.model_dump(exclude={"quiet"}), **own})
            settings = settings.model_copy(update={"quiet": one.settings.quiet})
            one = one.model_copy(update={"settings": settings, "name": wish.get("name", one.name)})  # noqa: PLW2901
        changed.append(one)
    return config.model_copy(update={"printers": tuple(changed)})
