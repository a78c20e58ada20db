"""Any printer that is paused by an MQTT message, by the templates of cameras.yaml.

The state is the last payload seen on ``state_topic``.
"""

import threading
from collections.abc import Callable

from monitor.config.model import MqttControl
from monitor.errors import PrinterRejected, PrinterUnreachable
from monitor.mqtt import Link, Message
from monitor.printers.adapter import CAN_PAUSE, Ability, Reading
from monitor.printers.delivery import deliver
from monitor.printers.templates import fill, parse_state
from monitor.records import JobState, PauseCommand


class GenericMqtt:
    """One printer behind two topics."""

    def __init__(self, control: MqttControl, printer: str, site: str, link: Link, changed: Callable[[], None]) -> None:
        """``changed`` is called from the link's thread when the printer says something new."""
        self._control = control
        self._names = {"printer": printer, "site": site, "id": "", "incident": ""}
        self._link = link
        self._changed = changed
        self._lock = threading.Lock()
        self._nothing = Reading(JobState.UNKNOWN, detail=f"nothing heard on {self._fill(control.state_topic)} yet")
        self._reading = self._nothing
        link.on_connect(self._forget)
        link.subscribe(self._fill(control.state_topic), self._heard)

    def state(self) -> Reading:
        """Return what was heard last; raises PrinterUnreachable while nothing can be heard."""
        if not self._link.connected:
            raise PrinterUnreachable("no connection to the broker: what the printer does is not known")
        with self._lock:
            return self._reading

    def can_pause(self) -> Ability:
        """Believe the file: a printer behind a topic cannot be asked."""
        return CAN_PAUSE

    def pause(self, command: PauseCommand) -> None:
        """Publish the pause; raises PrinterUnreachable when nobody listens."""
        names = {"id": command.id, "incident": command.incident}
        topic = self._fill(self._control.pause_topic, names)
        deliver(self._link, topic, self._fill(self._control.pause_payload, names).encode())

    def resume(self) -> None:
        """Publish the resume; raises PrinterRejected when the file names no topic for it."""
        if not self._control.resume_topic:
            raise PrinterRejected("cameras.yaml names no resume_topic for this printer: resume it at the printer")
        deliver(self._link, self._fill(self._control.resume_topic), self._fill(self._control.resume_payload).encode())

    def close(self) -> None:
        """Listen no more; the link belongs to the agent."""
        self._link.off_connect(self._forget)
        self._link.unsubscribe(self._fill(self._control.state_topic), self._heard)

    def _forget(self) -> None:
        """Who was away may have missed what the printer said; a state that is retained comes again at once."""
        with self._lock:
            self._reading = self._nothing

    def _heard(self, message: Message) -> None:
        reading = parse_state(message.payload, self._control)
        with self._lock:
            self._reading = reading
        self._changed()

    def _fill(self, template: str, names: dict[str, str] | None = None) -> str:
        return fill(template, self._names | (names or {}))
