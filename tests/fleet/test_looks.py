"""How a printer looks to its neighbours, and what printers share."""

from pathlib import Path

import pytest

from monitor.config.load import find_faults, load
from monitor.config.warn import warnings
from monitor.fleet import Look, groups_of, look_of, settings_of
from monitor.judge import Judge, Judgement, Phase
from monitor.records import Health, Observation
from tests.fleet.farm import FAILED, JUDGE, WELL


def look(phase: Phase, health: Health | None = Health.OK, evidence_s: float = 10.0, **now: bool) -> Look:
    """Return the look of a printer that is judged like that."""
    judgement = Judgement(phase, 0.0, evidence_s, 0.5, health)
    return look_of(judgement, JUDGE, **({"is_resting": False, "camera_is_out": False} | now))


def test_what_cannot_be_seen_is_neither_well_nor_failing() -> None:
    """Whatever was thought of it before."""
    assert Look.UNSEEN is look(Phase.FAILING, Health.DARK)
    assert Look.UNSEEN is look(Phase.WATCHING, camera_is_out=True)
    assert Look.UNSEEN is look(Phase.BLIND)
    assert Look.UNSEEN is look(Phase.WATCHING, None)
    assert Look.RESTING is look(Phase.BLIND, None, is_resting=True)


def test_a_failing_print_recovers_for_the_guard_within_seconds() -> None:
    """Healthy pictures for two seconds, where the judge needs a minute; a failing picture undoes it at once."""
    judge, looks = Judge(JUDGE, 0.0), []
    scores = [FAILED] * 20 + [WELL] * 6 + [FAILED] * 2
    for second, score in enumerate(scores):
        judgement = judge.observe(Observation("p", second, Health.OK, score))
        looks.append(look_of(judgement, JUDGE, is_resting=False, camera_is_out=False))
    assert [Look.WELL] * 3 + [Look.SUSPECT] * 7 + [Look.FAILING] * 10 == looks[:20]
    assert [Look.RECOVERING] * 5 + [Look.FAILING] * 2 == looks[21:]


def test_a_failing_print_that_is_seen_well_now_and_then_goes_on_failing() -> None:
    """Every third picture is healthy, and the next one makes up for it."""
    judge, looks = Judge(JUDGE, 0.0), set()
    for second in range(60):
        judgement = judge.observe(Observation("p", second, Health.OK, WELL if second % 3 == 0 else FAILED))
        if second > 40 and second % 3:
            looks.add(look_of(judgement, JUDGE, is_resting=False, camera_is_out=False))
    assert {Look.FAILING} == looks


FARM = """
fleet: {within_s: 20, hold_s: 60}
sites:
  - id: lille
    name: Lille
    rooms:
      - {id: a, name: Hall A, printers: [{id: p1, camera: "http://u:p@10.0.0.9:8080/1", control: none},
                                         {id: p2, camera: "rtsp://10.0.0.9/2", control: none}]}
      - {id: b, name: Hall B, printers: [{id: p3, camera: "http://10.0.0.8/1", control: none}]}
  - id: lens
    rooms:
      - {id: a, printers: [{id: p4, camera: {type: usb, device: 0}, control: none},
                           {id: p5, camera: "http://10.0.0.9/5", control: none}]}
"""


def test_groups_are_what_printers_share(tmp_path: Path) -> None:
    """Camera servers by host, rooms where a site has several, sites, the farm; nothing of one printer."""
    file = tmp_path / "cameras.yaml"
    file.write_text(FARM)
    config = load(file, {})
    assert {
        "camera server 10.0.0.9": {"p1", "p2", "p5"},
        "room Hall A": {"p1", "p2"},
        "site Lille": {"p1", "p2", "p3"},
        "site lens": {"p4", "p5"},
        "the whole farm": {"p1", "p2", "p3", "p4", "p5"},
    } == {str(group.called): set(group.printers) for group in groups_of(config)}
    settings = settings_of(config.fleet)
    assert (4, 0.25, 20, 60) == (settings.at_least, settings.share, settings.within_s, settings.hold_s)


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("{guard: maybe}", "fleet.guard: maybe is text, not a truth value; write true or false"),
        ("{at_least: 1}", "fleet.at_least: 1 must be at least 2; write how many printers"),
        ("{share: 25}", "fleet.share: 25 must be at most 1; write which share"),
        ("{hold: 60}", "fleet.hold: is not a key that is known here; did you mean hold_s?"),
    ],
)
def test_the_fleet_section_is_strict(tmp_path: Path, written: str, line: str) -> None:
    """Faults name the line, the key and the remedy."""
    file = tmp_path / "cameras.yaml"
    file.write_text(FARM.replace("{within_s: 20, hold_s: 60}", written))
    (fault,) = find_faults(file, {})
    assert line in str(fault)
    assert 2 == fault.line


def test_a_guard_that_is_off_is_a_decision(tmp_path: Path) -> None:
    """``vigie check`` says what follows from it."""
    file = tmp_path / "cameras.yaml"
    file.write_text(FARM.replace("{within_s: 20, hold_s: 60}", "{guard: false}"))
    assert any("when the light goes out" in warning for warning in warnings(load(file, {})))
