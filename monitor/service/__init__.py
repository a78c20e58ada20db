"""What the service manager (systemd) is told: that we are up, how it goes, and that the main loops go round."""

from monitor.service.notify import Notify
from monitor.service.turns import Loop, Turns
from monitor.service.watchdog import Service, Watchdog

__all__ = ["Loop", "Notify", "Service", "Turns", "Watchdog"]
