"""Klipper behind Moonraker, however Moonraker is reached; checked against Moonraker 0.11 and Klipper 0.12.

Klipper has traps that this adapter steps around:

- Pausing an *idle* Klipper answers ok and sets ``is_paused``; from then on PAUSE of a real job does nothing. So
  nothing is ordered unless it prints, and an ``is_paused`` left behind is cleared.
- The answer to the pause comes when the look-ahead has drained, which takes seconds, or minutes while it heats. Until
  then no second pause is sent: PAUSE is a macro on most printers, and each run would lift and retract once more.
- A pause does not say who made it. When filament is missing at an enabled sensor at the moment when the print turns
  out to be paused, and no pause of ours was under way, it was the printer itself; else it stays unknown.
"""

import logging
import time
from dataclasses import replace
from typing import Any, Protocol

from monitor.errors import PrinterError
from monitor.printers.adapter import CAN_PAUSE, Ability, Reading
from monitor.records import JobState, PauseCommand, PausedBy

log = logging.getLogger(__name__)

REFUSAL_S = 0.5  # a refusal comes at once; an obeyed pause may take minutes to answer
ORDER_S = 60.0  # a pause that is not answered by then counts as lost

_OBJECTS = {
    "webhooks": ["state", "state_message"],
    "print_stats": ["state", "filename", "message"],
    "pause_resume": ["is_paused"],
    "virtual_sdcard": ["progress"],
}
_SENSORS = ("filament_switch_sensor ", "filament_motion_sensor ")  # each has a name of its own behind it
_SENSOR_FIELDS = ["enabled", "filament_detected"]
_JOB_STATES = {  # of print_stats
    "standby": JobState.IDLE,
    "printing": JobState.PRINTING,
    "paused": JobState.PAUSED,
    "complete": JobState.IDLE,
    "cancelled": JobState.IDLE,
    "error": JobState.ERROR,
}
_KLIPPER_STATES = {"startup": JobState.OFFLINE, "shutdown": JobState.ERROR, "error": JobState.ERROR}  # of webhooks


class Call(Protocol):
    """One request under way."""

    def wait(self, timeout_s: float) -> bool:
        """Wait for the answer; tell whether it is there."""

    def result(self) -> Any:
        """Return the answer's result; raises PrinterUnreachable when Klipper is away, else PrinterRejected."""


class Rpc(Protocol):
    """Moonraker's requests, by whatever carries them; its methods are named as in its JSON-RPC."""

    name: str  # for sentences: which Klipper this is

    def send(self, method: str, params: dict[str, Any]) -> Call:
        """Send a request and return when Moonraker has it; raises PrinterUnreachable."""

    def ask(self, method: str, params: dict[str, Any]) -> Any:
        """Send a request and return its result within seconds; raises PrinterUnreachable, PrinterRejected."""

    def close(self) -> None:
        """Let go of connections."""


