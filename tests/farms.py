"""Small farms for tests that need a configuration but do not care what is in it."""

from monitor.config.model import Config, FilesCamera, NoControl, Printer, PrinterSettings, Room, Site


def a_printer(printer: str = "p01", **settings: object) -> Printer:
    """Return a printer at site ``s``, room ``r``, that nobody can pause, with these settings."""
    return Printer(
        id=printer,
        name=printer,
        site="s",
        room="r",
        camera=FilesCamera(type="files", path="."),
        control=NoControl(type="none"),
        settings=PrinterSettings.model_validate(settings),
    )


def a_farm(*printers: Printer) -> Config:
    """Return a configuration of these printers, or of one."""
    site = Site(id="s", name="S", rooms=(Room(id="r", name="R"),))
    return Config(sites=(site,), printers=printers or (a_printer(),))
