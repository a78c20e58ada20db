"""The ``home_assistant`` section of cameras.yaml."""

from pathlib import Path

import pytest

from monitor.config.home_assistant import HomeAssistant
from tests.config.test_faults import FARM, faults_of, top
from tests.config.test_load import loaded


def test_home_assistant_is_told_nothing_unless_the_section_is_written(tmp_path: Path) -> None:
    """An empty section is enough."""
    assert loaded(tmp_path, FARM).home_assistant is None
    section = loaded(tmp_path, top("home_assistant: {}")).home_assistant
    assert HomeAssistant(discovery="device", prefix="homeassistant", birth_topic="homeassistant/status") == section


FAULTS = {
    top("home_assistant: {discovery: devices}"): "1 home_assistant.discovery: devices is not a choice here; "
    "did you mean device?",
    top("home_assistant: {pictures_every_s: 0.1}"): "1 home_assistant.pictures_every_s: 0.1 must be at least 1; "
    "write seconds between two pictures of a printer, such as 10, or remove the key for none",
    top("home_assistant: {prefix: 'ha/#'}"): "1 home_assistant.prefix: ha/# has a form or characters that cannot stand "
    "here; write the discovery prefix as in Home Assistant's MQTT settings, such as homeassistant",
    top("home_assistant: {enabled: true}"): "1 home_assistant.enabled: is not a key that is known here; known are "
    "discovery, prefix, birth_topic, pictures_every_s",
    top("home_assistant: {}").replace(
        "mqtt: {host: broker}\n", ""
    ): "1 home_assistant: needs a broker that both share, but the file names none; write a section mqtt: with its host",
}


@pytest.mark.parametrize(("text", "expected"), FAULTS.items())
def test_a_wrong_key_is_named_with_its_line_and_its_remedy(text: str, expected: str, tmp_path: Path) -> None:
    """As everywhere in the file."""
    assert [f"cameras.yaml:{expected}"] == faults_of(tmp_path, text)
