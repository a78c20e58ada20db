"""MQTT in: what agents and people say, decoded and checked, handed on by one thread.

Anything that is not of the contract is ignored with one log line and counted: a retained command (it would be obeyed
again after every reconnect), an unknown printer, another printer in the payload than in the topic, a bad payload, a
wish that is too old or from the future.
"""

import logging
import queue
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TypeVar

from monitor.clock import Clock
from monitor.errors import BadPayload
from monitor.ignored import IgnoredMessages
from monitor.mqtt import Link, Message
from monitor.records import PauseProgress, PauseResult, PersonCommand, PrinterReport
from monitor.service.turns import IDLE_S, Turns
from monitor.wire import (
    Topics,
    decode_pause_progress,
    decode_pause_result,
    decode_person_command,
    decode_report,
)

log = logging.getLogger(__name__)

WAITING_CALLS = 10_000
COMPARED_S = 120.0
TOGETHER_S = 2.0  # a site of a thousand printers reports a hundred times a second: the quickest of a moment counts
SURE_S = 10.0  # what has waited for a broker comes all at once, and says nothing of a clock
APART_S = 5.0
WISH_LASTS_S = 60.0  # what somebody wanted then may be wrong now

Heard = TypeVar("Heard", PauseProgress, PauseResult, PrinterReport, PersonCommand)


class _Ignored(Exception):
    """A message that is not of the contract; never leaves this file."""

    def __init__(self, reason: str, detail: str) -> None:
        super().__init__(reason, detail)
        self.reason, self.detail = reason, detail


class AgentClocks:
    """Puts reports on our clock: one that seems to be from before an incident proves nothing about it.

    A report is of no later time than its arrival: an agent whose clock is ahead would date the board with it. And where
    even the quickest of two minutes seem to have been on their way for seconds, that agent's clock is behind ours.
    """

    def __init__(self) -> None:
        self._late: dict[str, deque[tuple[float, float]]] = {}  # by site: when live reports came, and how late
        self._told: set[str] = set()

    @property
    def ahead_s(self) -> float:
        """How far the agents' clocks are ahead of ours, by the least of the sites: one alone may be wrong itself."""
        sites = [tuple(late) for late in tuple(self._late.values())]
        return min((-_least(late) for late in sites if _is_sure(late)), default=0.0)

    def on_ours(self, report: PrinterReport, site: str, now: float, *, is_live: bool) -> PrinterReport:
        """Return a report that has just come, with its time on our clock; ``is_live``: it was not retained."""
        late = self._late.setdefault(site, deque())
        if is_live:
            _note(late, now, now - report.reported_at)
        while late and now - late[0][0] > COMPARED_S:
            late.popleft()
        behind_s = _least(late) if _is_sure(late) else 0.0
        if behind_s < APART_S:
            return replace(report, reported_at=min(report.reported_at, now))
        if site not in self._told:
            self._told.add(site)
            log.warning("site %s: its agent's clock is %.0f s behind this machine's: set both by NTP", site, behind_s)
        return replace(report, reported_at=min(report.reported_at + behind_s, now))


def _note(late: deque[tuple[float, float]], now: float, late_s: float) -> None:
    if late and now - late[-1][0] < TOGETHER_S:
        late[-1] = (late[-1][0], min(late[-1][1], late_s))
    else:
        late.append((now, late_s))


def _is_sure(late: Sequence[tuple[float, float]]) -> bool:
    return bool(late) and late[-1][0] - late[0][0] >= SURE_S


def _least(late: Iterable[tuple[float, float]]) -> float:
    return min(late_s for _, late_s in late)


