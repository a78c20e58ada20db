"""Who is told: the section people of cameras.yaml."""

from pathlib import Path

import pytest

from monitor.config.model import People, Weekday
from monitor.config.warn import warnings
from monitor.records import NoticeStep
from tests.config.test_faults import faults_of, top
from tests.config.test_load import loaded

ROOM = "matrix: {homeserver: 'http://hs.example', room: '#r:hs.example', access_token: '${TOKEN}'}"
URL = "url: json://127.0.0.1/x"
A_URL = "write a URL of Apprise, such as ntfys://ntfy.example/my-topic; https://appriseit.com/services/ lists them"


def contact(*keys: str) -> str:
    """Return a farm with one contact; its keys begin in line 3."""
    first, *more = keys
    return top("people:", "  contacts:", f"    - {first}", *(f"      {key}" for key in more))


FAULTS = {
    contact("id: lea", "url: telegraph://hunter2"): (
        f"4 people.contacts.lea.url: *** is no URL that Apprise knows how to reach somebody with; {A_URL}"
    ),
    contact("id: lea", "url: matrix://hunter2@hs.example/%23r:hs.example?v=3"): (
        "4 people.contacts.lea.url: *** is a Matrix room; "
        "write matrix: with homeserver, room and access_token: answers are heard there"
    ),
    contact("id: lea"): (
        "3 people.contacts.lea: needs one way to be reached; write url: with an Apprise URL, or a section matrix:"
    ),
    contact("id: lea", ROOM.replace("'${TOKEN}'", "''")): (
        "4 people.contacts.lea.matrix: needs one way to log in; write access_token, or username and password"
    ),
    contact("id: lea", ROOM.replace("#r", "r"), URL): (
        "4 people.contacts.lea.matrix.room: r:hs.example has a form or characters that cannot stand here; "
        "write the room's alias in quotes, such as '#prints:hospital.example'"
    ),
    contact("id: lea", URL, "sites: [bicetr]"): (
        "5 people.contacts.lea.sites[0]: bicetr is none of the farm's sites; did you mean bicetre?"
    ),
    contact("id: lea", URL, "language: de"): (
        "5 people.contacts.lea.language: de is not a choice here; known are en, fr"
    ),
    top("people: {contacts: []}"): ("1 people: has no contacts; write at least one below contacts:, or remove people:"),
}


@pytest.mark.parametrize(("text", "fault"), FAULTS.items(), ids=[str(number) for number in range(len(FAULTS))])
def test_each_fault_names_its_place_and_no_secret(tmp_path: Path, text: str, fault: str) -> None:
    """One line a fault."""
    found = faults_of(tmp_path, text, {"TOKEN": "hunter2"})
    assert [f"cameras.yaml:{fault}"] == found
    assert "hunter2" not in " ".join(found)


def test_a_failed_pause_cannot_be_kept_from_people(tmp_path: Path) -> None:
    """All other steps can."""
    found = faults_of(tmp_path, contact("id: lea", URL).replace("people:", "people:\n  tell: [paused]"))
    assert ["cameras.yaml:1 people: does not tell a failed pause"] == [line.split(";")[0] for line in found]


def test_contacts_keep_their_order_and_defaults_are_filled_in(tmp_path: Path) -> None:
    """A room and a person."""
    text = top(
        "people:",
        "  contacts:",
        f"    - {{id: room, {ROOM}, language: fr}}",
        f"    - {{id: lea, name: Léa, {URL}, rooms: [hall], quiet: [{{start: '22:00', end: '06:00', days: [sat]}}]}}",
    )
    people = loaded(tmp_path, text, {"TOKEN": "hunter2"}).people
    assert people is not None
    room, lea = people.contacts
    assert ("room", "Léa") == (room.called, lea.called)
    assert ("matrix #r:hs.example", "json") == (room.way, lea.way)
    assert (Weekday.SAT,) == lea.quiet[0].days
    assert (True, False) == (lea.covers("bicetre", "hall"), lea.covers("bicetre", "attic"))
    assert (300.0, set(NoticeStep)) == (people.escalate_after_s, set(people.tell))
    assert "hunter2" not in repr(people)


def test_a_farm_that_tells_nobody_says_so(tmp_path: Path) -> None:
    """Without the section, and for the printers that no contact is responsible for."""
    nobody = "people: nobody is told of anything, neither of a failure nor of a failed pause; write people:"
    assert nobody in warnings(loaded(tmp_path, top("wall: {port: 8080}")))
    farm = loaded(tmp_path, contact("id: lea", URL))
    assert [] == [line for line in warnings(farm) if line.startswith("people")]
    assert farm.people is not None
    apart = farm.people.contacts[0].model_copy(update={"rooms": ("attic",)})
    farm = farm.model_copy(update={"people": People(contacts=(apart,))})
    assert ["people: no contact is told about these, by its sites and rooms: p01"] == [
        line for line in warnings(farm) if line.startswith("people")
    ]


def test_a_login_in_clear_text_is_warned_about(tmp_path: Path) -> None:
    """Except on this machine."""
    text = contact("id: room", ROOM)
    warned = "people: the login of room crosses the network in clear text; write https://"
    assert warned in warnings(loaded(tmp_path, text, {"TOKEN": "x"}))
    assert warned not in warnings(loaded(tmp_path, text.replace("hs.example'", "127.0.0.1'"), {"TOKEN": "x"}))
