"""What of a printer Home Assistant shows, in the words of its MQTT integration. Pure.

Keys and templates are those of https://www.home-assistant.io/integrations/mqtt/ and of the page of each platform.
Names are written out, not abbreviated: people read this file more often than brokers carry it.
"""

import json
from collections.abc import Mapping
from typing import Any

from monitor.config.home_assistant import HomeAssistant
from monitor.records import EventKind, PersonCommandKind, State
from monitor.wire import Topics

Entity = dict[str, Any]

BY = "Home Assistant"
EXPIRE_AFTER_S = 120  # states are told every 30 s: one that is older comes from a monitor that hangs

WHY: Mapping[State, str] = {
    State.FAILING: "the print is failing",
    State.PAUSING: "the print failed and is being paused",
    State.PAUSE_FAILED: "the print failed, and nobody could prove a pause: look at the printer",
    State.BLIND: "there is no picture that can be trusted: nobody watches this printer",
}
"""States that are a problem, also without an incident, and why."""

_PROBLEM = f"{{{{ 'ON' if value_json.incident or value_json.state in {sorted(map(str, WHY))} else 'OFF' }}}}"
_ATTRIBUTES = (
    "{{ dict(value_json, why="
    + json.dumps({str(state): text for state, text in WHY.items()})
    + ".get(value_json.state, 'its incident is still open' if value_json.incident else '')) | tojson }}"
)
_EVENT = (
    "{{ {'event_type': value_json.kind, 'incident': value_json.incident,"
    " 'detail': value_json.detail, 'at': value_json.at} | tojson }}"
)
_IS_ARMED = "value_json.armed | default(true)"


def entities(topics: Topics, printer: str, section: HomeAssistant) -> dict[str, Entity]:
    """Return a printer's entities by their short name; ``platform`` says which kind each is."""
    return {**_told(topics, printer, section), **_orders(topics, printer, section)}


def _told(topics: Topics, printer: str, section: HomeAssistant) -> dict[str, Entity]:
    """Return what Home Assistant is told."""
    state = topics.state(printer)
    found: dict[str, Entity] = {
        "problem": {
            "platform": "binary_sensor",
            "name": "Problem",
            "device_class": "problem",
            "state_topic": state,
            "value_template": _PROBLEM,
            "json_attributes_topic": state,
            "json_attributes_template": _ATTRIBUTES,
            "expire_after": EXPIRE_AFTER_S,
        },
        "state": {
            "platform": "sensor",
            "name": "State",
            "device_class": "enum",
            "options": [str(word) for word in State],
            "state_topic": state,
            "value_template": "{{ value_json.state }}",
            "expire_after": EXPIRE_AFTER_S,
        },
        "score": {
            "platform": "sensor",
            "name": "Score",
            "state_class": "measurement",
            "suggested_display_precision": 2,
            "state_topic": state,
            "value_template": "{{ value_json.score }}",
            "expire_after": EXPIRE_AFTER_S,
        },
        "evidence": {
            "platform": "image",
            "name": "Evidence",
            "image_topic": topics.evidence(printer),
            "content_type": "image/jpeg",
        },
        "incidents": {
            "platform": "event",
            "name": "Incidents",
            "event_types": [str(kind) for kind in EventKind],
            "state_topic": topics.event(printer),
            "value_template": _EVENT,
        },
    }
    if section.pictures_every_s is not None:
        found["picture"] = {"platform": "camera", "name": "Picture", "topic": topics.picture(printer)}
    return found


def _orders(topics: Topics, printer: str, section: HomeAssistant) -> dict[str, Entity]:
    """Return what people can do there."""
    return {
        "acknowledge": _button(topics, printer, "Acknowledge", PersonCommandKind.ACKNOWLEDGE),
        "pause": _button(topics, printer, "Pause", PersonCommandKind.PAUSE)
        | _only_if_it_can_be_paused(topics, printer),
        "armed": _armed(topics, printer, section),
    }


def availability(topics: Topics) -> list[Entity]:
    """Return when anything said about a printer counts: while its site's monitor lives."""
    return [{"topic": topics.status}]  # online and offline are Home Assistant's defaults, too


def _button(topics: Topics, printer: str, name: str, kind: PersonCommandKind) -> Entity:
    return {
        "platform": "button",
        "name": name,
        "command_topic": topics.command(printer),
        "command_template": _command(printer, f'"{kind}"'),
    }


def _only_if_it_can_be_paused(topics: Topics, printer: str) -> Entity:
    """Return an availability of the entity's own: the agent says beforehand that a pause would be refused."""
    able = "{{ 'online' if value_json.can_pause else 'offline' }}"
    return {"availability": [*availability(topics), {"topic": topics.printer(printer), "value_template": able}]}


def _armed(topics: Topics, printer: str, section: HomeAssistant) -> Entity:
    """Return the switch that ends and begins shadow mode.

    Before 2024.8 a switch of Home Assistant could not put the time into its message: there it is a choice of two.
    """
    entity: Entity = {"name": "Armed", "state_topic": topics.state(printer), "command_topic": topics.command(printer)}
    if section.discovery == "device":
        return entity | {
            "platform": "switch",
            "payload_on": "arm",
            "payload_off": "disarm",
            "value_template": f"{{{{ 'arm' if {_IS_ARMED} else 'disarm' }}}}",
            "command_template": _command(printer, '"{{ value }}"'),
        }
    return entity | {
        "platform": "select",
        "options": ["armed", "shadow mode"],
        "value_template": f"{{{{ 'armed' if {_IS_ARMED} else 'shadow mode' }}}}",
        "command_template": _command(printer, """"{{ 'arm' if value == 'armed' else 'disarm' }}\""""),
    }


def _command(printer: str, kind: str) -> str:
    """Return the template of a ``command`` payload; ``kind`` is JSON. The time is that of the press, not of now."""
    return f'{{"printer": "{printer}", "kind": {kind}, "by": "{BY}", "at": {{{{ now().timestamp() }}}}}}'
