"""Whether a camera shows the printer whose camera it is said to be."""

from dataclasses import dataclass
from enum import StrEnum


class Belongs(StrEnum):
    """What motion in the pictures, compared with what printers say, has shown."""

    BELONGS = "belongs"
    UNKNOWN = "unknown"
    ASKED = "asked"  # it may show another one: not proven, but somebody should look
    DOES_NOT = "does-not-belong"


@dataclass(frozen=True, slots=True)
class Belonging:
    """Of one printer's camera. ``perhaps`` is the printer that it seems to show instead; empty: nobody knows."""

    belongs: Belongs = Belongs.UNKNOWN
    perhaps: str = ""


NOT_KNOWN = Belonging()
