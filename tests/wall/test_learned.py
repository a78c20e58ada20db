"""Verdicts at the wall: how they are answered, what a camera has learned from them, and how that is forgotten."""

from dataclasses import replace

import pytest
from flask.testing import FlaskClient

from monitor.learning import LASTS_S
from monitor.records import Answer, PersonCommandKind, Reception, Verdict, VerdictKind
from tests.learning.said import a_box, a_verdict
from tests.wall.farm import Farm

COMMANDS, LEARNED = "/api/printers/p01/commands", "/api/printers/p01/learned"


def said(kind: VerdictKind = VerdictKind.FALSE_ALARM, number: int = 1, **more: object) -> Verdict:
    """A verdict on p01 with a box."""
    verdict = replace(a_verdict(kind, number, a_box(0.4, 0.4)), printer="p01")
    return replace(verdict, **more)  # type: ignore[arg-type]  # the keys are fields


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"kind": "missed"}, "frame_taken_at"),
        ({"kind": "missed", "frame_taken_at": -3}, "frame_taken_at"),
        ({"kind": "confirm", "frame_taken_at": 3}, "frame_taken_at"),
        ({"kind": "withdraw"}, "withdraw needs"),
        ({"kind": "acknowledge", "verdict": "v"}, "verdict"),
        ({"kind": "acknowledge", "incident": ""}, "incident"),
        ({"kind": "acknowledge", "incident": "x" * 200}, "incident"),
    ],
)
def test_what_a_word_is_about_is_checked(farm: Farm, client: FlaskClient, body: dict[str, object], named: str) -> None:
    """What is missing is named, and nothing is handed on."""
    answer = client.post(COMMANDS, json=body | {"by": "Léa"})
    assert 400 == answer.status_code
    assert named in answer.get_json()["error"]["detail"]
    assert [] == farm.commands


def test_a_word_names_its_incident(farm: Farm, client: FlaskClient) -> None:
    """It arrives as it was said."""
    client.post(COMMANDS, json={"kind": "confirm", "by": "Léa", "incident": "i7"})
    client.post(COMMANDS, json={"kind": "withdraw", "by": "Léa", "verdict": "v3"})
    client.post(COMMANDS, json={"kind": "missed", "by": "Léa", "frame_taken_at": 12.5})
    confirm, withdraw, missed = farm.commands
    assert ("i7", None, None) == (confirm.incident, confirm.verdict, confirm.frame_taken_at)
    assert (PersonCommandKind.WITHDRAW, "v3") == (withdraw.kind, withdraw.verdict)
    assert 12.5 == missed.frame_taken_at


def test_who_is_overruled_can_be_told(farm: Farm, client: FlaskClient) -> None:
    """What holds now, and what had held."""
    mine, theirs = said(VerdictKind.CONFIRMED, 2, by="Omar"), said(number=1)
    farm.answer = Answer(Reception.TAKEN, "it overrules Léa", mine, theirs)
    told = client.post(COMMANDS, json={"kind": "confirm", "by": "Omar", "incident": "i1"}).get_json()
    assert ("taken", "Omar", "Léa") == (told["reception"], told["verdict"]["by"], told["overruled"]["by"])
    assert ("confirmed", "false_alarm") == (told["verdict"]["kind"], told["overruled"]["kind"])


@pytest.mark.parametrize(("reception", "status"), [(Reception.REFUSED, 409), (Reception.NOT_FOUND, 404)])
def test_what_does_not_fit_is_refused_with_its_reason(
    farm: Farm, client: FlaskClient, reception: Reception, status: int
) -> None:
    """Not found, or overtaken by what has happened."""
    farm.answer = Answer(reception, "incident i1 is closed: recovered")
    answer = client.post(COMMANDS, json={"kind": "acknowledge", "by": "Léa", "incident": "i1"})
    assert status == answer.status_code
    assert "closed: recovered" in answer.get_json()["error"]["detail"]


def test_what_was_learned_is_shown_with_the_verdicts_behind_it(farm: Farm, client: FlaskClient) -> None:
    """Newest first; each says whether it holds, and what it teaches."""
    farm.verdicts.said = [
        said(number=1),
        said(VerdictKind.MISSED, 2, boxes=(), at=500.0),
        said(number=3, withdrawn_by="Omar", withdrawn_at=2.0),
    ]
    shown = client.get(LEARNED).get_json()
    assert [("v001",)] == [tuple(place["verdicts"]) for place in shown["places"]]
    assert (0.75, -0.3, LASTS_S) == (shown["places"][0]["discount"], shown["threshold_shift"], shown["lasts_s"])
    expected = [("v003", False, ""), ("v002", True, "threshold"), ("v001", True, "place")]
    assert expected == [(v["id"], v["holds"], v["teaches"]) for v in shown["verdicts"]]


def test_all_of_it_can_be_forgotten(farm: Farm, client: FlaskClient) -> None:
    """The verdicts stay, withdrawn, with who did it; somebody must say who."""
    farm.verdicts.said = [said()]
    assert 400 == client.delete(LEARNED).status_code
    shown = client.delete(f"{LEARNED}?by=Zo%C3%A9").get_json()
    assert ([], 1, "Zoé") == (shown["places"], shown["withdrawn"], shown["verdicts"][0]["withdrawn_by"])


def test_an_unknown_printer_has_learned_nothing(client: FlaskClient) -> None:
    """404, in words."""
    assert 404 == client.get("/api/printers/nobody/learned").status_code
