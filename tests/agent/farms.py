"""Farms for the agent's tests: printers whose cameras nobody looks at."""

from collections.abc import Mapping

from monitor.config.model import (
    Config,
    Control,
    MjpegCamera,
    Mqtt,
    NoControl,
    Printer,
    PrinterSettings,
    Room,
    Site,
)


def printer(name: str, site: str = "site", control: Control | None = None) -> Printer:
    """Return a printer; by default nobody can pause it."""
    return Printer(
        id=name,
        name=name,
        site=site,
        room="room",
        camera=MjpegCamera(type="mjpeg", url="http://127.0.0.1:1/"),
        control=control or NoControl(type="none"),
        settings=PrinterSettings(),
    )


def farm(controls: Mapping[str, Control]) -> Config:
    """Return a farm of one room with a printer for each control."""
    return Config(
        mqtt=Mqtt(host="127.0.0.1"),
        sites=(Site(id="site", name="Site", rooms=(Room(id="room", name="Room"),)),),
        printers=tuple(printer(name, control=control) for name, control in controls.items()),
    )
