"""Klipper through Moonraker's own MQTT client; checked against Moonraker 0.11 and Klipper 0.12.

Klipper has traps that this adapter steps around:

- Pausing an *idle* Klipper answers ok and sets ``is_paused``; from then on PAUSE of a real job does nothing. So
  nothing is ordered unless it prints, and an ``is_paused`` left behind is cleared.
- When Klipper dies, MQTT stays silent: the state is asked for, never only listened to.
- The answer to the pause comes when the look-ahead has drained, which takes seconds, or minutes while it heats.
"""

import logging
from collections.abc import Callable
from typing import Any

from pydantic_core import from_json

from monitor.config.model import MoonrakerControl
from monitor.errors import PrinterError, PrinterUnreachable
from monitor.mqtt import Link, Message
from monitor.printers.adapter import CAN_PAUSE, Ability, Reading
from monitor.printers.moonraker_rpc import Call, MoonrakerRpc
from monitor.records import JobState, PauseCommand

log = logging.getLogger(__name__)

ANSWER_S = 3.0
REFUSAL_S = 0.5  # a refusal comes at once; an obeyed pause may take minutes to answer

_OBJECTS = {
    "webhooks": ["state", "state_message"],
    "print_stats": ["state", "filename", "message"],
    "pause_resume": ["is_paused"],
    "virtual_sdcard": ["progress"],
}
_JOB_STATES = {  # of print_stats
    "standby": JobState.IDLE,
    "printing": JobState.PRINTING,
    "paused": JobState.PAUSED,
    "complete": JobState.IDLE,
    "cancelled": JobState.IDLE,
    "error": JobState.ERROR,
}
_KLIPPER_STATES = {"startup": JobState.OFFLINE, "shutdown": JobState.ERROR, "error": JobState.ERROR}  # of webhooks


class Moonraker:
    """One Klipper behind one Moonraker."""

    def __init__(self, control: MoonrakerControl, link: Link, changed: Callable[[], None]) -> None:
        """``changed`` is called from the link's thread when the printer may have changed its state."""
        self._rpc = MoonrakerRpc(link, control.instance)
        self._changed = changed
        self._instance = control.instance
        self._online: bool | None = None  # as its birth message and its will say; None: neither was seen
        self._order: Call | None = None  # the newest pause, until it is answered
        link.subscribe(f"{control.instance}/moonraker/status", self._heard_status)
        link.subscribe(f"{control.instance}/klipper/status", self._heard_change)
        link.subscribe(f"{control.instance}/klipper/state/print_stats/state", self._heard_change)

    def state(self) -> Reading:
        """Ask Klipper; raises PrinterUnreachable, or PrinterRejected when it refused the pause it was sent."""
        self._check_order()
        status = self._status()
        reading = parse_status(status)
        if self._order is not None and reading.state is JobState.IDLE and _is_paused(status):
            self._clear_pause()  # the job ended before our pause was executed
        return reading

    def can_pause(self) -> Ability:
        """Look whether Klipper's configuration has [pause_resume]."""
        if self._status().get("pause_resume"):
            return CAN_PAUSE
        why = f"printer.cfg of {self._instance} lacks the section [pause_resume]: add it and restart Klipper"
        return Ability(can_pause=False, why=why)

    def pause(self, command: PauseCommand) -> None:  # noqa: ARG002 - Klipper knows no ids
        """Order the pause if a job runs; returns when Moonraker has the order, not when Klipper is paused."""
        status = self._status()
        if parse_status(status).state is not JobState.PRINTING:
            return
        if _is_paused(status):
            self._clear_pause()  # left behind by a pause of no job: this one would be ignored
        self._order = self._rpc.send("printer.print.pause", {})
        if self._order.wait(REFUSAL_S):
            self._check_order()

    def resume(self) -> None:
        """Order to go on, if it is paused."""
        if parse_status(self._status()).state is JobState.PAUSED:
            self._rpc.send("printer.print.resume", {})

    def close(self) -> None:
        """Nothing of its own to let go of: the link belongs to the agent."""

    def _status(self) -> dict[str, Any]:
        try:
            result = self._rpc.ask("printer.objects.query", {"objects": _OBJECTS}, ANSWER_S)
        except PrinterUnreachable as exc:
            if self._online is False:
                raise PrinterUnreachable(f"Moonraker {self._instance} is offline, says its will; {exc}") from exc
            raise
        status = result.get("status") if isinstance(result, dict) else None
        return status if isinstance(status, dict) else {}

    def _check_order(self) -> None:
        """Raise what Moonraker answered to the newest pause, once, if that was an error."""
        if self._order is not None and self._order.wait(0.0):
            order, self._order = self._order, None
            order.result()

    def _clear_pause(self) -> None:
        self._order = None
        log.warning("Klipper %s says is_paused without a paused job: clearing that", self._instance)
        try:
            self._rpc.ask("printer.gcode.script", {"script": "CLEAR_PAUSE"}, ANSWER_S)
        except PrinterError as exc:
            log.warning("Klipper %s keeps its is_paused: %s", self._instance, exc)

    def _heard_status(self, message: Message) -> None:
        self._online = {"online": True, "offline": False}.get(_said(message.payload).get("server", ""))
        self._changed()

    def _heard_change(self, message: Message) -> None:
        """A hint that it is time to ask; which of its two status topics Moonraker fills is configurable."""
        said = _said(message.payload)
        stats = said.get("status", {}).get("print_stats", {}) if isinstance(said.get("status"), dict) else {}
        if "value" in said or "state" in stats:
            self._changed()


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


def _section(status: dict[str, Any], name: str) -> dict[str, Any]:
    section = status.get(name)
    return section if isinstance(section, dict) else {}


def _said(payload: bytes) -> dict[str, Any]:
    try:
        body = from_json(payload)
    except ValueError:
        return {}
    return body if isinstance(body, dict) else {}
