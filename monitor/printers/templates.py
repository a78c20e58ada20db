"""The pure part of the controls that are templates: what is sent, and what an answer's words mean.

An answer is a bare word, or JSON with the word at ``state_path``. A JSON object may say ``job`` (text), ``progress``
(0..1) and ``paused_by`` (person or printer, while it is paused) beside it.
"""

from typing import Any

from pydantic_core import from_json

from monitor.config.control.words import StateWords
from monitor.printers.adapter import Reading
from monitor.records import JobState, PausedBy


def fill(template: str, names: dict[str, str]) -> str:
    """Fill in the template's names; not str.format, because JSON has braces of its own."""
    for name, value in names.items():
        template = template.replace("{" + name + "}", value)
    return template


def parse_state(payload: bytes, words: StateWords) -> Reading:
    """Turn an answer into a reading; what is not understood is UNKNOWN and says why."""
    text = payload.decode(errors="replace").strip()
    body: Any = text
    if words.state_path:
        try:
            body = from_json(payload, allow_inf_nan=False)
        except ValueError:
            return Reading(JobState.UNKNOWN, detail=f"not JSON where the state should be: {text[:60]!r}")
    word = _at(body, words.state_path)
    if not isinstance(word, str | int | float):
        return Reading(JobState.UNKNOWN, detail=f"no {words.state_path!r} in {text[:60]!r}")
    state = _job_state(str(word), words)
    detail = f"{str(word)[:60]!r} is in no list of words of its control" if state is JobState.UNKNOWN else ""
    paused_by = _paused_by(body) if state is JobState.PAUSED else PausedBy.UNKNOWN
    return Reading(state, _job(body), _progress(body), detail, paused_by)


def _at(body: Any, path: str) -> Any:
    for key in path.split(".") if path else ():
        if isinstance(body, list) and key.isdecimal() and int(key) < len(body):
            body = body[int(key)]
        else:
            body = body.get(key) if isinstance(body, dict) else None
    return body


def _job_state(word: str, words: StateWords) -> JobState:
    meanings = {
        JobState.PRINTING: words.printing,
        JobState.PAUSING: words.pausing,
        JobState.PAUSED: words.paused,
        JobState.IDLE: words.idle,
        JobState.ERROR: words.error,
    }
    said = word.strip().casefold()
    return next((state for state, known in meanings.items() if said in map(str.casefold, known)), JobState.UNKNOWN)


def _job(body: Any) -> str | None:
    job = body.get("job") if isinstance(body, dict) else None
    return job if isinstance(job, str) and job else None


def _progress(body: Any) -> float | None:
    progress = body.get("progress") if isinstance(body, dict) else None
    if not isinstance(progress, int | float) or isinstance(progress, bool):
        return None
    return min(1.0, max(0.0, float(progress)))


def _paused_by(body: Any) -> PausedBy:
    said = body.get("paused_by") if isinstance(body, dict) else None
    return next((by for by in (PausedBy.PERSON, PausedBy.PRINTER) if by.value == said), PausedBy.UNKNOWN)
