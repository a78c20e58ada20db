"""``vigie people``: who is told, and a test message to them."""

import argparse
import os
from collections.abc import Sequence
from contextlib import ExitStack
from pathlib import Path

import cv2
import numpy as np

from monitor.clock import SystemClock
from monitor.config.load import default_path, load
from monitor.config.model import Contact
from monitor.errors import ConfigError, NotTold
from monitor.ids import uuid7
from monitor.messenger import Letter
from monitor.people.carriers import carriers
from monitor.people.courier import Carrier
from monitor.people.line import Line
from monitor.people.wording import trial

HELP = "say who is told and in which order; --test sends each of them a message and says what became of it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Declare the file and the test."""
    parser.add_argument("file", nargs="?", type=Path, help="the farm (default: cameras.yaml)")
    parser.add_argument(
        "--test", nargs="?", const="", metavar="CONTACT", help="send a test message to one contact, or to all"
    )


def run(options: argparse.Namespace) -> int:
    """Print one line a contact; return 1 when one of them could not be told."""
    path: Path = options.file or default_path()
    config = load(path, os.environ)
    if config.people is None:
        print(f"{path}: nobody is told of anything; write a section people:, as in docs/cameras.example.yaml")
        return 1
    contacts = _chosen(config.people.contacts, options.test or "")
    if options.test is None:
        awake = Line(config).awake(SystemClock().now())
        for contact in contacts:
            print(f"{contact.called:<20} {contact.way:<30} {'' if contact.id in awake else 'rests now'}".rstrip())
        return 0
    with ExitStack() as running:
        ways = carriers(config.people, running)
        problems = [_told(contact, ways[contact.id]) for contact in contacts]
    return 1 if any(problems) else 0


def _chosen(contacts: Sequence[Contact], name: str) -> Sequence[Contact]:
    found = [contact for contact in contacts if name in ("", contact.id)]
    if not found:
        known = ", ".join(contact.id for contact in contacts)
        raise ConfigError(f"there is no contact {name}; known are {known}. The file stands before --test")
    return found


def _told(contact: Contact, carry: Carrier) -> str:
    title, body = trial(contact.called, contact.language)
    clock = SystemClock()
    letter = Letter(uuid7(clock.now()), title, body, picture=_picture(), picture_name="vigie.jpg")
    began, problem = clock.now(), ""
    try:
        carry(letter)
    except NotTold as exc:
        problem = str(exc)
    took_s = clock.now() - began
    print(
        f"{contact.called:<20} {contact.way:<30} " + (f"NOT told: {problem}" if problem else f"told ({took_s:.1f} s)")
    )
    return problem


def _picture() -> bytes:
    """Return a picture that says what it is."""
    image = np.full((120, 320, 3), 60, np.uint8)
    cv2.putText(image, "Vigie: a test", (20, 70), cv2.FONT_HERSHEY_SIMPLEX, 1.2, (235, 235, 235), 2)
    return bytes(cv2.imencode(".jpg", image)[1])
