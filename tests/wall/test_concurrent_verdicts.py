"""Many people at one incident at the same moment: each is answered, nothing is lost, and one word holds."""

import threading
from collections.abc import Iterator
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest

from monitor.history import History
from monitor.incidents import Incidents
from monitor.learning import holding
from monitor.wall import create_app
from tests.farms import a_printer
from tests.incidents.support import RecordingOutbox, an_observation
from tests.support import PATIENCE_S
from tests.wall.farm import Farm

PEOPLE = 12
URL = "/api/printers/p01/commands"


@pytest.fixture
def history(tmp_path: Path) -> Iterator[History]:
    """A history on disk."""
    found = History(tmp_path / "vigie.db")
    found.start()
    yield found
    found.stop()


def test_people_who_judge_one_incident_at_once_are_all_heard(farm: Farm, history: History) -> None:
    """Twelve requests on twelve threads, half of them false alarms: twelve answers, twelve verdicts, one that holds."""
    incidents = Incidents(history, RecordingOutbox(), {"p01": "cochin"}, farm.clock)
    incidents.start()
    incident = incidents.failed(
        a_printer("p01"), an_observation("p01", farm.clock.now()), b"jpeg", "ab", {}, farm.clock.now()
    )
    app = create_app(replace(farm.services, act=incidents.person, learning=incidents))
    answers: dict[str, dict[str, Any]] = {}
    gate = threading.Barrier(PEOPLE)

    def speak(person: str, kind: str) -> None:
        client = app.test_client()
        gate.wait(timeout=PATIENCE_S)
        answer = client.post(URL, json={"kind": kind, "by": person, "incident": incident.id})
        answers[person] = answer.get_json() | {"status": answer.status_code}

    people = [(f"person {n}", "false_alarm" if n % 2 else "confirm") for n in range(PEOPLE)]
    threads = [threading.Thread(target=speak, args=one) for one in people]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=30)

    assert {202} == {answer["status"] for answer in answers.values()}
    kept = list(reversed(history.reader.verdicts("p01")))
    assert sorted(person for person, _ in people) == sorted(verdict.by for verdict in kept)
    (holds,) = holding(kept)
    assert kept[-1] == holds
    assert holds.id == answers[holds.by]["verdict"]["id"]
    for before, after in pairwise(kept):
        overruled = answers[after.by]["overruled"]
        assert (before.by if before.kind is not after.kind else None) == (overruled["by"] if overruled else None)
    assert PEOPLE == sum(event.kind in ("false_alarm", "confirmed") for event in history.reader.events(incident.id))
