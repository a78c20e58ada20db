"""Says again what is true when somebody has spoken who had no business to any more.

A node that was frozen or cut off may have handed messages to its connection, which go out when it wakes, and are
retained; and its will says that the whole site is offline. Whoever owns the printer hears that, and says its own again.
"""

from collections import Counter
from collections.abc import Mapping

from monitor.clock import Clock
from monitor.errors import BadPayload
from monitor.ignored import IgnoredMessages
from monitor.mqtt import Link, Message
from monitor.owning import Owning
from monitor.publisher import Publisher
from monitor.wire import ONLINE, Topics, decode_incident, decode_state

OLD_EPOCH = "old epoch"


class Voice:
    """Listens on all sites' links, on their network threads."""

    def __init__(
        self, links: Mapping[str, Link], base: str, owning: Owning, publisher: Publisher, clock: Clock
    ) -> None:
        """``links`` by site, not started yet."""
        self._base, self._owning, self._publisher = base, owning, publisher
        self._ignored = IgnoredMessages(clock, "monitor")
        self._is_over = False
        for site, link in links.items():
            self.listen_to(site, link)

    def listen_to(self, site: str, link: Link) -> None:
        """Listen to one more site, over its link, which is not started yet."""
        topics = Topics(self._base, site)
        link.subscribe(topics.state("+"), lambda message: self._heard(site, message))
        link.subscribe(topics.incident("+"), lambda message: self._heard(site, message))
        link.subscribe(topics.status, lambda message: self._heard_status(link, message))

    def stop(self) -> None:
        """Correct nobody any more: we are about to say goodbye ourselves."""
        self._is_over = True

    @property
    def ignored(self) -> Counter[str]:
        """How many messages of an old epoch were heard, by reason."""
        return self._ignored.counts

    def _heard(self, site: str, message: Message) -> None:
        parts = Topics(self._base, site).parse(message.topic)
        if parts is None or not message.payload or not self._owning.is_ours(parts.printer):
            return
        epoch, ours = _epoch_of(parts.leaf, message.payload), self._owning.epoch(parts.printer)
        if epoch is None or epoch >= ours:
            return
        if not message.retain:  # what was retained is of those before us, and was right then
            detail = f"{epoch} has spoken, and the printer is ours since {ours}: another node was frozen or cut off"
            self._ignored.add(OLD_EPOCH, message.topic, detail)
        self._publisher.say_again(site, parts.printer)

    def _heard_status(self, link: Link, message: Message) -> None:
        if message.retain or message.payload == ONLINE or self._is_over:
            return
        link.publish(message.topic, ONLINE, retain=True)


def _epoch_of(leaf: str, payload: bytes) -> int | None:
    try:
        return decode_state(payload).epoch if leaf == "state" else decode_incident(payload).epoch
    except BadPayload:
        return None
