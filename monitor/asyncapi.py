"""The MQTT contract as an AsyncAPI 3.0 document, for machines: docs/asyncapi.yaml is what :func:`document` returns.

Written from the same records and codecs that Vigie speaks with (:mod:`monitor.wire`); a test compares the file with
them, and another one holds the traffic of a running farm against it. ``python -m monitor.asyncapi`` prints it anew.

Source: https://www.asyncapi.com/docs/reference/specification/v3.0.0 and its MQTT binding 0.2.0.
"""

import sys
from dataclasses import dataclass
from typing import Any

from ruamel.yaml import YAML

from monitor.codec import SCHEMA
from monitor.wire import PAYLOADS, Topics

Document = dict[str, Any]

_JSON_SCHEMA = "#/components/schemas/"


@dataclass(frozen=True, slots=True)
class Channel:
    """One topic of the contract. ``leaf`` is empty for the site's own ``status``; ``load`` is the site's, too."""

    leaf: str
    sender: str  # "monitor", "agent" or "people"
    receiver: str
    summary: str
    retained: bool = False
    qos: int = 1

    @property
    def name(self) -> str:
        """Return the channel's key, such as pauseResult."""
        head, *rest = (self.leaf or "status").split("/")
        return head + "".join(word.capitalize() for word in rest)

    @property
    def address(self) -> str:
        """Return the topic with parameters in braces."""
        topics = Topics("{base}", "{site}")
        of_site = {"": topics.status, "load": topics.load}
        return of_site.get(self.leaf) or topics.leaf("{printer}", self.leaf)


CHANNELS = (
    Channel("", "monitor", "anybody", "Whether the site's monitor is connected; also its will.", retained=True),
    Channel("load", "monitor", "anybody", "Whether printers are looked at as often as they should be.", retained=True),
    Channel("state", "monitor", "anybody", "What the wall says about a printer.", retained=True),
    Channel(
        "incident", "monitor", "anybody", "The open incident of a printer; an empty payload clears it.", retained=True
    ),
    Channel("evidence", "monitor", "anybody", "The picture on which the newest incident was decided.", retained=True),
    Channel("picture", "monitor", "anybody", "The newest small picture, where cameras.yaml wants it.", qos=0),
    Channel("event", "monitor", "anybody", "Something that happened, told once."),
    Channel("pause", "monitor", "agent", "The order to pause; repeated with the same id, never retained, expires."),
    Channel("pause/result", "agent", "monitor", "How an order to pause ended, after reading the printer's state back."),
    Channel("pause/progress", "agent", "monitor", "How far an order to pause has come; never a proof."),
    Channel("printer", "agent", "monitor", "What the printer itself says that it does.", retained=True),
    Channel("command", "people", "monitor", "What a person wants; never retained, too old after a minute."),
)

_OTHER_PAYLOADS: dict[str, Document] = {
    "": {"contentType": "text/plain", "payload": {"type": "string", "enum": ["online", "offline"]}},
    "evidence": {"contentType": "image/jpeg", "payload": {"type": "string", "format": "binary"}},
    "picture": {"contentType": "image/jpeg", "payload": {"type": "string", "format": "binary"}},
}
_PARAMETERS = {
    "base": {"description": "mqtt.base of cameras.yaml", "default": "vigie"},
    "site": {"description": "the site's id in cameras.yaml"},
    "printer": {"description": "the printer's id in cameras.yaml"},
}


def document() -> Document:
    """Return the whole document, with plain containers only."""
    schemas: Document = {}
    messages = {channel.name: _message(channel, schemas) for channel in CHANNELS}
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "Vigie over MQTT",
            "version": str(SCHEMA),
            "description": "Print-failure monitor for 3D-printer farms; docs/mqtt.md says the same for people.",
            "license": {"name": "Apache-2.0", "url": "https://www.apache.org/licenses/LICENSE-2.0"},
        },
        "defaultContentType": "application/json",
        "servers": {
            "farm": {"host": "broker.example:1883", "protocol": "mqtt", "protocolVersion": "5"},
        },
        "channels": {channel.name: _channel(channel) for channel in CHANNELS},
        "operations": dict(operation for channel in CHANNELS for operation in _operations(channel)),
        "components": {"parameters": _PARAMETERS, "messages": messages, "schemas": dict(sorted(schemas.items()))},
    }


def _channel(channel: Channel) -> Document:
    used = [name for name in _PARAMETERS if f"{{{name}}}" in channel.address]
    return {
        "address": channel.address,
        "title": channel.summary,
        "parameters": {name: {"$ref": f"#/components/parameters/{name}"} for name in used},
        "messages": {channel.name: {"$ref": f"#/components/messages/{channel.name}"}},
    }


def _operations(channel: Channel) -> list[tuple[str, Document]]:
    """Return who sends and who receives; people and anybody are outside, and none of our operations."""
    sides = ((channel.sender, "send"), (channel.receiver, "receive"))
    bindings = {"mqtt": {"qos": channel.qos, "retain": channel.retained, "bindingVersion": "0.2.0"}}
    return [
        (
            f"{side}_{action}_{channel.name}",
            {"action": action, "channel": {"$ref": f"#/channels/{channel.name}"}, "bindings": dict(bindings)},
        )
        for side, action in sides
        if side in ("monitor", "agent")
    ]


def _message(channel: Channel, schemas: Document) -> Document:
    if channel.leaf in _OTHER_PAYLOADS:
        return {"name": channel.name, "summary": channel.summary, **_OTHER_PAYLOADS[channel.leaf]}
    schema = PAYLOADS[channel.leaf].json_schema(by_alias=True, ref_template=_JSON_SCHEMA + "{model}")
    record = next(option["$ref"] for option in schema["anyOf"] if "$ref" in option).removeprefix(_JSON_SCHEMA)
    definitions = schema["$defs"]
    definitions[record]["properties"] = {"schema": {"const": SCHEMA}, **definitions[record]["properties"]}
    definitions[record]["required"] = ["schema", *definitions[record]["required"]]
    schemas |= definitions
    payload: Document = {"$ref": _JSON_SCHEMA + record}
    if channel.leaf == "incident":
        payload = {"oneOf": [payload, {"type": "string", "maxLength": 0, "description": "closed"}]}
    return {"name": channel.name, "summary": channel.summary, "payload": payload}


def main() -> None:
    """Print the document."""
    yaml = YAML()
    yaml.width = 120
    yaml.dump(document(), sys.stdout)


if __name__ == "__main__":
    main()
