"""What the page ``/printers`` shows of the printers that there are, and asks of one that is to come."""

from dataclasses import dataclass
from types import NoneType
from typing import Any, get_args

from monitor.config.farm import KINDS
from monitor.config.faults import SECRETS
from monitor.config.model import Printer
from monitor.tryout.found import address_of
from monitor.wall.present import Json

ADDRESS = "address"
"""The kind of camera of which only the address is known: what is there is found out."""

_OFFERED = {
    "camera": ("bambu", "usb", "snapshot", "rtsp", "simulated"),
    "control": tuple(KINDS["control"]),
}
_USUAL = frozenset({"url", "host", "username", "password", "api_key", "access_code", "serial", "instance", "device"})
_LARGE = ("mqtt", "http")  # controls that are templates: all of their texts are asked for


@dataclass(frozen=True, slots=True)
class Listed:
    """A printer in the list."""

    id: str
    name: str
    site: str
    room: str
    camera: str  # its type and address, without credentials
    control: str
    line: int | None  # of the file

    @classmethod
    def of(cls, printer: Printer, line: int | None) -> "Listed":
        """Return what to show of a printer."""
        where = address_of(printer.camera)
        kind = printer.camera.type
        camera = kind if where == kind else f"{kind} {where}"
        return cls(printer.id, printer.name, printer.site, printer.room, camera, printer.control.type, line)


def kinds_of(device: str) -> Json:
    """Return the fields of each kind of ``camera`` or ``control`` that the form offers, in its order."""
    return {kind: [_field(name, info) for name, info in _fields(device, kind)] for kind in _OFFERED[device]}


def _fields(device: str, kind: str) -> list[tuple[str, Any]]:
    fields = KINDS[device][kind].model_fields.items()
    return [(name, info) for name, info in fields if _is_asked(kind, name, info)]


def _is_asked(kind: str, name: str, info: Any) -> bool:
    if name == "type":
        return False
    return name in _USUAL or info.is_required() or (kind in _LARGE and _is_text(info.annotation))


def _is_text(annotation: Any) -> bool:
    return annotation is str or str in [one for one in get_args(annotation) if one is not NoneType]


def _field(name: str, info: Any) -> Json:
    return {
        "key": name,
        "required": info.is_required(),
        "secret": name in SECRETS,
        "hint": info.description or "",
    }
