"""``vigie history``, beside a history that is being written."""

import json
from pathlib import Path

import pytest

from monitor.cli import main
from monitor.clock import ManualClock
from monitor.records import Action, PauseOutcome, PauseStep, PersonCommandKind
from tests.incidents.support import Farm, farm

CAMERAS = """\
storage: {path: vigie.db}
sites:
  - id: paris
    name: Paris
    rooms:
      - id: ward
        name: Ward
        printers:
          - id: p1
            name: P1
            camera: {type: snapshot, url: "http://camera.example/"}
            control: {type: none}
"""


@pytest.fixture
def cameras(tmp_path: Path) -> Path:
    """Return a farm's file whose history lies beside it."""
    path = tmp_path / "cameras.yaml"
    path.write_text(CAMERAS)
    return path


def live(here: Farm) -> None:
    """Let one incident be paused and another wait."""
    here.fail()
    here.acknowledge()
    here.clock.advance(2.5)
    here.answer(PauseOutcome.PAUSED)
    here.clock.advance(3600.0)
    here.fail("p2")


def test_each_line_is_an_incident_with_its_whole_life(cameras: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """JSON lines, oldest first, while the writer still runs."""
    with farm(cameras.parent / "vigie.db") as here:
        live(here)
        assert 0 == main(["history", str(cameras), "--json"])
    first, second = map(json.loads, capsys.readouterr().out.splitlines())
    assert ["incident.opened", "pause.sent", "pause.confirmed"] == [event["kind"] for event in first["events"]]
    assert (2.5, "paused", "spaghetti") == (first["paused_after_s"], first["status"], first["class"])
    assert ("p2", None) == (second["printer"], second["paused_after_s"])


def test_a_pause_is_told_step_by_step(cameras: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """From the request to the proof, with the time and the milliseconds since the failure was decided."""
    with farm(cameras.parent / "vigie.db") as here:
        asked = here.fail(action=Action.ASK)
        here.wait(60)
        here.acknowledge()
        for step in PauseStep:
            here.clock.advance(0.25)
            here.progress(step)
        here.clock.advance(0.25)
        here.answer(PauseOutcome.PAUSED)
    assert 0 == main(["history", str(cameras), "--json"])
    steps = json.loads(capsys.readouterr().out)["steps"]
    names = ["requested", "delivered", "accepted", "ordered", "pausing", "confirmed"]
    assert names == [step["name"] for step in steps]
    assert [60_000, 60_000, 60_250, 60_500, 60_750, 61_000] == [step["ms"] for step in steps]
    assert asked.opened_at + 60.25 == steps[2]["at"]


def test_what_shadow_mode_would_have_done_is_counted(cameras: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """And what people made of it; where nothing was withheld nothing is said."""
    with farm(cameras.parent / "vigie.db") as here:
        for printer in ("p1", "p2"):
            here.fail(printer, Action.ALERT)
        here.say(PersonCommandKind.FALSE_ALARM)
    assert 0 == main(["history", str(cameras)])
    told = "shadow mode: would have paused 2, of which people call 1 a false alarm\n"
    assert capsys.readouterr().out.endswith(told)
    assert 0 == main(["history", str(cameras), "--since", "24h"])
    assert "shadow" not in capsys.readouterr().out


def test_incidents_are_chosen_by_printer_and_time(cameras: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """--printer and --since narrow the list; the table names every event."""
    with farm(cameras.parent / "vigie.db", ManualClock(1_585_000_000.0)) as here:
        live(here)
    assert 0 == main(["history", str(cameras), "--printer", "p1"])
    table = capsys.readouterr().out
    assert "pause.confirmed" in table
    assert "p2" not in table
    assert 0 == main(["history", str(cameras), "--json", "--since", "2020-03-23T22:30:00+00:00"])
    assert ["p2"] == [json.loads(line)["printer"] for line in capsys.readouterr().out.splitlines()]
    assert 0 == main(["history", str(cameras), "--since", "24h"])
    assert "no incidents\n" == capsys.readouterr().out


def test_no_history_is_said_with_what_to_do(cameras: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Exit status 1, the path, and the remedy."""
    assert 1 == main(["history", str(cameras)])
    told = capsys.readouterr().err
    assert str(cameras.parent / "vigie.db") in told
    assert "start `vigie run` once" in told


def test_a_time_that_is_none_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    """The message shows both ways to write it."""
    with pytest.raises(SystemExit):
        main(["history", "--since", "yesterday"])
    assert "neither a span such as 24h nor a time such as" in capsys.readouterr().err
