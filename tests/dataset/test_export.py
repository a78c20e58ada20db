"""Labelled pictures as a data set: what people say now, read back by the training's own loader, never overwritten."""

import csv
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest

from monitor.cli import main
from monitor.config.load import load
from monitor.history import Change, History
from monitor.ids import uuid7
from monitor.learning import view_of
from monitor.records import Action, FailureClass, Incident, IncidentStatus, Verdict, VerdictKind
from tests.learning.said import a_box

YAML = """\
storage: {path: vigie.db}
sites:
  - id: paris
    name: Paris
    rooms:
      - id: hall
        name: Hall
        printers:
          - {id: p1, name: One, camera: {type: files, path: .}, control: {type: none}}
          - {id: p2, name: Two, camera: {type: files, path: .}, control: {type: none}, rotate: 90}
"""
FALSE, MISSED, CONFIRMED = VerdictKind.FALSE_ALARM, VerdictKind.MISSED, VerdictKind.CONFIRMED


def a_picture(grey: int) -> bytes:
    """A JPEG of 80 x 60."""
    return cv2.imencode(".jpg", np.full((60, 80, 3), grey, np.uint8))[1].tobytes()


class Site:
    """A farm's folder with a history in it."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.out = folder, folder / "out"
        (folder / "cameras.yaml").write_text(YAML)
        self.history = History(folder / "vigie.db")
        self.history.start()
        self._at = 1_700_000_000.0

    def say(
        self, kind: VerdictKind, printer: str = "p1", about: Verdict | None = None, jpeg: bytes | None = None
    ) -> Verdict:
        """Let Léa judge a new incident, or the one of another verdict, or a stored picture."""
        self._at += 10
        at, boxes = self._at, (a_box(0.2, 0.2),)
        incident = None if kind is MISSED else (about.incident if about else uuid7(at))
        failure_class = None if kind is MISSED else FailureClass.SPAGHETTI
        verdict = Verdict(uuid7(at), printer, kind, "Léa", at, at - 5, 0.9, boxes if incident else (), "ab" * 32,
                          incident, failure_class, "the cable", self.view(printer))  # fmt: skip
        picture = jpeg if jpeg is not None else a_picture(int(at) % 200)
        if incident is None:
            self.history.commit(Change(verdicts=(verdict,), labelled=((verdict.id, picture),)))
        elif about is None:
            self.history.commit(Change(an_incident(incident, printer, at), "{}", picture, verdicts=(verdict,)))
        else:
            self.history.commit(Change(verdicts=(verdict,)))
        return verdict

    def view(self, printer: str) -> str:
        """Return what a printer's camera looks at, by cameras.yaml."""
        config = load(self.folder / "cameras.yaml", {})
        return view_of(config.printer(printer))

    def export(self, *options: str) -> int:
        """Run the command."""
        return main(["export", str(self.out), str(self.folder / "cameras.yaml"), *options])

    def manifest(self) -> list[dict[str, Any]]:
        """Return its lines."""
        return [json.loads(line) for line in (self.out / "manifest.jsonl").read_text().splitlines()]

    def labels(self) -> list[tuple[str, str]]:
        """Return label and clip of labels.csv."""
        with (self.out / "train" / "labels.csv").open(newline="") as lines:
            return [(row["label"], row["clip"]) for row in csv.DictReader(lines)]


def an_incident(id_: str, printer: str, at: float) -> Incident:
    """An incident that is over."""
    return Incident(id_, "paris", printer, at, FailureClass.SPAGHETTI, 0.9, (), "ab" * 32, {}, Action.PAUSE,
                    IncidentStatus.CLOSED, closed_at=at + 1)  # fmt: skip


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    """A farm whose monitor runs."""
    here = Site(tmp_path)
    yield here
    here.history.stop()


def test_what_people_say_becomes_labels(site: Site) -> None:
    """A false alarm is healthy, a confirmed failure its class, a missed one some failure; the manifest knows all."""
    said = [site.say(FALSE), site.say(CONFIRMED), site.say(MISSED, "p2")]
    assert 0 == site.export()
    assert [("failing", "p2"), ("ok", "p1"), ("spaghetti", "p1")] == sorted(
        site.labels(), key=lambda row: row[0] != "failing"
    )
    lines = {line["file"]: line for line in site.manifest()}
    line = lines[f"train/farm/{said[0].id}.jpg"]
    assert ("p1", "false_alarm", "Léa", 0.9, "ab" * 32, "the cable") == tuple(
        line[key] for key in ("printer", "verdict", "by", "score", "model_sha256", "reason")
    )
    assert 0.2 == line["boxes"][0]["x"]
    assert "Licence and consent" in (site.out / "README.md").read_text()


def test_pictures_are_upright_and_otherwise_untouched(site: Site) -> None:
    """p2's camera lies on its side; p1's picture is the camera's very bytes."""
    plain, turned = site.say(FALSE), site.say(FALSE, "p2")
    site.export()
    assert site.history.reader.picture(plain) == (site.out / f"train/farm/{plain.id}.jpg").read_bytes()
    picture = cv2.imread(str(site.out / f"train/farm/{turned.id}.jpg"))
    assert picture is not None
    assert (80, 60, 3) == picture.shape


