"""The sites' farms as one configuration, for the wall and the history's filters. Pure.

The hub reaches no camera and no printer. Where a configuration must say how one is reached, it says here only that
there is a way, at its site.
"""

from collections.abc import Mapping

from pydantic import ValidationError

from monitor.config.hub_file import HubFile, HubSite
from monitor.config.model import Config, FilesCamera, MqttControl, NoControl, Printer, PrinterSettings, Room, Site
from monitor.errors import BadPayload
from monitor.hub.names import at_hub
from monitor.peers.records import Farm, FarmPrinter

FRESH_FOR_S = 60.0
"""A tile that came over a thin line may be so old; then it turns grey."""

_CAMERA_AT_ITS_SITE = FilesCamera.model_construct(type="files", path="")
_CONTROL_AT_ITS_SITE = MqttControl.model_construct(type="mqtt")


def empty(hub: HubFile) -> Config:
    """Return the configuration of a region of which nothing is known yet."""
    return Config(mqtt=hub.mqtt, wall=hub.wall, storage=hub.storage, sites=(), printers=())


def region_of(hub: HubFile, farms: Mapping[str, Farm]) -> Config:
    """Return all printers of the farms that were told, by peer: sites in the hub file's order, printers in theirs."""
    sites, printers = [], []
    for known in hub.sites:
        farm = farms.get(known.peer)
        if farm is not None:
            sites += sites_of(known, farm)
            printers += [_printer(known.peer, one) for one in farm.printers]
    return empty(hub).model_copy(update={"sites": tuple(sites), "printers": tuple(printers)})


def sites_of(known: HubSite, farm: Farm) -> list[Site]:
    """Return the sites of a farm; raises BadPayload when it is none that can be shown."""
    name = known.name if len(farm.sites) == 1 else ""  # of several, each has its own
    try:
        sites = [
            Site(
                id=site.id,
                name=name or site.name or site.id,
                rooms=tuple(Room(id=room.id, name=room.name or room.id) for room in site.rooms),
            )
            for site in farm.sites
        ]
        for printer in farm.printers:
            Room(id=printer.id, name=printer.name)  # an id is an id
    except ValidationError as exc:
        raise BadPayload(f"farm payload: an id that none can be: {exc.errors()[0]['msg']}") from exc
    rooms = {(site.id, room.id) for site in sites for room in site.rooms}
    for printer in farm.printers:
        if (printer.site, printer.room) not in rooms:
            raise BadPayload(f"farm payload: printer {printer.id}: there is no room {printer.site}/{printer.room}")
    return sites


def clash_of(peer: str, farm: Farm, others: Mapping[str, Farm]) -> str:
    """Return which other peer tells of a site of the same id, so that their printers would be mixed up; or nothing."""
    own = {site.id for site in farm.sites}
    for other, told in others.items():
        if other != peer and own & {site.id for site in told.sites}:
            return other
    return ""


def _printer(peer: str, told: FarmPrinter) -> Printer:
    settings = PrinterSettings(
        threshold=told.threshold if 0.0 < told.threshold < 1.0 else None,
        on_failure=told.on_failure,
        inspect_every_s=FRESH_FOR_S / 3,
        idle_every_s=FRESH_FOR_S / 3,
    )
    return Printer.model_construct(
        id=at_hub(peer, told.id),
        name=told.name or told.id,
        site=told.site,
        room=told.room,
        camera=_CAMERA_AT_ITS_SITE,
        control=_CONTROL_AT_ITS_SITE if told.is_controlled else NoControl(type="none"),
        settings=settings,
    )
