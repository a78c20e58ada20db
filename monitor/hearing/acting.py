"""What a person asks for here is done at the peer: sent with an id and an expiry, and not done until answered.

Times in a command are on the peer's own clock, for there it is decided whether it is too late.
"""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from monitor.clock import Clock
from monitor.errors import VigieError
from monitor.ids import uuid7
from monitor.mqtt import DeliveryOutcome, Link
from monitor.peers.line import LineKind, LineState
from monitor.peers.records import WishAnswer
from monitor.peers.wire import PeerTopics
from monitor.records import Answer, PersonCommand
from monitor.wall.region import NoAnswer, NotAnswered
from monitor.wire import encode_person_command

log = logging.getLogger(__name__)

ANSWER_S = 10.0
"""How long a peer may take to answer; what reaches it later is refused there."""

BROKER_S = 3.0


@dataclass(slots=True)
class _Waiting:
    command: PersonCommand
    came: threading.Event = field(default_factory=threading.Event)
    answer: WishAnswer | None = None


class Acting:
    """Passes on what people ask for. Every method may be called from any thread."""

    def __init__(
        self,
        link: Link,
        base: str,
        line_of: Callable[[str], LineState],
        place_of: Callable[[str], tuple[str, str]],
        clock: Clock,
        answer_s: float = ANSWER_S,
    ) -> None:
        """``line_of`` says how the line to a peer is now, ``place_of`` whose a printer is, and its name there."""
        self._place_of = place_of
        self._link, self._base, self._line_of, self._clock = link, base, line_of, clock
        self.answer_s = answer_s  # how long a peer may take
        self._lock = threading.Lock()
        self._waiting: dict[str, _Waiting] = {}

    def act(self, command: PersonCommand) -> Answer:
        """Ask a printer's peer, wait, and return its answer.

        Raises NotAnswered when there is none, and VigieError when it is not known whom to ask.
        """
        peer, name = self._place_of(command.printer)
        line = self._line_of(peer)
        if line.kind in (LineKind.CUT_OFF, LineKind.UNKNOWN):
            raise NotAnswered(NoAnswer.CUT_OFF, f"{peer} is cut off, and nothing was sent")
        if line.kind is LineKind.TWO_OF_ONE_NAME:
            raise VigieError(f"it is not known whom to ask: {line.detail}")
        wish = self._as_there(replace(command, printer=name), line.skew_s)
        waiting = _Waiting(wish)
        with self._lock:
            self._waiting[wish.id] = waiting
        try:
            return self._ask(peer, waiting)
        finally:
            with self._lock:
                del self._waiting[wish.id]

    def answered(self, peer: str, answer: WishAnswer) -> bool:
        """Take in a peer's answer; tell whether somebody waits for it."""
        with self._lock:
            waiting = self._waiting.get(answer.id)
            if waiting is None or waiting.command.printer != answer.printer:
                log.info("%s has answered late, or nobody's question: %s %s", peer, answer.reception, answer.detail)
                return False
            waiting.answer = answer
            waiting.came.set()
        return True

    def _as_there(self, command: PersonCommand, skew_s: float) -> PersonCommand:
        at = self._clock.now() - skew_s
        return replace(command, id=uuid7(at), at=at, expires_at=at + self.answer_s)

    def _ask(self, peer: str, waiting: _Waiting) -> Answer:
        wish = waiting.command
        payload, expiry_s = encode_person_command(wish), round(self.answer_s)
        sent = self._link.deliver(PeerTopics(self._base, peer).ask_command, payload, BROKER_S, expiry_s=expiry_s)
        if sent.outcome is DeliveryOutcome.FAILED:
            reason = NoAnswer.LATE if self._link.connected else NoAnswer.NO_BROKER  # the latter: nothing was sent
            raise NotAnswered(reason, f"our broker did not take it: {sent.reason}")
        log.info("%s: %s by %s was sent to %s", wish.printer, wish.kind, wish.by, peer)
        if not self._clock.wait(waiting.came, self.answer_s) or waiting.answer is None:
            raise NotAnswered(NoAnswer.LATE, f"{peer} did not answer within {self.answer_s:g} s; it expires there")
        return Answer(waiting.answer.reception, waiting.answer.detail)
