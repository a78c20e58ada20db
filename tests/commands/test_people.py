"""``vigie people``: who is told, and a test message."""

import argparse
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from monitor.commands import people
from monitor.errors import ConfigError
from tests.config.test_faults import FARM
from tests.people.simulated_gateway import SimulatedGateway


@pytest.fixture
def gateway() -> Iterator[SimulatedGateway]:
    """Yield a service that takes messages."""
    server = SimulatedGateway()
    server.start()
    yield server
    server.stop()


def told(file: Path, *words: str) -> int:
    """Run the command."""
    parser = argparse.ArgumentParser()
    people.add_arguments(parser)
    return people.run(parser.parse_args([str(file), *words]))


def a_file(folder: Path, *contacts: dict[str, object]) -> Path:
    """Write a farm with these contacts."""
    file = folder / "cameras.yaml"
    section = f"people: {json.dumps({'contacts': contacts})}\n" if contacts else ""
    file.write_text(section + FARM)
    return file


def test_a_test_reaches_each_contact_and_says_so(
    tmp_path: Path, gateway: SimulatedGateway, capsys: pytest.CaptureFixture[str]
) -> None:
    """With a picture; who cannot be reached is named with the reason, and the exit status is 1."""
    gateway.refuses = {"b"}
    file = a_file(tmp_path, {"id": "a", "name": "Léa", "url": gateway.url("a")}, {"id": "b", "url": gateway.url("b")})
    assert 1 == told(file, "--test")
    first, second = capsys.readouterr().out.splitlines()
    assert "Léa" in first
    assert "told (" in first
    assert "NOT told: JSON" in second
    assert [("a", "Vigie: a test", 1)] == [(m.to, m.title, len(m.pictures)) for m in gateway.received]
    assert 0 == told(file, "--test", "a")


def test_without_a_test_it_only_lists(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """In order, with who rests, and no secret."""
    quiet = [{"start": "00:00", "end": "23:59:59"}, {"start": "23:59", "end": "00:01"}]
    url = "json://user:hunter2@127.0.0.1/x"
    file = a_file(tmp_path, {"id": "a", "url": url}, {"id": "b", "url": url, "quiet": quiet})
    assert 0 == told(file)
    first, second = capsys.readouterr().out.splitlines()
    assert (["a", "json"], ["b", "json", "rests", "now"]) == (first.split(), second.split())


def test_a_farm_without_people_and_a_contact_that_is_not_there(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Both say what to do."""
    assert 1 == told(a_file(tmp_path))
    assert "write a section people:" in capsys.readouterr().out
    with pytest.raises(ConfigError, match="no contact eve; known are a"):
        told(a_file(tmp_path, {"id": "a", "url": "json://127.0.0.1/x"}), "--test", "eve")
