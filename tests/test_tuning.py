"""The stored tuning: it holds for one host and one model, and for those who say nothing themselves."""

import json
import logging
from dataclasses import replace
from pathlib import Path

import pytest

from monitor.config.model import Config, Detector, Storage
from monitor.errors import VigieError
from monitor.tuning import Fingerprint, Tuning, fingerprint_here, store, tuned, tuning_path

HERE = Fingerprint("a processor", 4, "1.20.0", "ab" * 32)
BEST = Tuning(3, 16)


def _config(folder: Path, detector: Detector | None = None) -> Config:
    detector = detector or Detector()
    return Config(detector=detector, storage=Storage(path=str(folder / "vigie.db")), sites=(), printers=())


def test_what_was_stored_is_used_on_the_same_host(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """It lies beside the database, and the log says that it is used."""
    config = _config(tmp_path)
    with caplog.at_level(logging.INFO):
        assert tmp_path / "tuning.json" == tuning_path(config) == store(config, HERE, BEST)
        assert BEST == tuned(config, HERE)
    assert "3 sessions, 16 frames a batch" in caplog.text


@pytest.mark.parametrize("detector", [Detector(sessions=2), Detector(batch=8)])
def test_what_cameras_yaml_says_holds(tmp_path: Path, detector: Detector) -> None:
    """Also where it says what would be so anyway."""
    store(_config(tmp_path), HERE, BEST)
    assert tuned(_config(tmp_path, detector), HERE) is None


def test_without_a_file_nothing_is_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """Most hosts were never tuned."""
    assert tuned(_config(tmp_path), HERE) is None
    assert "" == caplog.text


@pytest.mark.parametrize(
    ("other", "word"),
    [
        (replace(HERE, cpu="another"), "another processor:"),
        (replace(HERE, cores=8, onnxruntime="1.21.0"), "another number of cores and another onnxruntime:"),
        (replace(HERE, model_sha256="cd" * 32), "another model:"),
    ],
)
def test_another_hosts_file_is_not_used(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, other: Fingerprint, word: str
) -> None:
    """One line says what differs, and what to do."""
    config = _config(tmp_path)
    store(config, other, BEST)
    assert tuned(config, HERE) is None
    assert 1 == len(caplog.records)
    assert f"{word} run vigie bench --tune again" in caplog.text


@pytest.mark.parametrize(
    "damage",
    ["", "[]", "{}", '"x"', '{"host": 3}', "\udcff", '{"host": {"cpu": "a processor", "cores": 4'],
)
def test_a_damaged_file_is_not_used(tmp_path: Path, caplog: pytest.LogCaptureFixture, damage: str) -> None:
    """One line says which, and what to do."""
    config = _config(tmp_path)
    tuning_path(config).write_text(damage, encoding="utf-8", errors="surrogateescape")
    assert tuned(config, HERE) is None
    assert 1 == len(caplog.records)
    assert "tuning.json cannot be used" in caplog.text


@pytest.mark.parametrize("value", [0, 257, "4", None, 2.5])
def test_numbers_that_cameras_yaml_would_refuse_are_refused(tmp_path: Path, value: object) -> None:
    """Somebody may have edited the file."""
    config = _config(tmp_path)
    stored = json.loads(store(config, HERE, BEST).read_text(encoding="utf-8"))
    tuning_path(config).write_text(json.dumps(stored | {"batch": value}), encoding="utf-8")
    assert tuned(config, HERE) is None


def test_a_folder_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    """With its place."""
    (tmp_path / "file").write_text("", encoding="ascii")
    with pytest.raises(VigieError, match=r"tuning\.json cannot be written"):
        store(_config(tmp_path / "file"), HERE, BEST)


def test_this_host_has_a_fingerprint() -> None:
    """Every part of it says something."""
    here = fingerprint_here("ab" * 32)
    assert all((here.cpu, here.cores > 0, here.onnxruntime.startswith("onnxruntime")))
    assert fingerprint_here("ab" * 32) == here
