"""docs/mqtt.md says what is sent."""

import json
import re
from collections.abc import Callable
from enum import StrEnum
from pathlib import Path
from typing import Any

import pytest

from monitor import wire
from monitor.records import (
    EventKind,
    GroupKind,
    IncidentStatus,
    JobState,
    PausedBy,
    PauseOutcome,
    PauseStep,
    PersonCommandKind,
    StartNews,
    State,
)
from monitor.records.load import LoadState
from monitor.wire import Topics

DOCS = (Path(__file__).resolve().parents[2] / "docs" / "mqtt.md").read_text(encoding="utf-8")
SECTIONS = {part.split("\n", 1)[0]: part for part in DOCS.split("\n## ")[1:]}

CODECS: dict[str, tuple[Callable[[bytes], Any], Callable[[Any], bytes]]] = {
    "load": (wire.decode_load, wire.encode_load),
    "state": (wire.decode_state, wire.encode_state),
    "incident": (wire.decode_incident, wire.encode_incident),
    "event": (wire.decode_event, wire.encode_event),
    "pause": (wire.decode_pause, wire.encode_pause),
    "pause/result": (wire.decode_pause_result, wire.encode_pause_result),
    "pause/progress": (wire.decode_pause_progress, wire.encode_pause_progress),
    "printer": (wire.decode_report, wire.encode_report),
    "command": (wire.decode_person_command, wire.encode_person_command),
}


@pytest.mark.parametrize("leaf", CODECS)
def test_the_payload_printed_for_a_topic_is_the_one_that_is_sent(leaf: str) -> None:
    """Decoded and encoded again, the captured payload is the same JSON with the same keys in the same order."""
    printed = re.search(r"```json\n(.*?)\n```", SECTIONS[leaf], re.DOTALL)
    assert printed is not None
    decode, encode = CODECS[leaf]
    sent = json.loads(encode(decode(printed[1].encode())))
    assert json.loads(printed[1]) == sent
    assert list(json.loads(printed[1])) == list(sent)


def test_every_topic_is_in_the_table() -> None:
    """The table lists the topics of the code, all of them and no others."""
    topics = Topics("vigie", "{site}")
    built = [
        topics.status,
        topics.load,
        *(method("{printer}") for method in (topics.state, topics.incident, topics.evidence, topics.picture)),
        *(method("{printer}") for method in (topics.event, topics.pause, topics.pause_result, topics.pause_progress)),
        *(method("{printer}") for method in (topics.printer, topics.command)),
    ]
    listed = ["vigie/{site}" + name for name in re.findall(r"^\| `(/[^`]+)` \|", DOCS, re.MULTILINE)]
    assert built == listed


@pytest.mark.parametrize(
    ("section", "kinds"),
    [
        ("load", LoadState),
        ("state", State),
        ("event", EventKind),
        ("incident", IncidentStatus),
        ("incident", GroupKind),
        ("incident", StartNews),
        ("pause/result", PauseOutcome),
        ("pause/result", PausedBy),
        ("pause/progress", PauseStep),
        ("printer", JobState),
        ("command", PersonCommandKind),
    ],
)
def test_every_word_of_an_enumeration_is_explained(section: str, kinds: type[StrEnum]) -> None:
    """No state or kind travels that the page does not name."""
    assert [] == [kind.value for kind in kinds if f"`{kind.value}`" not in SECTIONS[section]]