class Inbound:
    """Listens on all sites' links and calls back from a thread of its own, where waiting for the disk is allowed."""

    def __init__(
        self,
        links: Mapping[str, Link],
        base: str,
        sites: Mapping[str, str],
        on_progress: Callable[[PauseProgress], None],
        on_result: Callable[[PauseResult], None],
        on_report: Callable[[PrinterReport], None],
        on_command: Callable[[PersonCommand], object],
        clock: Clock,
    ) -> None:
        """``sites``: the site of each printer, by printer id; it may change. Links are not started yet."""
        self._clock, self._ignored = clock, IgnoredMessages(clock, "monitor")
        self._base, self._sites = base, sites
        self._calls: queue.Queue[Callable[[], object] | None] = queue.Queue(WAITING_CALLS)
        self.turns = Turns("inbound")
        self._thread = threading.Thread(target=self._run, name="inbound")
        self._on_progress, self._on_result, self._on_command = on_progress, on_result, on_command
        self._on_report, self._clocks = on_report, AgentClocks()
        for site, link in links.items():
            self.listen_to(site, link)

    def listen_to(self, site: str, link: Link) -> None:
        """Listen to one more site, over its link, which is not started yet."""
        topics = Topics(self._base, site)
        self._listen(link, topics.pause_progress("+"), decode_pause_progress, self._on_progress)
        self._listen(link, topics.pause_result("+"), decode_pause_result, self._on_result)
        self._listen(link, topics.printer("+"), decode_report, self._on_report, retained=True)
        self._listen(link, topics.command("+"), decode_person_command, self._on_command)

    def start(self) -> None:
        """Start handing on."""
        self._thread.start()

    def stop(self) -> None:
        """Hand on what has arrived, and join the thread. Idempotent."""
        if self._thread.is_alive():
            self._calls.put(None)
            self._thread.join()

    @property
    def agents_ahead_s(self) -> float:
        """How far the clocks of all agents are ahead of ours; 0 while that is not sure."""
        return self._clocks.ahead_s

    @property
    def ignored(self) -> Counter[str]:
        """How many messages were ignored, by reason."""
        return self._ignored.counts

    def later(self, call: Callable[[], object]) -> None:
        """Run a call on the thread; for callbacks that must not block, such as a publisher's ``on_sent``."""
        try:
            self._calls.put_nowait(call)
        except queue.Full:
            self._ignored.add("overrun", "all of ours", f"{WAITING_CALLS} wait already")

    def _listen(
        self,
        link: Link,
        topic_filter: str,
        decode: Callable[[bytes], Heard],
        callback: Callable[[Heard], object],
        *,
        retained: bool = False,
    ) -> None:
        def handle(message: Message) -> None:
            if not message.payload and retained:
                return  # somebody cleared the retained message
            record = self._checked(message, decode, retained=retained)
            if record is not None:
                self.later(lambda: callback(record))

        link.subscribe(topic_filter, handle)

    def _checked(self, message: Message, decode: Callable[[bytes], Heard], *, retained: bool) -> Heard | None:
        try:
            return self._decided(message, decode, retained=retained)
        except _Ignored as exc:
            self._ignored.add(exc.reason, message.topic, exc.detail)
            return None

    def _decided(self, message: Message, decode: Callable[[bytes], Heard], *, retained: bool) -> Heard:
        parts = Topics(self._base, "+").parse(message.topic)
        if parts is None or self._sites.get(parts.printer) != parts.site:
            raise _Ignored("unknown printer", "cameras.yaml has no such printer at this site")
        if message.retain and not retained:
            raise _Ignored("retained", "it would be obeyed again after every reconnect")
        try:
            record = decode(message.payload)
        except BadPayload as exc:
            raise _Ignored("bad payload", str(exc)) from exc
        if record.printer != parts.printer:
            raise _Ignored("wrong printer", f"the payload names {record.printer!r}")
        if isinstance(record, PersonCommand):
            _check_age(self._clock.now() - record.at)
            if record.expires_at is not None and self._clock.now() >= record.expires_at:
                raise _Ignored("wrong time", "it has expired; set the clocks of both machines by NTP if that is not so")
        if isinstance(record, PrinterReport):
            return self._clocks.on_ours(record, parts.site, self._clock.now(), is_live=not message.retain)
        return record

    def _run(self) -> None:
        while True:
            self.turns.turn()
            try:
                if (call := self._calls.get(timeout=IDLE_S)) is None:
                    return
                call()
            except queue.Empty:
                pass  # nothing to do
            except Exception as exc:  # the root of the thread: the next message must still be heard
                self._ignored.add("fault", "one of ours", repr(exc))
                log.exception("a message over MQTT could not be handled")


def _check_age(age_s: float) -> None:
    if abs(age_s) > WISH_LASTS_S:
        when = f"{age_s:.0f} s ago" if age_s > 0 else f"{-age_s:.0f} s from now"
        raise _Ignored("wrong time", f"wished {when}; set the clocks of both machines by NTP if that is not so")
