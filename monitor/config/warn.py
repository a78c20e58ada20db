"""What is allowed in cameras.yaml, but should be a decision and not an oversight."""

from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from monitor.certificates import FILE_NAME
from monitor.config.control import Control, CrealityControl, DuetControl, HttpControl, MqttControl, SdcpControl
from monitor.config.model import (
    BambuCamera,
    BambuControl,
    Config,
    MatrixRoom,
    NoControl,
    Printer,
    SimulatedCamera,
    SimulatedControl,
)
from monitor.config.values import is_loopback
from monitor.records import Action

_READ_ONLY_ABOUT = (BambuControl, CrealityControl, DuetControl, SdcpControl)


def warnings(config: Config) -> list[str]:
    """Return a sentence for each thing that people should know before they rely on this configuration."""
    found = _of_printers(config.printers)
    elsewhere = [site.id for site in config.sites if site.agent == "elsewhere"]
    if elsewhere and config.mqtt is None:
        found.append(f"agent: elsewhere, but no other machine reaches the embedded broker: {', '.join(elsewhere)}")
    found += _untold(config)
    model = config.detector.path
    if absent := [str(file) for file in (model, model.with_suffix(".json")) if not file.is_file()]:
        # No fault: with a wall and live pictures, blind and saying so, a farm is better off than with nothing.
        found.append(f"detector: there is no {' and no '.join(absent)}: no failure will be recognised")
    if not config.fleet.guard:
        found.append("fleet: guard is false: when the light goes out, every printer that looks wrong is paused")
    if config.mqtt and config.mqtt.password and config.mqtt.tls is None and not is_loopback(config.mqtt.host):
        found.append("mqtt: the password crosses the network in clear text; write tls: {}")
    if config.hub is not None and config.hub.mqtt is None:
        found.append(
            "hub: the bridge is in the site's own broker: who takes over the hub's machine can send any order into it; "
            "write hub: {mqtt: {username: vigie, password: ...}}, for the line broker that vigie bridge-config writes"
        )
    for contact in config.people.contacts if config.people else ():
        if (
            contact.matrix
            and contact.matrix.homeserver.startswith("http://")
            and not is_loopback(_host(contact.matrix))
        ):
            found.append(f"people: the login of {contact.called} crosses the network in clear text; write https://")
    return found + _readable_log_in(config)


def _of_printers(printers: Sequence[Printer]) -> list[str]:
    named = {
        "nobody can pause these, a failure only raises an alarm": [
            printer for printer in printers if isinstance(printer.control, NoControl)
        ],
        "a failure is only told, never paused (on_failure: alert)": [
            printer
            for printer in printers
            if printer.settings.on_failure is Action.ALERT and not isinstance(printer.control, NoControl)
        ],
        f"no certificate_sha256: the certificate that is seen first is trusted, and kept in {FILE_NAME}": [
            printer for printer in printers if _trusts_at_first_use(printer)
        ],
        "the control was written after published protocols and tried with a simulator only; pause each once by hand": [
            printer for printer in printers if isinstance(printer.control, _READ_ONLY_ABOUT)
        ],
        "the order to pause speaks of a toggle, which would resume a failing print when it comes twice": [
            printer for printer in printers if "toggle" in _order(printer).lower()
        ],
        "headers of the control cross the network in clear text; write https://": [
            printer for printer in printers if _tells_headers(printer.control)
        ],
        "simulated, nothing real is watched there": [
            printer
            for printer in printers
            if isinstance(printer.camera, SimulatedCamera) or isinstance(printer.control, SimulatedControl)
        ],
    }
    return [f"{sentence}: {_names(concerned)}" for sentence, concerned in named.items() if concerned]


def _readable_log_in(config: Config) -> list[str]:
    wall = config.wall
    if wall.access == "open" or is_loopback(wall.host) or wall.proxy is not None:
        return []
    where = f"{wall.host}:{wall.port}"
    remedy = "put a proxy with https in front of it (docs/access.md), or write host: 127.0.0.1"
    return [f"wall: passwords cross the network to {where} in clear text; {remedy}"]


def _untold(config: Config) -> list[str]:
    if config.people is None:
        return ["people: nobody is told of anything, neither of a failure nor of a failed pause; write people:"]
    covered = [contact.covers for contact in config.people.contacts]
    untold = [printer for printer in config.printers if not any(c(printer.site, printer.room) for c in covered)]
    return [f"people: no contact is told about these, by its sites and rooms: {_names(untold)}"] if untold else []


def _order(printer: Printer) -> str:
    """Return what is sent to pause it, where the file says so."""
    control = printer.control
    if isinstance(control, HttpControl):
        return control.pause_url + control.pause_body
    return control.pause_topic + control.pause_payload if isinstance(control, MqttControl) else ""


def _tells_headers(control: Control) -> bool:
    if not isinstance(control, HttpControl) or not control.headers:
        return False
    parts = [urlsplit(url) for url in (control.pause_url, control.resume_url, control.state_url)]
    return any(url.scheme == "http" and not is_loopback(url.hostname or "") for url in parts)


def _trusts_at_first_use(printer: Printer) -> bool:
    devices = (printer.camera, printer.control)
    return any(isinstance(one, (BambuCamera, BambuControl)) and not one.certificate_sha256 for one in devices)


def _names(printers: Iterable[Printer]) -> str:
    ids = [printer.id for printer in printers]
    return ", ".join(ids) if len(ids) <= 12 else f"{', '.join(ids[:10])} and {len(ids) - 10} more"


def _host(room: MatrixRoom) -> str:
    return urlsplit(room.homeserver).hostname or ""
