"""The MQTT contract: topic names and payloads, and nothing else (docs/mqtt.md describes them for people).

A payload is the JSON of one record of :mod:`monitor.records` plus ``schema``. Unknown keys are ignored, so that a
newer Vigie may add some; a schema above ours is refused. Times are unix seconds, scores and boxes fractions.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from typing import Any

from pydantic import TypeAdapter
from pydantic_core import to_json

from monitor.codec import Codec, envelope
from monitor.records import (
    CommonCause,
    Event,
    Incident,
    PauseCommand,
    PauseProgress,
    PauseResult,
    PersonCommand,
    PrinterReport,
    State,
    Verdict,
)
from monitor.records.belonging import Belongs
from monitor.records.load import LoadState

ONLINE, OFFLINE = b"online", b"offline"  # payloads of ``status``


@dataclass(frozen=True, slots=True)
class PrinterState:
    """The payload of ``state``: what the wall says about a printer, for whoever listens."""

    printer: str
    state: State
    since: float
    score: float | None  # of the newest inspection; None: no picture that can be trusted
    frame_taken_at: float | None  # a time, not an age: an age would be wrong in a retained message
    incident: str | None  # id of the open one
    detail: str = ""
    armed: bool = True  # False: shadow mode, a failure is told and pauses nothing
    probability: float | None = None  # calibrated, where ``score`` is for comparing; None: the model was not calibrated
    epoch: int = 0  # of the monitor that owns the printer; 0: it shares its printers with nobody
    belongs: Belongs = Belongs.UNKNOWN  # whether the camera shows this printer; ``asked``: somebody should look
    perhaps_shows: str | None = None  # the printer that it may show instead


@dataclass(frozen=True, slots=True)
class SiteLoad:
    """The payload of ``load``: whether the site's printers are looked at as often as they should be."""

    site: str
    state: LoadState
    since: float | None = None  # null while it is normal
    every_s: float | None = None  # between two looks at a printer that is slowed
    wanted_s: float | None = None  # as cameras.yaml wants it
    node: str = ""  # which of several monitors says so, of the printers that it has


@dataclass(frozen=True, slots=True)
class TopicParts:
    """A topic of the contract, taken apart. ``printer`` is empty for the site's ``status`` and ``load``."""

    site: str
    printer: str
    leaf: str  # "state", "pause", "pause/result" ...


class Topics:
    """The topics of one site below ``base``; printers' topics take the printer's id, or ``+`` for a subscription."""

    def __init__(self, base: str, site: str) -> None:
        """``site`` may be ``+`` to build the filters of somebody who serves all sites."""
        self.base = base
        self.site = site
        self.status = f"{base}/{site}/status"
        self.load = f"{base}/{site}/load"

    def leaf(self, printer: str, leaf: str) -> str:
        """Return the topic of any leaf, such as ``pause/result``."""
        return f"{self.base}/{self.site}/{printer}/{leaf}"

    def state(self, printer: str) -> str:
        """Retained: :class:`PrinterState`."""
        return self.leaf(printer, "state")

    def incident(self, printer: str) -> str:
        """Retained while open, then cleared: :class:`~monitor.records.Incident`."""
        return self.leaf(printer, "incident")

    def evidence(self, printer: str) -> str:
        """Retained: the JPEG that triggered the newest incident."""
        return self.leaf(printer, "evidence")

    def picture(self, printer: str) -> str:
        """Not retained, QoS 0, only where cameras.yaml wants it: the wall's newest small JPEG."""
        return self.leaf(printer, "picture")

    def event(self, printer: str) -> str:
        """Not retained: :class:`~monitor.records.Event`."""
        return self.leaf(printer, "event")

    def pause(self, printer: str) -> str:
        """Never retained, expires: :class:`~monitor.records.PauseCommand`."""
        return self.leaf(printer, "pause")

    def pause_result(self, printer: str) -> str:
        """Not retained: :class:`~monitor.records.PauseResult`."""
        return self.leaf(printer, "pause/result")

    def pause_progress(self, printer: str) -> str:
        """Not retained: :class:`~monitor.records.PauseProgress`."""
        return self.leaf(printer, "pause/progress")

    def printer(self, printer: str) -> str:
        """Retained: the agent's :class:`~monitor.records.PrinterReport`."""
        return self.leaf(printer, "printer")

    def command(self, printer: str) -> str:
        """Never retained: :class:`~monitor.records.PersonCommand`. The agent obeys ``resume``, the monitor the rest."""
        return self.leaf(printer, "command")

    def parse(self, topic: str) -> TopicParts | None:
        """Take a topic below our base apart, of whatever site; None when it is not of the contract's form."""
        base, rest = topic[: len(self.base) + 1], topic[len(self.base) + 1 :]
        levels = rest.split("/")
        if base != f"{self.base}/" or not all(levels) or {"+", "#"} & set(levels):
            return None
        if len(levels) == 2 and levels[1] in ("status", "load"):
            return TopicParts(levels[0], "", levels[1])
        if len(levels) < 3:
            return None
        return TopicParts(levels[0], levels[1], "/".join(levels[2:]))


_PAUSE = Codec(PauseCommand, "pause")
_RESULT = Codec(PauseResult, "pause/result")
_PROGRESS = Codec(PauseProgress, "pause/progress")
_REPORT = Codec(PrinterReport, "printer")
_EVENT = Codec(Event, "event")
_INCIDENT = Codec(Incident, "incident")
_STATE = Codec(PrinterState, "state")
_LOAD = Codec(SiteLoad, "load")
_PERSON = Codec(PersonCommand, "command")
_VERDICT = Codec(Verdict, "verdict")  # as the history keeps it; on MQTT it is told as an event

PAYLOADS: Mapping[str, TypeAdapter[Any]] = {
    "load": _LOAD.adapter,
    "state": _STATE.adapter,
    "incident": _INCIDENT.adapter,
    "event": _EVENT.adapter,
    "pause": _PAUSE.adapter,
    "pause/result": _RESULT.adapter,
    "pause/progress": _PROGRESS.adapter,
    "printer": _REPORT.adapter,
    "command": _PERSON.adapter,
}
"""What is JSON on each topic, by leaf; for those who describe the contract."""

# what decodes raises BadPayload
encode_pause, decode_pause = _PAUSE.encode, _PAUSE.decode
encode_pause_result, decode_pause_result = _RESULT.encode, _RESULT.decode
encode_pause_progress, decode_pause_progress = _PROGRESS.encode, _PROGRESS.decode
encode_report, decode_report = _REPORT.encode, _REPORT.decode
encode_event, decode_event = _EVENT.encode, _EVENT.decode
encode_state, decode_state = _STATE.encode, _STATE.decode
encode_load, decode_load = _LOAD.encode, _LOAD.decode
encode_person_command, decode_person_command = _PERSON.encode, _PERSON.decode
encode_verdict, decode_verdict = _VERDICT.encode, _VERDICT.decode


def encode_incident(incident: Incident) -> bytes:
    """Encode the payload of ``incident``."""
    return _INCIDENT.encode(replace(incident, parameters=dict(incident.parameters)))  # of any mapping


def decode_incident(payload: bytes) -> Incident:
    """Decode the payload of ``incident``; raises BadPayload.

    What Vigie has held was once an English sentence: histories have it, and it is read as a cause that is not known.
    """
    body = envelope(payload, "incident")
    if isinstance(body.get("cause"), str):
        former = asdict(CommonCause()) if body["cause"] else None
        payload = to_json({**body, "cause": former})
    return _INCIDENT.decode(payload)