def test_a_picture_of_another_view_is_left_as_the_camera_sent_it(site: Site) -> None:
    """The camera was turned since: nobody knows how it stood then, and the manifest says so."""
    verdict = site.say(FALSE)
    (site.folder / "cameras.yaml").write_text(YAML.replace("name: One,", "name: One, rotate: 180,"))
    site.export()
    assert site.history.reader.picture(verdict) == (site.out / f"train/farm/{verdict.id}.jpg").read_bytes()
    assert [False] == [line["upright"] for line in site.manifest()]


def test_only_what_holds_is_exported(site: Site) -> None:
    """Omar overruled Léa; later he withdrew: the tables follow, the pictures stay."""
    first = site.say(FALSE)
    second = site.say(CONFIRMED, about=first)
    site.export()
    assert [("spaghetti", "p1")] == site.labels()
    site.history.commit(Change(verdicts=(replace_withdrawn(second),)))
    site.export()
    assert [("ok", "p1")] == site.labels()
    assert (site.out / f"train/farm/{second.id}.jpg").is_file()


def replace_withdrawn(verdict: Verdict) -> Verdict:
    """The same, taken back."""
    return replace(verdict, withdrawn_by="Omar", withdrawn_at=verdict.at + 1)


def test_an_export_is_resumed_and_overwrites_no_picture(site: Site) -> None:
    """Somebody has retouched a face; what was said since is added."""
    first = site.say(FALSE)
    site.export()
    retouched = site.out / f"train/farm/{first.id}.jpg"
    retouched.write_bytes(a_picture(7))
    site.say(CONFIRMED)
    site.export()
    assert a_picture(7) == retouched.read_bytes()
    assert 2 == len(site.manifest())


def test_an_export_that_was_cut_off_is_finished(site: Site) -> None:
    """Pictures without tables, and half of one: the next run writes what is missing."""
    site.say(FALSE)
    (site.out / "train" / "farm").mkdir(parents=True)
    (site.out / "train" / "farm" / "half.jpg.part").write_bytes(b"\xff\xd8")
    assert 0 == site.export()
    assert 1 == len(site.manifest())


def test_another_folder_is_left_alone(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Whatever lies there is not ours."""
    site.out.mkdir()
    (site.out / "thesis.txt").write_text("ten years")
    assert 1 == site.export()
    assert "something else lies there" in capsys.readouterr().err
    assert ["thesis.txt"] == [entry.name for entry in site.out.iterdir()]


def test_an_anonymous_export_names_nobody(site: Site) -> None:
    """Neither people nor printers; the same printer has the same name each time, and its key is not in the folder."""
    site.say(FALSE)
    site.export("--anonymous")
    before = site.labels()
    site.say(CONFIRMED)
    site.export("--anonymous")
    assert 1 == len({clip for _, clip in site.labels()})
    assert before[0][1] != "p1"
    everything = b"".join(file.read_bytes() for file in site.out.rglob("*.*") if file.suffix != ".jpg")
    assert "Léa".encode() not in everything
    assert b"cable" not in everything
    assert not list(site.out.rglob("*.key"))


def test_named_and_anonymous_never_mix(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """One forgotten option must not publish names."""
    site.say(FALSE)
    site.export("--anonymous")
    assert 1 == site.export()
    assert "export as before" in capsys.readouterr().err


def test_printer_and_time_narrow_it_down(site: Site) -> None:
    """What was exported before stays."""
    site.say(FALSE)
    site.say(FALSE, "p2")
    site.export("--printer", "p2")
    assert [("ok", "p2")] == site.labels()
    site.export("--since", "1h")
    assert [("ok", "p2")] == site.labels()
    site.export()
    assert 2 == len(site.labels())


def test_a_picture_that_is_gone_is_told(site: Site, capsys: pytest.CaptureFixture[str]) -> None:
    """Or is none."""
    site.say(FALSE, jpeg=b"no picture")
    assert 0 == site.export()
    assert "1 have no picture any more" in capsys.readouterr().out


def test_the_training_reads_it(site: Site) -> None:
    """The loader draws healthy and failing frames of both cameras; what nobody has named teaches the picture only."""
    real = pytest.importorskip("models.train.real")
    augment = pytest.importorskip("models.train.augment")
    for kind in (FALSE, CONFIRMED, MISSED):
        site.say(kind)
    site.export()
    frames = real.real_frames(site.out, 0.0, held_out=False, boxes=site.out / "boxes.csv")
    assert {"ok", "spaghetti", "failing"} == {frame.label for frame in frames}
    assert all(frame.boxes == () for frame in frames), "nobody has drawn them by eye"
    loader = real.RealFrames(frames)
    sample_of: Callable[[Any], Any] = lambda frame: loader.sample(frame, augment.plain(64, 96))  # noqa: E731
    failure = {frame.label: sample_of(frame).failure for frame in frames}
    assert {"ok": 0, "spaghetti": 1, "failing": 1} == failure
    assert {"ok", "spaghetti", "failing"} == {loader.draw(np.random.default_rng(n)).label for n in range(40)}
