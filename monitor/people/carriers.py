"""The ways to people that cameras.yaml names: Apprise, or a Matrix room, whose answers are heard too."""

from collections.abc import Mapping
from contextlib import ExitStack
from functools import partial

from monitor import messenger
from monitor.config.model import People as PeopleSection
from monitor.people.courier import Carrier
from monitor.people.matrix.sender import MatrixSender


def carriers(section: PeopleSection, running: ExitStack) -> Mapping[str, Carrier]:
    """Return the way to each contact by id; what must be closed is given to ``running``."""
    ways: dict[str, Carrier] = {}
    for contact in section.contacts:
        if contact.matrix is None:
            ways[contact.id] = partial(messenger.send, contact.url)
        else:
            sender = MatrixSender(contact.matrix, contact.id)
            running.callback(sender.close)
            ways[contact.id] = sender.send
    return ways
