"""What a Bambu Lab printer reports over MQTT, and what it answers. Pure: JSON in, facts out.

Sources: OpenBambuAPI (mqtt.md), BambuStudio and OrcaSlicer (DeviceManager.cpp: states and stages), ha-bambulab (pull
request 1449: the bit of ``fun`` that says whether commands must be signed). The X1 reports everything each time, the
P1 and A1 what has changed: only the reports of a session together say what the printer does.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from monitor.printers.adapter import Reading
from monitor.records import JobState, PausedBy

SIGNATURE_REQUIRED = 0x20000000  # of print.fun, a hexadecimal text: clear while Developer Mode is on
VERIFY_FAILED = frozenset({0x05024007, 0x05024009})  # err_code of a command that carries no signature, or a bad one
PAUSED_BY_PERSON = 0x03008001  # print_error: "the print was paused by the user", at its screen or from an app
CANCELLED = frozenset({0x0300400C, 0x0500400E})  # print_error: confirmations, not faults

_JOB_STATES = {
    "IDLE": JobState.IDLE,
    "FINISH": JobState.IDLE,
    "FAILED": JobState.ERROR,  # also after a person has cancelled: see parse_report
    "SLICING": JobState.PRINTING,  # a job is under way
    "PREPARE": JobState.PRINTING,  # heats, homes, levels
    "RUNNING": JobState.PRINTING,
    "PAUSE": JobState.PAUSED,
    "OFFLINE": JobState.OFFLINE,
}
_USER_PAUSE = 16  # stg_cur, the current stage
_OWN_PAUSES = {
    5: "a pause in its G-code (M400)",
    6: "the filament ran out",
    17: "the front cover fell off",
    20: "the nozzle's temperature is wrong",
    21: "the bed's temperature is wrong",
    23: "it skipped steps",
    26: "the filament changer (AMS) is lost",
    27: "the heat break's fan is too slow",
    28: "the chamber's temperature is wrong",
    30: "a pause in its G-code",
    32: "filament covers the nozzle",
    33: "the cutter failed",
    34: "its own inspection found a bad first layer",
    35: "the nozzle is clogged",
}
_MAX_HEX_DIGITS = 32
_MAX_TEXT = 200


@dataclass(frozen=True, slots=True)
class Report:
    """All that is known of a printer; None: it has not said so yet in this session."""

    gcode_state: str | None = None
    job: str | None = None
    file: str | None = None
    percent: int | None = None
    stage: int | None = None
    print_error: int | None = None
    signature_required: bool | None = None

    def merged(self, said: Mapping[str, Any]) -> "Report":
        """Return this with what a ``print`` section says on top; what it does not say, or garbles, stays."""
        news: dict[str, Any] = {
            "gcode_state": _text(said.get("gcode_state")),
            "job": _text(said.get("subtask_name")),
            "file": _text(said.get("gcode_file")),
            "percent": _whole(said.get("mc_percent")),
            "stage": _whole(said.get("stg_cur")),
            "print_error": _whole(said.get("print_error")),
            "signature_required": _signature_required(said.get("fun")),
        }
        return replace(self, **{name: value for name, value in news.items() if value is not None})


@dataclass(frozen=True, slots=True)
class Answer:
    """What the printer said to a command."""

    is_accepted: bool  # received, not yet carried out
    wants_signature: bool = False
    reason: str = ""


def is_status(section: Mapping[str, Any]) -> bool:
    """Whether a ``print`` section reports the printer's state; all others answer a command, ours or somebody's."""
    return bool(section.get("command", "push_status") == "push_status")


def parse_answer(section: Mapping[str, Any]) -> Answer:
    """Read an answer. Some firmware refuses by echoing the command with an ``err_code``, without any ``result``."""
    result, reason = str(section.get("result", "")).lower(), str(section.get("reason", ""))[:_MAX_TEXT]
    code = _whole(section.get("err_code")) or 0
    if code in VERIFY_FAILED or "verify failed" in reason.lower():
        return Answer(is_accepted=False, wants_signature=True, reason=f"{reason or 'verify failed'} ({_shown(code)})")
    if code or result not in ("success", ""):
        return Answer(is_accepted=False, reason=f"{reason or result} ({_shown(code)})" if code else reason or result)
    return Answer(is_accepted=True)


def parse_report(report: Report) -> Reading:
    """Turn what was reported into a reading; a word that is not known is UNKNOWN."""
    word = (report.gcode_state or "").upper()
    state = _JOB_STATES.get(word, JobState.UNKNOWN)
    error = report.print_error or 0
    if word == "FAILED" and (error == 0 or error in CANCELLED):
        state = JobState.IDLE
    job = report.job or report.file
    progress = None if report.percent is None or job is None else min(1.0, max(0.0, report.percent / 100))
    if state is JobState.PAUSED:
        return Reading(state, job, progress, _why_paused(report), _paused_by(report))
    detail = f"it says {report.gcode_state!r}" if state is JobState.UNKNOWN else ""
    if error and error not in CANCELLED | {PAUSED_BY_PERSON}:
        detail = f"error {_shown(error)}"
    return Reading(state, job, progress, detail)


def _paused_by(report: Report) -> PausedBy:
    if report.stage in _OWN_PAUSES:
        return PausedBy.PRINTER
    if report.stage == _USER_PAUSE or report.print_error == PAUSED_BY_PERSON:
        return PausedBy.PERSON
    return PausedBy.PRINTER if report.print_error else PausedBy.UNKNOWN


def _why_paused(report: Report) -> str:
    if report.stage in _OWN_PAUSES:
        return _OWN_PAUSES[report.stage]
    is_fault = report.print_error and report.print_error != PAUSED_BY_PERSON and report.stage != _USER_PAUSE
    return f"error {_shown(report.print_error)}" if is_fault and report.print_error else ""


def _shown(code: int) -> str:
    """Write an error as the printer's screen and the maker's wiki do."""
    return f"{code >> 16 & 0xFFFF:04X}-{code & 0xFFFF:04X}"


def _text(value: Any) -> str | None:
    return value[:_MAX_TEXT] if isinstance(value, str) else None


def _whole(value: Any) -> int | None:
    """Read a number, which some models write as text."""
    if isinstance(value, str) and value.lstrip("-").isdecimal() and len(value) <= _MAX_HEX_DIGITS:
        return int(value)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _signature_required(fun: Any) -> bool | None:
    if not isinstance(fun, str) or not 0 < len(fun) <= _MAX_HEX_DIGITS:
        return None
    try:
        return bool(int(fun, 16) & SIGNATURE_REQUIRED)
    except ValueError:
        return None
