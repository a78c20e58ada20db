"""Farms for the agent's tests: printers whose cameras nobody looks at."""

from collections.abc import Mapping

from monitor.config.model import Config, Control, Mqtt, NoControl, Printer, Room, Site
from tests.farms import a_printer

BY_HAND = NoControl(type="none")


def printer(name: str, site: str = "site", control: Control = BY_HAND) -> Printer:
    """Return a printer; by default nobody can pause it from here."""
    return a_printer(name).model_copy(update={"site": site, "control": control})


def farm(controls: Mapping[str, Control]) -> Config:
    """Return a farm of one site with a printer for each control."""
    return Config(
        mqtt=Mqtt(host="127.0.0.1"),
        sites=(Site(id="site", name="Site", rooms=(Room(id="room", name="Room"),)),),
        printers=tuple(printer(name, control=control) for name, control in controls.items()),
    )
