"""One peer as it is heard: its line and its clock, how far its history was read, and what is still wanted of it."""

import logging
from collections.abc import Callable, Sequence
from functools import partial

from monitor.errors import BadPayload, NewerPayload, StorageError
from monitor.hearing.looking import LASTS_S, Looks
from monitor.hearing.pulling import Pulling
from monitor.hearing.views import settled
from monitor.hearing.wanted import Wanted
from monitor.history import History
from monitor.ids import uuid7
from monitor.mqtt import Link
from monitor.peers.line import PULSE_EVERY_S, Line, LineState
from monitor.peers.records import EvidenceAsk, Look, Pulse
from monitor.peers.wire import EVIDENCE_BYTES, PeerTopics, encode_evidence_ask, encode_look, encode_page_ask
from monitor.records.journal import JournalKind, Page

log = logging.getLogger(__name__)

SCAN_S = 600.0  # for pictures that are missing; also whenever incidents have come
PICTURES_LOOKED_FOR = 500
ALONE_S = PULSE_EVERY_S + 1.0  # after another process has spoken: if two share the name, the first speaks again
EMPTY = b"{}"


class HeardPeer:
    """One peer. One thread owns it."""

    def __init__(
        self,
        peer: str,
        base: str,
        link: Link,
        history: History,
        by: str,
        now: float,
        named: Callable[[str], str] = str,
    ) -> None:
        """``history``: ours. ``by``: who asks. ``named`` says what a printer of the peer is called here."""
        self.peer, self._by, self.named = peer, by, named
        self._link, self._history = link, history
        self.topics = PeerTopics(base, peer)
        self.line = Line(peer, now)
        self.pulling = Pulling(partial(history.reader.cursor, peer))
        self.wanted, self._looks = Wanted(), Looks()
        self.skew_s = 0.0  # that is reckoned with
        self.history_trouble = ""  # why its history cannot be read on
        self._scanned_at = float("-inf")  # for pictures that are missing
        self.asked_all_at = float("-inf")
        self._another_at = float("-inf")  # when another process than before spoke last

    def pulse(self, pulse: Pulse, now: float) -> LineState:
        """Take in that it lives; raises BadPayload when it is another that says so."""
        if pulse.peer != self.peer:
            raise BadPayload(f"pulse payload: it is of {pulse.peer!r}")
        former = self.line.newest
        if former is not None and former.instance != pulse.instance:
            self._another_at = now
        state = self.line.pulse(pulse, now)
        self.skew_s = settled(self.skew_s, state.skew_s)
        self.pulling.told(pulse.history, pulse.head, now)
        return state

    def write(self, page: Page, now: float) -> bool:
        """Write a page that was asked for into our history, and ask for the next one; tell whether it is written."""
        try:
            written = self._history.import_page(self.peer, page, self.named)
        except NewerPayload as exc:
            self.history_trouble = f"its history has entries of a newer version, which wait there: {exc}"
            log.warning("%s: %s", self.peer, self.history_trouble)
            written = False
        else:
            self.history_trouble = "" if written else self.history_trouble
        if not written:
            self.pulling.refused(now)
            return False
        self.pulling.written(page)
        if any(row.kind is JournalKind.INCIDENT for row in page.rows):
            self._scanned_at = float("-inf")
        self._ask_page(now)
        return True

    def picture(self, incident: str, jpeg: bytes, now: float) -> bool:
        """Keep the picture of an incident, empty when it has none; tell whether it was asked for. Raises BadPayload."""
        if len(jpeg) > EVIDENCE_BYTES or (jpeg and not jpeg.startswith(b"\xff\xd8")):
            raise BadPayload(f"evidence payload: {len(jpeg)} bytes, a JPEG of at most {EVIDENCE_BYTES} is expected")
        if not self.wanted.came(incident, now, is_there=bool(jpeg)):
            return False
        if jpeg:
            self._history.import_evidence(incident, jpeg)
        return True

    def is_back(self, now: float) -> None:
        """Begin anew with a peer that is heard again: what was under way was lost with the line."""
        self.pulling.line_is_back()
        self.ask_all(now)

    def ask_all(self, now: float) -> None:
        """Ask for all that it pushes."""
        self.asked_all_at = now
        self._link.publish(self.topics.ask_views, EMPTY, qos=0)

    def ask(
        self, looked_at: Sequence[str], now: float, kbit_per_s: float | None = None, *, pictures: bool = True
    ) -> None:
        """Ask for what is due: a page, a picture, and the tiles of its printers, by its names, that are looked at.

        ``kbit_per_s``: its share of our line, if it has one; without ``pictures`` none is asked for now.
        """
        try:
            self._ask_page(now)
            if now - self._scanned_at >= SCAN_S:
                self.wanted.want(self._history.reader.unpictured(self.peer, PICTURES_LOOKED_FOR))
                self._scanned_at = now
        except StorageError as exc:
            log.debug("%s", exc)  # the history tells it itself
            return
        incident = self.wanted.next(now) if pictures else None
        if incident is not None:
            self._link.publish(self.topics.ask_evidence, encode_evidence_ask(EvidenceAsk(incident)), qos=0)
        if self._looks.next(looked_at, now, kbit_per_s):
            look = Look(tuple(looked_at), now + LASTS_S, now, self._by, kbit_per_s)
            self._link.publish(self.topics.ask_look, encode_look(look), qos=0)

    def _ask_page(self, now: float) -> None:
        """Ask for the next page, if there is one and none is under way; raises StorageError.

        What one of two of the same name has written must not be taken for the other's.
        """
        page = self.pulling.next(now, uuid7(now)) if now - self._another_at >= ALONE_S else None
        if page is not None:
            self._link.publish(self.topics.ask_page, encode_page_ask(page), qos=0)
