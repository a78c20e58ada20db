"""The configuration as it holds now: cameras.yaml may change while Vigie runs (see :mod:`monitor.live`)."""

import threading
from collections.abc import Callable, Mapping

from monitor.config.model import Config, Printer

Listener = Callable[[Config], None]


class LiveConfig:
    """Holds the present configuration. Every method may be called from any thread.

    Who needs printers asks this object again each time, or listens; what is read once at the start (the broker, the
    wall's address ...) comes from :attr:`current` of that moment.
    """

    def __init__(self, config: Config) -> None:
        self._lock = threading.Lock()
        self._config = config
        self._printers: Mapping[str, Printer] = _by_id(config)
        self._before: Mapping[str, Printer] = {}
        self._listeners: list[Listener] = []

    @property
    def current(self) -> Config:
        """The configuration as it is now; immutable."""
        return self._config

    def knows(self, printer: str) -> bool:
        """Tell whether cameras.yaml has this printer now."""
        return printer in self._printers

    def printer(self, printer: str) -> Printer:
        """Return a printer; raises KeyError when there is none.

        Also one that the last change has removed: whoever holds a snapshot from before it may still speak of it.
        """
        return self._printers.get(printer) or self._before[printer]

    def on_change(self, listener: Listener) -> None:
        """Call ``listener`` with each new configuration, in the thread that brings it; it must not raise."""
        with self._lock:
            self._listeners.append(listener)

    def replace(self, config: Config) -> None:
        """Let another configuration hold from now on, and tell the listeners."""
        with self._lock:
            self._before, self._printers, self._config = self._printers, _by_id(config), config
            listeners = tuple(self._listeners)
        for listener in listeners:
            listener(config)


def _by_id(config: Config) -> Mapping[str, Printer]:
    return {printer.id: printer for printer in config.printers}
