"""What is wished of cameras.yaml, in the words of its own keys, and how a printer is written there."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from monitor.config.edit.written import escaped

SHORT = {"mjpeg": "http", "rtsp": "rtsp"}
"""Types of cameras of which the address alone says enough, and how that address begins."""


@dataclass(frozen=True, slots=True)
class NewPrinter:
    """A printer to be added. A camera or control is a section, or a word or address as cameras.yaml takes it.

    None: what the defaults of its place say. Texts are as people type them: a dollar sign is one, but ``${NAME}`` is
    an environment variable.
    """

    id: str
    site: str
    room: str
    name: str = ""
    camera: Mapping[str, Any] | str | None = None
    control: Mapping[str, Any] | str | None = None
    settings: Mapping[str, Any] = field(default_factory=dict)
    site_name: str = ""  # of a site or a room that is not there yet
    room_name: str = ""

    def written(self, *, short: bool) -> dict[str, Any]:
        """Return the mapping to write; ``short``: an address instead of a section where that says as much."""
        entry: dict[str, Any] = {"id": self.id}
        if self.name and self.name != self.id:
            entry["name"] = escaped_all(self.name)
        for key, device in (("camera", self.camera), ("control", self.control)):
            if device is not None:
                entry[key] = _short(escaped_all(device)) if short else escaped_all(device)
        entry.update(escaped_all(dict(self.settings)))
        return entry


def escaped_all(value: Any) -> Any:
    """Return a value with all of its texts as cameras.yaml needs them."""
    match value:
        case str():
            return escaped(value)
        case Mapping():
            return {key: escaped_all(one) for key, one in value.items()}
        case list() | tuple():
            return [escaped_all(one) for one in value]
        case _:
            return value


def _short(device: Any) -> Any:
    if not isinstance(device, Mapping):
        return device
    kind, url = device.get("type"), str(device.get("url", ""))
    if set(device) == {"type"} and kind in ("simulated", "none"):
        return kind
    if set(device) == {"type", "url"} and kind in SHORT and url.startswith(SHORT[kind]):
        return url
    return device
