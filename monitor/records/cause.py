"""What the alarms of many printers have in common: a fact, which the wall and messages word in their own language."""

from dataclasses import dataclass
from enum import StrEnum


class GroupKind(StrEnum):
    """What printers may share, the narrowest first."""

    CAMERA_SERVER = "camera-server"
    ROOM = "room"
    SITE = "site"
    FARM = "farm"


class StartNews(StrEnum):
    """What a start of Vigie has changed, shortly before the whole farm alarmed."""

    STARTED = "started"  # nothing that is known
    ANOTHER_DETECTOR = "another-detector"


_NEWS = {
    StartNews.STARTED: "Vigie itself was started shortly before",
    StartNews.ANOTHER_DETECTOR: "Vigie was started with another detector shortly before",
}


@dataclass(frozen=True, slots=True)
class GroupName:
    """Printers that share something, by what people call it; the farm has no name."""

    kind: GroupKind
    name: str

    def __str__(self) -> str:
        """Return the group in English, such as ``room Print hall``."""
        kind = "the whole farm" if self.kind is GroupKind.FARM else self.kind.replace("-", " ")
        return f"{kind} {self.name}".rstrip()


@dataclass(frozen=True, slots=True)
class CommonCause:
    """Why failures were held, as it was when that was recognised: equal for all printers that one burst holds.

    Several groups explain it equally well where a camera server serves a whole site. No groups: it is not known, as
    for what a history has from before causes were facts.
    """

    groups: tuple[GroupName, ...] = ()
    alarms: int = 0  # printers in trouble
    of: int = 0  # printers that were working
    news: StartNews | None = None

    def __str__(self) -> str:
        """Return it in English, for logs and the history."""
        if not self.groups:
            return "many printers at the same moment"
        groups = " and ".join(map(str, self.groups))
        news = "" if self.news is None else f"; {_NEWS[self.news]}"
        return f"{self.alarms} of {self.of} printers of {groups} at the same moment{news}"
