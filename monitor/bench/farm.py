"""The farm of a step of the ladder: its cameras.yaml, as a value."""

from pathlib import Path

from monitor.bench.figures import FAIL_AFTER_S, Load
from monitor.config import model as config
from monitor.mqtt import Endpoint
from monitor.sim.load_agent import SITE
from monitor.sim.load_printers import name_of


def farm_of(load: Load, endpoint: Endpoint, cameras_url: str, port: int, folder: Path) -> config.Config:
    """Return the configuration of a load's monitor: its wall on ``port``, its database in ``folder``."""
    site = config.Site(id=SITE, name="Bench", rooms=(config.Room(id="bench", name="Bench"),), agent="elsewhere")
    return config.Config(
        mqtt=config.Mqtt(host=endpoint.host, port=endpoint.port),
        wall=config.Wall(port=port, access="open"),
        detector=load.detector,
        storage=config.Storage(path=str(folder / "vigie.db")),
        sites=(site,),
        printers=tuple(_printer(load, number, cameras_url) for number in range(load.cameras)),
    )


def _printer(load: Load, number: int, cameras_url: str) -> config.Printer:
    return config.Printer(
        id=name_of(number),
        name=f"Simulated {number}",
        site=SITE,
        room="bench",
        camera=_camera(load, number, cameras_url),
        control=config.MqttControl(
            type="mqtt", pause_topic="load", pause_payload="pause", state_topic=f"load/{number}"
        ),
        settings=config.PrinterSettings(inspect_every_s=load.every_s, fail_after_s=FAIL_AFTER_S),
    )


def _camera(load: Load, number: int, cameras_url: str) -> config.Camera:
    way = load.way_of(number)
    url = f"{cameras_url}/{way}/{number}"
    if way == "mjpeg":
        return config.MjpegCamera(type="mjpeg", url=url)
    return config.SnapshotCamera(type="snapshot", url=url, every_s=load.every_s)