class Klipper:
    """One Klipper behind one Moonraker."""

    def __init__(self, rpc: Rpc) -> None:
        self._rpc = rpc
        self._sensors: list[str] = []  # Klipper's objects for its filament sensors
        self._order: Call | None = None  # the newest pause, until it is answered or of no interest any more
        self._ordered_at = 0.0  # monotonic seconds
        self._is_ours = False  # whether the next pause that is seen would be ours
        self._last = Reading(JobState.UNKNOWN)

    def state(self) -> Reading:
        """Ask Klipper; raises PrinterUnreachable, or PrinterRejected when it refused the pause it was sent."""
        self._check_order()
        try:
            status = self._status()
        except PrinterError:
            if self._last.state is JobState.PRINTING:
                self._last = Reading(JobState.UNKNOWN)  # who pauses it meanwhile cannot be told
            raise
        reading = parse_status(status)
        if self._order is not None and reading.state is JobState.IDLE and _is_paused(status):
            self._clear_pause()  # the job ended before our pause was executed
        self._last = replace(reading, paused_by=self._paused_by(reading, status))
        if reading.state is not JobState.PRINTING:
            self._order, self._is_ours = None, False
        return self._last

    def can_pause(self) -> Ability:
        """Look whether Klipper's configuration has [pause_resume]."""
        result = self._rpc.ask("printer.objects.list", {})
        objects = result.get("objects") if isinstance(result, dict) else None
        names = [name for name in objects if isinstance(name, str)] if isinstance(objects, list) else []
        self._sensors = [name for name in names if name.startswith(_SENSORS)]
        if "pause_resume" in names:
            return CAN_PAUSE
        reading = parse_status(self._status())
        if reading.state in (JobState.OFFLINE, JobState.ERROR) and reading.detail:
            return Ability(can_pause=False, why=reading.detail)  # with a faulty configuration it has no objects
        why = f"printer.cfg of {self._rpc.name} lacks the section [pause_resume]: add it and restart Klipper"
        return Ability(can_pause=False, why=why)

    def pause(self, command: PauseCommand) -> None:  # noqa: ARG002 - Klipper knows no ids
        """Order the pause if a job runs; returns when Moonraker has the order, not when Klipper is paused."""
        status = self._status()
        if parse_status(status).state is not JobState.PRINTING or self._is_under_way():
            return
        if _is_paused(status):
            self._clear_pause()  # left behind by a pause of no job: this one would be ignored
        self._order = self._rpc.send("printer.print.pause", {})
        self._ordered_at, self._is_ours = time.monotonic(), True
        if self._order.wait(REFUSAL_S):
            self._check_order()

    def resume(self) -> None:
        """Order to go on, if it is paused."""
        if parse_status(self._status()).state is JobState.PAUSED:
            self._rpc.send("printer.print.resume", {})

    def close(self) -> None:
        """Let go of connections."""
        self._rpc.close()

    def _status(self) -> dict[str, Any]:
        wanted = _OBJECTS | dict.fromkeys(self._sensors, _SENSOR_FIELDS)
        result = self._rpc.ask("printer.objects.query", {"objects": wanted})
        status = result.get("status") if isinstance(result, dict) else None
        return status if isinstance(status, dict) else {}

    def _is_under_way(self) -> bool:
        """Whether Klipper has a pause of ours that waits for what it does just now."""
        return self._order is not None and not self._order.wait(0.0) and time.monotonic() - self._ordered_at < ORDER_S

    def _check_order(self) -> None:
        """Raise what Moonraker answered to the newest pause, once, if that was an error."""
        if self._order is not None and self._order.wait(0.0):
            order, self._order = self._order, None
            try:
                order.result()
            except PrinterError:
                self._is_ours = False
                raise

    def _paused_by(self, reading: Reading, status: dict[str, Any]) -> PausedBy:
        if reading.state is not JobState.PAUSED:
            return PausedBy.UNKNOWN
        if self._last.state is JobState.PAUSED:  # decided when it began: people take filament out later, too
            return self._last.paused_by
        if self._last.state is JobState.PRINTING and not self._is_ours and _lacks_filament(status):
            return PausedBy.PRINTER
        return PausedBy.UNKNOWN

    def _clear_pause(self) -> None:
        self._order = None
        log.warning("Klipper %s says is_paused without a paused job: clearing that", self._rpc.name)
        try:
            self._rpc.ask("printer.gcode.script", {"script": "CLEAR_PAUSE"})
        except PrinterError as exc:
            log.warning("Klipper %s keeps its is_paused: %s", self._rpc.name, exc)


def parse_status(status: dict[str, Any]) -> Reading:
    """Turn the ``status`` of ``printer.objects.query`` into a reading; what is missing is UNKNOWN."""
    klipper, stats = _section(status, "webhooks"), _section(status, "print_stats")
    job = str(stats.get("filename") or "") or None
    down = _KLIPPER_STATES.get(str(klipper.get("state")))
    if down is not None:  # print_stats still says "printing" after a shutdown
        return Reading(down, job, detail=f"Klipper says: {str(klipper.get('state_message', '')).strip()[:200]}")
    progress = _section(status, "virtual_sdcard").get("progress")
    return Reading(
        _JOB_STATES.get(str(stats.get("state")), JobState.UNKNOWN),
        job,
        float(progress) if job and isinstance(progress, int | float) else None,
        str(stats.get("message") or "")[:200],
    )


def _is_paused(status: dict[str, Any]) -> bool:
    return _section(status, "pause_resume").get("is_paused") is True


def _lacks_filament(status: dict[str, Any]) -> bool:
    sensors = [_section(status, name) for name in status if name.startswith(_SENSORS)]
    return any(sensor.get("enabled") is True and sensor.get("filament_detected") is False for sensor in sensors)


def _section(status: dict[str, Any], name: str) -> dict[str, Any]:
    section = status.get(name)
    return section if isinstance(section, dict) else {}
