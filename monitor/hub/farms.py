"""The farms that sites have told, kept beside the hub's database.

A hub that starts while its broker or a line is away knows which printers there are: an open alarm has its place.
"""

import json
import logging
from collections.abc import Mapping
from pathlib import Path

from monitor.errors import BadPayload
from monitor.peers.records import Farm
from monitor.peers.wire import decode_farm, encode_farm

log = logging.getLogger(__name__)


class FarmsFile:
    """Reads and writes them. What cannot be read or written is told in the log: the sites tell it again."""

    def __init__(self, storage: Path) -> None:
        """``storage``: the hub's database."""
        self._path = storage.with_name(f"{storage.name}.farms.json")

    def load(self) -> dict[str, Farm]:
        """Return the farms by peer; none where nothing can be read."""
        try:
            kept = json.loads(self._path.read_text(encoding="utf-8"))
            return {str(peer): decode_farm(json.dumps(farm).encode()) for peer, farm in dict(kept).items()}
        except FileNotFoundError:
            return {}
        except (OSError, ValueError, TypeError, BadPayload) as exc:
            log.warning("%s cannot be read: %s; the sites tell it again", self._path, exc)
            return {}

    def save(self, farms: Mapping[str, Farm]) -> None:
        """Keep these, in place of what was kept before."""
        content = {peer: json.loads(encode_farm(farm)) for peer, farm in farms.items()}
        beside = self._path.with_name(f"{self._path.name}.new")
        try:
            beside.write_text(json.dumps(content), encoding="utf-8")
            beside.replace(self._path)
        except OSError as exc:
            log.warning("%s cannot be written: %s", self._path, exc)
