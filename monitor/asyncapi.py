"""The MQTT contract as an AsyncAPI 3.0 document, for machines: docs/asyncapi.yaml is what :func:`document` returns.

Written from the same records and codecs that Vigie speaks with (:mod:`monitor.wire`); a test compares the file with
them, and another one holds the traffic of a running farm against it. ``python -m monitor.asyncapi`` prints it anew.

Source: https://www.asyncapi.com/docs/reference/specification/v3.0.0 and its MQTT binding 0.2.0.
"""

import sys
from dataclasses import dataclass
from enum import Enum
from typing import Any

from pydantic import TypeAdapter
from ruamel.yaml import YAML

from monitor import wire
from monitor.codec import SCHEMA
from monitor.peers import wire as peers
from monitor.wire import Topics

Document = dict[str, Any]

_JSON_SCHEMA = "#/components/schemas/"


class Tree(Enum):
    """Below which first level a topic lies, and how the names of its channels begin."""

    SITE = ""
    TOLD = "peer"  # by a monitor to others
    ASKED = "ask"  # of it


@dataclass(frozen=True, slots=True)
class Channel:
    """One topic of the contract. ``leaf`` is empty for the site's own ``status``; ``load`` is the site's, too."""

    leaf: str
    sender: str  # "monitor", "agent", "hub" or "people"
    receiver: str
    summary: str
    retained: bool = False
    qos: int = 1
    tree: Tree = Tree.SITE

    @property
    def name(self) -> str:
        """Return the channel's key, such as pauseResult."""
        head, *rest = filter(None, (self.tree.value, *(self.leaf or "status").split("/")))
        return head + "".join(word.capitalize() for word in rest if "{" not in word)

    @property
    def address(self) -> str:
        """Return the topic with parameters in braces."""
        if self.tree is not Tree.SITE:
            return f"{{base}}-{self.tree.value}s/{{peer}}/{self.leaf}"
        topics = Topics("{base}", "{site}")
        of_site = {"": topics.status, "load": topics.load}
        return of_site.get(self.leaf) or topics.leaf("{printer}", self.leaf)

    @property
    def payload(self) -> TypeAdapter[Any] | None:
        """Return what writes its JSON; None: it is none."""
        match self.tree:
            case Tree.SITE:
                return wire.PAYLOADS.get(self.leaf)
            case Tree.TOLD:
                return peers.PAYLOADS.get(self.leaf)
            case Tree.ASKED:
                return wire.PAYLOADS["command"] if self.leaf == "command" else peers.PAYLOADS.get(f"ask/{self.leaf}")


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


def _told(leaf: str, summary: str, *, retained: bool = False, qos: int = 0) -> Channel:
    return Channel(leaf, "monitor", "hub", summary, retained, qos, Tree.TOLD)


def _asked(leaf: str, summary: str, *, qos: int = 0) -> Channel:
    return Channel(leaf, "hub", "monitor", summary, False, qos, Tree.ASKED)


PEER_CHANNELS = (
    _told("pulse", "That the monitor lives, how it is, and how far its history has come."),
    _told("farm", "What it watches; told when it changes.", retained=True, qos=1),
    _told("views", "What its board says of printers: what has changed, and all of it every minute."),
    _told("tile/{printer}", "A small picture, after 8 bytes of its time (float64, big end first)."),
    _told("page", "What its history wrote after a number, as the answer to a question.", qos=1),
    _told("evidence/{incident}", "The picture of an incident, made small; empty when there is none.", qos=1),
    _told("answer", "What became of a command; a repetition gets the same one.", qos=1),
    _asked("page", "The question for what a history wrote after a number."),
    _asked("evidence", "The question for the picture of an incident."),
    _asked("look", "Whose tiles somebody looks at; renewed every few seconds."),
    _asked("views", "The question for the farm and for all views."),
    _asked("command", "What a person wants, with an id and an expiry: done once. Never retained.", qos=1),
)

_OTHER_PAYLOADS: dict[str, Document] = {
    "": {"contentType": "text/plain", "payload": {"type": "string", "enum": ["online", "offline"]}},
    "evidence": {"contentType": "image/jpeg", "payload": {"type": "string", "format": "binary"}},
    "picture": {"contentType": "image/jpeg", "payload": {"type": "string", "format": "binary"}},
    "tile/{printer}": {"contentType": "application/octet-stream", "payload": {"type": "string", "format": "binary"}},
    "evidence/{incident}": {"contentType": "image/jpeg", "payload": {"type": "string", "format": "binary"}},
    "views": {"payload": {"type": "object"}},
}
_PARAMETERS = {
    "base": {"description": "mqtt.base of cameras.yaml", "default": "vigie"},
    "site": {"description": "the site's id in cameras.yaml"},
    "printer": {"description": "the printer's id in cameras.yaml"},
    "peer": {"description": "hub.peer of the site's cameras.yaml"},
    "incident": {"description": "the incident's id"},
}


def document() -> Document:
    """Return the whole document, with plain containers only."""
    schemas: Document = {}
    channels = (*CHANNELS, *PEER_CHANNELS)
    messages = {channel.name: _message(channel, schemas) for channel in channels}
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
        "channels": {channel.name: _channel(channel) for channel in channels},
        "operations": dict(operation for channel in channels for operation in _operations(channel)),
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
        if side in ("monitor", "agent", "hub")
    ]


def _message(channel: Channel, schemas: Document) -> Document:
    if channel.payload is None:
        return {"name": channel.name, "summary": channel.summary, **_OTHER_PAYLOADS[channel.leaf]}
    schema = channel.payload.json_schema(by_alias=True, ref_template=_JSON_SCHEMA + "{model}")
    record = next(option["$ref"] for option in schema["anyOf"] if "$ref" in option).removeprefix(_JSON_SCHEMA)
    definitions = schema["$defs"]
    definitions[record]["properties"] = {"schema": {"const": SCHEMA}, **definitions[record]["properties"]}
    definitions[record]["required"] = ["schema", *definitions[record]["required"]]
    if "JournalRow" in definitions:  # as it travels: not as text
        definitions["JournalRow"]["properties"]["body"] = {"type": "object"}
    schemas |= definitions
    payload: Document = {"$ref": _JSON_SCHEMA + record}
    if (channel.tree, channel.leaf) == (Tree.SITE, "incident"):
        payload = {"oneOf": [payload, {"type": "string", "maxLength": 0, "description": "closed"}]}
    return {"name": channel.name, "summary": channel.summary, "payload": payload}


def main() -> None:
    """Print the document."""
    yaml = YAML()
    yaml.width = 120
    yaml.dump(document(), sys.stdout)


if __name__ == "__main__":
    main()
