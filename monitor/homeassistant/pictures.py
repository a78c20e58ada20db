"""Pictures for Home Assistant's cameras, where cameras.yaml wants them: the wall's tile, now and then."""

from monitor.config.home_assistant import HomeAssistant
from monitor.config.model import Config
from monitor.mqtt import Link
from monitor.tiles import Tiles
from monitor.wire import Topics


class Pictures:
    """Publishes each printer's newest tile, QoS 0 and not retained: a picture that is lost is followed by another."""

    def __init__(self, config: Config, section: HomeAssistant, tiles: Tiles, link: Link) -> None:
        self._every_s = section.pictures_every_s if section.discovery != "none" else None
        self.follow(config)
        self._tiles, self._link = tiles, link
        self._sent: dict[str, tuple[int, float]] = {}  # printer -> frame number, when

    def follow(self, config: Config) -> None:
        """Publish the pictures of another configuration's printers."""
        self._topics = {p.id: Topics(config.messaging.base, p.site).picture(p.id) for p in config.printers}

    def tick(self, now: float) -> None:
        """Publish what is new and due."""
        if self._every_s is None:
            return
        for printer, topic in self._topics.items():
            number, at = self._sent.get(printer, (None, -self._every_s))
            tile = self._tiles.tile(printer) if now - at >= self._every_s else None
            if tile is not None and tile.number != number:
                self._sent[printer] = (tile.number, now)
                self._link.publish(topic, tile.jpeg, qos=0)
