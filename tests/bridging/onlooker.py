"""Whoever listens at a broker, and whoever tries what is not allowed."""

import itertools
from collections import Counter
from dataclasses import replace
from pathlib import Path

from monitor.bench.bridged import Bridged
from monitor.bridging.passwords import with_line
from monitor.config.model import Tls
from monitor.mqtt import Delivery, Endpoint, Link, Message
from tests.support import wait_until

_numbers = itertools.count()
AUDITOR, SECRET = "auditor", "hears everything"


def add_auditor(made: Bridged) -> None:
    """Let somebody hear everything at the hub's broker, and say everything in the line brokers: in life nobody may."""
    _let_in(made.etc / "vigie-hub", "topic read #")
    for site in made.sites.values():
        if site.broker is not site.own:
            _let_in(site.broker.folder / "vigie-line", "topic readwrite #\ntopic read $SYS/#")


def _let_in(files: Path, rights: str) -> None:
    acl, passwords = files.with_suffix(".acl"), files.with_suffix(".passwords")
    acl.write_text(f"{acl.read_text()}\nuser {AUDITOR}\n{rights}\n")
    passwords.write_text(with_line(passwords.read_text(), AUDITOR, SECRET))


def in_the_line(made: Bridged, peer: str = "amiens") -> Endpoint:
    """Return who may do everything in the broker that has a site's bridge, which in life nobody may."""
    at = made.sites[peer].broker.endpoint
    return replace(at, username=AUDITOR, password=SECRET) if at.username else at


def auditor(made: Bridged) -> Endpoint:
    """Return who hears everything at the hub."""
    return replace(made.hub.endpoint, username=AUDITOR, password=SECRET)


def as_site(made: Bridged, peer: str) -> Endpoint:
    """Return the hub as a site reaches it, with the site's own certificate."""
    certs = made.etc / "certs"
    tls = Tls(
        ca=str(certs / "vigie-ca.crt"), cert=str(certs / f"vigie-{peer}.crt"), key=str(certs / f"vigie-{peer}.key")
    )
    return Endpoint("127.0.0.1", made.tls_port, tls=tls)


class Onlooker:
    """Hears, in order, and says."""

    def __init__(self, endpoint: Endpoint, *filters: str, client_id: str = "") -> None:
        self.heard: list[Message] = []
        self.link = Link(endpoint, client_id or f"onlooker-{next(_numbers)}")
        for one in filters or ("#",):
            self.link.subscribe(one, self.heard.append)

    def topics(self) -> Counter[str]:
        """Return how often something came on each topic."""
        return Counter(message.topic for message in self.heard)

    def hears(self, topic: str, times: int = 1) -> bool:
        """Wait for so many messages of a topic; tell whether they came."""
        return wait_until(lambda: self.topics()[topic] >= times)

    def says(self, topic: str, payload: bytes | str = b"x", *, retain: bool = False) -> Delivery:
        """Publish with QoS 1, and return what the broker answers."""
        answers: list[Delivery] = []
        self.link.publish(topic, payload, qos=1, retain=retain, on_done=answers.append)
        assert wait_until(lambda: bool(answers)), f"no answer to {topic}"
        return answers[0]


def folder_of(made: Bridged, peer: str) -> Path:
    """Return the file of a site's bridge."""
    return made.sites[peer].broker.folder / "conf.d" / made.plans[peer].bridge.name
