"""What Home Assistant is told of a farm; that it understands it, tests/stacks/test_home_assistant.py shows."""

import json
from typing import Any

import pytest

from monitor.config.home_assistant import HomeAssistant
from monitor.config.model import Config, Mqtt
from monitor.homeassistant.messages import discovery, node_filter, node_of
from tests.farms import a_farm, a_printer

SHARED = {"device", "origin", "availability", "availability_mode"}
KEYS = {  # by platform, all that its page lists and we use; Home Assistant drops an unknown key in silence
    "binary_sensor": {"device_class", "state_topic", "value_template", "expire_after"},
    "sensor": {
        "device_class", "state_class", "options", "state_topic", "value_template", "expire_after",
        "suggested_display_precision",
    },
    "image": {"image_topic", "content_type"},
    "camera": {"topic"},
    "event": {"event_types", "state_topic", "value_template"},
    "button": {"command_topic", "command_template"},
    "switch": {"state_topic", "value_template", "command_topic", "command_template", "payload_on", "payload_off"},
    "select": {"state_topic", "value_template", "command_topic", "command_template", "options"},
}  # fmt: skip
COMMON = {"platform", "name", "unique_id", "qos", "json_attributes_topic", "json_attributes_template", "availability"}


def told(config: Config, **section: Any) -> dict[str, Any]:
    """Return all messages, decoded, by topic."""
    messages = discovery(config, HomeAssistant(**section), "1.2")
    return {topic: json.loads(payload) for of_one in messages.values() for topic, payload in of_one.items()}


def test_a_printer_is_one_device_in_one_message() -> None:
    """Below our node, with its name, its room, who tells it, and the site's monitor as its pulse."""
    [(topic, message)] = told(a_farm()).items()
    assert "homeassistant/device/vigie/p01/config" == topic
    assert SHARED | {"components"} == message.keys()
    assert ["vigie_p01"] == message["device"]["identifiers"]
    assert ("p01", "R") == (message["device"]["name"], message["device"]["suggested_area"])
    assert {"name": "Vigie", "sw_version": "1.2"} == message["origin"]
    assert ([{"topic": "vigie/s/status"}], "all") == (message["availability"], message["availability_mode"])


@pytest.mark.parametrize("form", ["device", "component"])
def test_only_documented_keys_are_sent(form: str) -> None:
    """Each entity has its own id, asks for QoS 1, and has no key that its platform does not know."""
    messages = told(a_farm(a_printer("p01"), a_printer("p02")), discovery=form, pictures_every_s=5)
    entities = [
        entity | {"platform": entity.get("platform") or topic.split("/")[1]}
        for topic, message in messages.items()
        for entity in message.get("components", {"": message}).values()
    ]
    unknown = {
        (entity["platform"], key)
        for entity in entities
        for key in entity.keys() - KEYS[entity["platform"]] - COMMON - (SHARED if form == "component" else set())
    }
    assert set() == unknown
    assert 2 * 9 == len({entity["unique_id"] for entity in entities})
    assert {1} == {entity["qos"] for entity in entities}


def test_older_ones_are_told_each_entity_by_itself() -> None:
    """The same entities with the same ids, a topic each; the switch is a choice, for it must carry the time."""
    device = told(a_farm())["homeassistant/device/vigie/p01/config"]["components"]
    single = told(a_farm(), discovery="component")
    assert {entity["unique_id"] for entity in device.values()} == {m["unique_id"] for m in single.values()}
    assert "homeassistant/select/vigie/p01_armed/config" in single
    assert "switch" == device["armed"]["platform"]


def test_nothing_is_announced_where_it_was_ended() -> None:
    """discovery: none."""
    assert {} == told(a_farm(), discovery="none")


def test_pictures_are_announced_only_where_they_are_sent() -> None:
    """By default nothing streams over MQTT."""
    [message] = told(a_farm()).values()
    assert "picture" not in message["components"]
    [message] = told(a_farm(), pictures_every_s=5).values()
    assert "vigie/s/p01/picture" == message["components"]["picture"]["topic"]


def test_two_monitors_at_one_broker_do_not_mix() -> None:
    """The node is the client id, which the broker lets only one of them have, in the letters that are allowed."""
    farm = a_farm().model_copy(update={"mqtt": Mqtt(host="x", base="shop/eye", client_id="vigie.hall-2")})
    [(topic, message)] = told(farm, prefix="ha").items()
    assert "ha/device/vigie_hall-2/p01/config" == topic
    assert "shop/eye/s/p01/command" == message["components"]["pause"]["command_topic"]
    assert "ha/+/vigie_hall-2/+/config" == node_filter(HomeAssistant(prefix="ha"), node_of("vigie.hall-2"))
