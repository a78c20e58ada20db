"""The MQTT session with one Bambu Lab printer, which is its own broker (OpenBambuAPI, mqtt.md).

Reports and answers all come on ``device/{serial}/report``; requests go to ``device/{serial}/request``, to which nobody
may subscribe: a P1 or A1 hangs up on whoever tries.
"""

import logging
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from pydantic_core import from_json, to_json

from monitor.certificates import Pin
from monitor.config.model import BambuControl
from monitor.errors import PrinterRejected, PrinterUnreachable
from monitor.mqtt import Endpoint, Link, Message, Remedies
from monitor.printers.bambu_report import Answer, Report, is_status, parse_answer
from monitor.printers.delivery import deliver

log = logging.getLogger(__name__)

CONNECT_S = 3.0  # what the first call waits for the connection
ANSWER_S = 3.0
USER = "bblp"

_REMEDIES = Remedies(
    credentials="compare access_code with the printer's LAN page (it changes when LAN mode is turned off and on)",
    tls="check host and port, and that the printer is a Bambu Lab in LAN mode",
    network="check host, and that the printer is on, in LAN Only mode and in this network",
)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a session heard: all reports merged, when the newest came (monotonic seconds), and which session it is."""

    report: Report
    at: float
    session: int  # counts connections; 0 before the first


class BambuSession:
    """Reports, merged, and commands, answered."""

    def __init__(self, control: BambuControl, pin: Pin, changed: Callable[[], None]) -> None:
        """``changed`` is called from the link's thread when a report brings news. Nothing is connected yet."""
        self._topic = f"device/{control.serial}"
        self._pin = pin
        self._changed = changed
        self._lock = threading.Lock()
        self._heard = Heard(Report(), 0.0, 0)
        self._waiting: dict[str, tuple[threading.Event, list[Answer]]] = {}
        # Others talk to the printer as well, and Bambu Studio counts from 20000 to 30000: stay clear of that, and
        # below the 2**31 that firmware can count to.
        self._number = 100_000 + secrets.randbelow(1_000_000_000)
        endpoint = Endpoint(control.host, control.port, USER, control.access_code, pin.context(), 4, _REMEDIES)
        self._link = Link(endpoint, f"vigie-{secrets.token_hex(6)}")
        self._link.subscribe(f"{self._topic}/report", self._listen)
        self._link.on_connect(self._begin)
        self._is_started = False
        self._garbled_in = 0  # the session in which the log was last told of such a report

    def reach(self) -> None:
        """Connect, the first time; raises PrinterRejected or PrinterUnreachable when there is no connection."""
        if not self._is_started:
            self._is_started = True
            self._link.start()
            self._link.wait_connected(CONNECT_S)
        if self._link.connected:
            return
        if self._pin.refusal:
            raise PrinterRejected(self._pin.refusal)
        if self._link.is_refused:
            raise PrinterRejected(self._link.problem)
        raise PrinterUnreachable(self._link.problem or f"{self._link.endpoint!r} has not answered yet")

    @property
    def heard(self) -> Heard:
        """All that was reported since the connection stands."""
        return self._heard

    def order(self, command: str, param: str) -> Answer | None:
        """Send a ``print`` command, QoS 1; return the answer, None when there was none in time.

        Raises PrinterUnreachable when the printer did not acknowledge that it has it.
        """
        done, answers = threading.Event(), list[Answer]()
        with self._lock:
            self._number += 1
            number = str(self._number)
            self._waiting[number] = (done, answers)
        try:
            request = {"print": {"sequence_id": number, "command": command, "param": param}}
            deliver(self._link, f"{self._topic}/request", to_json(request))
            done.wait(ANSWER_S)
        finally:
            with self._lock:
                del self._waiting[number]
        return answers[0] if answers else None

    def ask_everything(self) -> None:
        """Ask for a whole report; it comes as reports do. Not often: a P1 stutters when asked all the time."""
        request = {"pushing": {"sequence_id": "0", "command": "pushall", "version": 1, "push_target": 1}}
        self._link.publish(f"{self._topic}/request", to_json(request))

    def close(self) -> None:
        """Disconnect."""
        self._link.stop()

    def _begin(self) -> None:
        self._heard = Heard(Report(), time.monotonic(), self._heard.session + 1)
        self.ask_everything()

    def _listen(self, message: Message) -> None:
        try:
            body = from_json(message.payload, allow_inf_nan=False)
        except ValueError:
            if self._garbled_in != self._heard.session:
                self._garbled_in = self._heard.session
                log.warning("%r: reports that are no JSON are ignored", self._link.endpoint)
            return
        section = body.get("print") if isinstance(body, dict) else None
        if isinstance(section, dict):
            self._heard_status(section) if is_status(section) else self._heard_answer(section)

    def _heard_status(self, section: dict[str, Any]) -> None:
        before = self._heard
        self._heard = Heard(before.report.merged(section), time.monotonic(), before.session)
        if self._heard.report != before.report:
            self._changed()

    def _heard_answer(self, section: dict[str, Any]) -> None:
        with self._lock:
            done, answers = self._waiting.get(str(section.get("sequence_id")), (None, []))
            if done is not None:
                answers.append(parse_answer(section))
                done.set()
