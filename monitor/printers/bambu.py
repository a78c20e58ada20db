"""A Bambu Lab printer in LAN mode, over its own MQTT broker; checked against a simulator of ours (tests/bambu).

Traps that this adapter steps around:

- Firmware that wants signed commands reports like any other and refuses the pause: see :mod:`bambu_obedience`.
- P1 and A1 report only what has changed: until the state itself was reported, it is unknown, never idle.
- A session can stay connected and fall silent; what was heard before then says nothing any more.
"""

import time
from collections.abc import Callable
from dataclasses import replace

from monitor.certificates import Certificates, Pin
from monitor.config.model import BambuControl
from monitor.errors import PrinterRejected
from monitor.printers.adapter import Ability, Reading
from monitor.printers.bambu_obedience import QUESTION, REMEDY, Obedience
from monitor.printers.bambu_report import Answer, parse_report
from monitor.printers.bambu_session import BambuSession
from monitor.records import JobState, PauseCommand, PausedBy

QUIET_AFTER_S = 20.0  # a printer reports every few seconds, also when it is idle; then it is asked for everything
SILENT_AFTER_S = 30.0  # then what it said before says nothing any more
PAUSING_S = 10.0  # the printer says RUNNING until it stands still; then it is ordered again


class Bambu:
    """One printer. ``now``: monotonic seconds."""

    def __init__(
        self,
        control: BambuControl,
        certificates: Certificates,
        changed: Callable[[], None],
        now: Callable[[], float] = time.monotonic,
    ) -> None:
        """``changed`` is called from another thread when the printer reports something new."""
        pin = Pin(f"{control.host}:{control.port}", control.certificate_sha256, certificates)
        self._session = BambuSession(control, pin, changed)
        self._obedience = Obedience()
        self._now = now
        self._asked_everything_at = float("-inf")
        self._ordered_at: float | None = None  # the newest pause that was not refused, until it has had its effect
        self._is_our_pause = False  # while it is paused
        self._complaint = ""  # why the newest one was refused, when another try may help

    def state(self) -> Reading:
        """Return what was reported last; raises PrinterUnreachable, or PrinterRejected for a code or a certificate."""
        self._session.reach()
        heard = self._session.heard
        age_s = self._now() - heard.at
        if age_s > QUIET_AFTER_S:
            self._ask_everything()
        if age_s > SILENT_AFTER_S:
            return Reading(
                JobState.UNKNOWN, detail=f"connected, but the printer has reported nothing for {age_s:.0f} s"
            )
        if heard.report.gcode_state is None:
            return Reading(JobState.UNKNOWN, detail="connected, but the printer has not reported its state yet")
        return self._with_our_order(parse_report(heard.report))

    def can_pause(self) -> Ability:
        """Look whether the printer wants signed commands; if its reports do not say so, ask it."""
        self._session.reach()
        self._look_at_flag()
        if self._session.heard.report.gcode_state is not None and self._obedience.has_to_ask(self._now()):
            self._order("gcode_line", QUESTION)
        return self._obedience.ability()

    def pause(self, command: PauseCommand) -> None:  # noqa: ARG002 - the printer knows no ids
        """Order the pause; raises PrinterRejected when the printer wants a signature that we do not have.

        Any other refusal is no end: a printer that is busy with a step of its own may obey the next order.
        """
        self._session.reach()
        answer = self._order("pause")
        if answer is None or answer.is_accepted:
            self._ordered_at, self._complaint = self._now(), ""
        elif answer.wants_signature:
            raise PrinterRejected(f"the printer refuses the pause: {answer.reason}: {REMEDY}")
        else:
            self._complaint = f"the printer refuses the pause: {answer.reason}"

    def resume(self) -> None:
        """Order to go on; raises PrinterRejected when the printer says no."""
        self._session.reach()
        answer = self._order("resume")
        if answer is not None and not answer.is_accepted:
            remedy = f": {REMEDY}" if answer.wants_signature else ": resume at its screen"
            raise PrinterRejected(f"the printer refuses to resume: {answer.reason}{remedy}")
        self._ordered_at = None

    def close(self) -> None:
        """Disconnect."""
        self._session.close()

    def _look_at_flag(self) -> None:
        heard = self._session.heard
        self._obedience.reported(heard.session, heard.report.signature_required)

    def _order(self, command: str, param: str = "") -> Answer | None:
        self._look_at_flag()
        answer = self._session.order(command, param)
        self._obedience.answered(answer, self._now())
        return answer

    def _ask_everything(self) -> None:
        if self._now() - self._asked_everything_at > SILENT_AFTER_S:
            self._asked_everything_at = self._now()
            self._session.ask_everything()

    def _with_our_order(self, reading: Reading) -> Reading:
        """Tell what an order of ours explains: the time until it stands still, and who paused it."""
        if reading.state is not JobState.PRINTING:
            self._complaint = ""
        if reading.state is JobState.PAUSED:
            self._is_our_pause = self._is_our_pause or self._ordered_at is not None
            self._ordered_at = None
            is_ours = self._is_our_pause and reading.paused_by is not PausedBy.PRINTER
            return replace(reading, paused_by=PausedBy.VIGIE) if is_ours else reading
        self._is_our_pause = False
        if reading.state is JobState.PRINTING and self._is_still_stopping():
            return replace(reading, state=JobState.PAUSING)
        self._ordered_at = None
        return replace(reading, detail=self._complaint) if self._complaint else reading

    def _is_still_stopping(self) -> bool:
        return self._ordered_at is not None and self._now() - self._ordered_at < PAUSING_S
