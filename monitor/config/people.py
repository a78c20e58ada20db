"""Who is told, and how.

The text below a key completes the sentence "write ..." of its faults.
"""

from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator

from monitor import messenger
from monitor.config.quiet import QuietTime
from monitor.config.section import Section
from monitor.config.values import HttpUrl, Identifier, Seconds, Text, WholeNumber, fault
from monitor.records import NoticeStep

_EXAMPLE = "write a URL of Apprise, such as ntfys://ntfy.example/my-topic; https://appriseit.com/services/ lists them"


def _apprise_url(value: str) -> str:
    service = messenger.service(value)
    if service is None:
        raise fault("is no URL that Apprise knows how to reach somebody with", _EXAMPLE)
    if messenger.is_matrix_room(service):
        # With an access token Apprise 2.2 loses the text beside a picture, and every second message, and says True.
        raise fault("is a Matrix room", "write matrix: with homeserver, room and access_token: answers are heard there")
    return value


class MatrixRoom(Section):
    """A room of a Matrix homeserver: messages with their picture go in, reactions and replies come back."""

    homeserver: HttpUrl
    """the homeserver's address, such as https://matrix.hospital.example"""
    room: Annotated[str, Field(pattern=r"^[#!]\S+$")]
    """the room's alias in quotes, such as '#prints:hospital.example'"""
    access_token: str = Field(default="", repr=False)
    """the access token of Vigie's own account, best as ${NAME} of an environment variable"""
    username: str = ""
    """the user name of Vigie's own account, such as vigie"""
    password: str = Field(default="", repr=False)
    """the password of Vigie's own account, best as ${NAME} of an environment variable"""
    listen_to: tuple[Annotated[str, Field(pattern=r"^@\S+:\S+$")], ...] = ()  # empty: all members of the room
    """a list of Matrix users, such as ['@lea:hospital.example']"""

    @model_validator(mode="after")
    def _can_log_in(self) -> "MatrixRoom":
        if bool(self.access_token) == bool(self.username and self.password):
            raise fault("needs one way to log in", "write access_token, or username and password")
        return self


class Contact(Section):
    """One person, group or room that is told."""

    id: Identifier
    name: str = ""
    """a name for people, such as Léa or Night watch"""
    url: Annotated[str, AfterValidator(_apprise_url)] = Field(default="", repr=False)
    """a URL of Apprise, best as ${NAME} of an environment variable"""
    matrix: MatrixRoom | None = None
    """a section with homeserver, room and access_token"""
    language: Literal["en", "fr"] = "en"
    """en or fr"""
    quiet: tuple[QuietTime, ...] = ()
    """a list of times such as [{start: '22:00', end: '06:30'}]"""
    sites: tuple[Text, ...] = ()  # empty: all
    """a list of ids of sites"""
    rooms: tuple[Text, ...] = ()  # empty: all
    """a list of ids of rooms"""

    @property
    def called(self) -> str:
        """How people call it."""
        return self.name or self.id

    @property
    def way(self) -> str:
        """How it is reached, without a secret: the room, or the kind of URL."""
        return f"matrix {self.matrix.room}" if self.matrix else self.url.partition("://")[0]

    def covers(self, site: str, room: str) -> bool:
        """Whether the printers of a room are this contact's business."""
        return (not self.sites or site in self.sites) and (not self.rooms or room in self.rooms)

    @model_validator(mode="after")
    def _is_reached_one_way(self) -> "Contact":
        if bool(self.url) == bool(self.matrix):
            raise fault("needs one way to be reached", "write url: with an Apprise URL, or a section matrix:")
        return self


class People(Section):
    """Who is told when something is wrong, in this order."""

    contacts: tuple[Contact, ...]
    """a list of contacts, each beginning with - id:"""
    escalate_after_s: Seconds = 300.0
    """seconds until the next contact is told of what nobody has acknowledged, such as 300"""
    blind_after_s: Seconds = 300.0
    """seconds that a printing printer's camera may show nothing until people are told, such as 300"""
    unable_after_s: Seconds = 60.0
    """seconds that Vigie itself may be unable to judge or to pause until people are told, such as 60"""
    at_most: Annotated[WholeNumber, Field(ge=1, le=100)] = 6
    """messages that a contact gets in ten minutes before further ones are bundled, such as 6"""
    tell: tuple[NoticeStep, ...] = tuple(NoticeStep)
    """a list of opened, asked, held, paused, pause-failed, cannot-pause, blind, unable, impaired, able-again"""

    @model_validator(mode="after")
    def _is_whole(self) -> "People":
        ids = [contact.id for contact in self.contacts]
        if not ids:
            raise fault("has no contacts", "write at least one below contacts:, or remove people:")
        for name in ids:
            if ids.count(name) > 1:
                raise fault(f"has two contacts with the id {name}", "write another id")
        if NoticeStep.PAUSE_FAILED not in self.tell:
            raise fault("does not tell a failed pause", "add pause-failed to tell: a person must hear of it")
        return self
