"""The record of one incident: everything that an auditor asks for, with a checksum that a filed copy is held against.

The checksum is the SHA-256 of the record as *canonical* JSON: keys sorted, no spaces, UTF-8, numbers in Python's
shortest form, no NaN. It holds the SHA-256 of the evidence picture, so one checksum covers both. It proves that a
copy is unchanged since it was made, when the checksum is kept elsewhere (on paper, say); it does not prove who made
it. Pure.
"""

import hashlib
import json
from base64 import b64decode, b64encode
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from monitor.incidents.steps import TimedStep
from monitor.records import Event, Incident, Learned, Notice, ScoreBucket, Verdict
from monitor.report.summary import Whereabouts

FORMAT = "vigie-incident-1"

Json = dict[str, Any]


@dataclass(frozen=True, slots=True)
class KeptFrame:
    """A stored frame of the time around the decision."""

    taken_at: float
    score: float | None
    sha256: str | None  # None: the file is gone


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of an incident, from wherever it is kept."""

    incident: Incident
    events: Sequence[Event]
    steps: Sequence[TimedStep]
    notices: Sequence[Notice] = ()
    verdicts: Sequence[Verdict] = ()
    learned: Learned | None = None  # what the printer's camera has learned from verdicts, as of now
    suspected_at: float | None = None
    scores: Sequence[ScoreBucket] = ()
    frames: Sequence[KeptFrame] = ()
    place: Whereabouts | None = None
    rotate: int = 0  # degrees clockwise; boxes belong to the turned picture
    evidence: bytes | None = None


def record_of(known: Known) -> Json:
    """Return the record: JSON of nothing but dicts, lists, text, numbers, booleans and None."""
    incident = asdict(known.incident)
    record = {
        "incident": incident | {"parameters": dict(known.incident.parameters)},
        "printer": asdict(known.place) | {"rotate": known.rotate} if known.place else None,
        "suspected_at": known.suspected_at,
        "events": [asdict(event) for event in known.events],
        "pause_steps": [asdict(step) for step in known.steps],
        "notices": [asdict(notice) for notice in known.notices],
        "verdicts": [asdict(verdict) for verdict in known.verdicts],
        "learned": asdict(known.learned) if known.learned else None,
        "scores": [[bucket.at, bucket.least, bucket.most, bucket.mean] for bucket in known.scores],
        "frames": [asdict(frame) for frame in known.frames],
        "evidence": _picture(known.evidence),
    }
    cleaned: Json = json.loads(canonical(record))  # tuples are lists and enums are text, as in the file
    return cleaned


def canonical(record: Mapping[str, Any]) -> bytes:
    """Return the bytes that the checksum is made of."""
    return json.dumps(record, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False).encode()


def checksum(record: Mapping[str, Any]) -> str:
    """Return the SHA-256 of a record, in hexadecimal."""
    return hashlib.sha256(canonical(record)).hexdigest()


def filed(record: Json, evidence: bytes | None) -> bytes:
    """Return the file for the quality system: the record, its checksum, the picture; UTF-8 JSON for people to read."""
    picture = b64encode(evidence).decode() if evidence is not None else None
    content = {"format": FORMAT, "sha256": checksum(record), "record": record, "evidence_jpeg_base64": picture}
    return json.dumps(content, indent=1, ensure_ascii=False, allow_nan=False).encode()


@dataclass(frozen=True, slots=True)
class Checked:
    """What a filed copy turned out to be."""

    faults: tuple[str, ...]  # empty: it is as it was made
    sha256: str = ""
    record: Json | None = None


def check(content: bytes) -> Checked:
    """Hold a filed copy against its own checksum."""
    try:
        file = json.loads(content)
        record, stated, picture = file["record"], file["sha256"], file["evidence_jpeg_base64"]
        if file["format"] != FORMAT:
            return Checked((f"its format is {file['format']!r}, this version reads {FORMAT}",))
        found = checksum(record)
        faults = (
            [] if found == stated else [f"the record was changed: its SHA-256 is {found}, the file states {stated}"]
        )
        evidence = b64decode(picture, validate=True) if picture is not None else None
        if _picture(evidence) != record["evidence"]:
            faults.append("the picture is not the one that the record names")
        return Checked(tuple(faults), found, record)
    except (ValueError, KeyError, TypeError, RecursionError) as exc:
        return Checked((f"it is no record of an incident that Vigie has made ({type(exc).__name__}: {exc})",))


def differences(before: Json, now: Json) -> list[str]:
    """Return the parts of a record that are no longer as they were, such as ``events (2 more)``."""
    return [
        f"{part}{_growth(before.get(part), now.get(part))}"
        for part in sorted(set(before) | set(now))
        if before.get(part) != now.get(part)
    ]


def _growth(before: object, now: object) -> str:
    if isinstance(before, list) and isinstance(now, list) and now[: len(before)] == before:
        return f" ({len(now) - len(before)} more)"
    return ""


def _picture(jpeg: bytes | None) -> Json | None:
    if jpeg is None:
        return None
    return {"media_type": "image/jpeg", "size_bytes": len(jpeg), "sha256": hashlib.sha256(jpeg).hexdigest()}
