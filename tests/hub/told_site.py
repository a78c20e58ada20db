"""A site told by hand over a real broker: what :mod:`monitor.peers` says, said when a test wants it."""

import queue
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

from monitor.clock import Clock
from monitor.history import Change, History
from monitor.judge import Phase
from monitor.mqtt import Endpoint, Link, Message
from monitor.peers.records import (
    CompactView,
    Farm,
    FarmPrinter,
    FarmRoom,
    FarmSite,
    PeerTile,
    Pulse,
    Views,
    WishAnswer,
)
from monitor.peers.wire import (
    PeerTopics,
    decode_page_ask,
    encode_answer,
    encode_farm,
    encode_page,
    encode_pulse,
    encode_tile,
    encode_views,
)
from monitor.records import Action, JobState, PersonCommand, Reception, State
from monitor.wire import decode_person_command
from tests.support import PATIENCE_S

PAGE_BYTES = 4_000


def farm_of(peer: str, site: str, printers: Sequence[str]) -> Farm:
    """Return a farm of one site with one room."""
    told = tuple(FarmPrinter(name, f"Prusa {name}", site, "hall", 0.6, Action.PAUSE) for name in printers)
    return Farm(
        peer, f"{site}/{','.join(printers)}", (FarmSite(site, site.capitalize(), (FarmRoom("hall", "Hall"),)),), told
    )


class ToldSite:
    """A site with a real history, whose pulses, views and answers a test sends."""

    def __init__(
        self,
        endpoint: Endpoint,
        folder: Path,
        clock: Clock,
        peer: str = "amiens",
        printers: Sequence[str] = ("p01", "p02"),
        clock_ahead_s: float = 0.0,
    ) -> None:
        self.peer, self.printers, self._clock, self._ahead_s = peer, printers, clock, clock_ahead_s
        self.topics = PeerTopics("vigie", peer)
        self.history = History(folder / f"{peer}.db")
        self.instance = "first"
        self.answers_pages = True
        self.schema = 1  # of what it has written
        self.asked: queue.Queue[str] = queue.Queue()  # leaves, in order
        self.commands: queue.Queue[PersonCommand] = queue.Queue()
        self._link = Link(endpoint, f"told-{peer}-{folder.name}")
        asks = {
            self.topics.ask_page: self._page,
            self.topics.ask_command: lambda message: self.commands.put(decode_person_command(message.payload)),
            self.topics.ask_views: lambda _: self.asked.put("views"),
            self.topics.ask_look: lambda _: self.asked.put("look"),
            self.topics.ask_evidence: self._evidence,
        }
        for topic, handler in asks.items():
            self._link.subscribe(topic, handler)

    def start(self) -> None:
        """Open the history and connect."""
        self.history.start()
        self._link.start()
        assert self._link.wait_connected(PATIENCE_S)

    def stop(self) -> None:
        """Close all."""
        self._link.stop()
        self.history.stop()

    def now(self) -> float:
        """Return the time on the site's clock."""
        return self._clock.now() + self._ahead_s

    def pulse(self, **changes: object) -> None:
        """Say that it lives, and how far its history is."""
        newest = self.history.reader.newest()
        pulse = Pulse(self.peer, self.instance, self.now(), newest.history, newest.seq, "0.1.0", len(self.printers))
        self.say(self.topics.pulse, encode_pulse(replace(pulse, **changes)))  # type: ignore[arg-type]  # fields

    def tells_farm(self) -> None:
        """Say which printers it has."""
        self.say(self.topics.farm, encode_farm(farm_of(self.peer, self.peer, self.printers)), retain=True)

    def tells(self, printer: str, state: State = State.WATCHING, **more: object) -> None:
        """Say how a printer is."""
        now = self.now()
        view = CompactView(printer, state, now, Phase.WATCHING, 0.03, job_state=JobState.PRINTING, reported_at=now)
        told = Views(now, False, (replace(view, **more),), self.instance)  # type: ignore[arg-type]  # fields
        self.say(self.topics.views, encode_views(told))

    def shows(self, printer: str, jpeg: bytes) -> None:
        """Send a tile."""
        self.say(self.topics.tile(printer), encode_tile(PeerTile(self.now(), jpeg)))

    def answers(self, command: PersonCommand, reception: Reception = Reception.TAKEN, detail: str = "") -> None:
        """Answer a command."""
        answer = WishAnswer(command.id, command.printer, reception, detail, self.now())
        self.say(self.topics.answer, encode_answer(answer))

    def writes(self, change: Change) -> None:
        """Write into its own history."""
        assert self.history.commit(change)

    def say(self, topic: str, payload: bytes, *, retain: bool = False) -> None:
        """Publish anything."""
        self._link.publish(topic, payload, retain=retain)

    def _page(self, message: Message) -> None:
        ask = decode_page_ask(message.payload)
        self.asked.put(f"page after {ask.after}")
        if self.answers_pages:
            after = ask.after if ask.history == self.history.reader.identity() else 0
            page = self.history.reader.journal(after, PAGE_BYTES)
            rows = tuple(
                replace(row, body=row.body.replace('"schema":1', f'"schema":{self.schema}')) for row in page.rows
            )
            self.say(self.topics.page, encode_page(replace(page, rows=rows, id=ask.id)))

    def _evidence(self, message: Message) -> None:
        self.asked.put("evidence")
        incident = message.payload.decode().split('"incident":"')[1].split('"')[0]
        self.say(self.topics.evidence(incident), self.history.reader.evidence(incident) or b"")
