"""Apprise, wrapped: a URL and a message go in, a hundred kinds of service are behind it.

The library is loaded on first use only: with all its services it takes 35 MB. Its own log names URLs with the secrets
in them, so it is kept off ours. Its sockets have time limits of their own (4 s to connect, 4 s to read).
"""

import logging
import re
import tempfile
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from monitor.errors import NotTold

if TYPE_CHECKING:
    from apprise.plugins.base import NotifyBase

_LOG = logging.getLogger("apprise")
_LOG.propagate = False
_LOG.addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class Letter:
    """One message to one contact. ``key`` is the same when the same message is sent again."""

    key: str
    title: str
    body: str
    is_urgent: bool = False
    picture: bytes | None = None  # JPEG
    picture_name: str = ""

    @property
    def text(self) -> str:
        """Title and body in one."""
        return f"{self.title}\n{self.body}"


def service(url: str) -> "NotifyBase | None":
    """Return what Apprise makes of a URL; None when it knows nothing of the kind."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # of what its services import
        from apprise import Apprise, AppriseAsset  # noqa: PLC0415  # see above

        # In the caller's thread: the library's own pool would outlive a service that hangs, and the program's end.
        found = Apprise.instantiate(url, asset=AppriseAsset(async_mode=False, service_timeout=0))
    return None if isinstance(found, dict) else found


def is_matrix_room(found: "NotifyBase") -> bool:
    """Whether a service is an account of a Matrix homeserver, not one of its webhooks."""
    return str(found.service_name) == "Matrix" and getattr(found, "mode", "") == "off"


def send(url: str, letter: Letter) -> None:
    """Send, and wait until the service has taken it. Raises NotTold; then nobody knows whether somebody read it."""
    with tempfile.TemporaryDirectory(prefix="vigie-") as folder:  # only we may enter it; some services need a file
        picture = None
        if letter.picture is not None:
            picture = Path(folder) / letter.picture_name
            picture.write_bytes(letter.picture)
        _notify(url, letter, picture)


def _notify(url: str, letter: Letter, picture: Path | None) -> None:
    from apprise import Apprise, NotifyFormat, NotifyType  # noqa: PLC0415  # see above

    found = service(url)
    if found is None:
        raise NotTold("Apprise cannot use the contact's url: vigie check says why")
    everyone = Apprise()
    everyone.add(found)
    kind = NotifyType.FAILURE if letter.is_urgent else NotifyType.WARNING
    attached = str(picture) if picture else None
    # As text: what a printer says of itself must not become markup in a mail.
    done = everyone.notify(
        letter.body, letter.title, notify_type=kind, body_format=NotifyFormat.TEXT.value, attach=attached
    )
    if not done:
        said = [_without_urls(entry.message) for entry in done.logs()]
        raise NotTold(f"{found.service_name}: {said[-1] if said else done.status.name.lower()}")


def _without_urls(text: str) -> str:
    return re.sub(r"\b[a-z][a-z0-9+.-]*://\S+", "(url)", text)
