"""What must hold between the parts of cameras.yaml, beyond each key by itself."""

import json
from functools import cache
from pathlib import Path

from monitor.config.control import CrealityControl, DuetControl, HttpControl, MoonrakerHttpControl, SdcpControl
from monitor.config.farm import Entry
from monitor.config.faults import Report, suggestion
from monitor.config.hub import LINE_PORT
from monitor.config.model import (
    BambuControl,
    FilesCamera,
    MoonrakerControl,
    MqttControl,
    NoControl,
    OctoPrintControl,
    PrusaLinkControl,
    SimulatedCamera,
    SimulatedControl,
    Site,
)
from monitor.config.node import Node
from monitor.config.values import is_loopback

PRINTS = Path(__file__).resolve().parents[1] / "sim" / "prints" / "prints.json"  # data only: names to check against
_NAME_BROKER = "write a section mqtt: with its host"
SIMULATION_LEVEL = "sim"  # the simulated printers' own topics lie below {base}/sim


def check_rules(root: Node, sites: tuple[Site, ...], entries: tuple[Entry, ...], folder: Path, report: Report) -> None:
    """Note every rule that the file breaks. Relative paths start at ``folder``."""
    _site_ids(root, sites, report)
    for entry in entries:
        _order_of_seconds(entry, report)
        _broker_is_named(entry, "mqtt" in root.section, report)
        _simulation_stays_apart(entry, report)
        _recording_exists(entry, folder, report)
        _print_exists(entry, report)
    _one_printer_a_control(entries, report)
    _home_assistant_is_reached(root, report)
    _hub_is_reached(root, sites, report)
    _cluster_shares_what_it_can(root, sites, report)
    check_paths(root, folder, report)
    check_openness(root, report)
    _places_exist(root, sites, report)


def _site_ids(root: Node, sites: tuple[Site, ...], report: Report) -> None:
    if any(site.id == SIMULATION_LEVEL for site in sites):
        children = root.section["sites"].value
        for node in children if isinstance(children, list) else []:
            place = node.section.get("id")
            if place and place.value == SIMULATION_LEVEL:
                report.add(place, "is kept for the topics of simulated printers", "write another id")


def _order_of_seconds(entry: Entry, report: Report) -> None:
    below = entry.inherited
    suspect, fail = below.settings.suspect_after_s, below.settings.fail_after_s
    if suspect < fail or below.faulty & {"suspect_after_s", "fail_after_s"}:
        return
    last = [key for key in below.nodes if key in ("suspect_after_s", "fail_after_s")][-1]  # the deepest one written
    if last == "suspect_after_s":
        what, remedy = f"must be below fail_after_s, which is {fail:g}", "write fewer seconds, or raise fail_after_s"
    else:
        what = f"must be above suspect_after_s, which is {suspect:g}"
        remedy = "write more seconds, or lower suspect_after_s"
    report.add(below.nodes[last], what, remedy)


def _broker_is_named(entry: Entry, named: bool, report: Report) -> None:
    if named or not isinstance(entry.control, (MoonrakerControl, MqttControl)):
        return
    node = entry.inherited.control or entry.node
    what = f"is of type {entry.control.type}, but the file names no broker that the printer could share"
    report.add(node, what, "write a section mqtt: with its host")


def _home_assistant_is_reached(root: Node, report: Report) -> None:
    if "home_assistant" in root.section and "mqtt" not in root.section:
        what = "needs a broker that both share, but the file names none"
        report.add(root.section["home_assistant"], what, _NAME_BROKER, show=False)


def _hub_is_reached(root: Node, sites: tuple[Site, ...], report: Report) -> None:
    hub = root.section.get("hub")
    if hub is None:
        return
    if "mqtt" not in root.section and "mqtt" not in hub.section:
        report.add(hub, "needs a broker with a bridge to the hub's, but the file names none", _NAME_BROKER, show=False)
    if len(sites) > 1 and "peer" not in hub.section:
        what = f"is missing, and which of the {len(sites)} sites names this monitor is not plain"
        report.add(hub, what, "write a name that no other monitor has, such as north", key="peer")
    if "cluster" in root.section:
        what = "cannot stand beside cluster: a hub would name printers by the node that happens to have them"
        report.add(hub, what, "remove it: the wall of any node of the cluster shows all printers", show=False)
        return
    _line_is_another_broker(root, hub, report)
    commands = hub.section.get("commands")
    if commands is not None and commands.value is False and "mqtt" not in hub.section:
        what = "means nothing while the bridge is in the site's own broker, where the hub can order everything"
        report.add(commands, what, "write hub.mqtt and set up the line broker (vigie bridge-config)")


def _line_is_another_broker(root: Node, hub: Node, report: Report) -> None:
    """The bridge may write whatever the hub sends: nothing else hears the broker that has it."""
    line, own = hub.section.get("mqtt"), root.section.get("mqtt")
    if line is None or own is None:
        return
    port, line_port = own.section.get("port"), line.section.get("port")
    host = own.section.get("host")
    is_here = host is not None and isinstance(host.value, str) and is_loopback(host.value)
    if is_here and str(port.value if port else 1883) == str(line_port.value if line_port else LINE_PORT):
        what = "is the site's own broker, into which the hub could then write whatever it wants"
        report.add(line, what, "write the port of the line broker (vigie bridge-config), such as 1884", key="port")


