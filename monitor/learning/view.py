"""What a camera looks at, as far as Vigie is told."""

import hashlib
from collections.abc import Callable

from monitor.config.live import LiveConfig
from monitor.config.model import Printer

_NOT_THE_VIEW = frozenset(
    {"username", "password", "access_code", "certificate_sha256", "every_s", "frames_per_s", "loop", "transport"}
)


def view_of(printer: Printer) -> str:
    """Return a hash of a camera's address and rotation: where they change, places in its picture are others.

    Places are fractions of the whole turned picture, so region and mask change nothing in them.
    """
    camera = printer.camera.model_dump_json(exclude=set(_NOT_THE_VIEW))
    return hashlib.sha256(f"{camera} {printer.settings.rotate}".encode()).hexdigest()[:16]


def views(config: LiveConfig) -> Callable[[str], str]:
    """Return what names the present view of a printer by id; of one that cameras.yaml has no more, no view at all."""
    return lambda printer: view_of(config.printer(printer)) if config.knows(printer) else "gone"
