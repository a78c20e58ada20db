"""The discovery messages of a farm: which retained payload belongs on which topic. Pure.

Everything that one Vigie announces lies below a node of its own, its MQTT client id, which no other client of the
broker can have: so what lies there and is not announced any more can be taken back without a memory of it.
"""

import json
from collections.abc import Mapping
from typing import Any

from monitor.config.home_assistant import HomeAssistant
from monitor.config.model import Config, Printer
from monitor.homeassistant.entities import availability, entities
from monitor.wire import Topics

QOS = 1


def node_of(client_id: str) -> str:
    """Return the level of all discovery topics of a Vigie; Home Assistant allows letters, digits, - and _."""
    return client_id.replace(".", "_")


def node_filter(section: HomeAssistant, node: str) -> str:
    """Return the filter of everything that was ever announced below a node, in either form."""
    return f"{section.prefix}/+/{node}/+/config"


def discovery(config: Config, section: HomeAssistant, version: str) -> dict[str, dict[str, bytes]]:
    """Return each printer's messages, payload by topic, in the file's order; none while discovery is off."""
    if section.discovery == "none":
        return {}
    node = node_of(config.messaging.client_id)
    rooms = {(site.id, room.id): room.name for site in config.sites for room in site.rooms}
    announce = _as_device if section.discovery == "device" else _as_components
    found: dict[str, dict[str, bytes]] = {}
    for printer in config.printers:
        topics = Topics(config.messaging.base, printer.site)
        common = {
            "device": _device(printer, rooms[printer.site, printer.room], node, version),
            "origin": {"name": "Vigie", "sw_version": version},
            "availability": availability(topics),
            "availability_mode": "all",
        }
        all_of_it = {
            name: {"unique_id": f"{node}_{printer.id}_{name}", "qos": QOS} | entity
            for name, entity in entities(topics, printer.id, section).items()
        }
        found[printer.id] = announce(f"{section.prefix}/{{}}/{node}/{printer.id}", common, all_of_it)
    return found


def _as_device(place: str, common: Mapping[str, Any], all_of_it: Mapping[str, Any]) -> dict[str, bytes]:
    """One message for all of a printer: Home Assistant 2024.11 and newer."""
    return {f"{place.format('device')}/config": _json({**common, "components": all_of_it})}


def _as_components(place: str, common: Mapping[str, Any], all_of_it: Mapping[str, Any]) -> dict[str, bytes]:
    """One message for each entity: every Home Assistant, but only all together they are the device."""
    return {
        f"{place.format(entity['platform'])}_{name}/config": _json(
            {**common, **{key: value for key, value in entity.items() if key != "platform"}}
        )
        for name, entity in all_of_it.items()
    }


def _device(printer: Printer, room: str, node: str, version: str) -> dict[str, Any]:
    return {
        "identifiers": [f"{node}_{printer.id}"],
        "name": printer.name,
        "manufacturer": "Vigie",
        "model": "Printer under watch",
        "sw_version": version,
        "suggested_area": room,
    }


def _json(message: Mapping[str, Any]) -> bytes:
    return json.dumps(message, ensure_ascii=False, separators=(",", ":")).encode()