def _cluster_shares_what_it_can(root: Node, sites: tuple[Site, ...], report: Report) -> None:
    """A printer's owner changes, but not who pauses it: that is an agent next to it, by a broker that all share."""
    cluster = root.section.get("cluster")
    if cluster is None:
        return
    if "mqtt" not in root.section:
        report.add(
            cluster, "needs a broker that all its monitors share, but the file names none", _NAME_BROKER, show=False
        )
    for site in sites:
        if site.agent == "here":
            what = f"shares printers among monitors, but site {site.id} has its agent in one of them"
            remedy = f"write agent: elsewhere at the site, and run vigie agent --site {site.id} next to its printers"
            report.add(cluster, what, remedy, show=False)


def _simulation_stays_apart(entry: Entry, report: Report) -> None:
    if not isinstance(entry.camera, SimulatedCamera) or entry.control is None:
        return
    if not isinstance(entry.control, (SimulatedControl, NoControl)):
        what = f"is simulated, but the control is a real one ({entry.control.type}) that its failures would pause"
        report.add(entry.inherited.camera or entry.node, what, "write control: simulated, or a real camera")


def _recording_exists(entry: Entry, folder: Path, report: Report) -> None:
    if isinstance(entry.camera, FilesCamera) and not (folder / entry.camera.path).exists():
        node = (entry.inherited.camera or entry.node).section["path"]
        report.add(node, "is neither a folder nor a file", f"write a path that exists; relative ones start at {folder}")


def _print_exists(entry: Entry, report: Report) -> None:
    if isinstance(entry.camera, SimulatedCamera) and entry.camera.print and entry.camera.print not in _print_names():
        node = (entry.inherited.camera or entry.node).section["print"]
        report.add(node, "is no simulated print", suggestion(entry.camera.print, _print_names()))


@cache
def _print_names() -> tuple[str, ...]:
    """Return the prints that simulated cameras can show."""
    return tuple(entry["name"] for entry in json.loads(PRINTS.read_text(encoding="utf-8")))


def check_paths(root: Node, folder: Path, report: Report) -> None:
    """Note files of ``mqtt.tls`` and ``cluster.tls`` that are not there."""
    sections = [root.section.get(name) for name in ("mqtt", "cluster")]
    tls = [section.section.get("tls") for section in sections if section]
    for node in [one.section.get(key) for one in tls if one for key in ("ca", "cert", "key")]:
        if node and isinstance(node.value, str) and node.value and not (folder / node.value).is_file():
            report.add(node, "is not a file", f"write a path that exists; relative ones start at {folder}")


def check_openness(root: Node, report: Report) -> None:
    """Whoever reaches an open wall can stop and resume every printer: that is for a trial on one's own machine."""
    wall = root.section.get("wall")
    access, host = (wall.section.get("access"), wall.section.get("host")) if wall else (None, None)
    if access and access.value == "open" and host and isinstance(host.value, str) and not is_loopback(host.value):
        what = f"lets everybody who reaches {host.value} pause and resume printers"
        report.add(access, what, "write log-in, or host: 127.0.0.1")


def _places_exist(root: Node, sites: tuple[Site, ...], report: Report) -> None:
    """Contacts name sites and rooms: one that is misspelt would be told of nothing."""
    known = {"sites": [site.id for site in sites], "rooms": [room.id for site in sites for room in site.rooms]}
    people = root.section.get("people")
    contacts = people.section.get("contacts") if people else None
    for contact in contacts.value if contacts and isinstance(contacts.value, list) else []:
        for key, ids in known.items():
            listed = contact.section.get(key)
            for node in listed.value if listed and isinstance(listed.value, list) else []:
                if isinstance(node.value, str) and node.value not in ids:
                    report.add(node, f"is none of the farm's {key}", suggestion(node.value, ids))


def _one_printer_a_control(entries: tuple[Entry, ...], report: Report) -> None:
    """Two printers behind one control: the second one's failure would pause the first one's job."""
    owners: dict[tuple[str, ...], Entry] = {}
    for entry in entries:
        target = _target(entry)
        if target is None:
            continue
        first = owners.setdefault(target, entry)
        if first is not entry:
            node = entry.inherited.control or entry.node
            what = f"is the control of {first.node.where} (line {first.node.line}) too"
            report.add(node, what, "give each printer its own, or none", show=False)


def _target(entry: Entry) -> tuple[str, ...] | None:
    """Return what a pause of this printer reaches, as far as the file tells."""
    match entry.control:
        case OctoPrintControl() | PrusaLinkControl() | MoonrakerHttpControl() | DuetControl() as control:
            target: tuple[str, ...] | None = (control.type, control.url.rstrip("/").lower())
        case SdcpControl() | CrealityControl() as control:
            target = (control.type, control.host.lower(), str(control.port))
        case BambuControl() as control:
            target = (control.type, control.serial.upper())
        case MoonrakerControl() as control:
            target = (control.type, control.instance)
        case MqttControl() as control:
            target = _order(control.type, control.pause_topic, control.pause_payload, entry.site)
        case HttpControl() as control:
            target = _order(control.type, control.pause_url, control.pause_body, entry.site)
        case _:
            target = None
    return target


def _order(kind: str, address: str, body: str, site: str) -> tuple[str, ...] | None:
    """Return what a pause by template reaches: something of its own where the printer is named in it."""
    if "{printer}" in address + body:
        return None
    return (kind, address, body, site if "{site}" in address + body else "")
