"""Puts messages into a Matrix room."""

import logging

from monitor.config.model import MatrixRoom
from monitor.errors import NotTold
from monitor.messenger import Letter
from monitor.people.matrix.client import MatrixClient

log = logging.getLogger(__name__)


class MatrixSender:
    """Sends the text, and then the picture: what counts is read first."""

    def __init__(self, room: MatrixRoom, contact: str) -> None:
        self._client = MatrixClient(room, f"vigie-{contact}")

    def send(self, letter: Letter) -> None:
        """Send a message; raises NotTold when its text is not in the room. A lost picture is only logged."""
        self._client.send(letter.key, {"msgtype": "m.text", "body": letter.text})
        if letter.picture is None:
            return
        try:
            self._client.send(f"{letter.key}-picture", self._picture(letter.picture, letter.picture_name))
        except NotTold as exc:
            log.warning("a message is in the room, its picture is not: %s", exc)

    def close(self) -> None:
        """Close the connections."""
        self._client.close()

    def _picture(self, jpeg: bytes, name: str) -> dict[str, object]:
        info = {"mimetype": "image/jpeg", "size": len(jpeg)}
        return {"msgtype": "m.image", "body": name, "url": self._client.upload(jpeg, name), "info": info}
